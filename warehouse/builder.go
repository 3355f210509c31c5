package warehouse

import (
	"fmt"
	"strings"
	"time"

	"github.com/allwrong/allwrong/outcome"
)

// builder puts a statement together. Values are bound, in the order in which
// they stand in the text: some engines know them by their place only.
type builder struct {
	w    *Warehouse
	part string // of the table, after its name: TABLESAMPLE …
	args []any
}

func (b *builder) bind(value any) string {
	b.args = append(b.args, value)
	return b.w.dialect.bind(len(b.args))
}

// col is the quoted column of a field.
func (b *builder) col(field string) string {
	return b.w.dialect.ident(b.w.layout.fields[field].name)
}

// text is the column of a field as text.
func (b *builder) text(field string) string {
	return b.w.dialect.asText(b.col(field), b.w.layout.fields[field].kind)
}

func (b *builder) number(field string) string {
	return b.w.dialect.asNumber(b.col(field), b.w.layout.fields[field].kind)
}

func (b *builder) whole(field string) string {
	return b.w.dialect.asWhole(b.col(field), b.w.layout.fields[field].kind)
}

// key is what queries are told apart by: their id, as text unless values of its
// type are equal just when their texts are.
func (b *builder) key() string {
	switch b.w.layout.fields["query"].kind {
	case integer, uuid:
		return b.col("query")
	}
	return b.text("query")
}

// nameless is the condition that a key is no name.
func (b *builder) nameless(key string) string {
	switch b.w.layout.fields["query"].kind {
	case integer, uuid:
		return key + " IS NULL"
	}
	return key + " IS NULL OR " + key + " = ''"
}

// id is a key as text.
func (b *builder) id(key string) string {
	k := b.w.layout.fields["query"].kind
	switch k {
	case integer, uuid:
		return b.w.dialect.asText(key, k)
	}
	return b.w.dialect.asText(key, text)
}

// source is FROM with its conditions.
func (b *builder) source() string {
	conditions := b.conditions()
	if b.w.source.Sample > 0 {
		conditions = append(conditions, b.drawn())
	}
	if len(conditions) == 0 {
		return "FROM " + b.w.from + b.part
	}
	return "FROM " + b.w.from + b.part + "\nWHERE " + strings.Join(conditions, "\n  AND ")
}

// drawn is the condition that a row is of a query in the sample. One without a
// query is kept, to be told. The sample hangs on the ids alone: it is the same
// in every engine, and a larger one contains a smaller one. What stands before
// an id keeps it apart from traffic that is split by the same hash of ids.
func (b *builder) drawn() string {
	key := b.key()
	nameless := b.nameless(key)
	conditions := append(b.conditions(), "NOT ("+nameless+")")
	return fmt.Sprintf("(%s IN (SELECT q FROM (SELECT DISTINCT %s AS q FROM %s WHERE %s) AS ids ORDER BY %s LIMIT %d)\n    OR %s)",
		key, key, b.w.from, strings.Join(conditions, " AND "), b.w.dialect.shuffled("'"+drawnAs+"' || "+b.id("q")), b.w.source.Sample, nameless)
}

const drawnAs = "allwrong sample "

// conditions are those that the user sets.
func (b *builder) conditions() []string {
	var conditions []string
	if b.w.where != "" {
		conditions = append(conditions, b.w.where)
	}
	since, before, _ := b.w.source.window() // Open has looked at it
	for _, limit := range []struct {
		at time.Time
		is string
	}{{since, " >= "}, {before, " < "}} {
		if limit.at.IsZero() {
			continue
		}
		k := b.w.layout.fields["time"].kind
		form, layout := b.w.dialect.moment(k)
		stamp, unreadable := b.w.dialect.stamp(b.col("time"), k)
		c := stamp + limit.is + fmt.Sprintf(form, b.bind(limit.at.Format(layout)))
		if unreadable != "" {
			c = "(" + c + " OR " + unreadable + ")" // kept, to be told
		}
		conditions = append(conditions, c)
	}
	return conditions
}

// windowed reports whether rows are chosen by their time.
func (w *Warehouse) windowed() bool { return w.source.Since != "" || w.source.Before != "" }

