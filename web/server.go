package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/allwrong/allwrong/report/page"
)

// Options say how the app is served.
type Options struct {
	Ledger string // file to which decisions are added
	Who    string // who decides at the desk

	// Load reads files that were dropped on a page; nil: none are taken. It is
	// given the folder in which they lie and the name under which they are to be shown.
	Load func(ctx context.Context, folder, name string) (Data, error)
}

// Server is the app. Data that it shows are read only; the ledger is the one
// thing that it writes.
type Server struct {
	o     Options
	token string
	port  string
	book  *book
	mux   *http.ServeMux

	mu      sync.RWMutex
	sets    []*dataset // the first is what the command named; others were dropped
	loading sync.Mutex // one dropped folder at a time
	slow    sync.Mutex // one slow part of a report at a time
}

// New makes the app for data that were read. It reads the records once more.
func New(ctx context.Context, d Data, o Options) (*Server, error) {
	s := &Server{o: o, token: newToken(), book: &book{path: o.Ledger}, mux: http.NewServeMux()}
	_, state, err := s.book.read()
	if err != nil {
		return nil, err
	}
	first, err := openData(ctx, d)
	if err != nil {
		return nil, err
	}
	if _, err := first.audit(state); err != nil {
		return nil, errors.Join(err, first.spool.Close())
	}
	s.sets = []*dataset{first}
	s.routes()
	return s, nil
}

func (s *Server) routes() {
	s.mux.Handle("GET /static/", http.StripPrefix("/static/", static()))
	s.mux.HandleFunc("GET /colours.css", style(page.Colours()))
	s.mux.HandleFunc("GET /report.css", style(page.Style()))
	s.mux.HandleFunc("/enter", s.enter)
	s.mux.HandleFunc("GET /{$}", s.live)
	s.mux.HandleFunc("GET /desk", s.desk)
	s.mux.HandleFunc("POST /desk/mark", s.mark)
	s.mux.HandleFunc("POST /desk/undo", s.undo)
	s.mux.HandleFunc("POST /desk/regrade", s.regrade)
	s.mux.HandleFunc("GET /part", s.part)
	s.mux.HandleFunc("GET /text", s.text)
	s.mux.HandleFunc("GET /counts", s.counts)
	s.mux.HandleFunc("GET /compare", s.compared)
	s.mux.HandleFunc("POST /files", s.files)
	s.mux.HandleFunc("GET /api/ledger", s.apiLedger)
	s.mux.HandleFunc("GET /api/desk", s.apiDesk)
	s.mux.HandleFunc("GET /api/study", s.apiStudy)
	s.mux.HandleFunc("GET /api/question", s.apiQuestion)
	s.mux.HandleFunc("GET /api/counts", s.apiCounts)
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, http.StatusNotFound, "There is no such page.")
	})
}

// Handler is the app as it answers on a listener.
func (s *Server) Handler(l net.Listener) http.Handler {
	_, s.port, _ = net.SplitHostPort(l.Addr().String())
	return s.guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.URL.Path != "/files" {
			r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		}
		s.mux.ServeHTTP(w, r)
	}))
}

// maxForm bounds, in bytes, what a form may hold: a ledger's line at most.
const maxForm = 1 << 20

// Link is where the app is to be opened on a listener, the token with it.
func (s *Server) Link(l net.Listener) string { return fmt.Sprintf("http://%s/#%s", l.Addr(), s.token) }

// Listen takes a port of 127.0.0.1; 0 takes a free one.
func Listen(port int) (net.Listener, error) {
	return net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
}

// Serve answers until the context ends; requests under way are then finished.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	h := &http.Server{
		Handler:           s.Handler(l),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       5 * time.Minute, // a dropped file on a slow disk
		WriteTimeout:      5 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		stopped <- h.Shutdown(wait)
	})
	err := h.Serve(l)
	if !stop() && errors.Is(err, http.ErrServerClosed) {
		if err = <-stopped; errors.Is(err, context.DeadlineExceeded) {
			err = h.Close()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.sets {
		err = errors.Join(err, d.spool.Close())
	}
	return err
}

// writeJSON answers with one object. It is written into memory first, so that
// an error is an error and not half an answer.
func writeJSON(w http.ResponseWriter, status int, v any) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	if err := e.Encode(v); err != nil {
		status = http.StatusInternalServerError
		b.Reset()
		_ = e.Encode(map[string]string{"error": err.Error()})
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}
