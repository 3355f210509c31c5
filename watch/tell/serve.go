package tell

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/allwrong/allwrong/watch"
)

// Board shows the last summary that it was given to whoever asks for /metrics.
type Board struct {
	mu     sync.Mutex
	text   []byte
	server http.Server
	ended  chan error
}

// Listen listens on an address; a port alone is one of this machine only.
func Listen(address string) (net.Listener, error) {
	if !strings.Contains(address, ":") {
		address = "127.0.0.1:" + address
	}
	if strings.HasPrefix(address, ":") {
		address = "127.0.0.1" + address
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	return l, nil
}

// Serve begins to answer.
func Serve(l net.Listener) *Board {
	b := &Board{ended: make(chan error, 1)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", b.metrics)
	b.server = http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 1 << 14}
	go func() { b.ended <- b.server.Serve(l) }()
	return b
}

// Show puts up a new summary.
func (b *Board) Show(s watch.Summary, h Health) {
	var text bytes.Buffer
	_ = Metrics(&text, s, h) // a buffer takes all
	b.mu.Lock()
	b.text = text.Bytes()
	b.mu.Unlock()
}

func (b *Board) metrics(w http.ResponseWriter, _ *http.Request) {
	b.mu.Lock()
	text := b.text
	b.mu.Unlock()
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = w.Write(text)
}

// Close ends it.
func (b *Board) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = b.server.Shutdown(ctx)
	if err := <-b.ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
