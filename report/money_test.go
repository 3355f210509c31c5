package report

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/allwrong/allwrong/budget"
	"github.com/allwrong/allwrong/compare"
	"github.com/allwrong/allwrong/groups"
)

// TestLeast renders results with as little in them as there can be, and with
// hostile names: nothing panics, every line fits, and Markdown stays a table.
func TestLeast(t *testing.T) {
	name := "<script>|*[x](y)" + strings.Repeat("long", 40)
	one := 0.5
	money := &budget.Result{Basis: budget.Prices, Queries: 1, Models: []budget.Model{{Model: name}}, Oracle: []budget.Point{{}}, Mix: []budget.Point{{}},
		Saving: budget.Saving{Over: name}, Routers: []budget.Realised{{Name: name, Points: []budget.Bought{{}}}}, Vote: &budget.VoteSize{Lambda: -1}, Confidence: 0.95}
	floor := *money
	floor.Saving.Share, floor.Saving.Certified = &one, &budget.Floor{Over: name, Queries: 3, CostUSD: 1e-7}
	nothing := floor
	nothing.Saving.Certified = &budget.Floor{Over: name}
	group := groups.Group{Models: []string{name, name, name}}
	study := &groups.Result{K: 3, Studied: 1, Verdicts: groups.Votes{Best: group, Worst: group}, Confidence: 0.95}
	again := &groups.AgainResult{Queries: 2, Attempts: 3, Rule: "majority", Confidence: 0.95, Pool: []groups.Member{{Model: name}}}
	moved := &compare.Result{Queries: 1, Models: 1, BestA: name, BestB: name, Moved: []compare.Model{{Model: name, P: 1, Holm: 1}}, Verdict: compare.Undecided, Confidence: 0.95,
		Entered: []compare.Query{{Query: name, Right: []string{name}, Count: 12}}, EnteredCount: 1,
		OnlyA: compare.Only{Models: []string{name}, Queries: []string{name}, QueriesCount: 9}}
	breadth := &budget.Breadth{Releases: 2, Committed: name, Timeline: []budget.ReleaseRow{{Model: name, Day: "2025-01-01"}}}
	for what, write := range map[string]func(*bytes.Buffer) error{
		"free":         func(b *bytes.Buffer) error { return Money(b, money, false) },
		"certified":    func(b *bytes.Buffer) error { return Money(b, &floor, true) },
		"no floor":     func(b *bytes.Buffer) error { return Money(b, &nothing, true) },
		"one group":    func(b *bytes.Buffer) error { return Groups(b, study, Origin{}) },
		"nobody alike": func(b *bytes.Buffer) error { return Again(b, again, nil, Origin{}) },
		"two ceilings": func(b *bytes.Buffer) error { return Again(b, again, &Ceilings{Vote: 1}, Origin{}) },
		"compared":     func(b *bytes.Buffer) error { return Compared(b, moved, Origin{}, true) },
		"breadth":      func(b *bytes.Buffer) error { return Breadth(b, breadth) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		for line := range strings.SplitSeq(b.String(), "\n") {
			// A name that is longer than a line has a line of its own.
			if utf8.RuneCountInString(line) > width && !strings.Contains(line, "longlong") {
				t.Errorf("%s: %d columns: %s", what, utf8.RuneCountInString(line), line)
			}
		}
		if strings.Contains(b.String(), "NaN") || strings.Contains(b.String(), "Inf") {
			t.Errorf("%s: %s", what, b.String())
		}
	}
	var b bytes.Buffer
	if err := ComparedMarkdown(&b, moved); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "<script>") || strings.Contains(b.String(), "[x](y)") {
		t.Errorf("markup comes through:\n%s", b.String())
	}
	for line := range strings.SplitSeq(b.String(), "\n") {
		if cells := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"); strings.HasPrefix(line, "|") && cells != 6 && cells != 9 {
			t.Errorf("%d bars: %s", cells, line)
		}
	}
}
