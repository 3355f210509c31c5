package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/allwrong/allwrong/pool"
)

// Pools writes which models are worth keeping. Upper is the upper limit on the
// gain of any pool of these models over the single best; nil when there is none.
func Pools(w io.Writer, r *pool.Result, upper *float64, of Origin, full bool) error {
	var p page
	p.gap()
	head := []string{plural(int64(len(r.Models)), "model", "models"), plural(r.Queries, "query", "queries")}
	p.line(fit(strings.Join(append(head, of.Formats...), " · "), width))
	p.gap()
	chosen := r.Chosen()
	p.paragraph(2, keep(r, chosen))
	p.gap()
	for _, name := range chosen.Models {
		p.line("    " + fit(name, width-4))
	}
	p.gap()
	p.paragraph(2, whole(r, chosen))
	if s := seen(r, upper); s != "" {
		p.gap()
		p.paragraph(2, s)
	}
	p.gap()
	sizesTable(&p, r, full)
	p.gap()
	modelsTable(&p, r, chosen, full)
	additions(&p, r)
	poolNotes(&p, r)
	return p.to(w)
}

// keep is the answer.
func keep(r *pool.Result, x pool.Pool) string {
	var what string
	switch r.Objective {
	case pool.Gain:
		what = fmt.Sprintf("The pool of at most %d that adds most to its best member adds %s points to it (ceiling %s)", x.K, points(x.Gain), percent(x.Ceiling))
	case pool.Cost:
		what = fmt.Sprintf("The cheapest of the pools of at most %d with the highest ceiling reaches %s", x.K, percent(x.Ceiling))
	default:
		what = fmt.Sprintf("The best pool of %d reaches a ceiling of %s", x.K, percent(x.Ceiling))
	}
	if x.PriceUSD != nil {
		what += fmt.Sprintf(" for $%s a query, all members asked", dollars(*x.PriceUSD))
	}
	if x.Proved {
		return what + ". No pool of this size does better:"
	}
	return what + fmt.Sprintf(". It is the best found; no pool of this size leaves fewer than %s all wrong (it leaves %s):", count(x.Least), count(x.AllWrong))
}

// whole compares the pool with all models.
func whole(r *pool.Result, x pool.Pool) string {
	return fmt.Sprintf("All %s together reach %s: the pool loses %s points of that. Over its own best member it could gain %s points.",
		plural(int64(len(r.Models)), "model", "models"), percent(r.Ceiling), points(r.Ceiling-x.Ceiling), points(x.Gain))
}

// seen says how much of that is owed to choosing, and what is certain.
func seen(r *pool.Result, upper *float64) string {
	var parts []string
	if s := r.Selection; s != nil {
		parts = append(parts, fmt.Sprintf("Chosen on some queries and scored on others, such a pool reaches %s; where it was chosen, %s.", percent(s.HeldOut), percent(s.InSample)))
	}
	for _, c := range r.Certified {
		switch c.Method {
		case "split":
			parts = append(parts, fmt.Sprintf("A pool chosen on a quarter of the queries has a ceiling of at least %s (%s, on the other %s).", percent(c.Ceiling), confidence(r.Confidence), count(c.Queries)))
		case "every-pool":
			parts = append(parts, fmt.Sprintf("The pool above has at least %s (%s, with every pool that could have been chosen priced in).", percent(c.Ceiling), confidence(r.Confidence)))
		default:
			parts = append(parts, fmt.Sprintf("Its ceiling is at least %s (%s).", percent(c.Ceiling), confidence(r.Confidence)))
		}
	}
	if upper != nil {
		parts = append(parts, fmt.Sprintf("No pool of these models gains more than %s points over the single best (95 %%).", points(*upper)))
	}
	return strings.Join(parts, " ")
}

// sizesTable is the curve.
func sizesTable(p *page, r *pool.Result, full bool) {
	t := table{head: []string{"size", "all wrong", "ceiling", "gain", "one by one", "best possible"}}
	priced := r.Pools[0].PriceUSD != nil
	if priced {
		t.head = append(t.head, "$ a query")
	}
	for i, x := range r.Pools {
		if !full && i >= 12 && x.K != r.K && i != len(r.Pools)-1 {
			continue
		}
		proof := "proved"
		if !x.Proved {
			proof = "≥ " + count(x.Least)
		}
		row := []string{count(int64(x.K)), count(x.AllWrong), percent(x.Ceiling), points(x.Gain), count(x.Greedy), proof}
		if priced {
			row = append(row, dollars(*x.PriceUSD))
		}
		t.add(row...)
	}
	t.print(p, 2)
}

// modelsTable is one line a model: those of the pool first, then by what they rescue alone.
func modelsTable(p *page, r *pool.Result, chosen pool.Pool, full bool) {
	list := slices.Clone(r.Models)
	slices.SortStableFunc(list, func(a, b pool.Model) int {
		switch {
		case a.Shapley > b.Shapley:
			return -1
		case a.Shapley < b.Shapley:
			return 1
		}
		return 0
	})
	t := table{head: []string{"model", "right", "share", "only it", "rescues", "nearest has"}}
	for i, x := range list {
		if !full && i >= 12 && !slices.Contains(chosen.Models, x.Model) {
			continue
		}
		mark := "  "
		if slices.Contains(chosen.Models, x.Model) {
			mark = "▪ "
		}
		t.add(mark+x.Model, percent(x.Accuracy), points(x.Shapley), count(x.OnlyIt), count(x.RescuesBest), optional(x.Shared, percent))
	}
	t.print(p, 2)
	if left := len(list) - len(t.rows); left > 0 {
		p.line(fmt.Sprintf("  … and %s (--full)", plural(int64(left), "model", "models")))
	}
}

// additions says what could join.
func additions(p *page, r *pool.Result) {
	if x := r.New; x != nil {
		p.gap()
		p.paragraph(2, fmt.Sprintf("%s would add %s to all others: the ceiling rises by %s points (%s – %s, %s), the gain changes by %s.",
			fit(x.Model, longestName), plural(x.Rescues, "query", "queries"), points(x.Rate), points(x.Lower), points(x.Upper), confidence(r.Confidence), points(x.Change)))
	}
	if len(r.Next) > 0 && r.Next[0].Rescues > 0 {
		x := r.Next[0]
		p.gap()
		p.paragraph(2, fmt.Sprintf("Next to join: %s, right on %s that defeat the pool.", fit(x.Model, longestName), plural(x.Rescues, "query", "queries")))
	}
}

func poolNotes(p *page, r *pool.Result) {
	list := []string{"share: points of the ceiling, each query divided among the models that are right on it. only it: queries on which no other is right. rescues: queries on which the best model is wrong and it is right. nearest has: part of its right answers that its nearest model has too."}
	for _, w := range r.Warnings {
		list = append(list, w.Message)
	}
	p.gap()
	for i, s := range list {
		p.labelled(2, superscript(i+1)+" ", s)
	}
}

// dollars writes a price with four significant digits at most, and whole dollars
// from a thousand upwards.
func dollars(x float64) string {
	switch {
	case x >= 1000 && x < 1e15:
		return count(int64(math.Round(x)))
	case x > 1e-9 && x < 1e-4: // where %g would turn to exponents
		digits := 3 - int(math.Floor(math.Log10(x)))
		return strings.TrimRight(strconv.FormatFloat(x, 'f', digits, 64), "0")
	}
	return fmt.Sprintf("%.4g", x)
}
