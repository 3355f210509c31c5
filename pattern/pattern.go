// Package pattern answers one question: which form of answer does a model
// repeat over many queries, and fail with? Such a form is to be repaired; the
// questions were perhaps never the matter.
//
// A form is how an answer is written, apart from what it says: the symbols that
// it opens with, or these with the first word, or the whole of it. Of each model
// the forms that it shows at least three times are looked at, and one is a
// pattern when
//
//	(a) no model was ever right with it, and that many answers, drawn at random
//	    among the model's, would hardly all be wrong; or
//	(b) it is a whole answer that the model gives wrongly on more than twice as
//	    many queries as it is the right answer of, and among the wrong answers
//	    of all models it is this model's far more often than its share.
//
// Both chances are hypergeometric, and are multiplied by two, for there are two
// rules, and by the number of forms. Letters of multiple choice never count:
// queries with options are passed over, so are forms whose only letter or digit
// is a single one, and a letter is the right answer too often for either rule.
package pattern

import (
	"cmp"
	"math"
	"slices"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// Pattern is a form of answer that one model repeats and that fails.
type Pattern struct {
	Model   int     // by number, in the matrix
	Text    string  // the whole answer, or how it begins
	Whole   bool    // the whole answer
	Answers int64   // of the model that show it
	Wrong   []int   // columns on which it shows it and is wrong
	P       float64 // chance of its failures by accident, adjusted for the number of forms looked at
}

const (
	least = 3    // answers that show a form before it is looked at
	level = 0.05 // of finding any form of a model where there is none
)

// use counts one form of one model.
type use struct {
	columns []int
	wrong   int // of these, wrong ones
}

// search is the state of one Find.
type search struct {
	m       *outcome.Matrix
	d       *outcome.Detail
	columns []int

	number  map[form]int32
	forms   []form
	of      map[uint32][]int32 // by answer
	rightOn []int              // by form: queries on which some model was right with it
	wrong   []int64            // by form: wrong answers of all models with it
	all     int64              // wrong answers of all models
}

// Find looks for patterns of the models named, over the columns named; most
// certain first for each model. Matrix and detail come from one set with the
// same options. Without answers there are no patterns.
func Find(m *outcome.Matrix, d *outcome.Detail, models, columns []int) []Pattern {
	if d == nil || d.Answers == nil {
		return nil
	}
	s := &search{m: m, d: d, columns: columns, number: map[form]int32{}, of: map[uint32][]int32{}}
	s.everywhere()
	var out []Pattern
	for _, model := range models {
		out = append(out, s.model(model)...)
	}
	return out
}

// everywhere counts the forms of all models together.
func (s *search) everywhere() {
	var seen []int // by form: the query after the last on which it was right
	for _, q := range s.columns {
		for i := range s.m.Models() {
			right := s.m.Right(i, q)
			for _, f := range s.formsAt(i, q) {
				for int(f) >= len(s.wrong) {
					s.wrong, s.rightOn, seen = append(s.wrong, 0), append(s.rightOn, 0), append(seen, 0)
				}
				switch {
				case !right:
					s.wrong[f]++
				case seen[f] != q+1:
					seen[f] = q + 1
					s.rightOn[f]++
				}
			}
			if !right && s.looked(i, q) {
				s.all++
			}
		}
	}
}

func (s *search) looked(model, q int) bool {
	return s.d.Answers[model][q] != 0 && s.m.Options(q) == 0 && s.m.Observed(model, q)
}

// formsAt lists the forms of one answer, if there is one to look at.
func (s *search) formsAt(model, q int) []int32 {
	if !s.looked(model, q) {
		return nil
	}
	answer := s.d.Answers[model][q]
	list, known := s.of[answer]
	if !known {
		for _, f := range formsOf(s.d.AnswerText(answer)) {
			n, ok := s.number[f]
			if !ok {
				n = int32(len(s.forms))
				s.number[f], s.forms = n, append(s.forms, f)
			}
			list = append(list, n)
		}
		s.of[answer] = list
	}
	return list
}

// model finds the patterns of one model.
func (s *search) model(model int) []Pattern {
	uses := map[int32]*use{}
	var answered, wrong int64
	for _, q := range s.columns {
		if !s.looked(model, q) {
			continue
		}
		answered++
		right := s.m.Right(model, q)
		if !right {
			wrong++
		}
		for _, f := range s.formsAt(model, q) {
			u := uses[f]
			if u == nil {
				u = &use{}
				uses[f] = u
			}
			if u.columns = append(u.columns, q); !right {
				u.wrong++
			}
		}
	}
	for f, u := range uses {
		if len(u.columns) < least {
			delete(uses, f)
		}
	}
	var found []Pattern
	for f, u := range uses {
		p := s.chance(f, u, answered, wrong) * float64(len(uses))
		if p > level {
			continue
		}
		one := Pattern{Model: model, Text: s.forms[f].text, Whole: s.forms[f].whole, Answers: int64(len(u.columns)), P: p}
		for _, q := range u.columns {
			if !s.m.Right(model, q) {
				one.Wrong = append(one.Wrong, q)
			}
		}
		found = append(found, one)
	}
	slices.SortFunc(found, func(a, b Pattern) int {
		return cmp.Or(cmp.Compare(a.P, b.P), cmp.Compare(len(a.Text), len(b.Text)), cmp.Compare(a.Text, b.Text))
	})
	return found
}

// chance is the smaller of both rules' chances, twice, for there are two.
func (s *search) chance(f int32, u *use, answered, wrong int64) float64 {
	p := 1.0
	if s.rightOn[f] == 0 {
		for k := range int64(u.wrong) {
			p *= float64(wrong-k) / float64(answered-k)
		}
	}
	if s.forms[f].whole && u.wrong >= least && u.wrong > 2*s.rightOn[f] {
		p = math.Min(p, prob.HypergeometricTail(int64(u.wrong), wrong, s.wrong[f], s.all))
	}
	return 2 * p
}
