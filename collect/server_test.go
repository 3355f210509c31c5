package collect_test

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/allwrong/allwrong/collect"
	"github.com/allwrong/allwrong/collect/runfile"
	"github.com/allwrong/allwrong/collect/store"
	"github.com/allwrong/allwrong/outcome"
)

// server answers questions "How much is a + b?" as a law of model and question
// has it: right or wrong, long or short, and broken in any way a test wants.
type server struct {
	*httptest.Server
	mu     sync.Mutex
	calls  map[string]int                                                          // by model, prompt and budget
	served map[string]int                                                          // of calls, those that were answered in full
	total  int                                                                     // calls
	flight int                                                                     // now
	most   int                                                                     // in flight at once
	fault  func(w http.ResponseWriter, model, prompt string, budget, nth int) bool // true: dealt with
	delay  time.Duration
}

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{calls: map[string]int{}, served: map[string]int{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.answer))
	t.Cleanup(s.Close)
	return s
}

// chance is a number in [0, 1) of a name.
func chance(parts ...string) float64 {
	h := fnv.New64a()
	h.Write([]byte(strings.Join(parts, "\x00")))
	return rand.New(rand.NewPCG(h.Sum64(), 1)).Float64()
}

// knows says whether a model is right on a question; skill is in its name.
func knows(model, prompt string) bool {
	var skill float64
	fmt.Sscanf(model, "m%f", &skill)
	hard := chance("hard", prompt)
	return chance(model, prompt)*0.5+hard*0.7 < skill/100
}

// long says whether an answer needs more room than the first budget.
func long(model, prompt string) bool { return chance("long", model, prompt) < 0.1 }

func (s *server) answer(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Model     string
		Messages  []struct{ Content string }
		MaxTokens int `json:"max_tokens"`
	}
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil || len(q.Messages) == 0 {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	prompt := q.Messages[len(q.Messages)-1].Content
	key := fmt.Sprint(q.Model, "|", prompt, "|", q.MaxTokens)
	s.mu.Lock()
	s.calls[key]++
	s.total++
	s.flight++
	s.most = max(s.most, s.flight)
	nth := s.calls[key]
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.flight--
		s.mu.Unlock()
	}()
	if s.delay > 0 {
		time.Sleep(s.delay)
	}
	if s.fault != nil && s.fault(w, q.Model, prompt, q.MaxTokens, nth) {
		return
	}
	s.mu.Lock()
	s.served[key]++
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	w.Write(body(q.Model, prompt, q.MaxTokens))
}

// body is a whole answer.
func body(model, prompt string, budget int) []byte {
	var a, b int
	fmt.Sscanf(prompt, "How much is %d + %d?", &a, &b)
	sum := a + b
	if !knows(model, prompt) {
		sum++
	}
	text, finish, output := fmt.Sprintf("That makes\n\nAnswer: %d", sum), "stop", 20+len(prompt)%7
	if long(model, prompt) && budget < 1000 {
		text, finish, output = "Let me see. First", "length", budget
	}
	raw, err := json.Marshal(map[string]any{"id": "x", "object": "chat.completion", "model": model + "-2026",
		"choices": []any{map[string]any{"index": 0, "finish_reason": finish, "message": map[string]any{"role": "assistant", "content": text}}},
		"usage":   map[string]any{"prompt_tokens": 12, "completion_tokens": output, "total_tokens": 12 + output}})
	if err != nil {
		panic(err)
	}
	return raw
}

// setup is a run over so many questions, in a folder of its own.
type setup struct {
	dir string
	run *runfile.Run
}

var models = []string{"m30", "m55", "m45", "m80"}

func newRun(t *testing.T, url string, queries int, more string) *setup {
	t.Helper()
	dir := t.TempDir()
	var b strings.Builder
	for i := range queries {
		fmt.Fprintf(&b, `{"id":"q%d","question":"How much is %d + %d?","answer":"%d","topic":"t%d"}`+"\n", i, i, i*i, i+i*i, i%3)
	}
	if err := os.WriteFile(filepath.Join(dir, "questions.jsonl"), []byte(b.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	text := more
	if !strings.Contains(more, "cap_usd") {
		text = "cap_usd = 50.0\n" + text
	}
	text += fmt.Sprintf("\nbudgets = [256, 2048]\n[[endpoint]]\nname = \"here\"\nbase_url = %q\nprotocol = \"openai\"\n", url+"/v1")
	for i, m := range models {
		text += fmt.Sprintf("[[model]]\nid = %q\nendpoint = \"here\"\nprice = { input = %d.0, output = %d.0 }\npriced_on = 2026-11-01\n", m, i+1, 4*(i+1))
	}
	text += "[queries]\npath = \"questions.jsonl\"\nprompt = \"question\"\nreference = \"answer\"\nkind = \"number\"\nslices = [\"topic\"]\n"
	run, err := runfile.Parse([]byte(text), filepath.Join(dir, "run.toml"))
	if err != nil {
		t.Fatal(err)
	}
	return &setup{dir, run}
}

func (x *setup) open(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), filepath.Join(x.dir, "run"), store.Options{Database: x.run.Store, Run: x.run.Name})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// collect runs once, and checks that the folder is whole.
func (x *setup) collect(t *testing.T, o collect.Options) *collect.Result {
	t.Helper()
	s := x.open(t)
	o.Run, o.Store = x.run, s
	r, err := collect.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check(context.Background()); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	return r
}

// verdicts reads what is on record: by query and model the verdict at the
// highest budget that has one.
func (x *setup) verdicts(t *testing.T) map[[2]string]outcome.Verdict {
	t.Helper()
	s := x.open(t)
	defer s.Close()
	ctx := context.Background()
	if err := s.Begin(ctx, x.run, store.Schedule{For: store.ForMatrix}); err != nil {
		t.Fatal(err)
	}
	ids := map[int]string{}
	if err := s.Queries(ctx, func(q store.QueryInfo) error { ids[q.Number] = q.ID; return nil }); err != nil {
		t.Fatal(err)
	}
	out := map[[2]string]outcome.Verdict{}
	err := s.States(ctx, func(st store.State) error {
		if v := st.Cell.Verdict(); v != outcome.Absent {
			out[[2]string{ids[st.Query], x.run.Models[st.Model].ID}] = v
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
