package report

import (
	"fmt"
	"strings"

	"github.com/allwrong/allwrong/certify"
)

// details are what a certificate holds beyond the answer.
func details(p *page, c certify.Certificate) {
	others(p, c)
	if f := c.Fragile; f != nil && f.Queries > 0 {
		p.paragraph(2, fmt.Sprintf("%s on one model alone; with fewer than 2 right models %s, with fewer than 3 %s.",
			hang(f.Queries), percent(f.BetaR[1]), percent(f.BetaR[2])))
	}
	guessing(p, c.Guessing)
	if w := c.Weighted; w != nil {
		p.paragraph(2, fmt.Sprintf("Without weights the gain would read %s points.", points(w.Unweighted)))
	}
	repeats(p, c.Repeats)
	slicesTable(p, c.Slices)
	missing(p, c)
}

func guessing(p *page, g *certify.Guessing) {
	if g == nil {
		return
	}
	s := fmt.Sprintf("Multiple choice: a query that no model knows stays all wrong with chance %s if all guess independently.", percent(g.Stays))
	if g.AtChance > 0 {
		s += fmt.Sprintf(" On %s some model is right, and no more than guessing would give.", plural(g.AtChance, "query", "queries"))
	}
	p.paragraph(2, s)
}

func hang(n int64) string {
	if n == 1 {
		return "1 query hangs"
	}
	return count(n) + " queries hang"
}

// others lists the other methods' limits beside the one that was chosen.
func others(p *page, c certify.Certificate) {
	var parts []string
	for _, m := range certify.Methods {
		if u := c.Bounds[m]; u != nil && m != c.Gain.Method {
			parts = append(parts, fmt.Sprintf("%s %s", m, points(*u)))
		}
	}
	if len(parts) > 0 {
		p.paragraph(2, "Upper limit by other methods, to compare and not to choose from: "+strings.Join(parts, ", ")+".")
	}
}

func repeats(p *page, r *certify.Repeats) {
	if r == nil {
		return
	}
	p.gap()
	p.paragraph(2, fmt.Sprintf("Up to %d attempts per cell. Over fresh draws a vote or cascade is bounded by %s (%s – %s).",
		r.Attempts, optional(r.Vote.Point, percent), percent(r.Vote.Lower), percent(r.Vote.Upper)))
	if r.Router != nil {
		p.paragraph(2, fmt.Sprintf("A router chooses before the answers exist: picking on some attempts and scoring on another gives %s (at least %s) on %s; the gap to the ceiling there is %s points.",
			percent(*r.Router), percent(*r.RouterLower), plural(r.RouterQueries, "query", "queries"), points(*r.Gap)))
	}
}

func slicesTable(p *page, list []certify.Slice) {
	if len(list) == 0 {
		return
	}
	p.gap()
	p.paragraph(2, fmt.Sprintf("By %s, all slices together at the same confidence (points):", list[0].Key))
	t := table{head: []string{"slice", "queries", "all wrong", "best", "gain", "at most", "at least", "verdict"}}
	for _, s := range list {
		name := s.Value
		if name == "" {
			name = "(no label)"
		}
		t.add(name, count(s.Queries), count(s.AllWrong), optional(s.Best.Accuracy, percent),
			optional(s.Gain.Point, points), points(s.Gain.Upper), points(s.Gain.Lower), string(s.Verdict))
	}
	t.print(p, 2)
}

// missingRows is how much of the trade-off the text shows; JSON has all of it.
const missingRows = 6

func missing(p *page, c certify.Certificate) {
	miss := c.Missing
	if miss.Queries == 0 {
		return
	}
	p.gap()
	if a := miss.Anyhow; a != nil && miss.Rule == certify.Complete {
		p.paragraph(2, fmt.Sprintf("Whatever the %s missing cells are, on all %s: the gain lies between %s and %s points on these queries; limits %s and %s.",
			count(miss.Cells), plural(a.Queries, "query", "queries"), points(a.Gain[0]), points(a.Gain[1]), points(a.Lower), points(a.Upper)))
	}
	if len(miss.TradeOff) < 2 {
		return
	}
	p.paragraph(2, "Models against queries, leaving out the sparsest one by one:")
	t := table{head: []string{"leaving out", "models", "queries", "all wrong"}}
	for i, r := range miss.TradeOff {
		if i == missingRows {
			t.add(fmt.Sprintf("… %d more steps: --json", len(miss.TradeOff)-i), "", "", "")
			break
		}
		name := r.Dropped
		if i == 0 {
			name = "(none)"
		}
		t.add(name, count(int64(r.Models)), count(r.Queries), count(r.AllWrong))
	}
	t.print(p, 2)
}
