package chat

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"time"
)

// Client asks one endpoint. It may be used by any number of goroutines at once;
// connections are kept and shared among them.
type Client struct {
	endpoint Endpoint
	address  string // that requests go to
	wire     *wire
	http     *http.Client

	// Closures, because fmt and other printers do not look into them.
	decorate func(h http.Header)         // sets the headers, the key among them
	redact   func(text []byte) []byte    // takes secrets out of what a server said
	conceal  func(message string) string // the same and every header's value, for messages
}

// wire is one protocol: where requests go, and how answers read.
type wire struct {
	path   string // below the version
	header http.Header
	key    func(h http.Header, key string)
	encode func(r *Request) ([]byte, error)
	decode func(body []byte) (*Answer, error) // an *Error, or what is not of the shape
}

var wires = map[Protocol]*wire{OpenAI: &openAI, Anthropic: &anthropic}

// New makes a client. Getenv looks up environment variables (os.Getenv); a key
// or header that is named and has no value is an error, which names the variable.
func New(e Endpoint, getenv func(name string) string) (*Client, error) {
	e, address, err := e.complete()
	if err != nil {
		return nil, err
	}
	c := &Client{endpoint: e, address: address, wire: wires[e.Protocol]}
	if err := c.secure(getenv); err != nil {
		return nil, fmt.Errorf("endpoint %s: %w", e.Name, err)
	}
	c.http = &http.Client{
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            (&net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			ForceAttemptHTTP2:      true,
			MaxIdleConns:           e.Connections,
			MaxIdleConnsPerHost:    e.Connections,
			IdleConnTimeout:        90 * time.Second,
			TLSHandshakeTimeout:    15 * time.Second,
			MaxResponseHeaderBytes: 64 << 10,
		},
		// A redirect would take the prompt, and with some libraries the key, to who knows where.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

// Name is that of the endpoint.
func (c *Client) Name() string { return c.endpoint.Name }

// Close closes the connections that are not in use.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Body is what is sent for r: the same bytes for the same request, fit to be
// its address in a store.
func (c *Client) Body(r *Request) ([]byte, error) { return c.wire.encode(r) }

// Ask sends r once and waits for its answer. Any error is an *Error.
func (c *Client) Ask(ctx context.Context, r *Request) (*Answer, error) {
	body, err := c.wire.encode(r)
	if err != nil {
		return nil, &Error{Kind: Refused, Message: err.Error(), NotSent: true, endpoint: c.endpoint.Name}
	}
	start := time.Now()
	within, cancel := context.WithTimeout(ctx, c.endpoint.Timeout)
	defer cancel()
	connected := false
	traced := httptrace.WithClientTrace(within, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected = true }})
	a, err := c.exchange(traced, body)
	took := time.Since(start)
	if err == nil {
		a.Latency = took
		return a, nil
	}
	e := c.failed(ctx, within, err, took)
	e.NotSent = e.cause != nil && !connected
	e.cause = ctx.Err()
	return nil, e
}

// exchange is one request and its answer.
func (c *Client) exchange(ctx context.Context, body []byte) (*Answer, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, c.address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	c.decorate(q.Header)
	p, err := c.http.Do(q)
	if err != nil {
		return nil, err
	}
	defer p.Body.Close()
	got, err := io.ReadAll(io.LimitReader(p.Body, c.endpoint.MaxBody+1))
	got = c.redact(got)
	answer, problem := c.read(p, got, err)
	id, raw := requestID(p.Header), c.keep(got)
	if problem != nil {
		problem.Status, problem.RequestID, problem.Raw = p.StatusCode, id, raw
		c.clear(&problem.Raw, &problem.RequestID, &problem.Code, &problem.Message)
		return nil, problem
	}
	answer.RequestID, answer.Raw = id, raw
	c.clear(&answer.Raw, &answer.RequestID, &answer.Text, &answer.Reasoning, &answer.Refusal, &answer.FinishServed, &answer.Model, &answer.ID, &answer.Usage.Why)
	return answer, nil
}

// clear takes out the secrets that a server wrote in escaped letters. The raw
// body, which still has them so, is not kept then.
func (c *Client) clear(raw *[]byte, texts ...*string) {
	for _, s := range texts {
		if safe := string(c.redact([]byte(*s))); safe != *s {
			*s, *raw = safe, nil
		}
	}
}

// read makes an answer or an error of a response.
func (c *Client) read(p *http.Response, got []byte, broke error) (*Answer, *Error) {
	switch {
	case broke != nil && p.StatusCode < 300:
		return nil, &Error{Kind: Connection, Message: fmt.Sprintf("the answer broke off after %d bytes: %s", len(got), plainly(broke)), cause: broke}
	case int64(len(got)) > c.endpoint.MaxBody:
		return nil, &Error{Kind: TooLarge, Message: fmt.Sprintf("the answer is longer than %d bytes", c.endpoint.MaxBody)}
	case p.StatusCode != http.StatusOK:
		return nil, refusal(p, got)
	}
	if s := p.Header.Get("Content-Encoding"); s != "" {
		return nil, &Error{Kind: Shape, Message: fmt.Sprintf("content encoding %.20q was not asked for", s)}
	}
	if t, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type")); t == "text/event-stream" {
		return nil, &Error{Kind: Shape, Message: "an event stream, although streaming is off"}
	}
	a, err := c.wire.decode(bytes.ToValidUTF8(got, []byte("\uFFFD")))
	var said *Error
	switch {
	case errors.As(err, &said):
		said.RetryAfter = retryAfter(p.Header)
		return nil, said
	case err != nil:
		return nil, &Error{Kind: Shape, Message: err.Error() + excerpt(got)}
	}
	if cost := costHeader(p.Header); a.CostUSD == nil {
		a.CostUSD = cost
	}
	return a, nil
}

// failed completes what went wrong: who was asked, how long it took, and
// whether it was the caller, the clock or the line.
func (c *Client) failed(caller, within context.Context, err error, took time.Duration) *Error {
	e, ok := err.(*Error)
	if !ok {
		e = &Error{Kind: Connection, Message: plainly(err), cause: err}
	}
	if e.cause != nil {
		switch {
		case caller.Err() != nil:
			e.Kind, e.Message = Cancelled, caller.Err().Error()
		case within.Err() != nil:
			e.Kind, e.Message = Timeout, fmt.Sprintf("no complete answer within %v", c.endpoint.Timeout)
		}
	}
	e.Message, e.Code = c.conceal(e.Message), c.conceal(e.Code)
	e.endpoint, e.Latency = c.endpoint.Name, took
	return e
}

// keep copies what is kept of a body, so that a small part does not hold all.
func (c *Client) keep(b []byte) []byte { return bytes.Clone(b[:min(len(b), c.endpoint.KeepRaw)]) }

// plainly says what broke without the address that was asked.
func plainly(err error) string {
	var at *url.Error
	if errors.As(err, &at) {
		err = at.Err
	}
	var on *net.OpError
	if errors.As(err, &on) && on.Err != nil {
		err = fmt.Errorf("%s: %w", on.Op, on.Err) // without the addresses, one of which differs from call to call
	}
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "the server closed the connection"
	case strings.HasPrefix(err.Error(), "net/http: "):
		return strings.TrimPrefix(err.Error(), "net/http: ")
	}
	return err.Error()
}
