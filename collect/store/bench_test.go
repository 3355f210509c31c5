package store

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/allwrong/allwrong/internal/pgtest"
	"github.com/allwrong/allwrong/outcome"
)

// BenchmarkCalls measures a claim and its settlement, by so many workers with 32
// calls under way each. Calls a second of all workers together are what counts.
func BenchmarkCalls(b *testing.B) {
	for _, kind := range []string{"sqlite", "postgres"} {
		for _, workers := range []int{1, 2, 4} {
			b.Run(fmt.Sprintf("%s/%d", kind, workers), func(b *testing.B) {
				at := place{dir: b.TempDir()}
				if kind == "postgres" {
					at.url, at.run = pgtest.New(b), "bench"
				}
				calls(b, at, workers)
			})
		}
	}
}

func calls(b *testing.B, at place, workers int) {
	const models, attempts, flight = 10, 2, 32
	queries := b.N/(models*attempts) + 1
	run := runOf(b, at.dir, queries, models, nil)
	run.CapUSD *= 10_000
	var stores []*Store
	for range workers {
		s := opened(b, at, Options{})
		begun(b, s, run)
		stores = append(stores, s)
	}
	b.ResetTimer()
	var next atomic.Int64
	var wg sync.WaitGroup
	for i := range workers * flight {
		wg.Go(func() {
			for {
				n := int(next.Add(1) - 1)
				if n >= b.N {
					return
				}
				p := Place{Query: n / (models * attempts), Model: n / attempts % models, Attempt: n % attempts, Budget: 100}
				c, err := stores[i%workers].Claim(b.Context(), p)
				if err == nil && c[0].Decision != Granted {
					err = fmt.Errorf("decision %d", c[0].Decision)
				}
				if err == nil {
					_, err = stores[i%workers].Settle(b.Context(), c[0], valid("Answer: 3", 20, 10), &Verdict{Grader: "number/1", Extracted: "3", Verdict: outcome.Wrong})
				}
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}
