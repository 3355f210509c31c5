package warehouse

import (
	"context"
	"fmt"
	"strings"

	"github.com/allwrong/allwrong/outcome"
)

// ConflictError says that rows disagree about cells, and that nobody said which
// of them wins.
type ConflictError struct {
	Source   string
	Total    int64      // verdicts beside the first one of their cell
	Examples []Conflict // the first few, by query
}

// Conflict is one cell with the verdicts that rows give it.
type Conflict struct {
	Query, Model string
	Attempt      int
	Verdicts     []outcome.Verdict
}

func (e *ConflictError) Error() string {
	text := fmt.Sprintf("%s: two rows disagree on %s", e.Source, plural(e.Total, "cell"))
	for i, c := range e.Examples {
		what := ", first:"
		if i > 0 {
			what = ""
		}
		var verdicts []string
		for _, v := range c.Verdicts {
			verdicts = append(verdicts, v.String())
		}
		cell := fmt.Sprintf("query %s, model %s", c.Query, c.Model)
		if c.Attempt > 0 {
			cell += fmt.Sprintf(", attempt %d", c.Attempt)
		}
		text += fmt.Sprintf("%s\n  %s: %s", what, cell, strings.Join(verdicts, " and "))
	}
	return text + "\n  Keep one run by a condition (--where), or say which wins: --prefer right-if-any"
}

// conflict finds the first cells on which rows disagree.
func (p *plan) conflict(ctx context.Context, total int64) error {
	const most = 3
	var any []string
	for k := range p.words() {
		for _, pair := range []string{"rx", "rn", "xn"} {
			any = append(any, p.w.dialect.and(fmt.Sprintf("%c%d", pair[0], k), fmt.Sprintf("%c%d", pair[1], k))+" <> 0")
		}
	}
	list, err := p.find(ctx, "finding rows that disagree", strings.Join(any, "\n  OR "), most)
	if err != nil {
		return err
	}
	e := &ConflictError{Source: p.w.Name(), Total: total}
	for _, f := range list {
		for i := range p.attempts() * len(p.o.Models) {
			attempt, model := i/len(p.o.Models), i%len(p.o.Models)
			word, from := p.place(attempt, model)
			var verdicts []outcome.Verdict
			for _, s := range []struct {
				at int
				v  outcome.Verdict
			}{{stateRight, outcome.Right}, {stateWrong, outcome.Wrong}, {stateNoAnswer, outcome.NoAnswer}} {
				if f.words[word]>>(from+s.at)&1 != 0 {
					verdicts = append(verdicts, s.v)
				}
			}
			if len(verdicts) > 1 && len(e.Examples) < most {
				e.Examples = append(e.Examples, Conflict{f.id, p.o.Models[model], attempt, verdicts})
			}
		}
	}
	return e
}

// differing is the error for queries whose rows do not agree on a label.
func (p *plan) differing(ctx context.Context, what, a, b string, queries int64) error {
	list, err := p.find(ctx, "finding a query whose rows differ", a+" <> "+b, 1, a, b)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("%s: %s of %s: the rows of one query differ", p.w.Name(), what, pluralQueries(queries))
	for _, f := range list {
		text += fmt.Sprintf(", as in query %s: %s and %s", outcome.Quote(f.id), outcome.Quote(f.a), outcome.Quote(f.b))
	}
	return fmt.Errorf("%s: a query has one value; choose it in a query (--query)", text)
}

func pluralQueries(n int64) string {
	if n == 1 {
		return "1 query"
	}
	return strings.TrimSuffix(plural(n, "x"), "xs") + "queries"
}
