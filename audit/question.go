package audit

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/outcome"
)

// Question is one query with all that is on file about it.
type Question struct {
	Query     string            `json:"query"`
	Prompt    string            `json:"prompt"`
	Reference string            `json:"reference"`
	Kind      string            `json:"kind"`
	Options   int               `json:"options,omitempty"`
	Slices    map[string]string `json:"slices"`
	Values    []ValueGroup      `json:"values"`   // answers by what they say, most models first
	Evidence  string            `json:"evidence"` // SHA-256 of question, reference, verdicts and answers: what whoever marks it has seen

	cells []AnswerOf
}

// ValueGroup is one answer, and who gave it.
type ValueGroup struct {
	Value   string     `json:"value"`
	Answers []AnswerOf `json:"answers"`
}

// AnswerOf is what one model said.
type AnswerOf struct {
	Model    string `json:"model"`
	Attempt  int    `json:"attempt,omitempty"`
	Verdict  string `json:"verdict"`
	Reason   string `json:"reason,omitempty"`
	Answer   string `json:"answer"`
	Response string `json:"response,omitempty"`
	Source   string `json:"source,omitempty"`
}

// Note takes a record of the query.
func (x *Question) Note(r *outcome.Record, threshold float64) {
	if r.Query != x.Query {
		return
	}
	if x.Prompt == "" {
		x.Prompt = strings.Clone(r.Prompt)
	}
	if x.Reference == "" {
		x.Reference = strings.Clone(r.Reference)
	}
	if x.Kind == "" {
		x.Kind = r.Kind
	}
	x.Options, x.Slices = max(x.Options, r.Options), r.Slices
	c, err := r.Cell(threshold)
	if err != nil {
		return
	}
	x.cells = append(x.cells, AnswerOf{r.Model, r.Attempt, c.Verdict().String(), c.Reason().String(), strings.Clone(r.Answer), strings.Clone(r.Response), r.Source})
}

// Settle groups the answers once all records were noted.
func (x *Question) Settle() {
	slices.SortFunc(x.cells, func(a, b AnswerOf) int {
		return cmp.Or(cmp.Compare(a.Model, b.Model), cmp.Compare(a.Attempt, b.Attempt))
	})
	h := sha256.New()
	_ = json.NewEncoder(h).Encode([]string{x.Prompt, x.Reference})
	index := map[string]int{}
	x.Values = []ValueGroup{}
	for _, c := range x.cells {
		fmt.Fprintf(h, "%q %d %s %q\n", c.Model, c.Attempt, c.Verdict, c.Answer)
		v := Value(c.Answer)
		at, ok := index[v]
		if !ok {
			at = len(x.Values)
			index[v], x.Values = at, append(x.Values, ValueGroup{Value: v})
		}
		x.Values[at].Answers = append(x.Values[at].Answers, c)
	}
	x.Evidence = hex.EncodeToString(h.Sum(nil))
	slices.SortStableFunc(x.Values, func(a, b ValueGroup) int {
		return cmp.Or(-boolCompare(a.right(), b.right()), cmp.Compare(len(b.Answers), len(a.Answers)))
	})
}

func boolCompare(a, b bool) int {
	n := map[bool]int{true: 1}
	return cmp.Compare(n[a], n[b])
}

func (g ValueGroup) right() bool {
	return slices.ContainsFunc(g.Answers, func(a AnswerOf) bool { return a.Verdict == "right" })
}

// Verdict is what is on record for a model, empty when nothing is.
func (x *Question) Verdict(model string, attempt int) string {
	for _, c := range x.cells {
		if c.Model == model && c.Attempt == attempt {
			return c.Verdict
		}
	}
	return ""
}

// Regrade grades all answers again, by another reference where one is given,
// and gives the cells whose verdict changes. What the grader cannot tell stays.
func (x *Question) Regrade(g grade.Grader, reference string) (changes []Change, open int) {
	if reference == "" {
		reference = x.Reference
	}
	q := &grade.Query{Prompt: x.Prompt, Reference: reference}
	for _, c := range x.cells {
		text := c.Response
		if q.Extracted = c.Answer != ""; q.Extracted {
			text = c.Answer
		}
		if c.Verdict == "not_run" || text == "" {
			continue
		}
		now := ""
		switch g.Grade(context.Background(), q, text).Verdict {
		case grade.Right:
			now = "right"
		case grade.Wrong:
			now = "wrong"
		case grade.NoAnswer:
			now = "no_answer"
		default:
			open++
			continue
		}
		if now != c.Verdict {
			changes = append(changes, Change{c.Model, c.Attempt, c.Verdict, now})
		}
	}
	return changes, open
}
