package audit

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Conflict is a query, or a cell, about which two ledgers decide differently.
type Conflict struct {
	Query string
	Model string // empty: the class of the query
	Here  Line
	There Line
}

func (c Conflict) Error() string {
	what := fmt.Sprintf("query %s", c.Query)
	if c.Model != "" {
		what += ", model " + c.Model
	}
	return fmt.Sprintf("%s: %s (line %d, %s) here, %s (line %d, %s) there", what, decision(c.Here, c.Model), c.Here.Number, c.Here.Who,
		decision(c.There, c.Model), c.There.Number, c.There.Who)
}

func decision(l Line, model string) string {
	for _, c := range l.Cells {
		if model != "" && c.Model == model {
			return c.New
		}
	}
	return string(l.Class)
}

// ConflictsError names all conflicts between two ledgers.
type ConflictsError struct {
	Here, There string // paths
	Conflicts   []Conflict
}

func (e *ConflictsError) Error() string {
	const most = 20
	var b strings.Builder
	fmt.Fprintf(&b, "%s and %s decide differently; nothing was merged. Take one side back with audit undo:", e.Here, e.There)
	for i, c := range e.Conflicts {
		if i == most {
			fmt.Fprintf(&b, "\n  and %d more", len(e.Conflicts)-i)
			break
		}
		fmt.Fprintf(&b, "\n  %v", c)
	}
	return b.String()
}

// Merge adds to the ledger at path the lines of another that it has not got,
// with their own time and author, and says how many they were. It adds nothing
// and gives a *ConflictsError when both hold decisions that differ.
func Merge(path string, other *Ledger, now time.Time) (l *Ledger, added int, err error) {
	l, err = Update(path, now, func(l *Ledger) ([]Entry, error) {
		if c := conflicts(l, other); len(c) > 0 {
			return nil, &ConflictsError{l.Path, other.Path, c}
		}
		have := map[string]bool{}
		for _, line := range l.Lines {
			have[line.ID] = true
		}
		var out []Entry
		for _, line := range other.Lines {
			if !have[line.ID] {
				out = append(out, line.Entry)
			}
		}
		added = len(out)
		return out, nil
	})
	return l, added, err
}

// decisions are the lines that decide: by query for classes, by cell for verdicts.
func decisions(l *Ledger, undone map[string]bool) (classes map[string]Line, cells map[cell]Line) {
	classes, cells = map[string]Line{}, map[cell]Line{}
	for i, stands := range l.standing() {
		line := l.Lines[i]
		if !stands || undone[line.ID] {
			continue
		}
		if line.Kind == KindMark {
			classes[line.Query] = line
		}
		for _, c := range line.Cells {
			cells[cell{line.Query, c.Model, c.Attempt}] = line
		}
	}
	return classes, cells
}

// undoings are the lines that a ledger takes back.
func undoings(l *Ledger) map[string]bool {
	out := map[string]bool{}
	for i, stands := range l.standing() {
		if stands && l.Lines[i].Kind == KindUndo {
			out[l.Lines[i].Undoes] = true
		}
	}
	return out
}

// conflicts compares what both decide. What one of them takes back does not
// count, and where one has the other's line and went on from it, it knew.
func conflicts(here, there *Ledger) []Conflict {
	classes, cells := decisions(here, undoings(there))
	theirClasses, theirCells := decisions(there, undoings(here))
	haveHere, haveThere := ids(here), ids(there)
	apart := func(a, b Line) bool { return !haveThere[a.ID] && !haveHere[b.ID] }
	var out []Conflict
	for _, query := range slices.Sorted(maps.Keys(classes)) {
		a := classes[query]
		if b, ok := theirClasses[query]; ok && a.Class != b.Class && apart(a, b) {
			out = append(out, Conflict{query, "", a, b})
		}
	}
	order := func(a, b cell) int {
		return strings.Compare(fmt.Sprint(a.query, "\x00", a.model, "\x00", a.attempt), fmt.Sprint(b.query, "\x00", b.model, "\x00", b.attempt))
	}
	for _, at := range slices.SortedFunc(maps.Keys(cells), order) {
		a := cells[at]
		if b, ok := theirCells[at]; ok && verdictOf(a, at) != verdictOf(b, at) && apart(a, b) {
			out = append(out, Conflict{at.query, at.model, a, b})
		}
	}
	return out
}

func ids(l *Ledger) map[string]bool {
	out := map[string]bool{}
	for _, line := range l.Lines {
		out[line.ID] = true
	}
	return out
}

func verdictOf(l Line, at cell) string {
	v := ""
	for _, c := range l.Cells {
		if c.Model == at.model && c.Attempt == at.attempt {
			v = c.New
		}
	}
	return v
}
