package store

import (
	"fmt"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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
	for _, workers := range []int{1, 2, 4} {
		b.Run(fmt.Sprintf("postgres a millisecond away/%d", workers), func(b *testing.B) {
			calls(b, place{b.TempDir(), far(b, pgtest.New(b), time.Millisecond/2), "bench"}, workers)
		})
	}
}

// far gives the address of a server that is so far away, one way.
func far(b *testing.B, address string, delay time.Duration) string {
	u, err := url.Parse(address)
	if err != nil {
		b.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	server := u.Host
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			there, err := net.Dial("tcp", server)
			if err != nil {
				near.Close()
				return
			}
			go carry(there, near, delay)
			go carry(near, there, delay)
		}
	}()
	u.Host = l.Addr().String()
	return u.String()
}

// carry brings what is read from one side to the other, each part after a while.
func carry(to, from net.Conn, delay time.Duration) {
	type part struct {
		data []byte
		due  time.Time
	}
	parts := make(chan part, 1024)
	go func() {
		defer to.Close()
		for p := range parts {
			time.Sleep(time.Until(p.due))
			if _, err := to.Write(p.data); err != nil {
				from.Close()
			}
		}
	}()
	defer close(parts)
	for {
		data := make([]byte, 64<<10)
		n, err := from.Read(data)
		if err != nil {
			return
		}
		parts <- part{data[:n], time.Now().Add(delay)}
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
