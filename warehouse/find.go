package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"math/bits"
	"strings"

	"github.com/allwrong/allwrong/outcome"
)

// found is one query that was looked for.
type found struct {
	id    string
	words []int64
	a, b  string // two values that differ, where that was looked for
}

// find gives the queries that meet a condition, in order of their ids; a limit
// of 0 is none. The condition may name the words of a query by their parts: r0,
// x0 and n0 hold the models that are right, wrong and without an answer.
func (p *plan) find(ctx context.Context, doing, condition string, limit int, differ ...string) ([]found, error) {
	b := &builder{w: p.w}
	statement := p.finder(b, condition, limit, differ)
	var out []found
	err := p.w.rows(ctx, doing, statement, b.args, func(rows *sql.Rows) error {
		for rows.Next() {
			f := found{words: make([]int64, p.words())}
			words, values := make([]sql.NullInt64, p.words()), [2]sql.NullString{}
			dest := []any{&f.id}
			for i := range words {
				dest = append(dest, &words[i])
			}
			for i := range differ {
				dest = append(dest, &values[i])
			}
			if err := rows.Scan(dest...); err != nil {
				return err
			}
			for i, w := range words {
				f.words[i] = w.Int64
			}
			f.a, f.b = values[0].String, values[1].String
			if err := outcome.CheckName("query", f.id); err != nil {
				return &readError{fmt.Errorf("%s: %w", p.w.Name(), err)}
			}
			out = append(out, f)
		}
		return nil
	})
	return out, err
}

func (p *plan) finder(b *builder, condition string, limit int, differ []string) string {
	d := p.w.dialect
	list, parts := []string{b.id("q") + " AS id"}, []string{"q"}
	for k := range p.words() {
		w := fmt.Sprintf("w%d", k)
		list, parts = append(list, w), append(parts, w)
		for _, part := range []string{"r", "x", "n"} {
			parts = append(parts, fmt.Sprintf("%s AS %s%d", p.part(part, k), part, k))
		}
	}
	for i, name := range differ {
		list, parts = append(list, d.asText(name, textual)+fmt.Sprintf(" AS differ%d", i)), append(parts, name)
	}
	text := "SELECT " + strings.Join(list, ", ") + "\nFROM (\nSELECT " + strings.Join(parts, ", ") + "\nFROM (\n" + p.perQuery(b) + "\n) AS queries\n) AS parts\nWHERE " + condition + "\nORDER BY 1"
	if limit > 0 {
		text += fmt.Sprintf("\nLIMIT %d", limit)
	}
	return text
}

// part is the expression of a part of a word: the models that are right, r, wrong,
// x, or without an answer, n.
func (p *plan) part(name string, k int) string {
	at := fmt.Sprintf("w%d", k)
	if from := map[string]int{"r": stateRight, "x": stateWrong, "n": stateNoAnswer}[name]; from > 0 {
		at = p.w.dialect.right(at, from)
	}
	return p.w.dialect.and(at, fmt.Sprint(1<<perWord-1))
}

// named is the name of a part, where it was computed before.
func named(name string, k int) string { return fmt.Sprintf("%s%d", name, k) }

// complete is the condition that every model was observed on a query, at its
// first attempt; part says how parts of words are called.
func (p *plan) complete(part func(string, int) string) []string {
	var out []string
	for k := range p.perAttempt() {
		r, x, n := part("r", k), part("x", k), part("n", k)
		seen := p.or(r, x)
		if !p.o.NoAnswerMissing {
			seen = p.or(seen, n)
		}
		out = append(out, fmt.Sprintf("%s = %d", seen, 1<<min(perWord, len(p.o.Models)-k*perWord)-1))
	}
	return out
}

// or joins bits by arithmetic that every engine has.
func (p *plan) or(a, b string) string {
	return "(" + a + " + " + b + " - " + p.w.dialect.and(a, b) + ")"
}

// Alone is a query that one model alone gets right.
type Alone struct{ Query, Model string }

// Alone lists, by id, the queries on which every model was observed and exactly
// one of them is right; at most limit, 0 for all of them.
func (w *Warehouse) Alone(ctx context.Context, o PatternsOptions, limit int) ([]Alone, error) {
	p, err := w.finding(ctx, o)
	if err != nil || p == nil {
		return nil, err
	}
	list, err := p.find(ctx, "finding queries that one model alone gets right", p.alone(named), limit)
	var out []Alone
	for _, f := range list {
		out = append(out, Alone{f.id, p.o.Models[onlyRight(f.words)]})
	}
	return out, err
}

// alone is the condition that every model was observed and exactly one is right.
func (p *plan) alone(part func(string, int) string) string {
	condition := p.complete(part)
	var some []string
	for k := range p.perAttempt() {
		r := part("r", k)
		some = append(some, "CASE WHEN "+r+" <> 0 THEN 1 ELSE 0 END")
		condition = append(condition, p.w.dialect.and(r, r+" - 1")+" = 0")
	}
	return strings.Join(append(condition, strings.Join(some, " + ")+" = 1"), "\n  AND ")
}

// onlyRight is the number of the one model that is right.
func onlyRight(words []int64) int {
	for k, word := range words {
		if r := uint64(word) & (1<<perWord - 1); r != 0 {
			return k*perWord + bits.TrailingZeros64(r)
		}
	}
	return 0
}

// AllWrong lists, by id, the queries on which every model was observed and none
// is right; at most limit, 0 for all of them.
func (w *Warehouse) AllWrong(ctx context.Context, o PatternsOptions, limit int) ([]string, error) {
	p, err := w.finding(ctx, o)
	if err != nil || p == nil {
		return nil, err
	}
	condition := p.complete(named)
	for k := range p.words() {
		condition = append(condition, fmt.Sprintf("r%d = 0", k))
	}
	list, err := p.find(ctx, "finding queries that no model gets right", strings.Join(condition, "\n  AND "), limit)
	var out []string
	for _, f := range list {
		out = append(out, f.id)
	}
	return out, err
}

// finding is a plan for single queries; nil when there are no models.
func (w *Warehouse) finding(ctx context.Context, o PatternsOptions) (*plan, error) {
	if o.Models == nil {
		profile, err := w.profile(ctx, o.threshold())
		if err != nil {
			return nil, err
		}
		o.Models = profile.Names()
	}
	o.Slices, o.Attempts = nil, 0
	p, err := w.newPlan(o)
	if err != nil || len(o.Models) == 0 {
		return nil, err
	}
	return p, nil
}
