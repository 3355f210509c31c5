package schedule_test

import (
	"context"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/collect/schedule"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/outcome"
)

// spending is what each recorded call cost, in dollars.
type spending struct {
	cost  map[[2]string]float64 // by model and query
	mean  []float64             // by model
	total float64
}

// readSpending reads what the records of a set cost; nil where they do not say.
func readSpending(t *testing.T, path, exclude string, m *outcome.Matrix) *spending {
	t.Helper()
	s := &spending{cost: map[[2]string]float64{}, mean: make([]float64, len(m.Models()))}
	keep := func(model string) bool { return exclude == "" || !strings.Contains(model, exclude) }
	_, err := ingest.Stream(context.Background(), []string{path}, ingest.Options{Keep: keep}, func(r *outcome.Record) error {
		if r.CostUSD != nil && keep(r.Model) {
			s.cost[[2]string{r.Model, r.Query}] = *r.CostUSD
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.cost) == 0 {
		return nil
	}
	for i := range s.mean {
		sum := s.of(m, i, func(int) bool { return true })
		s.total += sum
		s.mean[i] = sum / float64(m.Columns())
	}
	return s
}

// of is what a model's calls cost, over the queries that were asked.
func (s *spending) of(m *outcome.Matrix, model int, asked func(q int) bool) (sum float64) {
	for q := range m.Columns() {
		if asked(q) {
			sum += s.cost[[2]string{m.Models()[model], m.ID(q)}]
		}
	}
	return sum
}

// lazily is the part of the calls, and of the dollars, that a schedule takes.
func (s *spending) lazily(m *outcome.Matrix, got collected) (calls, dollars float64) {
	calls = float64(total(got.asked)) / float64(m.Columns()*len(m.Models()))
	if s == nil {
		return calls, 0
	}
	for i := range m.Models() {
		dollars += s.of(m, i, func(q int) bool { return got.matrix.Observed(i, q) })
	}
	return calls, dollars / s.total
}

// TestRecordedSavings prints the table of docs/findings.md: what a lazy run
// takes of the calls, and of the dollars where the records say what calls cost.
// "until" stops as soon as the any-time certificate decides against an overhead.
func TestRecordedSavings(t *testing.T) {
	if testing.Short() || !testing.Verbose() {
		t.Skip("prints a table: go test -v")
	}
	for _, set := range recorded {
		path := published(t, set.path)
		m := readMatrix(t, path, set.exclude)
		paid := readSpending(t, path, set.exclude, m)
		o := schedule.Options{For: schedule.Certificate, Incumbent: m.Count(nil).Best(), Seed: 1}
		if paid != nil {
			o.Prices = paid.mean
		}
		calls, dollars := paid.lazily(m, collect(t, m, o, "subject"))
		t.Logf("%-13s full %6d calls, $%.2f; certificate %.3f of the calls, %.3f of the dollars", set.name, m.Columns()*len(m.Models()), spent(paid), calls, dollars)
		for _, overhead := range []float64{0.02, 0.05, 0.10} {
			o.Decided = until(overhead)
			var queries, part, money float64
			verdicts := map[bool]int{}
			const seeds = 20
			for o.Seed = 1; o.Seed <= seeds; o.Seed++ {
				got := collect(t, m, o, "subject")
				calls, dollars := paid.lazily(m, got)
				queries, part, money = queries+float64(got.tally.Queries)/seeds, part+calls/seeds, money+dollars/seeds
				verdicts[o.Decided(got.tally)]++
			}
			o.Seed = 1
			t.Logf("    until %.2f: %.0f queries, %.4f of the calls, %.4f of the dollars; decided %d of %d", overhead, queries, part, money, verdicts[true], seeds)
		}
		o.Decided = nil
		ceiling, _ := paid.lazily(m, collect(t, m, schedule.Options{For: schedule.Ceiling, Seed: 1, Prices: o.Prices}, "subject"))
		t.Logf("    ceiling %.3f of the calls", ceiling)
	}
}

func spent(s *spending) float64 {
	if s == nil {
		return 0
	}
	return s.total
}
