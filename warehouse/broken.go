package warehouse

import (
	"fmt"
	"strings"

	"github.com/allwrong/allwrong/outcome"
)

// broken lists why a row cannot be read: one state each, from stateBroken on.
var broken = []struct {
	field string // whose column the value stands in
	says  string
}{
	{"verdict", "%s %s what is no verdict, such as %s (" + wantWord + ")"},
	{"score", "%s %s a score that is not a number in [0, 1], such as %s"},
	{"score", "%s %s a score that contradicts the verdict, such as %s (right with 0, or wrong with 1)"},
	{"attempt", "%s %s an attempt that is not a whole number in 0…9999, such as %s"},
	{"options", "%s %s a number of options that is not a whole number from 0, such as %s"},
	{"time", "%s %s a time that cannot be read, such as %s (want text like 2026-01-31T12:00:00Z)"},
	{"query", "%s %s a query id that is a real number or a blob, such as %s: cast it to text in a query"},
	{"model", "%s %s the name of a model that is a real number or a blob, such as %s: cast it to text in a query"},
}

const (
	badVerdict = stateBroken + iota
	badScore
	badContradiction
	badAttempt
	badOptions
	badTime
	badQuery
	badModel
)

// brokenError says what rows hold that cannot be read.
func (w *Warehouse) brokenError(state int, rows int64, example string) error {
	b := broken[state-stateBroken]
	hold := "hold"
	if rows == 1 {
		hold = "holds"
	}
	text := fmt.Sprintf(b.says, plural(rows, "row"), hold, outcome.Quote(example))
	return fmt.Errorf("%s: column %s: %s", w.Name(), outcome.Quote(w.layout.fields[b.field].name), text)
}

// namelessError says that rows lack the name of a query or of a model.
func (w *Warehouse) namelessError(field string, rows int64) error {
	have := "have"
	if rows == 1 {
		have = "has"
	}
	return fmt.Errorf("%s: column %s: %s %s no %s, NULL or empty: name it, or leave such rows out by a condition (--where)",
		w.Name(), outcome.Quote(w.layout.fields[field].name), plural(rows, "row"), have, field)
}

func plural(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	digits := fmt.Sprint(n)
	var b strings.Builder
	for i, c := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	return b.String() + " " + what + "s"
}
