package tell

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Hook posts lines to a URL, one after the other, without holding up whoever
// hands them over. A line that was refused or not answered is sent again, later
// and later; after the last try it stays undelivered, and is told of.
type Hook struct {
	url    string
	token  string
	client http.Client
	first  time.Duration
	tell   func(string) // of what could not be delivered

	mu     sync.Mutex
	queue  [][]byte
	more   chan struct{}
	ended  chan struct{}
	cancel context.CancelFunc
}

const (
	tries      = 6                // of one line, in one process
	firstPause = time.Second      // before the second try; doubled each time
	patience   = 10 * time.Second // for one answer
	mostQueued = 10_000           // lines
)

// NewHook checks a URL and begins to deliver. Token, if any, is sent as a bearer
// token. tell hears, in words, of what could not be delivered; it may be called
// from another goroutine. waiting are lines that were not delivered before.
func NewHook(address, token string, waiting [][]byte, tell func(string)) (*Hook, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return nil, errors.New("webhook: want a URL that begins with http:// or https://")
	case u.User != nil:
		return nil, errors.New("webhook: a name or a password stands in the URL; a token comes from the environment")
	}
	ctx, cancel := context.WithCancel(context.Background())
	h := &Hook{url: address, token: token, first: firstPause, tell: tell, queue: waiting,
		more: make(chan struct{}, 1), ended: make(chan struct{}), cancel: cancel}
	h.client = http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse // a token goes where it was meant to go
	}}
	h.wake()
	go h.deliver(ctx, h.more)
	return h, nil
}

// Send hands a line over.
func (h *Hook) Send(line []byte) {
	h.mu.Lock()
	if len(h.queue) < mostQueued {
		h.queue = append(h.queue, bytes.Clone(line))
	}
	h.wake()
	h.mu.Unlock()
}

// wake is called by one goroutine at a time.
func (h *Hook) wake() {
	select {
	case h.more <- struct{}{}:
	default:
	}
}

// Undelivered are the lines that were not delivered yet, in order.
func (h *Hook) Undelivered() [][]byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([][]byte{}, h.queue...)
}

// Close waits, at most as long as ctx allows, until all is delivered or given up,
// and ends. What is left is in Undelivered.
func (h *Hook) Close(ctx context.Context) {
	h.mu.Lock()
	if h.more != nil {
		close(h.more)
		h.more = nil // nobody is woken any more
	}
	h.mu.Unlock()
	select {
	case <-h.ended:
	case <-ctx.Done():
		h.cancel()
		<-h.ended
	}
	h.cancel()
}

// deliver sends the first line until it is taken, then the next.
func (h *Hook) deliver(ctx context.Context, more <-chan struct{}) {
	defer close(h.ended)
	for open := true; open; {
		select {
		case _, open = <-more:
		case <-ctx.Done():
			return
		}
		for h.one(ctx) {
		}
	}
}

// one delivers one line; false when there is none, or the receiver takes none.
func (h *Hook) one(ctx context.Context) bool {
	h.mu.Lock()
	var line []byte
	if len(h.queue) > 0 {
		line = h.queue[0]
	}
	h.mu.Unlock()
	if line == nil {
		return false
	}
	var err error
	for try := range tries {
		if try > 0 && !pause(ctx, h.first<<(try-1)) {
			return false
		}
		var again bool
		if again, err = h.post(ctx, line); err == nil {
			h.mu.Lock()
			h.queue = h.queue[1:]
			h.mu.Unlock()
			return true
		}
		if !again || ctx.Err() != nil {
			break
		}
	}
	if ctx.Err() == nil {
		h.tell(fmt.Sprintf("the webhook did not take an alarm: %v; it is sent again with the next one, or after a restart with the same state", err))
	}
	return false
}

func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// post sends a line once. again says whether it may be worth another try.
func (h *Hook) post(ctx context.Context, line []byte) (again bool, err error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader(line))
	if err != nil {
		return false, errors.New("the URL makes no request")
	}
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("User-Agent", "allwrong")
	if h.token != "" {
		q.Header.Set("Authorization", "Bearer "+h.token)
	}
	r, err := h.client.Do(q)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // without the URL, which may be a secret
		}
		return true, err
	}
	defer r.Body.Close()
	_, _ = io.CopyN(io.Discard, r.Body, 1<<16) // so that the connection can be used again
	switch {
	case r.StatusCode < 300:
		return false, nil
	case r.StatusCode >= 500 || r.StatusCode == http.StatusTooManyRequests || r.StatusCode == http.StatusRequestTimeout:
		return true, fmt.Errorf("it answered %s", r.Status)
	}
	return false, fmt.Errorf("it answered %s", r.Status)
}
