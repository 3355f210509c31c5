package outcome

import (
	"cmp"
	"maps"
	"slices"
)

// ModelSummary is what is on record for one model, over all queries of the set
// and its first attempt, except where a field says otherwise.
type ModelSummary struct {
	Model        string           `json:"model"`
	Family       string           `json:"family,omitempty"`
	Right        int64            `json:"right"`
	Wrong        int64            `json:"wrong"`
	NoAnswer     int64            `json:"no_answer"`
	NotRun       int64            `json:"not_run"` // recorded as not run
	Absent       int64            `json:"absent"`  // queries without any record
	Reasons      map[string]int64 `json:"reasons,omitempty"`
	Accuracy     *float64         `json:"accuracy"`         // right ÷ (right + wrong + no answer); nil when there is none
	Attempts     int              `json:"attempts"`         // largest number of attempts at one query
	CostUSD      *float64         `json:"cost_usd"`         // sum over all attempts; nil when no record states it
	Priced       int64            `json:"priced,omitempty"` // records behind CostUSD
	InputTokens  int64            `json:"input_tokens,omitempty"`
	OutputTokens int64            `json:"output_tokens,omitempty"`
	Merged       int64            `json:"merged,omitempty"`  // records that repeated one of the same cell, of any attempt
	Settled      int64            `json:"settled,omitempty"` // records that contradicted one, settled by Prefer
}

// SliceSummary is one slice key with the number of queries of each value.
type SliceSummary struct {
	Key        string           `json:"key"`
	Values     map[string]int64 `json:"values"`
	Unlabelled int64            `json:"unlabelled"`
}

// Summary lists the models in order of their names.
func (s *Set) Summary() []ModelSummary {
	out := make([]ModelSummary, len(s.models))
	for i, col := range s.models {
		out[i] = col.summary(s.Queries())
	}
	slices.SortFunc(out, func(a, b ModelSummary) int { return cmp.Compare(a.Model, b.Model) })
	return out
}

func (col *column) summary(queries int) ModelSummary {
	m := ModelSummary{Model: col.name, Family: col.family, Attempts: len(col.cells),
		InputTokens: col.inTokens, OutputTokens: col.outTokens, Merged: col.merged, Settled: col.settled}
	if col.costed > 0 {
		m.CostUSD, m.Priced = &col.cost, col.costed
	}
	var first []Cell
	if len(col.cells) > 0 {
		first = col.cells[0]
	}
	var count [256]int64
	for _, c := range first {
		count[c]++
	}
	count[0] += int64(queries - len(first))
	for c, n := range count {
		if n == 0 {
			continue
		}
		cell := Cell(c)
		*m.field(cell.Verdict()) += n
		if cell.Reason() != NoReason {
			if m.Reasons == nil {
				m.Reasons = map[string]int64{}
			}
			m.Reasons[cell.Reason().String()] += n
		}
	}
	if n := m.Right + m.Wrong + m.NoAnswer; n > 0 {
		a := float64(m.Right) / float64(n)
		m.Accuracy = &a
	}
	return m
}

func (m *ModelSummary) field(v Verdict) *int64 {
	switch v {
	case Right:
		return &m.Right
	case Wrong:
		return &m.Wrong
	case NoAnswer:
		return &m.NoAnswer
	case NotRun:
		return &m.NotRun
	}
	return &m.Absent
}

// Slices lists the slice keys in order of their names.
func (s *Set) Slices() []SliceSummary {
	var out []SliceSummary
	for _, key := range slices.Sorted(maps.Keys(s.labels)) {
		l := s.labels[key]
		sum := SliceSummary{Key: key, Values: map[string]int64{}}
		labelled := int64(0)
		for _, v := range l.of {
			if v > 0 {
				sum.Values[l.values[v-1]]++
				labelled++
			}
		}
		sum.Unlabelled = int64(s.Queries()) - labelled
		out = append(out, sum)
	}
	return out
}
