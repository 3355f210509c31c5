package code

import (
	"testing"

	"github.com/allwrong/allwrong/grade"
)

// BenchmarkPython grades a small Python program with one test: a program a
// round, one after the other.
func BenchmarkPython(b *testing.B) {
	needs(b, "python")
	g, q := New(), &grade.Query{Reference: reference(b, &Tests{Tests: sum.Tests[:1]})}
	response := fence("python", "a, b = map(int, input().split())\nprint(a + b)")
	for b.Loop() {
		if got := g.Grade(b.Context(), q, response); got.Verdict != grade.Right {
			b.Fatalf("got %+v", got)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "programs/s")
}
