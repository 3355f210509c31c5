package schedule_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/collect/schedule"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/outcome"
)

// published gives the path of a published data set, which is not part of the
// project: whoever has the sets lays them beside the checkout.
func published(t *testing.T, path string) string {
	t.Helper()
	full := filepath.Join("..", "..", "..", "shared", "data", path)
	if _, err := os.Stat(full); err != nil {
		t.Skipf("the published data set %s is not on this machine", path)
	}
	return full
}

// recorded are the published sets, with the model left out that does not cover
// its set or contradicts its own statement; most is the share of the calls that
// a lazy run may take.
var recorded = []struct {
	name, path, exclude string
	most                float64
}{
	{"CRUX", "zeroeval/result_dirs/crux", "", .17},
	{"MATH level 5", "zeroeval/result_dirs/math-l5", "hyperbolic", .20},
	{"SWE-bench", "swebench-bash-only", "Claude 3.7 Sonnet", .20},
	{"LiveCodeBench", "livecodebench-generation", "", .18},
	{"MMLU-Pro", "mmlu-pro/eval_results", "", .28},
	{"GSM8K of two", "routellm/gsm8k", "", .58},
	{"MMLU of two", "routellm/mmlu/responses", "", .62},
	{"RouterArena", "routerarena/cached_results", "", .68},
}

func readMatrix(t *testing.T, path, exclude string) *outcome.Matrix {
	t.Helper()
	keep := func(model string) bool { return exclude == "" || !strings.Contains(model, exclude) }
	r, err := ingest.Read(context.Background(), []string{path}, ingest.Options{Keep: keep})
	if err != nil {
		t.Fatal(err)
	}
	return r.Set.Matrix(outcome.MatrixOptions{Keep: keep})
}

// TestRecordedCertificates holds the certificate of each published set's best
// model, from the cells that a lazy run asks for, against that of the full matrix.
func TestRecordedCertificates(t *testing.T) {
	t.Parallel()
	for _, set := range recorded {
		t.Run(set.name, func(t *testing.T) {
			t.Parallel()
			m := readMatrix(t, published(t, set.path), set.exclude)
			best := m.Count(nil).Best()
			got := collect(t, m, schedule.Options{For: schedule.Certificate, Incumbent: best, Seed: 1}, "subject")
			same(t, got.matrix, m, best)
			cells := m.Columns() * len(m.Models())
			share := float64(total(got.asked)) / float64(cells)
			t.Logf("%2d models, %5d queries: %6d of %6d calls, %.3f; %+v", len(m.Models()), m.Columns(), total(got.asked), cells, share, got.tally)
			if share > set.most {
				t.Errorf("%.3f of the calls, want at most %.2f", share, set.most)
			}
		})
	}
}

// same asserts that what was collected lazily certifies the same about the
// incumbent as the full matrix, whatever the missing cells are.
func same(t *testing.T, lazy, full *outcome.Matrix, incumbent int) {
	t.Helper()
	a, b := certificate(t, lazy, incumbent), certificate(t, full, incumbent)
	if a.Gain.Lower != b.Gain.Lower || a.Gain.Upper != b.Gain.Upper || a.Gain.Interval != b.Gain.Interval || a.Queries != b.Queries {
		t.Errorf("lazy: gain %+v; full: %+v", a.Gain, b.Gain)
	}
	if a.Beta.Lower != b.Beta.Lower || a.Beta.Upper != b.Beta.Upper || a.AllWrong != b.AllWrong || a.Kinds.Resolvable != b.Kinds.Resolvable {
		t.Errorf("lazy: β %+v, kinds %+v; full: β %+v, kinds %+v", a.Beta, a.Kinds, b.Beta, b.Kinds)
	}
}

func certificate(t *testing.T, m *outcome.Matrix, incumbent int) certify.Certificate {
	t.Helper()
	c, err := certify.Certify(certify.Options{Incumbent: m.Models()[incumbent], Missing: certify.Bounds}, m)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// collected is what a schedule left on record of a matrix in which everything
// could have been asked.
type collected struct {
	matrix *outcome.Matrix
	tally  schedule.Tally
	asked  []int64
}

// collect runs a schedule over a matrix: settling first, then the next query.
func collect(t *testing.T, m *outcome.Matrix, o schedule.Options, slice string) collected {
	t.Helper()
	s := newSchedule(t, m, o, slice)
	r := newRecord(m)
	turn := slices.DeleteFunc(numbers(len(m.Models())), func(i int) bool { return i == o.Incumbent })
	turn = append(turn, o.Incumbent) // last: what is open is settled first
	for {
		c, ok := next(s, turn)
		if !ok {
			return collected{r.matrix(t), s.Tally(), s.Asked()}
		}
		s.Tell(c, r.ask(c))
	}
}

func next(s *schedule.Schedule, turn []int) (c schedule.Cell, ok bool) {
	for _, i := range turn {
		if c, ok = s.Next(i); ok {
			return c, true
		}
	}
	return c, false
}

func newSchedule(t *testing.T, m *outcome.Matrix, o schedule.Options, slice string) *schedule.Schedule {
	t.Helper()
	queries := make([]schedule.Query, m.Columns())
	for q := range queries {
		queries[q] = schedule.Query{ID: m.ID(q), Slice: m.Label(slice, q)}
	}
	s, err := schedule.New(queries, len(m.Models()), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// record is what was asked of a matrix.
type record struct {
	of          *outcome.Matrix
	right, seen [][]uint64
}

func newRecord(m *outcome.Matrix) *record {
	r := &record{of: m}
	for range m.Models() {
		r.right, r.seen = append(r.right, outcome.NewMask(m.Columns())), append(r.seen, outcome.NewMask(m.Columns()))
	}
	return r
}

// ask gives the recorded verdict; a missing one is a call that failed.
func (r *record) ask(c schedule.Cell) outcome.Verdict {
	if !r.of.Observed(c.Model, c.Query) {
		return outcome.NotRun
	}
	outcome.Mask(r.seen[c.Model]).Set(c.Query)
	if !r.of.Right(c.Model, c.Query) {
		return outcome.Wrong
	}
	outcome.Mask(r.right[c.Model]).Set(c.Query)
	return outcome.Right
}

func (r *record) matrix(t *testing.T) *outcome.Matrix {
	t.Helper()
	m, err := outcome.NewMatrix(r.of.Models(), r.of.Columns(), r.right, r.seen, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func numbers(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func total(xs []int64) (sum int64) {
	for _, x := range xs {
		sum += x
	}
	return sum
}
