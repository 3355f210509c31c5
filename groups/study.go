package groups

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"

	"github.com/allwrong/allwrong/outcome"
)

// Options of Study. A zero field means its default.
type Options struct {
	K          int     // members of a group; 3
	Confidence float64 // of each interval, in (0, 1); 0.95
	Seed       uint64  // folds, and groups where there are too many
}

// Of more than mostGroups groups, or of so many that counting answers would take
// more than mostWork steps, a random part is studied.
const (
	mostGroups = 100_000
	mostWork   = 2e9
)

// Study lets every group of K models vote. Detail is that of the same attempt, or
// nil: then only verdicts vote. Nothing is changed.
func Study(ctx context.Context, m *outcome.Matrix, d *outcome.Detail, o Options) (*Result, error) {
	s := &study{Options: o, ctx: ctx, matrix: m}
	if err := s.prepare(d); err != nil {
		return nil, err
	}
	s.groups()
	s.score()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.result.Verdicts = s.votes(func(r *row) float64 { return r.vote })
	if s.keys != nil {
		votes := s.votes(func(r *row) float64 { return r.plurality })
		s.result.Answers = &votes
	}
	return &s.result, nil
}

// study is one run of Study.
type study struct {
	Options
	ctx     context.Context
	matrix  *outcome.Matrix
	models  []int // that are neither always nor never right
	names   []string
	columns []int // complete ones
	n       float64
	right   []float64   // [place in models] right answers
	both    [][]float64 // [i][j] queries on which both are right
	keys    [][]uint32  // [place in models][place in columns] answers: 0 none, 1 the right one; nil where not known
	folds   folds
	members []int32 // of the groups studied, K each
	rows    []row
	result  Result
}

// row is one group.
type row struct {
	rho, best, held, vote, plurality float64
}

func (s *study) prepare(d *outcome.Detail) error {
	if s.K == 0 {
		s.K = 3
	}
	if s.Confidence == 0 {
		s.Confidence = 0.95
	}
	if !(s.Confidence > 0 && s.Confidence < 1) {
		return fmt.Errorf("confidence %v is outside (0, 1)", s.Confidence)
	}
	mask := s.matrix.Complete()
	counts := s.matrix.Count(mask)
	s.n = float64(counts.Queries)
	r := &s.result
	r.Queries, r.K, r.Confidence, r.Seed = counts.Queries, s.K, s.Confidence, s.Seed
	r.Constant, r.Warnings = []string{}, []Warning{}
	if counts.Queries == 0 {
		return fmt.Errorf("no query was answered by all %d models: leave out those that answered few", len(s.matrix.Models()))
	}
	for i, name := range s.matrix.Models() {
		if c := counts.Right[i]; c == 0 || c == counts.Queries {
			r.Constant = append(r.Constant, name)
			continue
		}
		s.models, s.names, s.right = append(s.models, i), append(s.names, name), append(s.right, float64(counts.Right[i]))
	}
	if len(r.Constant) > 0 {
		s.warn("constant-model", "%d models are always or never right: they have no correlation and are left out, %s first.", len(r.Constant), r.Constant[0])
	}
	if r.Models = len(s.models); s.K < 2 || s.K > r.Models {
		return fmt.Errorf("groups of %d: want 2 to %d, the models that are neither always nor never right", s.K, r.Models)
	}
	for c := range s.matrix.Columns() {
		if mask.Has(c) {
			s.columns = append(s.columns, c)
		}
	}
	if left := s.matrix.Size(nil) - counts.Queries; left > 0 {
		s.warn("incomplete", "%d queries that some model did not answer are left out.", left)
	}
	s.pairs(mask)
	s.answers(d)
	s.fold(mask)
	return nil
}

// pairs counts the queries on which both of two models are right.
func (s *study) pairs(mask outcome.Mask) {
	s.both = make([][]float64, len(s.models))
	for a, i := range s.models {
		s.both[a] = make([]float64, len(s.models))
		for b, j := range s.models[:a] {
			n := int64(0)
			pi, pj := s.matrix.RightPlane(i), s.matrix.RightPlane(j)
			for w := range pi {
				n += s.matrix.Weigh(w, pi[w]&pj[w]&mask[w])
			}
			s.both[a][b], s.both[b][a] = float64(n), float64(n)
		}
	}
}

