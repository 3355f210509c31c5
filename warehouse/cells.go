package warehouse

import (
	"fmt"
	"slices"
	"strings"

	"github.com/allwrong/allwrong/outcome"
)

// plan is how patterns are counted: which models have which bits, and which
// columns label the queries.
type plan struct {
	w      *Warehouse
	o      PatternsOptions
	labels []column
	seen   *Profile // of a sample, by which rows are held; nil when all rows were profiled
}

// attempts is how many attempts are told apart.
func (p *plan) attempts() int { return max(1, p.o.Attempts) }

// wordGap is how far apart the numbers of models of different words are.
const wordGap = 100

// unseen is the number of a model that a sample did not show, or of an attempt;
// unseenBit is the bit that it sets.
const (
	unseen    = 1 << 20
	unseenBit = stateBroken + 1
)

// perAttempt is how many 64-bit words an attempt takes. Each begins with a word
// of its own, so that what is asked of first attempts looks at the first words.
func (p *plan) perAttempt() int { return max(1, (len(p.o.Models)+perWord-1)/perWord) }

// words is how many words a pattern takes.
func (p *plan) words() int { return p.attempts() * p.perAttempt() }

// mostWords is how many words several attempts may take: with more, hardly two
// queries would share a pattern, and engines bound how long a statement can be.
const mostWords = 64

// place is where a cell has its bits: the word, and the place in it.
func (p *plan) place(attempt, model int) (word, at int) {
	return attempt*p.perAttempt() + model/perWord, model % perWord
}

// number is the expression that gives the number of a row's cell: its place in
// a word, from wordGap times the word on. NULL for the models that are not
// taken, and for attempts that are not told apart.
func (p *plan) number(b *builder) string {
	if len(p.o.Models) == 0 && p.seen == nil {
		return "CAST(NULL AS int)"
	}
	number := func(attempt int) string {
		return p.byModel(b, func(model int) int {
			word, at := p.place(attempt, model)
			return word*wordGap + at
		})
	}
	if !p.w.layout.has("attempt") {
		return number(0)
	}
	attempt := b.whole("attempt")
	var s strings.Builder
	s.WriteString("CASE")
	for a := 1; a < p.attempts(); a++ {
		fmt.Fprintf(&s, " WHEN %s = %d THEN %s", attempt, a, number(a))
	}
	later := "NULL"
	if p.seen != nil && p.o.Attempts > 0 {
		later = p.byModel(b, func(int) int { return unseen })
	}
	fmt.Fprintf(&s, " WHEN %s <> 0 THEN %s", attempt, later) // NULL is the first
	return s.String() + " ELSE " + number(0) + " END"
}

// byModel is the expression that gives each model taken a number, the others NULL.
func (p *plan) byModel(b *builder, number func(model int) int) string {
	var s strings.Builder
	s.WriteString("CASE " + b.text("model"))
	for i, name := range p.o.Models {
		fmt.Fprintf(&s, " WHEN %s THEN %d", b.bind(name), number(i))
	}
	if p.seen != nil {
		for _, name := range p.seen.Names() {
			if _, taken := slices.BinarySearch(p.o.Models, name); !taken {
				fmt.Fprintf(&s, " WHEN %s THEN NULL", b.bind(name))
			}
		}
		fmt.Fprintf(&s, " ELSE %d", unseen)
	}
	return s.String() + " END"
}

// word is the aggregate that joins the bits of one word.
func (p *plan) word(k int) string {
	d := p.w.dialect
	bit := fmt.Sprintf("CASE WHEN s >= %d THEN %d", stateBroken, stateBroken)
	if p.seen != nil {
		bit += fmt.Sprintf(" WHEN i = %d THEN %d", unseen, unseenBit)
	}
	switch {
	case p.words() == 1:
		return d.or(d.power(bit + " ELSE i + s END"))
	case k == 0:
		return d.or(d.power(fmt.Sprintf("%s WHEN i < %d THEN i + s END", bit, wordGap)))
	}
	from := k * wordGap
	return d.or(fmt.Sprintf("CASE WHEN s < %d AND i >= %d AND i < %d THEN %s END", stateBroken, from, from+wordGap, d.power(fmt.Sprintf("i + s - %d", from))))
}

// hasOptions reports whether queries say how many options they offer.
func (p *plan) hasOptions() bool { return p.w.layout.has("options") }

