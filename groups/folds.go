package groups

import (
	"slices"
	"strconv"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// Best members are picked on four fifths of the queries and scored on the fifth,
// over several divisions into fifths.
const (
	parts   = 5
	repeats = 10
)

// folds counts right answers by fifth.
type folds struct {
	right [][repeats][parts]int64 // [place in models]
	all   []int64                 // [place in models]
}

// fold counts. Each query falls into a fifth by itself; since those of one pattern
// are alike, only how many of them fall into each is drawn.
func (s *study) fold(mask outcome.Mask) {
	if s.n < parts {
		s.warn("few-queries", "Queries are fewer than %d: best members are not picked on other queries.", parts)
		return
	}
	f := folds{make([][repeats][parts]int64, len(s.models)), make([]int64, len(s.models))}
	patterns := s.matrix.Patterns(mask)
	digest := outcome.DigestPatterns(patterns)
	even, counts := slices.Repeat([]float64{1}, parts), make([]int64, parts)
	for r := range repeats {
		draw := prob.Stream(s.Seed, "fold", strconv.Itoa(r), digest)
		for _, p := range patterns {
			prob.RandomMultinomial(draw, counts, p.Weight, even)
			for a, i := range s.models {
				if p.Right(i) {
					for part, n := range counts {
						f.right[a][r][part] += n
					}
				}
			}
		}
	}
	for a := range s.models {
		f.all[a] = int64(s.right[a])
	}
	s.folds = f
}

// best is the number of queries on which a group's best member is right when it is
// picked on other queries; among equals it is drawn, and worth their mean.
func (f *folds) best(group []int32) float64 {
	if f.right == nil {
		return 0
	}
	sum := 0.0
	for r := range repeats {
		for part := range parts {
			most, right, tied := int64(-1), int64(0), 0
			for _, a := range group {
				here := f.right[a][r][part]
				switch elsewhere := f.all[a] - here; {
				case elsewhere > most:
					most, right, tied = elsewhere, here, 1
				case elsewhere == most:
					right, tied = right+here, tied+1
				}
			}
			sum += float64(right) / float64(tied)
		}
	}
	return sum / repeats
}