// answers numbers what each model answered. Without the answer of every wrong
// verdict nobody knows which wrong answers agree.
func (s *study) answers(d *outcome.Detail) {
	if d == nil || d.Answers == nil {
		return
	}
	keys, unknown := make([][]uint32, len(s.models)), 0
	for a, i := range s.models {
		keys[a] = make([]uint32, len(s.columns))
		for at, c := range s.columns {
			switch {
			case s.matrix.Right(i, c):
				keys[a][at] = 1
			case d.Answers[i][c] > 0 && d.Cells[i][c].Verdict() == outcome.Wrong:
				keys[a][at] = d.Answers[i][c] + 1
			case d.Cells[i][c].Verdict() == outcome.Wrong:
				unknown++
			}
		}
	}
	if unknown > 0 {
		s.warn("answers", "%d wrong verdicts come without an answer: which of them agree is not known, and only verdicts vote.", unknown)
		return
	}
	s.keys = keys
}

// groups lists the groups, or a random part of them.
func (s *study) groups() {
	m, most := len(s.models), mostGroups
	if s.keys != nil {
		most = max(1000, min(most, int(mostWork/(float64(len(s.columns))*float64(s.K)))))
	}
	s.result.Groups = chooseCount(m, s.K)
	if s.result.Groups <= int64(most) {
		group := make([]int32, s.K)
		for i := range group {
			group[i] = int32(i)
		}
		for ok := true; ok; ok = next(group, m) {
			s.members = append(s.members, group...)
		}
	} else {
		s.draw(most)
		s.warn("sampled", "Of %d groups a random %d are studied.", s.result.Groups, most)
	}
	s.result.Studied = len(s.members) / s.K
	s.rows = make([]row, s.result.Studied)
}

// chooseCount is C(m, k), or the largest int64 where that is larger.
func chooseCount(m, k int) int64 {
	k = min(k, m-k)
	n := int64(1)
	for i := 1; i <= k; i++ {
		hi, lo := bits.Mul64(uint64(n), uint64(m-k+i))
		if hi >= uint64(i) {
			return math.MaxInt64
		}
		q, _ := bits.Div64(hi, lo, uint64(i))
		if q > math.MaxInt64 {
			return math.MaxInt64
		}
		n = int64(q)
	}
	return n
}

// next moves to the next group in lexicographic order.
func next(group []int32, m int) bool {
	k := len(group)
	for i := k - 1; i >= 0; i-- {
		if int(group[i]) < m-k+i {
			group[i]++
			for j := i + 1; j < k; j++ {
				group[j] = group[j-1] + 1
			}
			return true
		}
	}
	return false
}

// draw takes so many different groups at random (Floyd's subsets).
func (s *study) draw(most int) {
	r := rand.New(rand.NewPCG(s.Seed, uint64(s.K)))
	seen := make(map[string]bool, most)
	for len(seen) < most {
		var group []int32
		for j := len(s.models) - s.K; j < len(s.models); j++ {
			x := int32(r.IntN(j + 1))
			if slices.Contains(group, x) {
				x = int32(j)
			}
			group = append(group, x)
		}
		slices.Sort(group)
		key := make([]byte, 0, 4*s.K)
		for _, x := range group {
			key = binary.LittleEndian.AppendUint32(key, uint32(x))
		}
		if !seen[string(key)] {
			seen[string(key)] = true
			s.members = append(s.members, group...)
		}
	}
}

// score fills the rows, on all processors; each row is computed by itself, so
// their number changes nothing.
func (s *study) score() {
	workers := runtime.GOMAXPROCS(0)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			b := newBallot(s)
			for g := w; g < len(s.rows) && s.ctx.Err() == nil; g += workers {
				s.rows[g] = s.row(s.members[g*s.K:(g+1)*s.K], b)
			}
		})
	}
	wg.Wait()
}

func (s *study) row(group []int32, b *ballot) row {
	r := row{vote: b.majority(group) / s.n}
	for x, a := range group {
		r.best = math.Max(r.best, s.right[a]/s.n)
		for _, c := range group[:x] {
			r.rho += s.phi(int(a), int(c)) / float64(s.K*(s.K-1)/2)
		}
	}
	r.held = s.folds.best(group) / s.n
	if s.keys != nil {
		r.plurality = b.plurality(group) / s.n
	}
	return r
}

// phi is the correlation of two models' verdicts.
func (s *study) phi(a, b int) float64 {
	p, q := s.right[a]/s.n, s.right[b]/s.n
	return (s.both[a][b]/s.n - p*q) / math.Sqrt(p*(1-p)*q*(1-q))
}

func (s *study) warn(code, format string, a ...any) {
	s.result.Warnings = append(s.result.Warnings, Warning{code, fmt.Sprintf(format, a...)})
}
