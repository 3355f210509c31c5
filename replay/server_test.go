package replay

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/allwrong/allwrong/collect/chat"
	"github.com/allwrong/allwrong/outcome"
)

// recorded makes answers of records.
func recorded(t testing.TB, list ...outcome.Record) *Answers {
	t.Helper()
	a, err := NewAnswers(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	for i := range list {
		if err := a.Add(&list[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Seal(); err != nil {
		t.Fatal(err)
	}
	return a
}

// serve starts a server.
func serve(t testing.TB, a *Answers, o Options) (*Server, string) {
	t.Helper()
	s := New(a, o)
	h := httptest.NewServer(s)
	t.Cleanup(func() { s.Close(); h.Close() })
	return s, h.URL
}

func client(t testing.TB, url string, p chat.Protocol, headers map[string]string) *chat.Client {
	t.Helper()
	c, err := chat.New(chat.Endpoint{Name: "replay", BaseURL: url, Protocol: p, KeyEnv: "KEY", Headers: headers, Timeout: 500 * time.Millisecond}, func(string) string { return "the-token" })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func question(model, prompt string) *chat.Request {
	return &chat.Request{Model: model, Messages: []chat.Message{{Role: "user", Content: prompt}}, MaxTokens: 1000}
}

var long = strings.Repeat("größer ", 100) // 900 bytes

var records = []outcome.Record{
	{Query: "a", Model: "m", Prompt: "What is 1+1?\r\n", Response: "It is 2.", Verdict: outcome.Right},
	{Query: "b", Model: "m", Prompt: "Say much.", Response: long, Verdict: outcome.Right},
	{Query: "c", Model: "m", Prompt: "Say nothing.", Verdict: outcome.NoAnswer, Reason: outcome.Empty},
	{Query: "d", Model: "m", Prompt: "Say it aloud.", Verdict: outcome.Right},
	{Query: "e", Model: "m", Prompt: "Go on.", Response: "and on and on", Verdict: outcome.Wrong, Finish: "length"},
	{Query: "a", Model: "org/n:free", Prompt: "Be brief.\n\nWhat is 1+1?", Response: "3", Verdict: outcome.Wrong},
	{Query: "f", Model: "org/n:free", Attempt: 2, Prompt: "Draw.", Response: "two", Verdict: outcome.Wrong},
	{Query: "f", Model: "org/n:free", Attempt: 0, Prompt: "Draw.", Response: "zero", Verdict: outcome.Wrong},
	{Query: "f", Model: "org/n:free", Attempt: 1, Prompt: "Draw.", Response: "one", Verdict: outcome.Wrong},
	{Query: "f", Model: "org/n:free", Attempt: 1, Prompt: "Draw.", Response: "another one", Verdict: outcome.Wrong},
	{Query: "g", Model: "org/n:free", Prompt: "Draw.", Response: "of another query", Verdict: outcome.Wrong},
	{Query: "h", Model: "org/n:free", Response: "nobody knows what was asked", Verdict: outcome.Wrong},
}

var protocols = []chat.Protocol{chat.OpenAI, chat.Anthropic}

func TestCountsOfWhatWasRecorded(t *testing.T) {
	got := recorded(t, records...).Counts
	want := Recorded{Answers: 8, Prompts: 7, Models: 2, Bytes: int64(8 + 900 + 13 + 1 + 3 + 4 + 3), NoPrompt: 1, NoResponse: 1, Repeated: 1, SamePrompt: 1}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestRecordedAnswers(t *testing.T) {
	s, url := serve(t, recorded(t, records...), Options{Token: "the-token"})
	for _, p := range protocols {
		c := client(t, url, p, nil)
		for _, test := range []struct {
			r      *chat.Request
			text   string
			finish chat.Finish
			in     int64 // bytes/4, rounded up
			out    int64
		}{
			{question("m", "What is 1+1?"), "It is 2.", chat.FinishStop, 3, 2},
			{question("m", "\n What is 1+1?  \n"), "It is 2.", chat.FinishStop, 5, 2},
			{question("m", "Say much."), long, chat.FinishStop, 3, 225},
			{question("m", "Go on."), "and on and on", chat.FinishLength, 2, 4},
			// As one text, as a system's message before it, with a system's message that was not recorded.
			{question("org/n:free", "Be brief.\n\nWhat is 1+1?"), "3", chat.FinishStop, 6, 1},
			{&chat.Request{Model: "org/n:free", System: "Be brief.", Messages: []chat.Message{{Role: "user", Content: "What is 1+1?"}}, MaxTokens: 9}, "3", chat.FinishStop, 6, 1},
			{&chat.Request{Model: "m", System: "Be kind.", Messages: []chat.Message{{Role: "user", Content: "What is 1+1?"}}, MaxTokens: 9}, "It is 2.", chat.FinishStop, 5, 2},
			{&chat.Request{Model: "m", Messages: []chat.Message{{Role: "user", Content: "Hello."}, {Role: "assistant", Content: "Hello!"}, {Role: "user", Content: "What is 1+1?"}}, MaxTokens: 9}, "It is 2.", chat.FinishStop, 6, 2},
		} {
			a, err := c.Ask(t.Context(), test.r)
			if err != nil {
				t.Errorf("%s, %+v: %v", p, test.r, err)
				continue
			}
			if a.Text != test.text || a.Finish != test.finish || !a.Usage.Known || a.Usage.Input != test.in || a.Usage.Output != test.out || a.Model != test.r.Model || a.ID == "" {
				t.Errorf("%s, %+v: got %+v", p, test.r, a)
			}
		}
		if a, err := c.Ask(t.Context(), question("m", "Say nothing.")); err != nil || a.Text != "" || a.Usage.Output != 0 {
			t.Errorf("%s: an answer that was empty: %+v, %v", p, a, err)
		}
	}
	if got := s.Served(); got.Requests != 18 || got.Answers != 18 || got.Cut != 0 {
		t.Errorf("%+v", got)
	}
}

// TestBudget cuts at every budget: never over it, between characters, and what
// fits is whole.
func TestBudget(t *testing.T) {
	_, url := serve(t, recorded(t, records...), Options{Token: "the-token"})
	c := client(t, url, chat.OpenAI, nil)
	for n := 1; n <= 230; n++ {
		r := question("m", "Say much.")
		r.MaxTokens = n
		a, err := c.Ask(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		cut := n < 225
		if (a.Finish == chat.FinishLength) != cut || !strings.HasPrefix(long, a.Text) || a.Usage.Output > int64(n) || cut && len(a.Text) < 4*n-1 || strings.ContainsRune(a.Text, '\uFFFD') {
			t.Fatalf("budget %d: %d bytes, finish %s, %d tokens", n, len(a.Text), a.Finish, a.Usage.Output)
		}
	}
}

func TestAttempts(t *testing.T) {
	_, url := serve(t, recorded(t, records...), Options{Token: "the-token"})
	c := client(t, url, chat.OpenAI, nil)
	r := question("org/n:free", "Draw.")
	for seed, want := range map[int64]string{0: "zero", 1: "one", 2: "two", 3: "zero", 43: "one", -1: "two"} {
		for range 2 {
			r.Seed = &seed
			if a, err := c.Ask(t.Context(), r); err != nil || a.Text != want {
				t.Errorf("seed %d: %+v, %v; want %s", seed, a, err, want)
			}
		}
	}
	r.Seed = nil
	for _, want := range []string{"zero", "one", "two", "zero"} {
		if a, err := c.Ask(t.Context(), r); err != nil || a.Text != want {
			t.Errorf("without a seed: %+v, %v; want %s", a, err, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	s, url := serve(t, recorded(t, records...), Options{Token: "the-token"})
	for _, p := range protocols {
		c := client(t, url, p, nil)
		for want, r := range map[string]*chat.Request{
			`model "x" was not recorded; there are m, org/n:free`:                                  question("x", "What is 1+1?"),
			`the prompt "Who?" was not recorded; of those recorded (7) one is "What is 1+1?`:       question("m", "Who?"),
			`model "m" was not asked the prompt "Draw."; other models were`:                        question("m", "Draw."),
			`the answer of model "m" to this prompt was recorded without its text, and none is ma`: question("m", "Say it aloud."),
		} {
			var e *chat.Error
			if _, err := c.Ask(t.Context(), r); !errors.As(err, &e) || e.Status != 404 || e.Kind != chat.Refused || !strings.HasPrefix(e.Message, want) {
				t.Errorf("%s: got %v, want %s", p, err, want)
			}
		}
	}
	post := func(path, body string) (int, string) {
		q, _ := http.NewRequest("POST", url+path, strings.NewReader(body))
		q.Header.Set("Authorization", "Bearer the-token")
		r, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		b, _ := io.ReadAll(r.Body)
		if !json.Valid(b) {
			t.Errorf("%s: not JSON: %s", body, b)
		}
		return r.StatusCode, string(b)
	}
	for body, want := range map[string]string{
		``:                            "the body is no JSON object",
		`[]`:                          "the body is no JSON object",
		`{"model":3}`:                 "model: want a text",
		`{}`:                          "model: missing",
		`{"model":"m"}`:               "messages: no message is there to be answered",
		`{"model":"m","messages":{}}`: "messages: want an array",
		`{"model":"m","messages":[{"content":"x"}]}`:                                             "messages[0]: want an object with a role",
		`{"model":"m","messages":[{"role":"user","content":[{"type":"image_url"}]}]}`:            "messages[0].content: only parts of type text were recorded",
		`{"model":"m","messages":[{"role":"user","content":7}]}`:                                 "messages[0].content: want a text or an array of parts",
		`{"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":0}`:                "max_tokens: want a whole number from 1",
		`{"model":"m","messages":[{"role":"user","content":"x"}],"n":2}`:                         "n: one answer is given at a time",
		`{"model":"m","messages":[{"role":"user","content":"x"}],"seed":"x"}`:                    "seed: want a whole number",
		`{"model":"m","messages":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `}`: "the body is no JSON object",
	} {
		if status, got := post("/v1/chat/completions", body); status != 400 || !strings.Contains(got, `"message":"`+want) {
			t.Errorf("%.100s: %d %s; want %s", body, status, got, want)
		}
	}
	if status, got := post("/v1/chat/completions", `{"x":"`+strings.Repeat("x", maxRequest)+`"}`); status != 413 {
		t.Errorf("a body over the limit: %d %s", status, got)
	}
	if status, got := post("/v1/messages", `{"model":"m","messages":[{"role":"user","content":"x"}]}`); status != 400 || !strings.Contains(got, `"message":"max_tokens: missing"`) {
		t.Errorf("%d %s", status, got)
	}
	if status, got := post("/v1/completions", `{}`); status != 404 || !strings.Contains(got, "/v1/chat/completions, /v1/messages and /v1/models") {
		t.Errorf("%d %s", status, got)
	}
	parts := `{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"What is 1+1?"}]}],"max_completion_tokens":null,"stream":false}`
	if status, got := post("/v1/chat/completions", parts); status != 200 || !strings.Contains(got, "It is 2.") {
		t.Errorf("a prompt in parts: %d %s", status, got)
	}
	got := s.Served()
	if got.Unknown != 6 || got.NoResponse != 2 || got.Malformed != 16 || got.Answers != 1 {
		t.Errorf("counts %+v", got)
	}
}

func TestToken(t *testing.T) {
	s, url := serve(t, recorded(t, records...), Options{Token: "another"})
	for _, p := range protocols {
		var e *chat.Error
		if _, err := client(t, url, p, nil).Ask(t.Context(), question("m", "What is 1+1?")); !errors.As(err, &e) || e.Kind != chat.Auth {
			t.Errorf("%s with a wrong token: %v", p, err)
		}
	}
	for _, path := range []string{"/v1/models", "/", "/v1/chat/completions"} {
		if r, err := http.Get(url + path); err != nil || r.StatusCode != 401 {
			t.Errorf("%s without a token: %v, %v", path, r, err)
		}
	}
	if got := s.Served(); got.Unauthorized != 5 || got.Requests != 5 {
		t.Errorf("%+v", got)
	}
}

func TestModels(t *testing.T) {
	_, url := serve(t, recorded(t, records...), Options{})
	for path, want := range map[string]string{
		"/v1/models":            `{"object":"list","data":[{"id":"m","object":"model","created":0,"owned_by":"replay"},{"id":"org/n:free","object":"model","created":0,"owned_by":"replay"}]}`,
		"/v1/models/org/n:free": `{"id":"org/n:free","object":"model","created":0,"owned_by":"replay"}`,
		"/v1/models/x":          `{"error":{"message":"model \"x\" was not recorded; there are m, org/n:free","type":"invalid_request_error","param":"model","code":"model_not_found"}}`,
	} {
		r, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		if b, _ := io.ReadAll(r.Body); string(b) != want {
			t.Errorf("%s: got %s, want %s", path, b, want)
		}
	}
}

// TestFaults asks for each fault by header, and says what a client sees of it.
func TestFaults(t *testing.T) {
	s, url := serve(t, recorded(t, records...), Options{Token: "the-token", SlowBy: 100 * time.Millisecond})
	for _, p := range protocols {
		for fault, want := range map[Fault]chat.Kind{TooMany: chat.RateLimited, TooManyWait: chat.RateLimited, ServerError: chat.Server, Hung: chat.Timeout, Reset: chat.Connection, Half: chat.Connection, BadJSON: chat.Shape} {
			c := client(t, url, p, map[string]string{forced: string(fault)})
			var e *chat.Error
			if a, err := c.Ask(t.Context(), question("m", "What is 1+1?")); !errors.As(err, &e) || e.Kind != want {
				t.Errorf("%s, %s: got %+v, %v; want %s", p, fault, a, err, want)
			} else if wait := e.RetryAfter; (wait == time.Second) != (fault == TooManyWait) {
				t.Errorf("%s, %s: retry after %v", p, fault, wait)
			}
		}
		c := client(t, url, p, map[string]string{forced: string(Empty)})
		if a, err := c.Ask(t.Context(), question("m", "What is 1+1?")); err != nil || a.Text != "" {
			t.Errorf("%s, empty: %+v, %v", p, a, err)
		}
		c = client(t, url, p, map[string]string{forced: string(Slow)})
		if a, err := c.Ask(t.Context(), question("m", "What is 1+1?")); err != nil || a.Text != "It is 2." || a.Latency < 100*time.Millisecond {
			t.Errorf("%s, slow: %+v, %v", p, a, err)
		}
		c = client(t, url, p, map[string]string{forced: string(BadUsage)})
		for range 30 {
			if a, err := c.Ask(t.Context(), question("m", "What is 1+1?")); err != nil || a.Text != "It is 2." || a.Usage.Known {
				t.Errorf("%s, usage: %+v, %v", p, a, err)
			}
		}
		c = client(t, url, p, map[string]string{forced: "fire"})
		var e *chat.Error
		if _, err := c.Ask(t.Context(), question("m", "What is 1+1?")); !errors.As(err, &e) || e.Kind != chat.Refused {
			t.Errorf("%s, a fault that there is not: %v", p, err)
		}
	}
	want := map[Fault]int64{TooMany: 2, TooManyWait: 2, ServerError: 2, Hung: 2, Reset: 2, Half: 2, BadJSON: 2, Empty: 2, Slow: 2, BadUsage: 60}
	if got := s.Served().Faults; !maps.Equal(got, want) {
		t.Errorf("counted %v, want %v", got, want)
	}
}

// met asks every question several times, with so many at once, and writes down
// what came of each.
func met(t *testing.T, workers int, seed uint64) map[string]string {
	t.Helper()
	var list []outcome.Record
	for i := range 200 {
		list = append(list, outcome.Record{Query: fmt.Sprint(i), Model: "m", Prompt: fmt.Sprint("q", i), Response: "x", Verdict: outcome.Right})
	}
	f, err := ParseFaults("429=.1, 500=.1,reset=.1,half=.1,json=.1,usage=.1,empty=.1")
	if err != nil {
		t.Fatal(err)
	}
	_, url := serve(t, recorded(t, list...), Options{Faults: f, Seed: seed})
	c := client(t, url, chat.OpenAI, nil)
	out := map[string]string{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < 200; i += workers {
				for n := range 3 {
					a, err := c.Ask(t.Context(), question("m", fmt.Sprint("q", i)))
					said := fmt.Sprint(err)
					if err == nil {
						said = fmt.Sprint(a.Text, a.Usage)
					}
					mu.Lock()
					out[fmt.Sprint(i, "/", n)] = said
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	return out
}

func TestFaultsHangOnContentOnly(t *testing.T) {
	one, other := met(t, 1, 7), met(t, 16, 7)
	kinds := map[string]int{}
	for q, said := range one {
		// How a reset looks hangs on the moment at which it comes.
		if other[q] != said && !strings.Contains(said, "connection") {
			t.Errorf("%s: %s, and with 16 at once %s", q, said, other[q])
		}
		kinds[said[:min(len(said), 40)]]++
	}
	if len(kinds) < 7 {
		t.Errorf("only %v came up", kinds)
	}
	if maps.Equal(one, met(t, 1, 8)) {
		t.Error("another seed draws the same")
	}
}

func TestParseFaults(t *testing.T) {
	if f, err := ParseFaults("429=.1, reset=0.01,"); err != nil || !maps.Equal(f, Faults{TooMany: .1, Reset: .01}) {
		t.Errorf("%v, %v", f, err)
	}
	for text, want := range map[string]string{"fire=.1": `"fire" is no fault`, "429": "no share", "429=2": "no share", "429=NaN": "no share", "429=-1": "no share", "429=.1,429=.2": "given twice", "429=.6,500=.6": "add up to"} {
		if _, err := ParseFaults(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// TestSharesOfFaults: at 3000 draws a share of .2 is within 4 · √(.2·.8/3000) = .03.
func TestSharesOfFaults(t *testing.T) {
	f := Faults{TooMany: .2, Half: .5}
	got := map[Fault]float64{}
	for i := range 3000 {
		got[f.draw(1, digestOf(fmt.Sprint(i/3)), "m", uint32(i%3))] += 1. / 3000
	}
	for fault, want := range map[Fault]float64{TooMany: .2, Half: .5, None: .3} {
		if d := got[fault] - want; d < -.037 || d > .037 {
			t.Errorf("%q: share %.3f, want %v", fault, got[fault], want)
		}
	}
}

func TestRateLimit(t *testing.T) {
	s, url := serve(t, recorded(t, records...), Options{Rate: 20})
	c := client(t, url, chat.OpenAI, nil)
	served, limited := 0, 0
	start := time.Now()
	for range 60 {
		_, err := c.Ask(t.Context(), question("m", "What is 1+1?"))
		var e *chat.Error
		switch {
		case err == nil:
			served++
		case errors.As(err, &e) && e.Kind == chat.RateLimited && e.RetryAfter == time.Second:
			limited++
		default:
			t.Fatal(err)
		}
	}
	if most := 3 + 20*time.Since(start).Seconds(); served < 2 || float64(served) > most || limited == 0 {
		t.Errorf("%d served and %d refused in %v; at most %.0f may be served", served, limited, time.Since(start), most)
	}
	if got := s.Served(); got.Limited != int64(limited) {
		t.Errorf("%+v", got)
	}
}

// data gives the data of a stream's events.
func data(t *testing.T, url, path, body, fault string) (list []string, err error) {
	t.Helper()
	q, _ := http.NewRequest("POST", url+path, strings.NewReader(body))
	q.Header.Set(forced, fault)
	r, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if r.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("type %s", r.Header.Get("Content-Type"))
	}
	lines := bufio.NewScanner(r.Body)
	for lines.Scan() {
		if s, found := strings.CutPrefix(lines.Text(), "data: "); found {
			list = append(list, s)
		}
	}
	return list, lines.Err()
}

func TestStreams(t *testing.T) {
	_, url := serve(t, recorded(t, records...), Options{})
	ask := func(fault string) ([]string, error) {
		return data(t, url, "/v1/chat/completions", `{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"Say much."}]}`, fault)
	}
	list, err := ask("")
	if err != nil || list[len(list)-1] != "[DONE]" {
		t.Fatalf("%v, %q", err, list)
	}
	var text, finish string
	var used int64
	for _, s := range list[:len(list)-1] {
		var chunk struct {
			Object  string
			Choices []struct {
				Delta  struct{ Content string }
				Finish *string `json:"finish_reason"`
			}
			Usage *struct {
				Out int64 `json:"completion_tokens"`
			}
		}
		if err := json.Unmarshal([]byte(s), &chunk); err != nil || chunk.Object != "chat.completion.chunk" {
			t.Fatalf("%s: %v", s, err)
		}
		for _, c := range chunk.Choices {
			text += c.Delta.Content
			if c.Finish != nil {
				finish += *c.Finish
			}
		}
		if chunk.Usage != nil {
			used = chunk.Usage.Out
		}
	}
	if text != long || finish != "stop" || used != 225 {
		t.Errorf("%d bytes, finish %s, %d tokens", len(text), finish, used)
	}
	if list, err := ask("half"); err == nil && list[len(list)-1] == "[DONE]" {
		t.Error("half a stream is whole")
	}
	broken := false
	list, _ = ask("json")
	for _, s := range list[:len(list)-1] {
		broken = broken || !json.Valid([]byte(s))
	}
	if !broken {
		t.Error("a stream of broken JSON is not broken")
	}
}

func TestStreamOfMessage(t *testing.T) {
	_, url := serve(t, recorded(t, records...), Options{})
	list, err := data(t, url, "/v1/messages", `{"model":"m","max_tokens":50,"stream":true,"messages":[{"role":"user","content":"Say much."}]}`, "")
	if err != nil {
		t.Fatal(err)
	}
	var text, stop string
	var kinds []string
	for _, s := range list {
		var e struct {
			Type    string
			Message *struct{ Usage struct{ Input_tokens int } }
			Delta   struct {
				Text string
				Stop string `json:"stop_reason"`
			}
		}
		if err := json.Unmarshal([]byte(s), &e); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
		if text += e.Delta.Text; len(kinds) == 0 || kinds[len(kinds)-1] != e.Type {
			kinds = append(kinds, e.Type)
		}
		stop += e.Delta.Stop
	}
	if got := strings.Join(kinds, " "); got != "message_start content_block_start content_block_delta content_block_stop message_delta message_stop" {
		t.Error(got)
	}
	if !strings.HasPrefix(long, text) || len(text) < 199 || len(text) > 200 || stop != "max_tokens" {
		t.Errorf("%d bytes, %s", len(text), stop)
	}
}

// TestCloseLetsGo has clients that hang when the server ends.
func TestCloseLetsGo(t *testing.T) {
	s, url := serve(t, recorded(t, records...), Options{Latency: time.Hour})
	c, err := chat.New(chat.Endpoint{BaseURL: url}, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { _, err := c.Ask(context.Background(), question("m", "What is 1+1?")); done <- err }()
	for s.Served().Requests == 0 {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(10 * time.Millisecond)
	s.Close()
	if err := <-done; err == nil {
		t.Error("an answer came an hour early")
	}
}

func BenchmarkServe(b *testing.B) {
	_, url := serve(b, recorded(b, records...), Options{})
	c := client(b, url, chat.OpenAI, nil)
	b.SetParallelism(32)
	b.RunParallel(func(p *testing.PB) {
		r := question("m", "What is 1+1?")
		for p.Next() {
			if _, err := c.Ask(b.Context(), r); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}
