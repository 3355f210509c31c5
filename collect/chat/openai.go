package chat

import (
	"cmp"
	"errors"
	"net/http"
	"strings"

	"github.com/allwrong/allwrong/internal/jsonscan"
)

var openAI = wire{
	path:   "/chat/completions",
	key:    func(h http.Header, key string) { h.Set("Authorization", "Bearer "+key) },
	encode: encodeOpenAI,
	decode: decodeOpenAI,
}

func encodeOpenAI(r *Request) ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	var w body
	w.text("model", r.Model)
	w.messages(r.System, r.Messages)
	if r.MaxTokens > 0 {
		w.whole(cmp.Or(r.MaxTokensName, "max_tokens"), int64(r.MaxTokens))
	}
	w.number("temperature", r.Temperature)
	w.number("top_p", r.TopP)
	if r.Seed != nil {
		w.whole("seed", *r.Seed)
	}
	w.texts("stop", r.Stop)
	w.key("stream")
	w.b = append(w.b, "false"...)
	w.extra(r.Extra)
	return w.done()
}

func decodeOpenAI(raw []byte) (*Answer, error) {
	m, err := members(raw, "id", "model", "choices", "usage", "error", "object", "message")
	if err != nil {
		return nil, notShaped("body", "not a JSON object (%v)", err)
	}
	if !absent(m["error"]) || text(m["object"]) == "error" {
		if said, ok := errorBody(raw); ok {
			return nil, said.served()
		}
	}
	first, err := firstChoice(m["choices"])
	if err != nil {
		return nil, err
	}
	a := &Answer{ID: clean(text(m["id"])), Model: clean(text(m["model"]))}
	if err := a.choice(first); err != nil {
		return nil, err
	}
	a.Usage, a.CostUSD = usageOpenAI(m["usage"], a)
	return a, nil
}

var errFound = errors.New("found")

// firstChoice is the first of the choices; one was asked for.
func firstChoice(raw []byte) ([]byte, error) {
	if !begins(raw, '[') {
		return nil, notShaped("choices", "want an array, not %s", shown(raw))
	}
	var first []byte
	if err := jsonscan.Array(raw, jsonscan.MaxDepth, func(e []byte) error { first = e; return errFound }); err != errFound {
		return nil, notShaped("choices", "empty")
	}
	return first, nil
}

// choice reads one choice: its message, and why it ended.
func (a *Answer) choice(raw []byte) error {
	c, err := members(raw, "message", "finish_reason", "error")
	if err != nil {
		return notShaped("choices[0]", "want an object, not %s", shown(raw))
	}
	if begins(c["error"], '{') { // OpenRouter: the provider broke off
		return errorObject(c["error"]).served()
	}
	if !absent(c["finish_reason"]) && !begins(c["finish_reason"], '"') {
		return notShaped("choices[0].finish_reason", "want a text, not %s", shown(c["finish_reason"]))
	}
	a.ended(text(c["finish_reason"]))
	if a.FinishServed == "error" || a.FinishServed == "abort" {
		return &Error{Kind: Server, Code: a.FinishServed, Message: "the server gave up in the middle of the answer"}
	}
	if !begins(c["message"], '{') {
		return notShaped("choices[0].message", "want an object, not %s", shown(c["message"]))
	}
	m, err := members(c["message"], "content", "refusal", "tool_calls", "function_call", "reasoning_content", "reasoning")
	if err != nil {
		return notShaped("choices[0].message", "%v", err)
	}
	a.Refusal = text(m["refusal"])
	if a.Reasoning = text(m["reasoning_content"]); a.Reasoning == "" {
		a.Reasoning = text(m["reasoning"])
	}
	a.ToolCalls = count(m["tool_calls"])
	if begins(m["function_call"], '{') {
		a.ToolCalls++
	}
	return a.content("choices[0].message.content", m["content"])
}

// content reads a text, parts of one, or null.
func (a *Answer) content(at string, raw []byte) error {
	switch {
	case absent(raw):
		return nil
	case begins(raw, '"'):
		a.Text = text(raw)
		return nil
	case !begins(raw, '['):
		return notShaped(at, "want a text or an array of parts, not %s", shown(raw))
	}
	var said, thought strings.Builder
	err := jsonscan.Array(raw, jsonscan.MaxDepth, func(part []byte) error {
		if begins(part, '"') {
			said.WriteString(text(part))
			return nil
		}
		p, err := members(part, "type", "text", "refusal", "thinking", "reasoning")
		if err != nil {
			return notShaped(at, "want parts that are objects, not %s", shown(part))
		}
		said.WriteString(text(p["text"]))
		a.Refusal += text(p["refusal"])
		thought.WriteString(text(p["reasoning"]) + thinking(p["thinking"]))
		if text(p["type"]) == "tool_use" {
			a.ToolCalls++
		}
		return nil
	})
	a.Text, a.Reasoning = said.String(), a.Reasoning+thought.String()
	return err
}

// thinking is a text, or, as Mistral has it, parts of one.
func thinking(raw []byte) string {
	if !begins(raw, '[') {
		return text(raw)
	}
	var inner Answer
	if inner.content("", raw) != nil {
		return ""
	}
	return inner.Text
}

// finishes are the words of many servers for why an answer ended.
var finishes = map[string]Finish{
	"stop": FinishStop, "eos": FinishStop, "eos_token": FinishStop, "end_turn": FinishStop, "stop_sequence": FinishStop, "complete": FinishStop, "completed": FinishStop,
	"length": FinishLength, "max_tokens": FinishLength, "max_output_tokens": FinishLength, "model_length": FinishLength, "model_context_window_exceeded": FinishLength,
	"content_filter": FinishFiltered, "content-filter": FinishFiltered, "refusal": FinishFiltered, "safety": FinishFiltered, "recitation": FinishFiltered, "sensitive": FinishFiltered,
	"tool_calls": FinishTool, "tool_use": FinishTool, "function_call": FinishTool,
}

func (a *Answer) ended(word string) {
	a.FinishServed = clean(word)
	a.Finish = finishes[strings.ToLower(a.FinishServed)]
}

// count is the number of elements of an array, 0 for anything else.
func count(raw []byte) (n int) {
	if begins(raw, '[') {
		// The array was checked with the object that it is a member of.
		_ = jsonscan.Array(raw, jsonscan.MaxDepth, func([]byte) error { n++; return nil })
	}
	return n
}

// shown is a value as it is named in an error.
func shown(raw []byte) string {
	switch {
	case len(raw) == 0:
		return "nothing"
	case raw[0] == '{':
		return "an object"
	case raw[0] == '[':
		return "an array"
	case raw[0] == '"':
		return "a text"
	}
	return clean(string(raw[:min(len(raw), 20)]))
}
