package certify

import (
	"fmt"
	"testing"
)

// spreadEvidence is a pool of m models on n queries, rescued more and more often.
func spreadEvidence(m int, n int64) evidence {
	e := evidence{law: binomial{n}, allWrong: span{n / 20, n / 20}}
	for i := range m {
		k := n/30 + int64(i)*n/int64(2*m)
		e.rescued = append(e.rescued, span{k, k})
		e.right = append(e.right, span{n - n/20 - k, n - n/20 - k})
	}
	return e
}

func BenchmarkGainUpper(b *testing.B) {
	for _, size := range []struct {
		m int
		n int64
	}{{5, 330}, {67, 330}, {67, 12_032}, {500, 20_000}} {
		for _, method := range []Method{Screened, Direct, Paper, Anytime} {
			b.Run(fmt.Sprintf("%s/%dx%d", method, size.m, size.n), func(b *testing.B) {
				e := spreadEvidence(size.m, size.n)
				for b.Loop() {
					e.gainUpper(method, 0.05)
				}
			})
		}
	}
}
