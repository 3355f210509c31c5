package chat

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/allwrong/allwrong/internal/jsonscan"
)

// kindOf is what a status means.
func kindOf(status int) Kind {
	switch {
	case status == http.StatusTooManyRequests:
		return RateLimited
	case status == http.StatusServiceUnavailable || status == 529:
		return Overloaded
	case status == http.StatusRequestTimeout || status == http.StatusGatewayTimeout || status == 524:
		return Timeout
	case status == http.StatusConflict || status == http.StatusTooEarly || status >= 500:
		return Server
	case status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusPaymentRequired:
		return Auth
	case status >= 300:
		return Refused
	}
	return Shape // a 2xx other than 200 holds no answer
}

// codes are the providers' words that say more than the status beside them: an
// account without money is answered with 429, an error in a body with 200.
var codes = map[string]Kind{
	"insufficient_quota": Auth, "billing_error": Auth, "billing_not_active": Auth, "authentication_error": Auth, "permission_error": Auth, "invalid_api_key": Auth,
	"rate_limit_error": RateLimited, "rate_limit_exceeded": RateLimited, "rate_limit": RateLimited, "too_many_requests": RateLimited,
	"overloaded_error": Overloaded, "overloaded": Overloaded, "server_overloaded": Overloaded, "engine_overloaded": Overloaded,
	"timeout_error": Timeout, "timeout": Timeout,
	"api_error": Server, "server_error": Server, "internal_error": Server, "internal_server_error": Server,
	"invalid_request_error": Refused, "not_found_error": Refused, "model_not_found": Refused, "context_length_exceeded": Refused, "request_too_large": Refused,
}

// refusal reads a response whose status is not 200.
func refusal(p *http.Response, body []byte) *Error {
	e := &Error{Kind: kindOf(p.StatusCode), RetryAfter: retryAfter(p.Header)}
	if p.StatusCode >= 300 && p.StatusCode < 400 {
		e.Message = "a redirect, which is not followed: set the base URL to where the server is"
		if to, err := p.Location(); err == nil {
			e.Message += " (" + to.Scheme + "://" + to.Host + ")"
		}
		return e
	}
	said, ok := errorBody(body)
	if !ok {
		said.message = cmp.Or(strings.TrimPrefix(excerpt(body), ": "), "no more was said")
	}
	e.Code, e.Message = said.code, said.message
	switch k := codes[strings.ToLower(said.code)]; {
	case k == Auth, e.Kind == Server && k != "": // 429 for an account without money, 500 for too much to do
		e.Kind = k
	case e.Kind == Auth && said.moderated: // 403 for what is in the prompt
		e.Kind = Refused
	}
	return e
}

// spoken is an error as a server's body has it.
type spoken struct {
	code, other, message string // other: a second word for it
	moderated            bool   // it is the content of the prompt that is not accepted
}

// kind is what the words mean: a number is a status.
func (s spoken) kind() (Kind, bool) {
	for _, word := range []string{s.code, s.other} {
		if k, known := codes[strings.ToLower(word)]; known {
			return k, true
		}
	}
	for _, word := range []string{s.code, s.other} {
		if n, err := strconv.Atoi(word); err == nil && n >= 400 && n < 600 {
			return kindOf(n), true
		}
	}
	return "", false
}

// served is the error of a body that came with 200.
func (s spoken) served() *Error {
	e := &Error{Kind: Server, Code: s.code, Message: s.message}
	if k, known := s.kind(); known {
		e.Kind = k
	}
	return e
}

// errorBody reads the bodies of errors: {"error": {"message", "type", "code"}}
// of OpenAI, Anthropic and OpenRouter, {"error": "text"} of Ollama, {"object":
// "error", "message"} of vLLM, {"detail": …} of what is built on FastAPI.
func errorBody(body []byte) (spoken, bool) {
	m, err := members(body, "error", "object", "message", "type", "code", "detail")
	if err != nil {
		return spoken{}, false
	}
	switch {
	case begins(m["error"], '{'):
		return errorObject(m["error"]), true
	case begins(m["error"], '"'):
		return spoken{message: clean(text(m["error"]))}, true
	case begins(m["message"], '"'):
		return errorObject(body), true
	case begins(m["detail"], '"'):
		return spoken{message: clean(text(m["detail"]))}, true
	case len(m["detail"]) > 0 && !isNull(m["detail"]):
		return spoken{message: clean(string(m["detail"]))}, true
	}
	return spoken{}, false
}