// state is the expression of a row's state, a score counting as right from
// threshold on.
func (b *builder) state(threshold float64) string {
	var when []string
	add := func(condition string, state int) {
		when = append(when, fmt.Sprintf("WHEN %s THEN %d", condition, state))
	}
	l := b.w.layout
	if c := b.inexact("query"); c != "" {
		add(c, badQuery)
	}
	if c := b.inexact("model"); c != "" {
		add(c, badModel)
	}
	if l.has("attempt") {
		a := b.whole("attempt")
		add(fmt.Sprintf("NOT (%s BETWEEN 0 AND %d)", a, outcome.MaxAttempt), badAttempt)
	}
	if l.has("options") {
		add(b.whole("options")+" < 0", badOptions)
	}
	if b.w.windowed() {
		if _, unreadable := b.w.dialect.stamp(b.col("time"), l.fields["time"].kind); unreadable != "" {
			add(unreadable, badTime)
		}
	}
	verdict := "NULL"
	if l.has("verdict") {
		verdict = b.verdict()
	}
	if l.has("score") {
		score := b.number("score")
		add("NOT ("+score+" BETWEEN 0 AND 1)", badScore)
		graded := score + " IS NOT NULL"
		if l.has("verdict") {
			graded += " AND " + b.noVerdict()
		}
		when = append(when, fmt.Sprintf("WHEN %s THEN CASE WHEN %s >= %s THEN %d ELSE %d END", graded, score, b.bind(threshold), stateRight, stateWrong))
		if l.has("verdict") {
			add(fmt.Sprintf("%s = 0 AND %s = %d", score, verdict, stateRight), badContradiction)
			add(fmt.Sprintf("%s = 1 AND %s = %d", score, verdict, stateWrong), badContradiction)
		}
	}
	if len(when) == 0 {
		return verdict
	}
	return "CASE " + strings.Join(when, "\n    ") + "\n    ELSE " + verdict + " END"
}

// inexact is the condition that a name has no exact text; empty where types
// are those of the column.
func (b *builder) inexact(field string) string {
	if b.w.layout.fields[field].kind != dynamic {
		return ""
	}
	return "typeof(" + b.col(field) + ") IN ('real', 'blob')"
}

// verdict is the expression of the state that a verdict alone tells.
func (b *builder) verdict() string {
	c := b.w.layout.fields["verdict"]
	switch c.kind {
	case boolean:
		return fmt.Sprintf("CASE WHEN %s THEN %d WHEN NOT %s THEN %d END", b.col("verdict"), stateRight, b.col("verdict"), stateWrong)
	case integer, decimal:
		return fmt.Sprintf("CASE %s WHEN 1 THEN %d WHEN 0 THEN %d ELSE CASE WHEN %s IS NOT NULL THEN %d END END",
			b.col("verdict"), stateRight, stateWrong, b.col("verdict"), badVerdict)
	}
	// The usual words first, one by one; then all the others.
	var s strings.Builder
	fmt.Fprintf(&s, "CASE %s WHEN 'right' THEN %d WHEN 'wrong' THEN %d ELSE CASE", b.text("verdict"), stateRight, stateWrong)
	for _, v := range []outcome.Verdict{outcome.Right, outcome.Wrong, outcome.NoAnswer} {
		fmt.Fprintf(&s, "\n      WHEN %s IN (%s) THEN %s", b.text("verdict"), spellings(v), state(v))
	}
	fmt.Fprintf(&s, "\n      WHEN %s IN (%s, %s) OR %s IS NULL THEN NULL", b.text("verdict"), spellings(outcome.NotRun), spellings(outcome.Absent), b.col("verdict"))
	fmt.Fprintf(&s, "\n      ELSE %d END END", badVerdict)
	return s.String()
}

// noVerdict is the condition that the column of verdicts says nothing.
func (b *builder) noVerdict() string {
	switch b.w.layout.fields["verdict"].kind {
	case text, textual, dynamic:
		return "(" + b.col("verdict") + " IS NULL OR " + b.text("verdict") + " = '')"
	}
	return b.col("verdict") + " IS NULL"
}

// explained is a statement as it is printed: with the values that are bound.
func (b *builder) explained(statement string) string {
	var s strings.Builder
	s.WriteString(statement + ";\n")
	for i, a := range b.args {
		fmt.Fprintf(&s, "-- value %d: %s\n", i+1, outcome.Quote(fmt.Sprint(a)))
	}
	return s.String()
}
