package policy

import (
	"fmt"
	"math"
	"slices"

	"github.com/allwrong/allwrong/outcome"
)

// votes are the policies that ask several models and count. With answers it is a
// plurality; with verdicts alone nobody knows whether wrong answers agree, and there
// are two lines: at least, and at most.
func (b *bench) votes() []*method {
	if len(b.models) < 3 {
		b.warn("no-votes", "2 models: a vote of two is a tie.")
		return nil
	}
	sizes := []int{3}
	if len(b.models) > 5 {
		sizes = append(sizes, 5)
	}
	if len(b.models) > 3 {
		sizes = append(sizes, len(b.models))
	}
	var out []*method
	for _, k := range sizes {
		who := fmt.Sprint(k)
		if k == len(b.models) {
			who = fmt.Sprintf("all %d", k)
		}
		if b.answers == nil {
			out = append(out,
				b.majority("majority of "+who, AtLeast, k, leastOf),
				b.majority("majority of "+who, AtMost, k, mostOf))
			continue
		}
		out = append(out, b.plurality("plurality of "+who, k, nil))
		if k == len(b.models) {
			out = append(out, b.plurality(fmt.Sprintf("weighted vote of %d", k), k, (*part).logOdds))
		}
	}
	if b.answers == nil {
		b.warn("no-answers", "No answers are on record: of votes there are bounds only, by whether wrong answers agree.")
	} else {
		b.noteAnswers()
	}
	return out
}

// noteAnswers says how many verdicts have no answer on record.
func (b *bench) noteAnswers() {
	lacking := 0
	for i, row := range b.answers[0] {
		for q, a := range row {
			if a == 0 && !b.abstains(0, i, q) {
				lacking++
			}
		}
	}
	if lacking > 0 {
		b.warn("few-answers", "%d graded cells have no answer on record: in votes each counts as an answer that no other model gave.", lacking)
	}
}

// abstains reports whether an attempt gave no answer.
func (b *bench) abstains(attempt, model, place int) bool {
	v := b.cells[attempt][model][place].Verdict()
	return v != outcome.Right && v != outcome.Wrong
}

// group is one answer of a vote.
type group struct {
	answer uint32
	weight float64
	right  float64 // votes for it whose verdict is right
	votes  float64
}

// tally is a count of votes.
type tally []group

// cast adds a vote; an answer that is not on record is shared with nobody.
func (t *tally) cast(answer uint32, weight, right float64) {
	for k := range *t {
		if g := &(*t)[k]; answer != 0 && g.answer == answer {
			g.weight, g.right, g.votes = g.weight+weight, g.right+right, g.votes+1
			return
		}
	}
	*t = append(*t, group{answer, weight, right, 1})
}

// value is the chance that the winner is right: the mean over answers that tie
// for most weight. No vote is wrong.
func (t tally) value() (value float64, tied bool) {
	top := math.Inf(-1)
	for _, g := range t {
		top = max(top, g.weight)
	}
	n := 0.0
	for _, g := range t {
		if g.weight >= top-1e-9*math.Abs(top) {
			value, n = value+g.right/g.votes, n+1
		}
	}
	if n == 0 {
		return 0, false
	}
	return value / n, n > 1
}

// plurality asks the k models that are best on what is learnt from; weigh gives
// each its weight, nil: one.
func (b *bench) plurality(name string, k int, weigh func(p *part) []float64) *method {
	return &method{name: name, kind: Vote, act: func(p *part, acts []act) {
		members := slices.Sorted(slices.Values(p.order[:k]))
		var weights []float64
		if weigh != nil {
			weights = weigh(p)
		}
		var t tally
		for at, q := range p.test {
			t = t[:0]
			for _, i := range members {
				if p.abstains(0, i, q) {
					continue
				}
				w := 1.0
				if weights != nil {
					w = weights[i]
				}
				t.cast(p.answers[0][i][q], w, p.right[i][q])
			}
			acts[at] = p.askAll(members, q)
			acts[at].value, acts[at].tied = t.value()
		}
	}}
}

// logOdds weighs a vote by the logarithm of how much likelier the answer is when
// it is right: ln(p·J/(1−p)), where J is the number of wrong answers that a query
// has in effect, 1 over the chance that two wrong answers agree (Nitzan and
// Paroush 1982 for two answers).
func (p *part) logOdds() []float64 {
	n := float64(len(p.train))
	agree, pairs := 1.0, 2.0 // one pair that agrees, one that does not
	for _, q := range p.train {
		wrong := map[uint32]float64{}
		all := 0.0
		for i := range p.models {
			if a := p.answers[0][i][q]; a != 0 && p.right[i][q] == 0 {
				wrong[a]++
				all++
			}
		}
		for _, k := range wrong {
			agree += k * (k - 1) / 2
		}
		pairs += all * (all - 1) / 2
	}
	out := make([]float64, len(p.models))
	for i, a := range p.accuracy {
		right := (a*n + 0.5) / (n + 1)
		out[i] = math.Log(right/(1-right)) + math.Log(pairs/agree)
	}
	return out
}

// leastOf is the chance that a vote is right if all wrong answers agree.
func leastOf(right, wrong float64) (value float64, tied bool) {
	switch {
	case right > wrong:
		return 1, false
	case right == wrong && right > 0:
		return 0.5, true
	}
	return 0, false
}

// mostOf is the same if no two wrong answers agree.
func mostOf(right, wrong float64) (value float64, tied bool) {
	switch {
	case right > 1 || right == 1 && wrong == 0:
		return 1, false
	case right == 1:
		return 1 / (1 + wrong), true
	}
	return 0, false
}

func (b *bench) majority(name string, bound Bound, k int, value func(right, wrong float64) (float64, bool)) *method {
	return &method{name: name, kind: Vote, bound: bound, act: func(p *part, acts []act) {
		members := slices.Sorted(slices.Values(p.order[:k]))
		for at, q := range p.test {
			right, wrong := 0.0, 0.0
			for _, i := range members {
				if p.right[i][q] > 0 {
					right++
				} else if p.cells == nil || !p.abstains(0, i, q) {
					wrong++
				}
			}
			acts[at] = p.askAll(members, q)
			acts[at].value, acts[at].tied = value(right, wrong)
		}
	}}
}
