package math_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/grade/math"
	"github.com/allwrong/allwrong/grade/math/internal/corpus"
)

var writeCorpus = flag.String("corpus", "", "write the pairs of the corpus with our verdicts to this file, as JSON lines; read by scripts/grade_compare.py")

// verdicts are the words of the corpus in those of grade.
var verdicts = map[corpus.Want]grade.Verdict{corpus.Right: grade.Right, corpus.Wrong: grade.Wrong, corpus.NoAnswer: grade.NoAnswer}

func pairs(t testing.TB) []corpus.Pair {
	t.Helper()
	written, err := corpus.Read(os.DirFS("testdata/corpus"))
	if err != nil {
		t.Fatal(err)
	}
	return append(written, corpus.Generate()...)
}

func gradePair(g grade.Grader, p corpus.Pair) grade.Grade {
	return g.Grade(context.Background(), &grade.Query{Reference: p.Reference, Extracted: !p.Response}, p.Answer)
}

// score counts the verdicts of a class.
type score struct {
	pairs, right, falseEqual, falseDifferent, cannotTell, other, exact int
}

func (s *score) count(p corpus.Pair, got grade.Grade) {
	s.pairs++
	want := verdicts[p.Want]
	switch {
	case got.Verdict == want:
		s.right++
	case got.Verdict == grade.Right:
		s.falseEqual++
	case got.Verdict == grade.CannotTell:
		s.cannotTell++
	case want == grade.Right:
		s.falseDifferent++
	default:
		s.other++ // wrong where there is no answer, or the other way round
	}
	if got.Verdict != grade.CannotTell && got.ErrorBound == 0 {
		s.exact++
	}
}

// TestCorpus grades every pair of the corpus. None may be called equal that is
// not, and none different that is equal.
func TestCorpus(t *testing.T) {
	g := math.New()
	var classes []string
	scores, total := map[string]*score{}, &score{}
	for _, p := range pairs(t) {
		got := gradePair(g, p)
		if scores[p.Class] == nil {
			classes, scores[p.Class] = append(classes, p.Class), &score{}
		}
		scores[p.Class].count(p, got)
		total.count(p, got)
		if got.Verdict != verdicts[p.Want] {
			t.Errorf("%s: reference %q, answer %q: %v by %s, want %v", p.Class, p.Reference, p.Answer, got.Verdict, got.Rule, verdicts[p.Want])
		}
	}
	slices.Sort(classes)
	for _, c := range classes {
		t.Logf("%-26s %+v", c, *scores[c])
	}
	t.Logf("%-26s %+v: %.1f %% decided exactly", "all", *total, 100*float64(total.exact)/float64(total.pairs))
	if total.pairs < 3500 {
		t.Errorf("%d pairs, want 3500 and more", total.pairs)
	}
	if share := float64(total.exact) / float64(total.pairs); share < 0.9 {
		t.Errorf("%.3f of the pairs decided exactly, want 0.9 and more", share)
	}
}

// TestCorpusBothWays swaps reference and answer of pairs of exact values, for
// which equality has no direction.
func TestCorpusBothWays(t *testing.T) {
	exact := []string{"rationals", "surds", "rationalised", "pi", "complex", "logarithms", "powers", "combinatorics", "tuples", "sets", "matrices", "polynomials",
		"fractions of polynomials", "expressions", "trigonometry", "lines"}
	g := math.New()
	for _, p := range corpus.Generate() {
		if !slices.Contains(exact, p.Class) {
			continue
		}
		p.Reference, p.Answer = p.Answer, p.Reference
		if got := gradePair(g, p); got.Verdict != verdicts[p.Want] {
			t.Errorf("%s: reference %q, answer %q: %v by %s, want %v", p.Class, p.Reference, p.Answer, got.Verdict, got.Rule, verdicts[p.Want])
		}
	}
}

// TestWriteCorpus writes what scripts/grade_compare.py reads.
func TestWriteCorpus(t *testing.T) {
	if *writeCorpus == "" {
		t.Skip("no -corpus FILE")
	}
	f, err := os.Create(*writeCorpus)
	if err != nil {
		t.Fatal(err)
	}
	out, g := json.NewEncoder(f), math.New()
	for _, p := range pairs(t) {
		begin := time.Now()
		got := gradePair(g, p)
		took := time.Since(begin)
		line := map[string]any{"class": p.Class, "reference": p.Reference, "answer": p.Answer, "response": p.Response, "want": fmt.Sprint(verdicts[p.Want]),
			"got": got.Verdict, "seconds": took.Seconds()}
		if err := out.Encode(line); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// BenchmarkCorpus grades the pairs of the corpus in turn; one operation is one
// comparison, with all that is read for it.
func BenchmarkCorpus(b *testing.B) {
	all, g := pairs(b), math.New()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		gradePair(g, all[i%len(all)])
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "comparisons/s")
}
