package chat

import (
	"fmt"
	"strings"
	"time"
)

// Error is a request without an answer. It is made of words that are safe to
// print and to store: no key, no header value, no address beyond the host.
type Error struct {
	Kind       Kind
	Status     int           // HTTP status; 0 when there was no response
	Code       string        // the provider's own word for it
	Message    string        // what was wrong
	RequestID  string        // from the response's header
	RetryAfter time.Duration // how long the server asked to wait; 0 when it did not
	Latency    time.Duration // from sending the request to giving it up
	Raw        []byte        // the body as far as it was received, secrets taken out; cut at Endpoint.KeepRaw
	NotSent    bool          // there was no connection: the server certainly did nothing
	endpoint   string
	cause      error // context.Canceled, context.DeadlineExceeded, or nil: other causes hold addresses
}

// Error gives "openrouter: rate-limited (429): message".
func (e *Error) Error() string {
	var b strings.Builder
	if e.endpoint != "" {
		b.WriteString(e.endpoint + ": ")
	}
	b.WriteString(string(e.Kind))
	if e.Status != 0 {
		fmt.Fprintf(&b, " (%d)", e.Status)
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	return b.String()
}

// Unwrap gives context.Canceled or context.DeadlineExceeded where the caller's
// context ended the request.
func (e *Error) Unwrap() error { return e.cause }
