package policy

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// BenchmarkMeasure is the whole table for 67 models on 12,000 texts.
func BenchmarkMeasure(b *testing.B) {
	const models, queries = 67, 12_000
	rng := rand.New(rand.NewPCG(1, 2))
	s, text := outcome.NewSet(), map[string]string{}
	for q := range queries {
		id := fmt.Sprintf("q%05d", q)
		var words []string
		for range 60 {
			words = append(words, fmt.Sprintf("%s%d", fillers[rng.IntN(len(fillers))], int(rng.ExpFloat64()*12)))
		}
		text[id] = strings.Join(words, " ")
		hard, topic := rng.NormFloat64(), rng.IntN(models)
		for m := range models {
			c := outcome.MakeCell(outcome.Wrong, outcome.NoReason)
			if rng.NormFloat64()+float64(m)/models+0.5 > hard || m == topic && rng.IntN(2) == 0 {
				c = outcome.MakeCell(outcome.Right, outcome.NoReason)
			}
			s.Put(s.Query(id), s.Model(fmt.Sprintf("m%02d", m)), 0, c, 0, nil)
		}
	}
	d := Data{Attempts: []*outcome.Matrix{s.Matrix(outcome.MatrixOptions{})}, Text: func(query string) string { return text[query] }}
	for b.Loop() {
		if _, err := Measure(context.Background(), d, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
