package replay

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/allwrong/allwrong/internal/jsonscan"
)

// request is what is looked at of a request.
type request struct {
	model    string
	all      []string // the texts of its messages, those of the system among them
	system   int      // how many of all, from the first, are the system's
	last     string   // the last text of the user
	bytes    int64    // of all texts
	budget   int64    // output tokens; 0: no limit
	seed     *int64
	stream   bool
	usage    bool // a stream is to end with it
	messages bool // in Anthropic's protocol
}

// maxRequest bounds a request's body, in bytes.
const maxRequest = 16 << 20

// badRequest is a request that is not the protocol's.
type badRequest struct {
	status int
	param  string
	text   string
}

func (e *badRequest) Error() string { return e.text }

func bad(param, format string, a ...any) error {
	return &badRequest{http.StatusBadRequest, param, fmt.Sprintf(format, a...)}
}

// readRequest reads a request's body into buf, and what is in it.
func readRequest(q *http.Request, buf *bytes.Buffer, anthropic bool) (*request, error) {
	if _, err := buf.ReadFrom(io.LimitReader(q.Body, maxRequest+1)); err != nil {
		return nil, bad("", "the body broke off after %d bytes", buf.Len())
	}
	if buf.Len() > maxRequest {
		return nil, &badRequest{http.StatusRequestEntityTooLarge, "", fmt.Sprintf("the body is longer than %d bytes", maxRequest)}
	}
	r := &request{messages: anthropic}
	var system []byte
	err := jsonscan.Object(buf.Bytes(), jsonscan.MaxDepth, func(key, raw []byte) error {
		if string(key) == "system" && anthropic {
			system = raw
			return nil
		}
		return r.member(string(key), raw)
	})
	if e, ok := err.(*badRequest); ok {
		return nil, e
	}
	if err != nil {
		return nil, bad("", "the body is no JSON object: %v", err)
	}
	if len(system) > 0 {
		text, err := content("system", system)
		if err != nil {
			return nil, err
		}
		r.all, r.system = append([]string{text}, r.all...), r.system+1
	}
	switch {
	case r.model == "":
		return nil, bad("model", "model: missing")
	case len(r.all) == r.system:
		return nil, bad("messages", "messages: no message is there to be answered")
	case anthropic && r.budget == 0:
		return nil, bad("max_tokens", "max_tokens: missing")
	}
	for _, s := range r.all {
		r.bytes += int64(len(s))
	}
	return r, nil
}

func (r *request) member(key string, raw []byte) (err error) {
	null := string(raw) == "null"
	switch key {
	case "model":
		if r.model, err = jsonscan.Unquote(raw); err != nil {
			return bad(key, "model: want a text")
		}
	case "messages":
		return r.conversation(raw)
	case "max_tokens", "max_completion_tokens":
		if null {
			return nil
		}
		n, err := strconv.ParseInt(string(raw), 10, 64)
		if err != nil || n < 1 {
			return bad(key, "%s: want a whole number from 1", key)
		}
		if r.budget == 0 || n < r.budget {
			r.budget = n
		}
	case "seed":
		if null {
			return nil
		}
		n, err := strconv.ParseInt(string(raw), 10, 64)
		if err != nil {
			return bad(key, "seed: want a whole number")
		}
		r.seed = &n
	case "n":
		if !null && string(raw) != "1" {
			return bad(key, "n: one answer is given at a time")
		}
	case "stream":
		r.stream = string(raw) == "true"
	case "stream_options":
		if null {
			return nil
		}
		return jsonscan.Object(raw, jsonscan.MaxDepth, func(key, raw []byte) error {
			if string(key) == "include_usage" {
				r.usage = string(raw) == "true"
			}
			return nil
		})
	}
	return nil
}

// conversation reads the messages.
func (r *request) conversation(raw []byte) error {
	if len(raw) == 0 || raw[0] != '[' {
		return bad("messages", "messages: want an array")
	}
	return jsonscan.Array(raw, jsonscan.MaxDepth, func(raw []byte) error {
		at := fmt.Sprintf("messages[%d]", len(r.all))
		var role string
		var said []byte
		err := jsonscan.Object(raw, jsonscan.MaxDepth, func(key, raw []byte) error {
			switch string(key) {
			case "role":
				role, _ = jsonscan.Unquote(raw)
			case "content":
				said = raw
			}
			return nil
		})
		if err != nil || role == "" {
			return bad("messages", "%s: want an object with a role", at)
		}
		text, err := content(at+".content", said)
		if err != nil {
			return err
		}
		switch {
		case role == "user":
			r.last = text
		case (role == "system" || role == "developer") && r.system == len(r.all):
			r.system++
		}
		r.all = append(r.all, text)
		return nil
	})
}

// content is a text or parts of one.
func content(at string, raw []byte) (string, error) {
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return "", nil
	case raw[0] == '"':
		return jsonscan.Unquote(raw)
	case raw[0] != '[':
		return "", bad("messages", "%s: want a text or an array of parts", at)
	}
	var parts []string
	err := jsonscan.Array(raw, jsonscan.MaxDepth, func(raw []byte) error {
		var kind, text string
		err := jsonscan.Object(raw, jsonscan.MaxDepth, func(key, raw []byte) (err error) {
			switch string(key) {
			case "type":
				kind, err = jsonscan.Unquote(raw)
			case "text":
				text, err = jsonscan.Unquote(raw)
			}
			return err
		})
		if err != nil || kind != "text" {
			return bad("messages", "%s: only parts of type text were recorded", at)
		}
		parts = append(parts, text)
		return nil
	})
	return strings.Join(parts, "\n"), err
}

// prompts gives the texts that may have been recorded as the prompt.
func (r *request) prompts(try func(text string) bool) bool {
	if try(strings.Join(r.all, "\n\n")) {
		return true
	}
	if r.system > 0 && try(strings.Join(r.all[r.system:], "\n\n")) {
		return true
	}
	return len(r.all)-r.system > 1 && r.last != "" && try(r.last)
}

// bytesPerToken is the rule by which tokens are counted.
const bytesPerToken = 4

func tokens(bytes int64) int64 { return (bytes + bytesPerToken - 1) / bytesPerToken }

// room is how many bytes of an answer fit the budget.
func (r *request) room() int {
	if r.budget == 0 || r.budget > math.MaxInt32/bytesPerToken {
		return math.MaxInt32
	}
	return int(r.budget) * bytesPerToken
}
