package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/allwrong/allwrong/outcome"
)

// Profile is what one scan of the rows tells, before anything is grouped by
// query. Rows that repeat one another are counted as often as they stand there.
type Profile struct {
	Rows     int64
	Models   []ModelRows // in order of their names
	Attempts int         // the largest attempt and one: 1 when all are first attempts
	Later    int64       // rows of later attempts, which Patterns leaves out
	Graded   int64       // rows whose score says more than right or wrong: limits by scores need single rows
}

// ModelRows counts the rows of one model, all attempts together.
type ModelRows struct {
	Model                          string
	Attempts                       int // its largest attempt and one
	Right, Wrong, NoAnswer, NotRun int64
}

// Names lists the models.
func (p *Profile) Names() []string {
	out := make([]string, len(p.Models))
	for i, m := range p.Models {
		out[i] = m.Model
	}
	return out
}

// maxModels bounds the models of a source: a column of a million names is one
// of queries, or of answers.
const maxModels = 10_000

// Profile reads every row once. A row that cannot be read, or that lacks a
// name, is an error that says column, value, number of rows, and what is wanted.
// A score without a verdict counts as right when it is 1.
func (w *Warehouse) Profile(ctx context.Context) (*Profile, error) { return w.profile(ctx, 1) }

func (w *Warehouse) profile(ctx context.Context, threshold float64) (*Profile, error) {
	b := &builder{w: w}
	statement := b.profile(threshold)
	p := newProfiling(w)
	if err := w.rows(ctx, "counting its rows", statement, b.args, p.read); err != nil {
		return nil, err
	}
	return p.end()
}

// profile is the statement: rows by model and state.
func (b *builder) profile(threshold float64) string {
	d, l := b.w.dialect, b.w.layout
	inner := []string{b.text("model") + " AS m", b.key() + " AS q"}
	inner = append(inner, b.state(threshold)+" AS s")
	outer := []string{"m", "s", "count(*)", "count(CASE WHEN " + b.nameless("q") + " THEN 1 END)"}
	attempt, graded := "0", "0"
	if l.has("attempt") {
		inner = append(inner, b.whole("attempt")+" AS a")
		attempt = "max(a), count(CASE WHEN a > 0 THEN 1 END)"
	} else {
		attempt = "0, 0"
	}
	if l.has("score") {
		inner = append(inner, b.number("score")+" AS x")
		graded = fmt.Sprintf("count(CASE WHEN x > 0 AND (x < 1 OR s = %d) THEN 1 END)", stateNoAnswer)
	}
	outer = append(outer, attempt, graded)
	for _, field := range exampleFields {
		if !l.has(field) {
			outer = append(outer, "NULL")
			continue
		}
		raw := "raw_" + field
		inner = append(inner, b.col(field)+" AS "+raw)
		k := l.fields[field].kind
		if k != dynamic {
			k = textual
		}
		outer = append(outer, fmt.Sprintf("substr(min(CASE WHEN s >= %d THEN %s END), 1, 200)", stateBroken, d.asText(raw, k)))
	}
	return "SELECT " + strings.Join(outer, ",\n  ") + "\nFROM (\n  SELECT " + strings.Join(inner, ",\n    ") + "\n  " + b.source() + d.fence + "\n) AS cells\n" +
		fmt.Sprintf("GROUP BY m, s\nLIMIT %d", maxModels*(len(broken)+4))
}

// exampleFields are those that a broken row may be an example of.
var exampleFields = []string{"verdict", "score", "attempt", "options", "time", "query"}

// profiling takes the rows of a profile.
type profiling struct {
	w        *Warehouse
	out      *Profile
	at       map[string]int // model → place in out.Models
	unnamed  int64          // rows without a model
	nameless int64          // rows without a query
	bad      [16]int64      // rows by state from stateBroken on
	example  [16]string
}

func newProfiling(w *Warehouse) *profiling {
	return &profiling{w: w, out: &Profile{Attempts: 1}, at: map[string]int{}}
}

func (p *profiling) read(rows *sql.Rows) error {
	for rows.Next() {
		var model sql.NullString
		var state, last sql.NullInt64
		var n, nameless, later, graded int64
		examples := make([]sql.NullString, len(exampleFields))
		dest := []any{&model, &state, &n, &nameless, &last, &later, &graded}
		for i := range examples {
			dest = append(dest, &examples[i])
		}
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		if state.Int64 < 0 || state.Int64 >= stateBroken+int64(len(broken)) || !possible(n, nameless, later, graded) {
			return &readError{p.w.nonsense()}
		}
		p.out.Rows += n
		p.nameless += nameless
		p.out.Later += later
		p.out.Graded += graded
		p.out.Attempts = max(p.out.Attempts, int(last.Int64)+1)
		if state.Valid && state.Int64 >= stateBroken {
			p.broken(int(state.Int64)-stateBroken, n, model.String, examples)
			continue
		}
		if model.String == "" {
			p.unnamed += n
			continue
		}
		if err := p.add(model.String, state, n, int(last.Int64)+1); err != nil {
			return &readError{err}
		}
	}
	return nil
}

// mostRows bounds what an engine may say that it holds: counts that are no
// nonsense do not come near it.
const mostRows = 1 << 48

// possible reports whether these can be a number of rows and the numbers of
// those among them that are something or other.
func possible(rows int64, some ...int64) bool {
	for _, n := range some {
		if n < 0 || n > rows {
			return false
		}
	}
	return rows >= 0 && rows <= mostRows
}

func (w *Warehouse) nonsense() error {
	return fmt.Errorf("%s: the engine's answer cannot be true: it is no %s, or it is broken", w.Name(), w.dialect.title)
}

func (p *profiling) broken(why int, n int64, model string, examples []sql.NullString) {
	p.bad[why] += n
	for i, field := range exampleFields {
		if broken[why].field == field && examples[i].Valid {
			p.example[why] = examples[i].String
		}
	}
	if broken[why].field == "model" {
		p.example[why] = model
	}
}

func (p *profiling) add(model string, state sql.NullInt64, n int64, attempts int) error {
	i, ok := p.at[model]
	if !ok {
		i = len(p.out.Models)
		if i == maxModels {
			return fmt.Errorf("%s: column %s: more than %d models: is it the column of models?", p.w.Name(), outcome.Quote(p.w.layout.fields["model"].name), maxModels)
		}
		if err := outcome.CheckName("model", model); err != nil {
			return fmt.Errorf("%s: column %s: %w", p.w.Name(), outcome.Quote(p.w.layout.fields["model"].name), err)
		}
		p.at[model] = i
		p.out.Models = append(p.out.Models, ModelRows{Model: model})
	}
	m := &p.out.Models[i]
	m.Attempts = max(m.Attempts, attempts)
	switch {
	case !state.Valid:
		m.NotRun += n
	case state.Int64 == stateRight:
		m.Right += n
	case state.Int64 == stateWrong:
		m.Wrong += n
	default:
		m.NoAnswer += n
	}
	return nil
}

// end says what was wrong, if anything.
func (p *profiling) end() (*Profile, error) {
	for why, n := range p.bad {
		if n > 0 {
			return nil, p.w.brokenError(stateBroken+why, n, p.example[why])
		}
	}
	switch {
	case p.unnamed > 0:
		return nil, p.w.namelessError("model", p.unnamed)
	case p.nameless > 0:
		return nil, p.w.namelessError("query", p.nameless)
	case p.out.Rows == 0:
		return nil, fmt.Errorf("%s: no rows: look at the table, and at what chooses its rows", p.w.Name())
	}
	sortModels(p.out.Models)
	return p.out, nil
}