// perQuery is the inner statement: a row for each query, with its words.
func (p *plan) perQuery(b *builder) string {
	d := p.w.dialect
	cell := []string{b.key() + " AS q", p.number(b) + " AS i", b.state(p.o.threshold()) + " AS s"}
	query := []string{"q"}
	for k := range p.words() {
		query = append(query, fmt.Sprintf("%s AS w%d", p.word(k), k))
	}
	query = append(query, "count(*) AS n", "count(i + s) AS g")
	if p.hasOptions() {
		cell = append(cell, "CASE WHEN "+b.whole("options")+" > 0 THEN "+b.whole("options")+" END AS o")
		query = append(query, "max(o) AS o", "min(o) AS oo")
	}
	for i, c := range p.labels {
		label := d.asText(d.ident(c.name), c.kind)
		cell = append(cell, fmt.Sprintf("CASE WHEN %s <> '' THEN %s END AS l%d", label, label, i))
		query = append(query, fmt.Sprintf("min(l%d) AS l%d", i, i), fmt.Sprintf("max(l%d) AS ll%d", i, i))
	}
	return "SELECT " + strings.Join(query, ", ") + "\nFROM (\n  SELECT " + strings.Join(cell, ",\n    ") + "\n  " + b.source() + d.fence + "\n) AS cells\nGROUP BY q"
}

// perPattern is the whole statement: a row for each pattern, with how many
// queries and rows show it, and what must not be.
func (p *plan) perPattern(b *builder) string {
	by := p.by()
	counts := []string{"count(*) AS c", "CAST(sum(n) AS bigint) AS n", "CAST(sum(g) AS bigint) AS g", "count(CASE WHEN " + b.nameless("q") + " THEN 1 END) AS z"}
	names := []string{"c", "n", "g", "z"}
	if p.hasOptions() {
		counts, names = append(counts, "count(CASE WHEN o <> oo THEN 1 END) AS oo"), append(names, "oo")
	}
	for i := range p.labels {
		counts, names = append(counts, fmt.Sprintf("count(CASE WHEN l%d <> ll%d THEN 1 END) AS ll%d", i, i, i)), append(names, fmt.Sprintf("ll%d", i))
	}
	switch list := strings.Join(append(by, counts...), ", "); {
	case p.o.Alone == 0:
		return "SELECT " + list + "\nFROM (\n" + p.perQuery(b) + "\n) AS queries\nGROUP BY " + strings.Join(by, ", ") + mostRowsBack
	case p.w.dialect.some != nil:
		return p.withSome(b, by, list, names)
	default:
		return p.withAlone(b, by, list, names)
	}
}

// by lists what patterns are told apart by.
func (p *plan) by() []string {
	var by []string
	for k := range p.words() {
		by = append(by, fmt.Sprintf("w%d", k))
	}
	if p.hasOptions() {
		by = append(by, "o")
	}
	for i := range p.labels {
		by = append(by, fmt.Sprintf("l%d", i))
	}
	return slices.Clip(by)
}

// mostRowsBack ends a statement that groups queries: one row more shows that
// they are too many.
var mostRowsBack = fmt.Sprintf("\nLIMIT %d", maxPatterns+1)

// newPlan checks what is asked for.
func (w *Warehouse) newPlan(o PatternsOptions) (*plan, error) {
	p := &plan{w: w, o: o}
	for i, name := range o.Models {
		if err := outcome.CheckName("model", name); err != nil {
			return nil, err
		}
		if i > 0 && o.Models[i-1] >= name {
			return nil, fmt.Errorf("models: %s does not come after %s: want them sorted, each once", outcome.Quote(name), outcome.Quote(o.Models[i-1]))
		}
	}
	if len(o.Models) > maxModels {
		return nil, fmt.Errorf("models: %d; at most %d are counted at once", len(o.Models), maxModels)
	}
	switch {
	case o.Attempts < 0 || o.Attempts > outcome.MaxAttempt+1:
		return nil, fmt.Errorf("attempts: %d is outside 0…%d", o.Attempts, outcome.MaxAttempt+1)
	case p.attempts() > 1 && p.words() > mostWords:
		return nil, fmt.Errorf("%s: %w: %s of %s", w.Name(), ErrManyPatterns, plural(int64(o.Attempts), "attempt"), plural(int64(len(o.Models)), "model"))
	}
	switch o.Prefer {
	case outcome.PreferNone, outcome.PreferRight:
	default:
		return nil, fmt.Errorf("%s: the rows of a database have no order, so none is the newest or the first: say --prefer right-if-any, or choose one row per cell in a query", w.Name())
	}
	if t := o.ScoreThreshold; t != 0 && !(t > 0 && t <= 1) {
		return nil, fmt.Errorf("score threshold: %v is outside (0, 1]", t)
	}
	for _, key := range o.Slices {
		c, err := w.layout.slice(w.source, key)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", w.Name(), err)
		}
		p.labels = append(p.labels, c)
	}
	return p, nil
}

func (o PatternsOptions) threshold() float64 {
	if o.ScoreThreshold == 0 {
		return 1
	}
	return o.ScoreThreshold
}
