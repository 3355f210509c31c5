package ingest

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// Every reader says by which rule its queries are joined.
func TestJoinedBy(t *testing.T) {
	const details = `{"a__b-1": {"resolved": true, "cost": 1, "api_calls": 3}}`
	for _, c := range []struct{ name, doc, want string }{
		{"m/law_result.json", smallMMLU, joinedByID},
		{"m/eval_results.json", smallPlus, joinedByID},
		{"x.csv", "query,a,b\nq1,1,0\n", joinedByID},
		{"x.csv", "a,b\n1,0\n", joinedByRow},
		{"x.jsonl", lines3, joinedByID},
		{"sys/per_instance_details.json", details, joinedByID},
		{"gsm8k_responses.csv", "prompt,a,a_response\nWhat?,True,x\n", joinedByContent},
	} {
		dir := write(t, map[string]string{c.name: c.doc})
		r, err := Read(context.Background(), []string{filepath.Join(dir, filepath.FromSlash(c.name))}, Options{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if got := r.Inputs[0].JoinedBy; got != c.want {
			t.Errorf("%s (%s): joined by %q, want %q", c.name, r.Inputs[0].Format, got, c.want)
		}
	}
}

// Texts come along only when they are wanted.
func TestTextsWhenWanted(t *testing.T) {
	arena := []byte(`{"global_index": "AIME_1", "question": "What?", "llm_selected": "m", "generated_answer": "It is 2", "success": true, "evaluation_result": {"extracted_answer": "2", "score": 1}}`)
	for want, texts := range map[outcome.Fields][3]string{0: {}, outcome.WantAll: {"2", "It is 2", "What?"}, outcome.WantPrompt: {"", "", "What?"}} {
		rec, _, err := routerArenaRow(arena, want)
		if got := [3]string{rec.Answer, rec.Response, rec.Prompt}; err != nil || got != texts {
			t.Errorf("RouterArena, want %b: %q, %v; want %q", want, got, err, texts)
		}
		p := mmluProReader{to: &sink{opt: &Options{Want: want}}, slices: map[string]string{}, subjects: map[string]string{}}
		x := mmluProRow{id: []byte("1"), question: []byte(`"What?"`), options: []byte(`["x","y"]`), answer: []byte(`"B"`), pred: []byte(`"B"`), response: []byte(`"It is 2 (B)"`)}
		if err := p.settle(&x); err != nil {
			t.Fatal(err)
		}
		if texts[0] != "" {
			texts = [3]string{"B", "It is 2 (B)", "What?"}
		}
		if texts[2] != "" {
			texts[2] += "\nA. x\nB. y"
		}
		if got := [3]string{p.rec.Answer, p.rec.Response, p.rec.Prompt}; got != texts {
			t.Errorf("MMLU-Pro, want %b: %q; want %q", want, got, texts)
		}
	}
	table := routeLLMTable{to: &sink{opt: &Options{Want: outcome.WantAll}}, columns: 3, names: []string{"a"}, models: []int{0}, verdict: []int{1}, answer: []int{2}}
	var out routeLLMRows
	table.parse([]byte("What?,True,It is 2\n"), 1<<20, &out)
	if len(out.texts) != 2 || out.texts[0] != "What?" || out.texts[1] != "It is 2" {
		t.Errorf("RouteLLM: %q, %v", out.texts, out.errs)
	}
	// Row by row or as a block, the outcomes are the same.
	doc := "prompt,a,b,a_response\nWhat?,True,False,x\nWhy?,False,,\n"
	for _, o := range []Options{{}, {Want: outcome.WantAll}} {
		r := readWith(t, routeLLM, document("gsm8k_responses.csv", "", doc), o)
		if got := reasons(r.set, "a") + "; " + reasons(r.set, "b"); r.err != nil || r.in.Rows != 3 || got != "1 right, 0 wrong, 1 no answer, 0 not run map[empty:1]; 0 right, 1 wrong, 0 no answer, 0 not run map[]" {
			t.Errorf("want %b: %s, %d rows, %v", o.Want, got, r.in.Rows, r.err)
		}
	}
	if got := textsOf([]byte(`["a", null, "b"]`)); len(got) != 3 || at(got, 2) != "b" || at(got, 1) != "" || at(got, 3) != "" {
		t.Errorf("texts %q", got)
	}
}
