package figure

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/outcome"
)

// size is a data set that figures are tried on.
type size struct {
	name            string
	models, queries int
	names           func(i int) string
}

var sizes = []size{
	{"tiny", 2, 5, func(i int) string { return []string{"small-model", "large-model"}[i] }},
	{"typical", 67, 330, func(i int) string { return fmt.Sprintf("vendor-%c/model-%02d-instruct", 'a'+i%7, i+1) }},
	{"large", 500, 20000, func(i int) string { return fmt.Sprintf("run-%03d", i+1) }},
	{"hostile", 9, 40, func(i int) string { return hostile[i] }},
}

// hostile are names that a file may hold, whoever wrote it.
var hostile = []string{
	`<script>alert("1")</script> & </svg><text>`,
	"نموذج لغوي كبير جدا للاختبار مع اسم طويل جدا لا ينتهي أبدا",
	"a-very-long-name-" + repeated("with-no-space-to-break-it-", 20),
	"👩‍👩‍👧‍👦🚀🚀🚀 模型-大-模型-大-模型-大-模型-大-模型-大-模型-大",
	"bell\a tab\t null\x00 escape\x1b[31m next\u0085 over\u202eride",
	"bad utf8 \xff\xfe\xfd", "é̂̃̄ combining", "'quoted\" & ampersand; --><!-- ]]>", " ",
}

func repeated(s string, n int) (out string) {
	for range n {
		out += s
	}
	return out
}

// matrix draws verdicts with one common difficulty; a tenth of the queries
// defeats every model.
func (s size) matrix(t testing.TB) *outcome.Matrix {
	r := rand.New(rand.NewPCG(7, uint64(s.models)))
	words := (s.queries + 63) / 64
	names, right := make([]string, s.models), make([][]uint64, s.models)
	for i := range names {
		names[i], right[i] = s.names(i), make([]uint64, words)
	}
	for q := range s.queries {
		z := r.NormFloat64()
		if r.Float64() < 0.1 {
			z = 20
		}
		for i := range right {
			if 0.8*z+0.6*r.NormFloat64() < 0.3+1.2*float64(i)/float64(s.models) {
				right[i][q/64] |= 1 << (q % 64)
			}
		}
	}
	m, err := outcome.NewMatrix(names, s.queries, right, make([][]uint64, s.models), nil)
	if err != nil {
		t.Fatal(err)
	}
	values := make([]string, s.queries)
	for q := range values {
		values[q] = []string{"algebra", "geometry", "number theory", "counting & probability, with a name that goes on", "<b>calculus</b>"}[q%5]
	}
	return m.WithLabels("subject", values)
}

func (s size) certificate(t testing.TB, m *outcome.Matrix) certify.Certificate {
	c, err := certify.Certify(certify.Options{Overhead: 0.02, Slice: "subject"}, m)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
