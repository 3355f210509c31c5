package ingest

import (
	"context"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

const smallRoute = "prompt,org/a,b,org/a_response,b_response\n" +
	"\"How many?\nA. \"\"one\"\"\",True,False,x,y\n" +
	"Why?,False,True,,y\n" +
	"Why?,True,True,x,y\r\n" +
	"When?,,False,,y"

func routeID(prompt string) string { return "routellm/" + contentID([]byte(prompt)) }

func TestRouteLLM(t *testing.T) {
	if got := recognised("mmlu_world_history.csv", smallRoute, true); got != routeLLM.name {
		t.Errorf("recognised as %q", got)
	}
	r := readAs(t, routeLLM, document("mmlu_world_history.csv", "", smallRoute))
	if r.err != nil {
		t.Fatal(r.err)
	}
	if got, want := reasons(r.set, "org/a"), "2 right, 0 wrong, 1 no answer, 0 not run map[empty:1]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	// The second Why? is another query, although it reads the same.
	for _, want := range []string{routeID("How many?\nA. \"one\"") + " org/a 0 right", routeID("Why?") + " b 0 right", routeID("Why?") + "#2 org/a 0 right", routeID("When?") + " b 0 wrong"} {
		if !strings.Contains(cells(r.set), want) {
			t.Errorf("no cell %q in\n%s", want, cells(r.set))
		}
	}
	if r.set.Queries() != 4 || r.in.Rows != 7 {
		t.Errorf("%d queries, %d records; want 4 and 7", r.set.Queries(), r.in.Rows)
	}
	if got := labels(r.set, "subject"); !strings.Contains(got, "=world history") {
		t.Errorf("subject: %s", got)
	}
}

// The same prompt in two files is one query: that is how models are joined.
func TestRouteLLMJoins(t *testing.T) {
	dir := write(t, map[string]string{"a.csv": "prompt,a\nWhy?,True\n", "b.csv": "prompt,b\nWhy?,False\n"})
	r, err := Read(context.Background(), []string{dir}, Options{})
	if err != nil || r.Set.Queries() != 1 || r.Set.Models() != 2 {
		t.Errorf("%v: %+v", err, r)
	}
}

func TestRouteLLMDetection(t *testing.T) {
	for doc, want := range map[string]bool{
		smallRoute:                          true,
		"prompt,a\nq,True\n":                true,
		"prompt,a\nq,1\n":                   false, // a wide table
		"query,a\nq,True\n":                 false,
		"prompt,a_response\nq,x\n":          false,
		"prompt,a,b\nq,True,\"cut off here": false,
		"prompt,a":                          false, "": false, "prompt,a\n": false,
	} {
		if got := recognised("x.csv", doc, true) == routeLLM.name; got != want {
			t.Errorf("%q: recognised %v, want %v", doc, got, want)
		}
	}
}

func TestRouteLLMRefuses(t *testing.T) {
	checkRefusals(t, routeLLM, "x.csv", "", []refusal{
		{"prompt,a\nq,True\nr,yes\n", `x.csv:3: column 2: "yes": want True, False or nothing`},
		{"prompt,a\n\"q\nq\",True\nr,1\n", `x.csv:4: column 2: "1"`},
		{"prompt,a\nq,True,True\n", "x.csv:2: 3 cells; the header has 2"},
		{"prompt,a\n,True\n", "x.csv:2: prompt: empty"},
		{"prompt,a,a\nq,True,True\n", `x.csv:1: two columns are named "a"`},
		{"prompt\nq\n", "x.csv:1: no column is named for a model"},
		{"prompt,\nq,True\n", "model: empty"},
		{"prompt,a\n", "x.csv: a header and no rows"},
		{"prompt,a\nq\"q,True\n", "x.csv:2: bare"},
		{"prompt,a\n\"q,True\n", "x.csv:2: "},
	})
}

func TestPublishedRouteLLM(t *testing.T) {
	const best = "gpt-4-1106-preview"
	for path, want := range map[string]counted{
		"routellm/gsm8k":          {2, 1319, 94, 1130, best},
		"routellm/mmlu/responses": {2, 1790, 322, 1364, best},
	} {
		r, err := Read(context.Background(), []string{published(t, path)}, Options{})
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		m := r.Set.Matrix(outcome.MatrixOptions{})
		c := m.Count(nil)
		want.single = want.queries - want.allWrong - c.Rescued(c.Best())
		checkKnown(t, m, nil, want)
		gain := float64(c.Rescued(c.Best())) / float64(c.Queries)
		if known := map[string]float64{"routellm/gsm8k": 0.072024, "routellm/mmlu/responses": 0.058101}[path]; gain < known-6e-7 || gain > known+6e-7 {
			t.Errorf("%s: gain %v, want %v", path, gain, known)
		}
	}
}

func FuzzRouteLLM(f *testing.F) {
	fuzzReader(f, "x.csv", "", []*format{routeLLM}, smallRoute, "prompt,a\n\"q\",True\n")
}
