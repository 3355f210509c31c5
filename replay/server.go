package replay

import (
	"bytes"
	"cmp"
	"crypto/subtle"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// Options say how answers are served. Zero fields mean the default.
type Options struct {
	Token   string        // that requests have to carry; "": none
	Latency time.Duration // before each answer
	SlowBy  time.Duration // more, with the fault "slow"; 2 seconds
	Rate    float64       // requests a second; more are refused with 429 and Retry-After; 0: no limit
	Faults  Faults
	Seed    uint64 // of the faults
}

// Server serves answers. It is an http.Handler.
type Server struct {
	answers *Answers
	o       Options
	limit   *rate.Limiter // nil: none
	closing chan struct{}
	once    sync.Once
	tally   tally
}

// tally counts what was served.
type tally struct {
	requests, answers, cut, unknown, noResponse, malformed, unauthorized, limited, left atomic.Int64
	faults                                                                              [16]atomic.Int64 // by place in faults
}

// Served counts what was served.
type Served struct {
	Requests     int64           `json:"requests"`     // all of them
	Answers      int64           `json:"answers"`      // recorded answers that were sent, slow ones and cut ones among them
	Cut          int64           `json:"cut"`          // of these, cut at the request's budget
	Unknown      int64           `json:"unknown"`      // refused: the model or the prompt was not recorded
	NoResponse   int64           `json:"no_response"`  // refused: recorded without the text of the answer
	Malformed    int64           `json:"malformed"`    // refused: not the protocol's
	Unauthorized int64           `json:"unauthorized"` // refused: no token, or another one
	Limited      int64           `json:"limited"`      // refused: over the rate
	Left         int64           `json:"left"`         // the client left before its answer
	Faults       map[Fault]int64 `json:"faults"`       // by what went wrong
}

// New makes a server of answers that are sealed.
func New(a *Answers, o Options) *Server {
	o.SlowBy = cmp.Or(o.SlowBy, 2*time.Second)
	s := &Server{answers: a, o: o, closing: make(chan struct{})}
	if o.Rate > 0 {
		s.limit = rate.NewLimiter(rate.Limit(o.Rate), max(1, int(math.Ceil(o.Rate/10))))
	}
	return s
}

// Close lets go of the clients that were left hanging.
func (s *Server) Close() { s.once.Do(func() { close(s.closing) }) }

// Served gives the counts so far.
func (s *Server) Served() Served {
	t := &s.tally
	out := Served{t.requests.Load(), t.answers.Load(), t.cut.Load(), t.unknown.Load(), t.noResponse.Load(), t.malformed.Load(), t.unauthorized.Load(), t.limited.Load(), t.left.Load(), map[Fault]int64{}}
	for i, f := range faults {
		if n := t.faults[i].Load(); n > 0 {
			out.Faults[f] = n
		}
	}
	return out
}

// forced is the header by which one request asks for a fault.
const forced = "X-Replay-Fault"

// call is one request on its way.
type call struct {
	*request
	s       *Server
	w       http.ResponseWriter
	q       *http.Request
	content digest
	before  uint32 // how often it came
	fault   Fault
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	s.tally.requests.Add(1)
	anthropic := q.Header.Get("Anthropic-Version") != "" || q.URL.Path == "/v1/messages"
	fail := func(e *failure) { e.write(w, anthropic) }
	if !s.known(q) {
		s.tally.unauthorized.Add(1)
		fail(&failure{http.StatusUnauthorized, "authentication_error", "invalid_api_key", "", "the token is missing or wrong: send the one that was printed as Authorization: Bearer, or as x-api-key", 0})
		return
	}
	switch path := q.URL.Path; {
	case path == "/v1/chat/completions" || path == "/v1/messages":
		if q.Method != http.MethodPost {
			w.Header().Set("Allow", "POST")
			fail(invalid(http.StatusMethodNotAllowed, "", "want POST"))
			return
		}
		if wait := s.over(); wait > 0 {
			s.tally.limited.Add(1)
			fail(tooMany(fmt.Sprintf("more than %v requests a second", s.o.Rate), wait))
			return
		}
		s.complete(w, q, path == "/v1/messages")
	case path == "/v1/models" || strings.HasPrefix(path, "/v1/models/"):
		s.list(w, strings.TrimPrefix(strings.TrimPrefix(path, "/v1/models"), "/"))
	default:
		s.tally.malformed.Add(1)
		fail(invalid(http.StatusNotFound, "", "nothing is at "+strconv.Quote(path)+"; there are /v1/chat/completions, /v1/messages and /v1/models"))
	}
}

// known reports whether a request carries the token.
func (s *Server) known(q *http.Request) bool {
	if s.o.Token == "" {
		return true
	}
	given := q.Header.Get("X-Api-Key")
	if bearer, found := strings.CutPrefix(q.Header.Get("Authorization"), "Bearer "); found {
		given = bearer
	}
	return subtle.ConstantTimeCompare([]byte(given), []byte(s.o.Token)) == 1
}

// over is how long to wait until the rate allows another request; 0 if it does now.
func (s *Server) over() time.Duration {
	if s.limit == nil || s.limit.Allow() {
		return 0
	}
	return max(time.Second, time.Duration(float64(time.Second)/s.o.Rate))
}

// complete answers a question.
func (s *Server) complete(w http.ResponseWriter, q *http.Request, anthropic bool) {
	buf := buffers.Get().(*bytes.Buffer)
	buf.Reset()
	defer func() {
		if buf.Cap() <= 1<<20 { // one long prompt is not to be held for ever
			buffers.Put(buf)
		}
	}()
	r, err := readRequest(q, buf, anthropic)
	fault := Fault(q.Header.Get(forced))
	if err == nil && fault != None && !slices.Contains(faults, fault) {
		err = bad("", "%s: %q is no fault; there are %s", forced, fault, FaultNames)
	}
	if err != nil {
		s.tally.malformed.Add(1)
		asInvalid(err).write(w, anthropic)
		return
	}
	c := call{request: r, s: s, w: w, q: q}
	at, problem := c.find()
	if problem != nil {
		problem.write(w, anthropic)
		return
	}
	c.before = at.asked.Add(1) - 1
	if c.fault = fault; fault == None {
		c.fault = s.o.Faults.draw(s.o.Seed, c.content, r.model, c.before)
	}
	if c.instead() {
		return
	}
	x, ok := c.attempt(at)
	if !ok {
		s.tally.noResponse.Add(1)
		c.noResponse().write(w, anthropic)
		return
	}
	if !c.wait() {
		s.tally.left.Add(1)
		return
	}
	c.answer(x)
}

// find finds the recorded answers to a request.
func (c *call) find() (*cell, *failure) {
	a := c.s.answers
	model, known := a.models[c.model]
	if !known {
		c.s.tally.unknown.Add(1)
		return nil, &failure{http.StatusNotFound, "invalid_request_error", "model_not_found", "model",
			fmt.Sprintf("model %q was not recorded; there are %s", brief(c.model), some(a.names)), 0}
	}
	place := int32(-1)
	var recorded bool // for another model
	c.prompts(func(text string) bool {
		d := digestOf(text)
		at, found := a.places[cellKey{d, model}]
		if found {
			place, c.content = at, d
		} else if _, there := a.prompts[d]; there {
			recorded = true
		}
		return found
	})
	if place >= 0 {
		return &a.cells[place], nil
	}
	c.s.tally.unknown.Add(1)
	text := fmt.Sprintf("the prompt %q was not recorded; of those recorded (%d) one is %q", brief(c.all[len(c.all)-1]), a.Counts.Prompts, brief(a.example))
	if recorded {
		text = fmt.Sprintf("model %q was not asked the prompt %q; other models were", c.model, brief(c.all[len(c.all)-1]))
	}
	return nil, &failure{http.StatusNotFound, "invalid_request_error", "prompt_not_found", "messages", text, 0}
}

// attempt chooses among a cell's answers; ok is false if that one has no text.
func (c *call) attempt(at *cell) (x answer, ok bool) {
	list := c.s.answers.list[at.first : at.first+at.n]
	var i int64
	if c.seed != nil {
		if i = *c.seed % int64(at.n); i < 0 {
			i += int64(at.n)
		}
	} else {
		i = int64(at.served.Add(1)-1) % int64(at.n)
	}
	return list[i], list[i].at >= 0
}

// wait lets the latency pass. It is false if the client left.
func (c *call) wait() bool {
	d := c.s.o.Latency
	if c.fault == Slow {
		c.s.count(Slow)
		d += c.s.o.SlowBy
	}
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-c.q.Context().Done():
	case <-c.s.closing:
	}
	return false
}

func (s *Server) count(f Fault) {
	for i, name := range faults {
		if name == f {
			s.tally.faults[i].Add(1)
		}
	}
}

// draws are those of a request beyond its fault.
func (c *call) draws() *rand.Rand { return source(^c.s.o.Seed, c.content, c.model, c.before) }
