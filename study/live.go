package study

import (
	"cmp"
	"slices"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/dependence"
	"github.com/allwrong/allwrong/outcome"
)

// Live is what can be had at once. 67 models on 12,000 queries take some tens of
// milliseconds.
type Live struct {
	Choice      Choice                `json:"choice"`
	Certificate certify.Certificate   `json:"certificate"`
	Cuts        []Cut                 `json:"cuts"`
	Curve       []dependence.PoolSize `json:"curve"` // the ratios to predictions are Explain's
}

// Cut is the certificates of all values of one label, which hold together.
type Cut struct {
	Key    string          `json:"key"`
	Slices []certify.Slice `json:"slices"`
}

// Live asks the quick measures. The error is that of certify: what to do when the
// options make no sense or the data do not suffice.
func (s *Study) Live() (*Live, error) {
	c, err := s.Certificate()
	if err != nil {
		return nil, err
	}
	out := &Live{Choice: s.choice, Certificate: c, Curve: []dependence.PoolSize{}}
	if out.Cuts, err = s.cuts(); err != nil {
		return nil, err
	}
	if m := s.Matrix(); m.Size(m.Complete()) > 0 {
		out.Curve = dependence.Curve(m)
	}
	return out, nil
}

// Certificate is the headline: what allwrong certify gives with the same options.
func (s *Study) Certificate() (certify.Certificate, error) {
	o := s.certifyOptions()
	c, err := certify.Certify(o, s.part.attempts...)
	if err == nil && s.source.Notes != nil {
		c.Warnings = append(c.Warnings, s.source.Notes(s.part.set, s.part.applied, s.keeps(s.part))...)
	}
	return c, err
}

func (s *Study) certifyOptions() certify.Options {
	o := s.options.Certify
	if s.source.Ledger != nil {
		o.Audited = s.source.Ledger.Audited
	}
	return o
}

// The labels that are cut by when none is named.
const (
	mostCuts   = 8
	mostValues = 60
)

// cuts certifies the values of labels. A label by which that is not possible is
// left out, unless it was asked for.
func (s *Study) cuts() ([]Cut, error) {
	out := []Cut{}
	for _, key := range s.keys() {
		o := s.certifyOptions()
		if o.Slice, o.Weights, o.Population, o.Missing = key, nil, 0, certify.Complete; o.Cluster != "" {
			continue
		}
		list, err := certify.BySlice(o, s.Matrix())
		switch {
		case err != nil && s.options.Slices != nil:
			return nil, err
		case err == nil && (len(list) > 1 || s.options.Slices != nil):
			out = append(out, Cut{Key: key, Slices: list})
		}
	}
	return out, nil
}

func (s *Study) keys() []string {
	if s.options.Slices != nil {
		return s.options.Slices
	}
	var keys []string
	for _, l := range s.source.Set.Slices() {
		if n := len(l.Values); n >= 2 && n <= mostValues {
			keys = append(keys, l.Key)
		}
	}
	return keys[:min(len(keys), mostCuts)]
}

// Kind is how a query stands with respect to the model that the gain is over.
type Kind string

// The kinds of queries; the first four are those of certify.Kinds.
const (
	AllRight   Kind = "all-right"
	BestRight  Kind = "best-right"
	Resolvable Kind = "resolvable"
	AllWrong   Kind = "all-wrong"
	Open       Kind = "open" // some model has no verdict
)

// Query is one query of the study.
type Query struct {
	Query  string            `json:"query"`
	Column int               `json:"-"` // of Matrix
	Kind   Kind              `json:"kind"`
	Right  int               `json:"right"`          // models that are right
	Models int               `json:"models"`         // models with a verdict
	Only   string            `json:"only,omitempty"` // the one model that is right
	Labels map[string]string `json:"labels"`
}

// Queries lists the queries: all wrong first, then those that fewest models get
// right, by name among equals. Over is the model that the gain is over.
func (s *Study) Queries(over string) []Query {
	m := s.Matrix()
	best := slices.Index(m.Models(), over)
	keys := m.SliceKeys()
	out := make([]Query, m.Columns())
	for c := range out {
		out[c] = query(m, c, best)
		for _, key := range keys {
			if v := m.Label(key, c); v != "" {
				out[c].Labels[key] = v
			}
		}
	}
	slices.SortFunc(out, func(a, b Query) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Right, b.Right), cmp.Compare(a.Query, b.Query))
	})
	return out
}

func rank(q Query) int {
	switch q.Kind {
	case AllWrong:
		return 0
	case Open:
		return 2
	}
	return 1
}

func query(m *outcome.Matrix, column, best int) Query {
	q := Query{Query: m.ID(column), Column: column, Labels: map[string]string{}}
	for i, name := range m.Models() {
		if !m.Observed(i, column) {
			continue
		}
		q.Models++
		if m.Right(i, column) {
			q.Right++
			q.Only = name
		}
	}
	if q.Right != 1 {
		q.Only = ""
	}
	switch {
	case q.Models < len(m.Models()):
		q.Kind = Open
	case q.Right == 0:
		q.Kind = AllWrong
	case q.Right == q.Models:
		q.Kind = AllRight
	case best >= 0 && m.Right(best, column):
		q.Kind = BestRight
	default:
		q.Kind = Resolvable
	}
	return q
}
