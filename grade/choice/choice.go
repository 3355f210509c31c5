// Package choice answers one question: does this response choose the right
// option?
//
// Options have letters from A. The choice is looked for where it binds the writer
// most: the member "answer" of a reply in JSON, the last box, a reply that is
// nothing but a letter, the last phrase that states an answer ("the answer is
// C"), the last option that is named as taken ("I choose (C)"), a last line that
// holds a letter alone or leads with one, a text that is just one option's, and at
// last the only letter in brackets of the last line. Letters that reasoning mentions on its way count nowhere, and neither
// do the words A and I: "the answer is a prime number" names no letter.
//
// Several letters in one statement ("A or B") are several answers, which is wrong
// unless the reference has the same ones. A letter beyond the options is wrong.
// Where nothing is found there is no answer; nothing is drawn at random.
package choice

import (
	"context"
	"slices"
	"strings"

	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/grade/extract"
	"github.com/allwrong/allwrong/grade/plain"
)

// Name is the grader's name and version.
const Name = "choice/1"

// New gives the grader.
func New() grade.Grader { return grader{} }

type grader struct{}

func (grader) Name() string { return Name }

// Grade compares the letters chosen with those of the reference.
func (grader) Grade(_ context.Context, q *grade.Query, response string) grade.Grade {
	g := grade.Grade{Grader: Name}
	if len(response)+len(q.Reference)+len(q.Prompt) > grade.MaxResponse {
		return g.End(grade.CannotTell, "too-long")
	}
	o := optionsOf(q)
	want := o.reference(q.Reference)
	if len(want) == 0 {
		g.Add("reference", "no-letter", q.Reference)
		return g.End(grade.CannotTell, "reference-names-no-option")
	}
	g.Add("reference", "letters", string(want))
	got, rule := o.chosen(response, q.Extracted)
	if len(got) == 0 {
		return g.End(grade.NoAnswer, rule)
	}
	g.Answer = join(got)
	g.Add("extract", rule, g.Answer)
	switch {
	case slices.Equal(got, want):
		return g.End(grade.Right, "same-letter")
	case o.beyond(got):
		return g.End(grade.Wrong, "beyond-the-options")
	case len(got) > 1:
		return g.End(grade.Wrong, "several-answers")
	}
	return g.End(grade.Wrong, "other-letter")
}

func join(letters []byte) string {
	parts := make([]string, len(letters))
	for i, c := range letters {
		parts[i] = string(c)
	}
	return strings.Join(parts, ", ")
}

// chosen finds the letters that a response settles on, in order, and the rule
// that found them, or why there are none.
func (o *options) chosen(response string, extracted bool) (letters []byte, rule string) {
	if extracted {
		return o.settle(plain.Text(response), "as-given")
	}
	response = extract.AfterThinking(response)
	if text, _, ok := extract.Member(response); ok {
		if got, rule := o.settle(plain.Text(text), "answer-member"); got != nil {
			return got, rule
		}
	}
	boxes, cut := extract.Boxes(response)
	for i := len(boxes) - 1; i >= 0; i-- {
		if got, rule := o.settle(plain.Text(boxes[i].Content), "boxed"); got != nil {
			return got, rule
		}
	}
	text := plain.Text(response)
	if strings.TrimSpace(text) == "" {
		return nil, "empty"
	}
	for _, find := range []func(string) ([]byte, string){o.whole, o.stated} {
		if got, rule := find(text); got != nil {
			return got, rule
		}
	}
	// Nothing is stated. What stands where an answer may stand is one only if it
	// is the letter of an option: (P) and (Q) are names of something else.
	for _, find := range []func(string) ([]byte, string){o.taken, o.line, o.text, o.only} {
		if got, rule := find(text); got != nil && !o.beyond(got) {
			return got, rule
		}
	}
	if cut {
		return nil, "box-cut-off"
	}
	return nil, "nothing-found"
}
