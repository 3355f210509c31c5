package chat

import (
	"fmt"
	"math"
	"strconv"
)

// mostTokens is a count that no request reaches; above it a number is a mistake.
const mostTokens = 1 << 40

// tally reads counts and keeps the first that is none.
type tally struct{ why string }

// of reads a count; an absent one is 0.
func (t *tally) of(at string, raw []byte) int64 {
	if absent(raw) {
		return 0
	}
	x, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || x != math.Trunc(x) || x < 0 || x > mostTokens {
		t.wrong("usage.%s: %s is no count of tokens", at, clean(string(raw[:min(len(raw), 40)])))
		return 0
	}
	return int64(x)
}

// need is of for a count that has to be there.
func (t *tally) need(at string, raw []byte) int64 {
	if absent(raw) {
		t.wrong("usage.%s is missing", at)
	}
	return t.of(at, raw)
}

func (t *tally) wrong(format string, a ...any) {
	if t.why == "" {
		t.why = fmt.Sprintf(format, a...)
	}
}

// believed is u, unless something was wrong with it. Bytes is how much the
// model is known to have written.
func (t *tally) believed(u Usage, bytes int) Usage {
	switch {
	case u.Cached+u.CacheMade > u.Input:
		t.wrong("usage: %d cached tokens among %d input tokens", u.Cached+u.CacheMade, u.Input)
	case u.Input == 0:
		t.wrong("usage: no input tokens")
	case u.Output == 0 && bytes > 0:
		t.wrong("usage: no output tokens for %d bytes", bytes)
	}
	if t.why != "" {
		return Usage{Why: t.why}
	}
	u.Known = true
	return u
}

// missing is a usage that was not reported.
func missing(raw []byte) (Usage, bool) {
	switch {
	case absent(raw):
		return Usage{Why: "usage is missing"}, true
	case !begins(raw, '{'):
		return Usage{Why: "usage: want an object, not " + shown(raw)}, true
	}
	return Usage{}, false
}

// usageOpenAI reads the usage of a chat completion, and its cost where
// OpenRouter and others state one. Completion tokens hold those of reasoning by
// the protocol, and do not at some servers, which the total tells: whatever it
// holds beyond both was generated and is billed as output.
func usageOpenAI(raw []byte, a *Answer) (Usage, *float64) {
	if u, none := missing(raw); none {
		return u, nil
	}
	// The object was checked with the body that it is a member of.
	m, _ := members(raw, "prompt_tokens", "completion_tokens", "total_tokens", "prompt_tokens_details", "completion_tokens_details",
		"prompt_cache_hit_tokens", "cached_tokens", "cost")
	var t tally
	u := Usage{
		Input:  t.need("prompt_tokens", m["prompt_tokens"]),
		Output: t.need("completion_tokens", m["completion_tokens"]),
		Total:  t.of("total_tokens", m["total_tokens"]),
	}
	in, _ := members(m["prompt_tokens_details"], "cached_tokens")
	out, _ := members(m["completion_tokens_details"], "reasoning_tokens")
	u.Cached = max(t.of("prompt_tokens_details.cached_tokens", in["cached_tokens"]),
		t.of("prompt_cache_hit_tokens", m["prompt_cache_hit_tokens"]), t.of("cached_tokens", m["cached_tokens"]))
	u.Reasoning = t.of("completion_tokens_details.reasoning_tokens", out["reasoning_tokens"])
	switch beyond := u.Total - u.Input - u.Output; {
	case u.Total > 0 && beyond < 0:
		t.wrong("usage: total_tokens %d is less than %d input and %d output tokens", u.Total, u.Input, u.Output)
	case u.Total > 0 && beyond > 0:
		u.Reasoning, u.Output = max(u.Reasoning, beyond), u.Output+beyond
	case u.Reasoning > u.Output:
		u.Output += u.Reasoning
	}
	cost := dollars(m["cost"])
	if begins(m["cost"], '{') {
		c, _ := members(m["cost"], "total_cost")
		cost = dollars(c["total_cost"])
	}
	return t.believed(u, len(a.Text)+len(a.Refusal)), cost
}

// usageAnthropic reads the usage of a message, in which input tokens are those
// that no cache had a part in.
func usageAnthropic(raw []byte, a *Answer) Usage {
	if u, none := missing(raw); none {
		return u
	}
	m, _ := members(raw, "input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
	var t tally
	u := Usage{
		Input:     t.need("input_tokens", m["input_tokens"]),
		Output:    t.need("output_tokens", m["output_tokens"]),
		Cached:    t.of("cache_read_input_tokens", m["cache_read_input_tokens"]),
		CacheMade: t.of("cache_creation_input_tokens", m["cache_creation_input_tokens"]),
	}
	u.Input += u.Cached + u.CacheMade
	return t.believed(u, len(a.Text)+len(a.Refusal))
}
