package chat

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/allwrong/allwrong/internal/jsonscan"
)

// body writes a request's members in a fixed order, so that a request has one
// form. The first error is kept.
type body struct {
	b   []byte
	set map[string]bool
	err error
}

func (w *body) key(name string) {
	if len(w.b) == 0 {
		w.b, w.set = append(make([]byte, 0, 1024), '{'), map[string]bool{}
	} else {
		w.b = append(w.b, ',')
	}
	w.set[name] = true
	w.b = append(jsonscan.AppendString(w.b, name), ':')
}

func (w *body) text(name, value string) {
	w.key(name)
	w.b = jsonscan.AppendString(w.b, value)
}

func (w *body) number(name string, value *float64) {
	if value == nil {
		return
	}
	if math.IsNaN(*value) || math.IsInf(*value, 0) {
		w.fail(fmt.Errorf("%s: %v is no number that can be sent", name, *value))
		return
	}
	w.key(name)
	w.b = strconv.AppendFloat(w.b, *value, 'g', -1, 64)
}

func (w *body) whole(name string, value int64) {
	w.key(name)
	w.b = strconv.AppendInt(w.b, value, 10)
}

func (w *body) texts(name string, values []string) {
	if len(values) == 0 {
		return
	}
	w.key(name)
	for i, s := range values {
		w.b = jsonscan.AppendString(append(w.b, "[,"[min(i, 1)]), s)
	}
	w.b = append(w.b, ']')
}

func (w *body) messages(system string, list []Message) {
	w.key("messages")
	w.b = append(w.b, '[')
	if system != "" {
		list = append([]Message{{"system", system}}, list...)
	}
	for i, m := range list {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.b = jsonscan.AppendString(append(w.b, `{"role":`...), m.Role)
		w.b = append(jsonscan.AppendString(append(w.b, `,"content":`...), m.Content), '}')
	}
	w.b = append(w.b, ']')
}

// extra adds the members that the caller gives as they are.
func (w *body) extra(given map[string]json.RawMessage) {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		switch value := bytes.TrimSpace(given[name]); {
		case w.set[name] || slices.Contains(ours, name):
			w.fail(fmt.Errorf("extra: %s is not to be set here", name))
		default:
			n, err := jsonscan.Skip(value, jsonscan.MaxDepth)
			if err != nil || n != len(value) {
				w.fail(fmt.Errorf("extra: %s: not JSON", name))
				return
			}
			w.key(name)
			w.b = append(w.b, value...)
		}
	}
}

// ours are members that change what an answer is: several at once, or in pieces.
var ours = []string{"model", "messages", "system", "stream", "stream_options", "n", "best_of", "max_tokens", "max_completion_tokens"}

func (w *body) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *body) done() ([]byte, error) {
	if w.err != nil {
		return nil, w.err
	}
	return append(w.b, '}'), nil
}

// check refuses what no server could answer.
func (r *Request) check() error {
	switch {
	case r.Model == "":
		return errors.New("the request names no model")
	case len(r.Messages) == 0:
		return errors.New("the request holds no message")
	case r.MaxTokens < 0:
		return fmt.Errorf("max tokens: %d is negative", r.MaxTokens)
	case r.MaxTokensName != "" && r.MaxTokensName != "max_tokens" && r.MaxTokensName != "max_completion_tokens":
		return fmt.Errorf("max tokens: %.60q is neither max_tokens nor max_completion_tokens", r.MaxTokensName)
	}
	for i, m := range r.Messages {
		if m.Role == "" {
			return fmt.Errorf("message %d has no role", i+1)
		}
	}
	return nil
}
