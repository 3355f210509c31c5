package chat

import (
	"errors"
	"net/http"
)

// anthropicVersion is the version of the protocol that is spoken here.
const anthropicVersion = "2023-06-01"

var anthropic = wire{
	path:   "/messages",
	header: http.Header{"Anthropic-Version": {anthropicVersion}},
	key:    func(h http.Header, key string) { h.Set("X-Api-Key", key) },
	encode: encodeAnthropic,
	decode: decodeAnthropic,
}

func encodeAnthropic(r *Request) ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	if r.MaxTokens == 0 {
		return nil, errors.New("max tokens: Anthropic's protocol needs a limit")
	}
	var w body
	w.text("model", r.Model)
	w.whole("max_tokens", int64(r.MaxTokens))
	if r.System != "" {
		w.text("system", r.System)
	}
	w.messages("", r.Messages)
	w.number("temperature", r.Temperature)
	w.number("top_p", r.TopP)
	w.texts("stop_sequences", r.Stop)
	w.key("stream")
	w.b = append(w.b, "false"...)
	w.extra(r.Extra)
	return w.done()
}

func decodeAnthropic(raw []byte) (*Answer, error) {
	m, err := members(raw, "id", "type", "model", "content", "stop_reason", "usage", "error")
	if err != nil {
		return nil, notShaped("body", "not a JSON object (%v)", err)
	}
	if !absent(m["error"]) || text(m["type"]) == "error" {
		if said, ok := errorBody(raw); ok {
			return nil, said.served()
		}
	}
	if !begins(m["content"], '[') {
		return nil, notShaped("content", "want an array of parts, not %s", shown(m["content"]))
	}
	if !absent(m["stop_reason"]) && !begins(m["stop_reason"], '"') {
		return nil, notShaped("stop_reason", "want a text, not %s", shown(m["stop_reason"]))
	}
	a := &Answer{ID: clean(text(m["id"])), Model: clean(text(m["model"]))}
	a.ended(text(m["stop_reason"]))
	if err := a.content("content", m["content"]); err != nil {
		return nil, err
	}
	a.Usage = usageAnthropic(m["usage"], a)
	return a, nil
}
