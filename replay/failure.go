package replay

import (
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/allwrong/allwrong/internal/jsonscan"
)

// failure is an error as the protocols say it.
type failure struct {
	status            int
	kind, code, param string
	text              string
	wait              time.Duration // Retry-After; 0: none
}

func invalid(status int, param, text string) *failure {
	return &failure{status, "invalid_request_error", "", param, text, 0}
}

func asInvalid(err error) *failure {
	if e, ok := err.(*badRequest); ok {
		return invalid(e.status, e.param, e.text)
	}
	return invalid(http.StatusBadRequest, "", err.Error())
}

func tooMany(text string, wait time.Duration) *failure {
	return &failure{http.StatusTooManyRequests, "rate_limit_error", "rate_limit_exceeded", "", text, wait}
}

func (c *call) noResponse() *failure {
	return &failure{http.StatusNotFound, "invalid_request_error", "no_response", "messages",
		fmt.Sprintf("the answer of model %q to this prompt was recorded without its text, and none is made up", c.model), 0}
}

// write sends a failure, in one protocol or the other.
func (e *failure) write(w http.ResponseWriter, anthropic bool) {
	if e.wait > 0 {
		w.Header().Set("Retry-After", strconv.FormatInt(int64((e.wait+time.Second-1)/time.Second), 10))
	}
	b := append([]byte(nil), `{"error":{"message":`...)
	if anthropic {
		kind := e.kind
		if e.status == http.StatusNotFound {
			kind = "not_found_error"
		}
		b = append(jsonscan.AppendString(append(b[:0], `{"type":"error","error":{"type":`...), kind), `,"message":`...)
		b = append(jsonscan.AppendString(b, e.text), "}}"...)
	} else {
		b = append(jsonscan.AppendString(b, e.text), `,"type":`...)
		b = append(jsonscan.AppendString(b, e.kind), `,"param":`...)
		b = append(orNull(b, e.param), `,"code":`...)
		b = append(orNull(b, e.code), "}}"...)
	}
	send(w, e.status, b)
}

func orNull(b []byte, s string) []byte {
	if s == "" {
		return append(b, "null"...)
	}
	return jsonscan.AppendString(b, s)
}

func send(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h["Content-Type"] = jsonType
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	w.Write(body)
}

var jsonType = []string{"application/json"}

// instead has the faults that take the place of an answer; false if there is none.
func (c *call) instead() bool {
	switch c.fault {
	case TooMany:
		tooMany("a fault on demand", 0).write(c.w, c.messages)
	case TooManyWait:
		tooMany("a fault on demand: come back in a second", time.Second).write(c.w, c.messages)
	case ServerError:
		(&failure{http.StatusInternalServerError, "api_error", "", "", "a fault on demand", 0}).write(c.w, c.messages)
	case Hung:
		c.s.count(Hung)
		select {
		case <-c.q.Context().Done():
		case <-c.s.closing:
		}
		panic(http.ErrAbortHandler)
	case Reset:
		c.reset()
	default:
		return false
	}
	c.s.count(c.fault)
	return true
}

// reset closes the connection so that the client sees it reset.
func (c *call) reset() {
	conn, _, err := http.NewResponseController(c.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}

// brief is the beginning of a text.
func brief(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

func some(names []string) string {
	const most = 20
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// list answers with the models, or with one of them.
func (s *Server) list(w http.ResponseWriter, one string) {
	entry := func(b []byte, name string) []byte {
		return append(jsonscan.AppendString(append(b, `{"id":`...), name), `,"object":"model","created":0,"owned_by":"replay"}`...)
	}
	if one != "" {
		if _, known := s.answers.models[one]; !known {
			s.tally.unknown.Add(1)
			(&failure{http.StatusNotFound, "invalid_request_error", "model_not_found", "model", fmt.Sprintf("model %q was not recorded; there are %s", brief(one), some(s.answers.names)), 0}).write(w, false)
			return
		}
		send(w, http.StatusOK, entry(nil, one))
		return
	}
	b := []byte(`{"object":"list","data":[`)
	for i, name := range s.answers.names {
		if i > 0 {
			b = append(b, ',')
		}
		b = entry(b, name)
	}
	send(w, http.StatusOK, append(b, "]}"...))
}
