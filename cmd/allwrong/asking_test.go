package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// chatServer answers each prompt by a function, in the protocol of OpenAI.
func chatServer(t *testing.T, reply func(model, prompt string) string) (url string, calls *atomic.Int64) {
	t.Helper()
	calls = &atomic.Int64{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		var q struct {
			Model    string
			Messages []struct{ Content string }
		}
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil || len(q.Messages) != 1 {
			http.Error(w, "bad request", http.StatusBadRequest)
			return
		}
		text := reply(q.Model, q.Messages[0].Content)
		if text == "" {
			http.Error(w, "I will not", http.StatusUnprocessableEntity)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]any{"id": "x", "object": "chat.completion", "model": q.Model,
			"choices": []any{map[string]any{"index": 0, "finish_reason": "stop", "message": map[string]any{"role": "assistant", "content": text}}},
			"usage":   map[string]any{"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}})
	}))
	t.Cleanup(s.Close)
	return s.URL, calls
}

// panelFile writes a run file of models without queries.
func panelFile(t *testing.T, dir, name, url string, models ...string) string {
	t.Helper()
	text := fmt.Sprintf("cap_usd = 1\n[[endpoint]]\nname = \"e\"\nbase_url = %q\nprotocol = \"openai\"\n", url)
	for _, m := range models {
		text += fmt.Sprintf("[[model]]\nid = %q\nendpoint = \"e\"\nprice = { input = 1, output = 10 }\npriced_on = 2026-11-01\n", m)
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// command runs the program, and gives what it prints.
func command(t *testing.T, want int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	if got := run(t.Context(), args, strings.NewReader(""), &out, &errs); got != want {
		t.Fatalf("%v: status %d, want %d\n%s%s", args, got, want, out.String(), errs.String())
	}
	return out.String(), errs.String()
}

// TestJudges: a panel of models grades what no rule can, keeps what it said, and
// nobody judges its own answers.
func TestJudges(t *testing.T) {
	url, calls := chatServer(t, func(model, prompt string) string {
		switch {
		case model == "rude" && strings.Contains(prompt, "ice sinks"):
			return ""
		case strings.Contains(prompt, "it floats") || model == "kind":
			return "They agree.\nVERDICT: RIGHT"
		}
		return "No.\nVERDICT: WRONG"
	})
	dir := t.TempDir()
	in := filepath.Join(dir, "in.jsonl")
	record := func(query, model, response string) string {
		return fmt.Sprintf(`{"query":%q,"model":%q,"response":%q,"reference":"ice floats","prompt":"What does ice do?","kind":"judge"}`+"\n", query, model, response)
	}
	text := record("q1", "m", "it floats") + record("q2", "m", "it melts") + record("q1", "strict", "it floats") + record("q3", "m", "ice sinks")
	if err := os.WriteFile(in, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	file := panelFile(t, dir, "panel.toml", url, "strict", "kind", "rude")
	out := filepath.Join(dir, "out.jsonl")
	_, stderr := command(t, 0, "grade", in, "--judges", file, "-o", out)
	if !strings.Contains(stderr, "panel.judges: 3 models asked") {
		t.Error(stderr)
	}
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(string(raw)) {
		var r struct{ Query, Model, Verdict, Reason, Grader string }
		if err := json.Unmarshal([]byte(line), &r); err != nil || r.Grader != "judge/1" {
			t.Fatalf("%s: %v", line, err)
		}
		got = append(got, r.Query+" "+r.Model+" "+r.Verdict)
	}
	// q2: strict and rude against kind; q3: strict against kind, a tie, since rude does not vote.
	if want := "q1 m right, q2 m wrong, q1 strict right, q3 m wrong"; strings.Join(got, ", ") != want {
		t.Errorf("%v, want %s", got, want)
	}
	before := calls.Load() // 3 + 3 + 3 calls: strict's answer has the same prompt as m's
	stdout, _ := command(t, 0, "grade", in, "--judges", file, "--json")
	if n := calls.Load() - before; before != 9 || n != 1 {
		t.Errorf("%d calls, then %d; only what got no reply is asked again", before, n)
	}
	var doc struct {
		Judges   *said
		Options  gradeOptions
		Warnings []struct{ Code string }
	}
	if err := json.Unmarshal([]byte(stdout), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Judges == nil || doc.Judges.Failed != 1 || doc.Judges.Spent != 0 || doc.Judges.Total != 8*200e-6 || doc.Options.Judges != file || doc.Warnings[len(doc.Warnings)-1].Code != "no-reply" {
		t.Errorf("%+v, %+v", doc.Judges, doc.Warnings)
	}
	if _, stderr := command(t, 2, "grade", in, "--kind", "judge"); !strings.Contains(stderr, "--judges RUN.toml") {
		t.Error(stderr)
	}
	if _, stderr := command(t, 1, "grade", in, "--judges", filepath.Join(dir, "none.toml")); !strings.Contains(stderr, "none.toml") {
		t.Error(stderr)
	}
}

// TestModelsRate: models label a pack, and go on where they stopped.
func TestModelsRate(t *testing.T) {
	url, calls := chatServer(t, func(model, prompt string) string {
		if model == "b" && strings.Contains(prompt, "How many?") {
			return "I would rather not say."
		}
		return "ANSWER: 4\nWELL-POSED: YES\nCONFIDENCE: HIGH"
	})
	dir := t.TempDir()
	pack := filepath.Join(dir, "pack.json")
	if err := os.WriteFile(pack, []byte(`{"schema":"allwrong/pack/1","seed":1,"items":[{"query":"q1","question":"2 + 2?"},{"query":"q2","question":"How many?"}]}`), 0o666); err != nil {
		t.Fatal(err)
	}
	file, out := panelFile(t, dir, "raters.toml", url, "a", "b"), filepath.Join(dir, "labels.jsonl")
	stdout, stderr := command(t, 0, "audit", "rate", pack, "--models", file, "-o", out)
	if !strings.Contains(stdout, "a: 2 labels more, 0 left") || !strings.Contains(stdout, "b: 1 label more, 1 left") || !strings.Contains(stderr, `b, query "q2": no label: ANSWER is not said`) {
		t.Errorf("%s%s", stdout, stderr)
	}
	raw, err := os.ReadFile(out)
	if err != nil || bytes.Count(raw, []byte("\n")) != 3 || calls.Load() != 4 {
		t.Errorf("%s, %v, %d calls", raw, err, calls.Load())
	}
	if stdout, _ = command(t, 0, "audit", "rate", pack, "--models", file, "-o", out); !strings.Contains(stdout, "a: 0 labels more, 0 left") || calls.Load() != 4 {
		t.Errorf("%s, %d calls", stdout, calls.Load())
	}
	if _, stderr := command(t, 2, "audit", "rate", pack, "--models", file, "--rater", "ada", "-o", out); !strings.Contains(stderr, "choose one") {
		t.Error(stderr)
	}
}
