package warehouse

import (
	"fmt"
	"strings"

	"github.com/allwrong/allwrong/outcome"
)

// The state of a row, as the engine tells it to us: where in a word the bit of
// its model stands. A NULL state is a cell that was not run.
const (
	stateRight    = 0
	stateWrong    = perWord
	stateNoAnswer = 2 * perWord

	// From here on a row cannot be read; each state says why.
	stateBroken = 3 * perWord
)

// perWord is how many models share one 64-bit word, with three bits each. What
// is left over says that a row was broken.
const perWord = 20

// words lists how text tells a verdict, in the order in which an engine looks:
// the usual ones first.
var words = verdictWords()

type word struct {
	text string
	cell outcome.Cell
}

func verdictWords() []word {
	const right, wrong = outcome.Cell(outcome.Right), outcome.Cell(outcome.Wrong)
	out := []word{
		{"right", right}, {"wrong", wrong}, {"1", right}, {"0", wrong}, {"true", right}, {"false", wrong},
		{"no_answer", outcome.Cell(outcome.NoAnswer)}, {"not_run", outcome.Cell(outcome.NotRun)}, {"", 0},
	}
	for _, v := range []outcome.Verdict{outcome.NoAnswer, outcome.NotRun} {
		for r := outcome.Refused; r <= outcome.Unscored; r++ {
			out = append(out, word{v.String() + ":" + r.String(), outcome.MakeCell(v, r)})
		}
	}
	for _, w := range out[:6] {
		if s := strings.ToUpper(w.text); s != w.text {
			out = append(out, word{s, w.cell}, word{s[:1] + w.text[1:], w.cell})
		}
	}
	return out
}

const wantWord = "want right, wrong, no_answer or not_run, true or false, 1 or 0, or NULL for a cell that was not run"

// readWord gives the cell that a text tells; zero for none.
func readWord(s string) (outcome.Cell, error) {
	for _, w := range words {
		if w.text == s {
			return w.cell, nil
		}
	}
	return 0, fmt.Errorf("%s is not a verdict (%s)", outcome.Quote(s), wantWord)
}

// spellings lists the words of a verdict as SQL does. They are our own: letters,
// digits, colons and underscores.
func spellings(v outcome.Verdict) string {
	var out []string
	for _, w := range words {
		if w.cell.Verdict() == v {
			out = append(out, "'"+w.text+"'")
		}
	}
	return strings.Join(out, ", ")
}

// state gives the number by which an engine tells a verdict; empty is NULL.
func state(v outcome.Verdict) string {
	switch v {
	case outcome.Right:
		return fmt.Sprint(stateRight)
	case outcome.Wrong:
		return fmt.Sprint(stateWrong)
	case outcome.NoAnswer:
		return fmt.Sprint(stateNoAnswer)
	}
	return "NULL"
}
