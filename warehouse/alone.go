package warehouse

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/allwrong/allwrong/outcome"
)

// Single queries come from the same rows per query as the patterns: in a
// statement of their own they would cost as much again. Engines that keep what
// a WITH says give them as rows that follow; those that compute it as often as
// it is named hang them on the patterns, as lists.

// withAlone is the statement of patterns, followed by a row for each query that
// one model alone gets right, which has an id.
func (p *plan) withAlone(b *builder, by []string, list string, counts []string) string {
	single := append(by, "1", "n", "g", "0")
	for range counts[4:] {
		single = append(single, "0")
	}
	return "WITH queries AS (\n" + p.perQuery(b) + "\n)\nSELECT * FROM (\nSELECT " + list + ", " + p.w.dialect.asText("NULL", textual) + " AS id" +
		"\nFROM queries\nGROUP BY " + strings.Join(by, ", ") + mostRowsBack + "\n) AS patterns\nUNION ALL\nSELECT * FROM (\nSELECT " +
		strings.Join(append(single, b.id("q")+" AS id"), ", ") + "\nFROM queries\nWHERE " + p.alone(p.part) + fmt.Sprintf("\nLIMIT %d\n) AS alone", p.o.Alone+1)
}

// The queries that one model alone gets right are scattered over so many groups
// a pattern, of which each gives so many ids: what an engine has to hold, and
// what comes back, is bounded, and still a hundred thousand find their place.
const scatter = 64

var eachGroup = 2_000

// withSome is the statement of patterns, where those that one model alone gets
// right come in several groups, each with a list of ids; with none, when there
// are more than are asked for.
func (p *plan) withSome(b *builder, by []string, list string, counts []string) string {
	d := p.w.dialect
	group := "CASE WHEN " + p.alone(p.part) + " THEN " + d.scattered(b.id("q"), scatter) + " END"
	ids := d.some("CASE WHEN b IS NOT NULL THEN "+b.id("q")+" END", min(p.o.Alone, eachGroup))
	return "SELECT " + strings.Join(append(by, counts...), ", ") +
		fmt.Sprintf(", CASE WHEN sum(CASE WHEN ids IS NOT NULL THEN c END) OVER () <= %d THEN ids END AS ids", p.o.Alone) +
		"\nFROM (\nSELECT " + list + ", " + ids + " AS ids\nFROM (\nSELECT queries.*, " + group + " AS b\nFROM (\n" + p.perQuery(b) +
		"\n) AS queries\n) AS scattered\nGROUP BY " + strings.Join(by, ", ") + ", b" + mostRowsBack + "\n) AS patterns"
}

// alone notes queries that one model alone gets right.
func (c *counting) alone(words []sql.NullInt64, ids ...string) error {
	if len(c.out.Alone)+len(ids) > c.p.o.Alone+1 {
		return c.p.w.nonsense()
	}
	values := make([]int64, len(words))
	for i, w := range words {
		values[i] = w.Int64
	}
	model := c.p.o.Models[onlyRight(values[:c.p.perAttempt()])]
	for _, id := range ids {
		c.out.Alone = append(c.out.Alone, Alone{id, model})
	}
	return nil
}

// some notes the queries of a group, as many of them as came back.
func (c *counting) some(words []sql.NullInt64, list string, queries int64) error {
	var ids []string
	if err := json.Unmarshal([]byte(list), &ids); err != nil || int64(len(ids)) > queries {
		return c.p.w.nonsense()
	}
	c.cut = c.cut || int64(len(ids)) < queries
	return c.alone(words, ids...)
}

// list puts the queries found in order, or leaves them out when they are too many.
func (c *counting) list(ctx context.Context) error {
	if c.cut {
		var err error
		c.out.Alone, err = c.p.w.Alone(ctx, c.p.o, c.p.o.Alone+1)
		if err != nil {
			return err
		}
	}
	if len(c.out.Alone) > c.p.o.Alone {
		c.out.Alone = nil
	}
	slices.SortFunc(c.out.Alone, func(a, b Alone) int { return strings.Compare(a.Query, b.Query) })
	for _, a := range c.out.Alone {
		if err := outcome.CheckName("query", a.Query); err != nil {
			return fmt.Errorf("%s: %w", c.p.w.Name(), err)
		}
	}
	return nil
}
