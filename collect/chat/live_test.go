package chat

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

// TestLiveServer talks to a server of the protocols that others wrote; it needs
// the one that scripts/chat_litellm.sh starts.
func TestLiveServer(t *testing.T) {
	url := os.Getenv("CHAT_LIVE_URL")
	if url == "" {
		t.Skip("CHAT_LIVE_URL is not set; scripts/chat_litellm.sh sets it")
	}
	const text = "It is 2, größer als eins."
	for _, p := range []Protocol{OpenAI, Anthropic} {
		c, err := New(Endpoint{BaseURL: url, Protocol: p, KeyEnv: "CHAT_LIVE_KEY", Timeout: time.Minute}, os.Getenv)
		if err != nil {
			t.Fatal(err)
		}
		for _, model := range []string{"mocked", "by-openai", "by-anthropic"} {
			zero := 0.0
			r := &Request{Model: model, System: "Be brief.", Messages: []Message{{"user", "What is 1+1?"}}, MaxTokens: 50, Temperature: &zero}
			a, err := c.Ask(t.Context(), r)
			if err != nil {
				t.Errorf("%s, %s: %v", p, model, err)
				continue
			}
			t.Logf("%s, %s: %q, %s (%s), model %s, usage %+v, id %s, request %s, cost %v, raw %s", p, model, a.Text, a.Finish, a.FinishServed, a.Model, a.Usage, a.ID, a.RequestID, a.CostUSD != nil, a.Raw)
			if a.Text != text || a.Finish != FinishStop || !a.Usage.Known || a.Usage.Output == 0 || a.ID == "" || a.RequestID == "" || a.Latency <= 0 {
				t.Errorf("%s, %s: %+v", p, model, a)
			}
			if model == "mocked" {
				continue
			}
			r.MaxTokens = 2 // eight bytes
			if a, err = c.Ask(t.Context(), r); err != nil || a.Text != text[:8] || a.Finish != FinishLength || a.Usage.Output != 2 {
				t.Errorf("%s, %s at two tokens: %+v, %v", p, model, a, err)
			}
			r.Messages = []Message{{"user", "Who?"}}
			live(t, c, r, Refused, "was not recorded")
		}
		live(t, c, &Request{Model: "none", Messages: ask.Messages, MaxTokens: 5}, Refused, "none")
		// Without a database of keys the proxy does not say that a wrong one is wrong.
		other, err := New(Endpoint{BaseURL: url, Protocol: p, KeyEnv: "WRONG"}, env("WRONG", "sk-wrong-0123456789"))
		if err != nil {
			t.Fatal(err)
		}
		if e := live(t, other, ask, Refused, ""); strings.Contains(printed(e), "sk-wrong-0123456789") {
			t.Errorf("the error holds the key: %v", e)
		}
	}
}

// live asks and wants an error of a kind, that says something.
func live(t *testing.T, c *Client, r *Request, kind Kind, says string) *Error {
	t.Helper()
	a, err := c.Ask(t.Context(), r)
	var e *Error
	if !errors.As(err, &e) {
		t.Errorf("%s: got %+v, %v; want an error", r.Model, a, err)
		return nil
	}
	t.Logf("%s: %v", r.Model, e)
	if e.Kind != kind || !strings.Contains(e.Message, says) {
		t.Errorf("%s: kind %s, want %s and %q: %v\n%s", r.Model, e.Kind, kind, says, e, e.Raw)
	}
	return e
}