func errorObject(raw []byte) spoken {
	m, err := members(raw, "message", "type", "code", "metadata")
	if err != nil {
		return spoken{message: clean(string(raw))}
	}
	s := spoken{code: word(m["code"]), other: word(m["type"]), message: clean(text(m["message"]))}
	if s.code == "" {
		s.code, s.other = s.other, ""
	}
	// OpenRouter says "Provider returned error", and what it was one level deeper.
	if inner, err := members(m["metadata"], "raw", "reasons"); err == nil {
		if begins(inner["raw"], '"') {
			s.message += ": " + clean(text(inner["raw"]))
		}
		s.moderated = begins(inner["reasons"], '[')
	}
	if s.message == "" {
		s.message = "an error without a message"
	}
	return s
}

// word is a short text or a number, "" for anything else.
func word(raw []byte) string {
	if begins(raw, '"') {
		return clean(text(raw))
	}
	if _, err := strconv.ParseFloat(string(raw), 64); err == nil {
		return string(raw)
	}
	return ""
}

// longestMessage bounds what is repeated of a server's words, in bytes.
const longestMessage = 400

// clean makes one line of printable text.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
	if len(s) <= longestMessage {
		return s
	}
	cut := longestMessage
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

// excerpt says what a body that is not JSON of a known shape begins with.
func excerpt(body []byte) string {
	s := string(body[:min(len(body), 4<<10)])
	if low := strings.ToLower(s); strings.Contains(low, "<html") || strings.Contains(low, "<!doctype") {
		if _, rest, found := strings.Cut(low, "<title>"); found {
			from := len(low) - len(rest)
			if title, _, closed := strings.Cut(s[min(from, len(s)):], "<"); closed {
				return ": an HTML page, " + strconv.Quote(clean(title))
			}
		}
		return ": an HTML page"
	}
	if s = clean(s); s == "" {
		return ""
	}
	if len(s) > 120 {
		s = strings.ToValidUTF8(s[:120], "") + "…"
	}
	return ": " + strconv.Quote(s)
}

// retryAfter is how long a server asks to wait, 0 when it does not say: whole
// or broken seconds, a date, which is read against the server's own clock where
// it tells that, or milliseconds in a header of OpenAI's.
func retryAfter(h http.Header) time.Duration {
	if ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil && ms > 0 {
		return span(ms / 1000)
	}
	value := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.ParseFloat(value, 64); err == nil {
		return span(s)
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return max(0, at.Sub(now))
}

// span is a duration in seconds, held to a year: what asks for more means never.
func span(seconds float64) time.Duration {
	if !(seconds > 0) { // NaN too
		return 0
	}
	return time.Duration(math.Min(seconds, 366*24*3600) * float64(time.Second))
}

// requestID is the name that the server gave the request.
func requestID(h http.Header) string {
	for _, name := range []string{"X-Request-Id", "Request-Id", "X-Litellm-Call-Id", "Cf-Ray"} {
		if id := clean(h.Get(name)); id != "" {
			return id[:min(len(id), 200)]
		}
	}
	return ""
}

// costHeader is what LiteLLM says that a call cost, in US dollars.
func costHeader(h http.Header) *float64 { return dollars([]byte(h.Get("X-Litellm-Response-Cost"))) }

func dollars(raw []byte) *float64 {
	x, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || !(x >= 0) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// shapeError is a body that is not the protocol's, with the member that is not.
type shapeError struct{ at, what string }

func (e *shapeError) Error() string { return e.at + ": " + e.what }

func notShaped(at, format string, a ...any) error { return &shapeError{at, fmt.Sprintf(format, a...)} }

// members gives the named members of an object; of one that comes twice the
// last, as most readers have it.
func members(raw []byte, names ...string) (map[string][]byte, error) {
	out := make(map[string][]byte, len(names))
	err := jsonscan.Object(raw, jsonscan.MaxDepth, func(key, value []byte) error {
		for _, name := range names {
			if string(key) == name {
				out[name] = value
			}
		}
		return nil
	})
	return out, err
}

func begins(raw []byte, c byte) bool { return len(raw) > 0 && raw[0] == c }
func isNull(raw []byte) bool         { return string(raw) == "null" }
func absent(raw []byte) bool         { return len(raw) == 0 || isNull(raw) }

// text is what a JSON string says, "" for anything else.
func text(raw []byte) string {
	s, _ := jsonscan.Unquote(raw)
	return s
}
