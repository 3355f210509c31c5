package dependence

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// answer is one cell; text stands for what the model said.
type answer struct {
	query, model, text string
	verdict            outcome.Verdict
	reason             outcome.Reason
}

func recorded(t *testing.T, list []answer, each func(*outcome.Record)) (*outcome.Matrix, *outcome.Detail) {
	t.Helper()
	s := outcome.NewSet()
	s.KeepAnswers = true
	for _, a := range list {
		r := &outcome.Record{Query: a.query, Model: a.model, Verdict: a.verdict, Reason: a.reason, Answer: a.text}
		if each != nil {
			each(r)
		}
		if err := s.Add(r, func() string { return "" }); err != nil {
			t.Fatal(err)
		}
	}
	return s.Matrix(outcome.MatrixOptions{}), s.Detail(outcome.MatrixOptions{})
}

// TestSourcesOrder has a query for every source, and some that two would fit.
func TestSourcesOrder(t *testing.T) {
	var list []answer
	row := func(query string, verdicts string, reason outcome.Reason) {
		for i, model := range []string{"top-high", "top-low", "x", "y"} {
			a := answer{query: query, model: model, verdict: outcome.Wrong}
			switch verdicts[i] {
			case '1':
				a.verdict = outcome.Right
			case '-':
				a.verdict, a.reason = outcome.NoAnswer, reason
			case '?':
				a.verdict, a.reason = outcome.NotRun, outcome.Failed
			}
			list = append(list, a)
		}
	}
	for q := range 8 {
		row(fmt.Sprint("sure-", q), "1000", 0)
	}
	row("cut", "-110", outcome.Truncated)
	row("silent", "-100", outcome.Empty) // a relative alone is right too
	row("odd", "-001", outcome.NoReason)
	row("none", "-000", outcome.Refused) // not resolvable
	row("kin", "0100", 0)                // fragile too
	row("lone", "0010", 0)
	row("two", "0011", 0)
	row("also", "0110", 0)
	row("part", "001?", 0) // incomplete
	m, d := recorded(t, list, nil)
	r, err := Sources(m, d, SourceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := SourceLists{Unusable: []string{"cut", "odd", "silent"}, Relatives: []string{"kin"}, Fragile: []string{"lone"}, Rest: []string{"also", "two"}}
	if !reflect.DeepEqual(r.Lists, want) || r.Unusable != 3 || r.Relatives != 1 || r.Fragile != 1 || r.Rest != 2 {
		t.Errorf("got %+v", r)
	}
	if r.Best != "top-high" || r.Queries != 16 || r.Resolvable != 7 || r.Gain != 7./16 || r.Without != 4./16 || r.AnyRelative != 4 {
		t.Errorf("%+v", r)
	}
	if s := fmt.Sprint(r.Reasons, r.Relations); s != "[{empty 1} {truncated 1} {unknown 1}] [{top-low name}]" {
		t.Error(s)
	}

	r, err = Sources(m, d, SourceOptions{Related: func(best, model string) bool { return best == "top-high" && model == "y" }})
	if err != nil || fmt.Sprint(r.Relations) != "[{y option}]" || r.Relatives != 0 || r.Fragile != 2 {
		t.Errorf("%+v, %v", r, err)
	}
	m, d = recorded(t, list, func(r *outcome.Record) { r.Family = map[string]string{"top-high": "f", "x": "f"}[r.Model] })
	if r, err = Sources(m, d, SourceOptions{}); err != nil || fmt.Sprint(r.Relations) != "[{top-low name} {x family}]" || r.Relatives != 3 {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestSourcesBest takes the same best model as a certificate.
func TestSourcesBest(t *testing.T) {
	m := words(t, "0110", "1010", "0001")
	r, err := Sources(m, nil, SourceOptions{})
	if err != nil || r.Best != m.Models()[m.Count(nil).Best()] || r.Best != "m00" {
		t.Errorf("%+v, %v", r, err)
	}
}

// quiz draws a pool whose answers are what write makes of the truth.
func quiz(t *testing.T, queries int, accuracy []float64, seed uint64, write func(r *rand.Rand, q, model int, right bool) string, each func(*outcome.Record)) (*outcome.Matrix, *outcome.Detail) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	var list []answer
	for q := range queries {
		for i, p := range accuracy {
			a := answer{query: fmt.Sprint(q), model: fmt.Sprintf("m%02d", i), verdict: outcome.Wrong}
			if r.Float64() < p {
				a.verdict = outcome.Right
			}
			a.text = write(r, q, i, a.verdict == outcome.Right)
			list = append(list, a)
		}
	}
	return recorded(t, list, each)
}

// TestPatternsNone must find nothing in answers that are plainly wrong.
func TestPatternsNone(t *testing.T) {
	letters := "ABCDEFGHIJ"
	choice := func(form string, options, bias int) func(r *rand.Rand, q, model int, right bool) string {
		return func(r *rand.Rand, q, model int, right bool) string {
			truth := q * 7 % options
			a := truth
			for !right && a == truth {
				if a = r.IntN(options); model == 0 && r.IntN(4) < bias && truth != 2 {
					a = 2 // the best model's favourite
				}
			}
			return fmt.Sprintf(form, letters[a:a+1])
		}
	}
	number := func(most int) func(r *rand.Rand, q, model int, right bool) string {
		return func(r *rand.Rand, q, model int, right bool) string {
			if right {
				return fmt.Sprint(q * 13 % most)
			}
			return fmt.Sprint(r.IntN(most))
		}
	}
	for name, write := range map[string]func(r *rand.Rand, q, model int, right bool) string{
		"letters":             choice("%s", 4, 0),
		"letters, a favoured": choice("%s", 4, 4),
		"ten, a favoured":     choice("%s", 10, 4),
		"in brackets":         choice("(%s)", 4, 4),
		"with a full stop":    choice("%s.", 10, 3),
		"in a sentence":       choice("The answer is %s", 4, 4),
		"small numbers":       number(10),
		"numbers":             number(40),
		"large numbers":       number(10_000),
		"no answers":          func(*rand.Rand, int, int, bool) string { return "" },
	} {
		for seed := range uint64(10) {
			m, d := quiz(t, 300, []float64{.8, .7, .6, .5, .4}, seed, write, nil)
			r, err := Sources(m, d, SourceOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Patterns) > 0 || r.Unusable > 0 {
				t.Errorf("%s, seed %d: %+v", name, seed, r.Patterns)
			}
		}
	}
}

// TestPatternsFound breaks some of the best model's answers.
func TestPatternsFound(t *testing.T) {
	for _, c := range []struct {
		name   string
		broken func(q int, s string) string
		text   string
		whole  bool
	}{
		{"cut at a quote", func(int, string) string { return `\` }, `\`, true},
		{"says nothing", func(int, string) string { return "None" }, "None", true},
		{"says zero", func(int, string) string { return "00" }, "00", true},
		{"a call", func(q int, s string) string { return "assert f(" + s + ")" }, "assert", false},
		{"quoted", func(q int, s string) string { return `["` + s + `"]` }, `["`, false},
		{"fenced", func(q int, s string) string { return "```" + s }, "```", false},
		{"too long to keep", func(int, string) string { return strings.Repeat("ab ", 2000) }, "sha256:", true},
	} {
		m, d := quiz(t, 400, []float64{.9, .7, .6, .5}, 3, func(r *rand.Rand, q, model int, right bool) string {
			s := fmt.Sprint("word", q, right)
			if model == 0 && !right && q%2 == 0 {
				return c.broken(q, s)
			}
			return s
		}, nil)
		r, err := Sources(m, d, SourceOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Patterns) == 0 {
			t.Errorf("%s: nothing found", c.name)
			continue
		}
		p := r.Patterns[0]
		if !strings.HasPrefix(p.Text, c.text) || p.Whole != c.whole || p.Resolvable != r.Unusable || p.Resolvable == 0 || p.P > 0.01 {
			t.Errorf("%s: %+v, %d unusable", c.name, r.Patterns, r.Unusable)
		}
		for _, id := range r.Lists.Unusable {
			if !slices.Contains([]string{"0", "2", "4", "6", "8"}, id[len(id)-1:]) {
				t.Errorf("%s: query %s is no such", c.name, id)
			}
		}
	}
}

// TestPatternsFallback: an answer that is right now and then, and is given
// wherever nothing was found.
func TestPatternsFallback(t *testing.T) {
	write := func(r *rand.Rand, q, model int, right bool) string {
		switch {
		case right:
			return fmt.Sprint(100 + q%150)
		case model == 0:
			return "100"
		}
		return fmt.Sprint(100 + r.IntN(150))
	}
	m, d := quiz(t, 300, []float64{.8, .7, .6}, 1, write, nil)
	r, err := Sources(m, d, SourceOptions{})
	if err != nil || len(r.Patterns) != 1 || r.Patterns[0].Text != "100" {
		t.Errorf("%+v, %v", r.Patterns, err)
	}
	m, d = quiz(t, 300, []float64{.8, .7, .6}, 1, write, func(r *outcome.Record) { r.Options = 150 })
	if r, err = Sources(m, d, SourceOptions{}); err != nil || len(r.Patterns) != 0 {
		t.Errorf("multiple choice: %+v, %v", r.Patterns, err)
	}
}

func TestSourcesDegenerate(t *testing.T) {
	for _, c := range []struct {
		rows  []string
		codes string
	}{
		{[]string{"1", "1"}, "no-detail no-gain"},
		{[]string{"0", "0"}, "no-detail no-gain"},
		{[]string{"110", "001"}, "no-detail"},
		{[]string{"110", "110"}, "no-detail no-gain"},
	} {
		r, err := Sources(words(t, c.rows...), nil, SourceOptions{})
		if err != nil {
			t.Errorf("%v: %v", c.rows, err)
			continue
		}
		codes := []string{}
		for _, w := range r.Warnings {
			codes = append(codes, w.Code)
		}
		if strings.Join(codes, " ") != c.codes {
			t.Errorf("%v: %v", c.rows, r.Warnings)
		}
		if b, err := json.Marshal(r); err != nil || strings.Contains(string(b), "null") {
			t.Errorf("%s, %v", b, err)
		}
	}
	if _, err := Sources(words(t, "11"), nil, SourceOptions{}); err == nil {
		t.Error("one model was taken")
	}
	if _, err := Sources(words(t, "11", "01"), &outcome.Detail{}, SourceOptions{}); err == nil {
		t.Error("a detail of another matrix was taken")
	}
}
