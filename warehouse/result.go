package warehouse

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"math"
	"slices"

	"github.com/allwrong/allwrong/outcome"
)

// key tells a group from all others, and orders them.
func (g *group) key() string {
	var b bytes.Buffer
	for _, l := range g.labels {
		b.WriteString(l)
		b.WriteByte(0) // no name holds one
	}
	b.Write(binary.BigEndian.AppendUint16(nil, g.options))
	b.WriteString(g.states)
	return b.String()
}

// result puts the groups in order.
func (c *counting) result() (*Patterns, error) {
	out := &c.out
	slices.SortFunc(c.groups, func(a, b group) int { return cmp.Compare(a.key(), b.key()) })
	out.Digest = c.digest()
	out.Merged = c.graded - c.bits
	out.Settled = c.conflicts
	columns := c.columns()
	n := len(columns)
	weights, options := make([]uint32, n), make([]uint16, n)
	for at, g := range columns {
		weights[at], options[at] = uint32(g.weight), g.options
	}
	for a := range c.p.attempts() {
		m, err := c.matrix(columns, weights, a)
		if err != nil {
			return nil, err
		}
		out.Attempts = append(out.Attempts, m)
	}
	m := out.Attempts[0]
	for i, key := range c.p.o.Slices {
		values := make([]string, n)
		for at, g := range columns {
			values[at] = g.labels[i]
		}
		m = m.WithLabels(key, values)
	}
	if c.p.hasOptions() {
		m = m.WithOptions(options)
	}
	out.Matrix, out.Attempts[0] = m, m
	return out, nil
}

// matrix is one attempt of some columns.
func (c *counting) matrix(columns []group, weights []uint32, attempt int) (*outcome.Matrix, error) {
	models := len(c.p.o.Models)
	right, observed := make([][]uint64, models), make([][]uint64, models)
	for i := range models {
		r, o := outcome.NewMask(len(columns)), outcome.NewMask(len(columns))
		for at, g := range columns {
			switch g.state(attempt*models + i) {
			case cellRight:
				r.Set(at)
				o.Set(at)
			case cellWrong:
				o.Set(at)
			}
		}
		right[i], observed[i] = r, o
	}
	return outcome.NewMatrix(c.p.o.Models, len(columns), right, observed, weights)
}

func (g *group) state(cell int) int { return int(g.states[cell/4]) >> (2 * (cell % 4)) & 3 }

// columns are the groups as a matrix tells them apart: without an answer is
// wrong or missing. A weight that a column cannot hold is spread over several.
func (c *counting) columns() []group {
	index := map[string]int{}
	var merged []group
	for _, g := range c.groups {
		states := []byte(g.states)
		for i := range c.p.attempts() * len(c.p.o.Models) {
			if g.state(i) == cellNoAnswer {
				states[i/4] &^= 3 << (2 * (i % 4))
				if !c.p.o.NoAnswerMissing {
					states[i/4] |= cellWrong << (2 * (i % 4))
				}
			}
		}
		g.states = string(states)
		key := g.key()
		if at, ok := index[key]; ok {
			merged[at].weight += g.weight
			continue
		}
		index[key] = len(merged)
		merged = append(merged, g)
	}
	slices.SortFunc(merged, func(a, b group) int { return cmp.Compare(a.key(), b.key()) })
	var out []group
	for _, g := range merged {
		for ; g.weight > math.MaxUint32; g.weight -= math.MaxUint32 {
			part := g
			part.weight = math.MaxUint32
			out = append(out, part)
		}
		out = append(out, g)
	}
	return out
}

// digest is a checksum of all that was counted: models, keys of labels, and each
// group with its weight, in order.
func (c *counting) digest() string {
	h := sha256.New()
	put(h, "allwrong/patterns/1")
	count(h, len(c.p.o.Models))
	for _, m := range c.p.o.Models {
		put(h, m)
	}
	count(h, len(c.p.o.Slices))
	for _, s := range c.p.o.Slices {
		put(h, s)
	}
	if a := c.p.attempts(); a > 1 {
		put(h, "attempts")
		count(h, a)
	}
	for _, g := range c.groups {
		put(h, g.key())
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(g.weight)))
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

func count(h hash.Hash, n int) { h.Write(binary.BigEndian.AppendUint64(nil, uint64(n))) }

func put(h hash.Hash, s string) {
	count(h, len(s))
	h.Write([]byte(s))
}

func sortModels(models []ModelRows) {
	slices.SortFunc(models, func(a, b ModelRows) int { return cmp.Compare(a.Model, b.Model) })
}
