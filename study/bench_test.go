package study_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/allwrong/allwrong/budget"
	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/dependence"
	"github.com/allwrong/allwrong/groups"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/policy"
	"github.com/allwrong/allwrong/pool"
	"github.com/allwrong/allwrong/simulate"
)

// BenchmarkWeighted times every measure on 4,096 queries of 12 models, listed one
// by one, and on 10⁹ queries of the same law that come as patterns:
//
//	go test -bench Weighted -benchtime 1x ./study
func BenchmarkWeighted(b *testing.B) {
	law := simulate.Options{Law: simulate.SingleFactor, Models: 12, Queries: 4096, Lowest: 0.5, Highest: 0.85, Rho: 0.5, Seed: 1}
	few, err := simulate.Matrix(law)
	if err != nil {
		b.Fatal(err)
	}
	law.Queries = 1_000_000
	many, err := simulate.Matrix(law)
	if err != nil {
		b.Fatal(err)
	}
	patterns := many.Patterns(nil)
	for i := range patterns {
		patterns[i].Weight *= 1000
	}
	heavy := outcome.FromPatterns(many.Models(), patterns)
	prices := map[string]float64{}
	for i, name := range few.Models() {
		prices[name] = 0.001 * float64(1+i*i)
	}
	for _, m := range []struct {
		name   string
		matrix *outcome.Matrix
	}{{"4096 queries", few}, {"1e9 queries", heavy}} {
		b.Logf("%s: %d columns, %d patterns", m.name, m.matrix.Columns(), len(m.matrix.Patterns(nil)))
		for _, measure := range []struct {
			name string
			run  func() error
		}{
			{"patterns", func() error { m.matrix.Patterns(nil); return nil }},
			{"count", func() error { m.matrix.Count(nil); return nil }},
			{"certify", func() error { _, err := certify.Certify(certify.Options{}, m.matrix); return err }},
			{"explain", func() error {
				_, err := dependence.Explain(b.Context(), m.matrix, nil, dependence.ExplainOptions{})
				return err
			}},
			{"pool", func() error { _, err := pool.Find(b.Context(), m.matrix, pool.Options{}); return err }},
			{"groups", func() error { _, err := groups.Study(b.Context(), m.matrix, nil, groups.Options{}); return err }},
			{"budget", func() error { _, err := budget.Measure(m.matrix, nil, budget.Options{Prices: prices}); return err }},
			{"policy", func() error {
				_, err := policy.Measure(b.Context(), policy.Data{Attempts: []*outcome.Matrix{m.matrix}}, policy.Options{})
				return err
			}},
		} {
			b.Run(m.name+"/"+measure.name, func(b *testing.B) {
				before := processors(b)
				for range b.N {
					if err := measure.run(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64((processors(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
			})
		}
	}
}

// processors is the time that this process has had on them: what a busy machine
// does not stretch.
func processors(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
