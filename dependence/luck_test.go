package dependence

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// world draws verdicts from logits: one call per query fills in the logit of
// each model.
type world func(r *rand.Rand, logit []float64)

func draw(w world, models, queries int, r *rand.Rand) [][]uint64 {
	rows := make([][]uint64, models)
	for i := range rows {
		rows[i] = outcome.NewMask(queries)
	}
	logit := make([]float64, models)
	for q := range queries {
		w(r, logit)
		for i, x := range logit {
			if r.Float64() < 1/(1+math.Exp(-x)) {
				outcome.Mask(rows[i]).Set(q)
			}
		}
	}
	return rows
}

// rasch has abilities from lo to hi and difficulties of this spread.
func rasch(lo, hi, spread float64) world {
	return func(r *rand.Rand, logit []float64) {
		d := spread * r.NormFloat64()
		for i := range logit {
			logit[i] = lo + (hi-lo)*float64(i)/float64(len(logit)-1) - d
		}
	}
}

func ladder(models, queries int, seed uint64) [][]uint64 {
	return draw(rasch(-0.5, 2, 1.5), models, queries, rand.New(rand.NewPCG(seed, 7)))
}

func matrix(t testing.TB, rows [][]uint64, queries int) *outcome.Matrix {
	t.Helper()
	names := make([]string, len(rows))
	for i := range names {
		names[i] = fmt.Sprintf("m%02d", i)
	}
	m, err := outcome.NewMatrix(names, queries, rows, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// words makes a matrix from rows of 0 and 1.
func words(t testing.TB, rows ...string) *outcome.Matrix {
	t.Helper()
	var planes [][]uint64
	for _, row := range rows {
		p := outcome.NewMask(len(row))
		for q, c := range row {
			if c == '1' {
				p.Set(q)
			}
		}
		planes = append(planes, p)
	}
	return matrix(t, planes, len(rows[0]))
}

// TestLuckExact compares expectations with those over all matrices.
func TestLuckExact(t *testing.T) {
	m := words(t, "110011", "101100", "010010", "111101")
	c, err := completeCases(m)
	if err != nil {
		t.Fatal(err)
	}
	s := &luckStats{complete: c, order: c.byStrength()}
	columns := make([]int, 6)
	for q := range columns {
		for i := range c.models {
			if m.Right(i, q) {
				columns[q]++
			}
		}
	}
	sum, squares, n := make([]float64, s.size()), make([]float64, s.size()), 0.0
	stats := make([]int32, s.size())
	for _, x := range all(c.sums, columns) {
		var rows [][]uint64
		for _, r := range x {
			rows = append(rows, []uint64{r})
		}
		s.of(rows, stats)
		n++
		for k, v := range stats {
			sum[k] += float64(v)
			squares[k] += float64(v) * float64(v)
		}
	}
	r, err := Luck(context.Background(), m, LuckOptions{Draws: 40_000})
	if err != nil {
		t.Fatal(err)
	}
	for k, x := range r.Rescues {
		mean := sum[k] / n
		sd := math.Sqrt(squares[k]/n - mean*mean)
		if math.Abs(x.Expected-mean) > 0.02 || math.Abs(x.SD-sd) > 0.02 {
			t.Errorf("%s: %v ± %v, want %v ± %v", x.Model, x.Expected, x.SD, mean, sd)
		}
	}
}

func TestLuckSameBytes(t *testing.T) {
	m := matrix(t, ladder(9, 300, 5), 300)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var first []byte
	for _, cpus := range []int{1, 2, 5} {
		runtime.GOMAXPROCS(cpus)
		last := int64(0)
		r, err := Luck(context.Background(), m, LuckOptions{Draws: 101, Seed: 3, Progress: func(done, total int64) {
			if done != last+1 || total != 101 {
				t.Errorf("progress %d of %d after %d", done, total, last)
			}
			last = done
		}})
		if err != nil {
			t.Fatal(err)
		}
		b, _ := json.Marshal(r)
		if first == nil {
			first = b
		}
		if string(b) != string(first) || last != 101 {
			t.Errorf("%d processors: %d draws\n%s\n%s", cpus, last, b, first)
		}
	}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	if _, err := Luck(stopped, m, LuckOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v of a call that was stopped", err)
	}
}

// TestLuckOrder reads the same queries in another order.
func TestLuckOrder(t *testing.T) {
	rows := ladder(5, 80, 9)
	var want []byte
	for _, step := range []int{1, 7, 33} {
		s := outcome.NewSet()
		for k := range 80 {
			q := k * step % 80
			for i, r := range rows {
				v := outcome.Wrong
				if outcome.Mask(r).Has(q) {
					v = outcome.Right
				}
				err := s.Add(&outcome.Record{Query: fmt.Sprint("q", q), Model: fmt.Sprint("m", i), Verdict: v, Slices: map[string]string{"of": fmt.Sprint(q % 3)}}, nil)
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		r, err := Luck(context.Background(), s.Matrix(outcome.MatrixOptions{}), LuckOptions{Draws: 50, Slices: []string{"of"}})
		if err != nil {
			t.Fatal(err)
		}
		got, _ := json.Marshal(r)
		if want == nil {
			want = got
		}
		if string(got) != string(want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestLuckFinds puts a model into a Rasch pool that knows what the best does not.
func TestLuckFinds(t *testing.T) {
	const n = 2400
	rows := ladder(12, n, 11)
	labels := make([]string, n)
	for q := range n {
		labels[q] = "rest"
		if q%4 == 0 {
			labels[q] = "theirs"
			outcome.Mask(rows[4]).Set(q)
		}
	}
	m := matrix(t, rows, n).WithLabels("topic", labels)
	r, err := Luck(context.Background(), m, LuckOptions{Slices: []string{"topic"}})
	if err != nil {
		t.Fatal(err)
	}
	if r.Reading != More || r.Best != "m11" {
		t.Errorf("%s, best %s", r.Reading, r.Best)
	}
	for _, x := range r.Rescues {
		if found := *x.Holm <= 0.05; found != (x.Model == "m04") || found != (len(x.List) > 0) {
			t.Errorf("%+v", x)
		}
	}
	if s := r.Slices[0]; *s.P > 0.01 || s.Gain <= s.Expected || s.Values != 2 {
		t.Errorf("%+v", s)
	}
	if *r.RHat > 1.05 || len(r.Warnings) > 0 {
		t.Errorf("R-hat %v, %v", *r.RHat, r.Warnings)
	}
}

func TestLuckDegenerate(t *testing.T) {
	for _, c := range []struct {
		name    string
		rows    []string
		reading Reading
		codes   string
	}{
		{"two models", []string{"110010", "011000"}, CannotVary, "two-models"},
		{"one query", []string{"1", "0", "0"}, CannotVary, "fixed-margins"},
		{"all right", []string{"111", "111", "111"}, CannotVary, "fixed-margins tied-best"},
		{"all wrong", []string{"000", "000", "000"}, CannotVary, "fixed-margins tied-best"},
		{"never wrong", []string{"1111", "0110", "1010"}, CannotVary, "fixed-margins"},
		{"twins", []string{"110100", "110100", "011000"}, NoMore, "tied-best"},
		{"never right", []string{"110101", "000000", "011000", "101000"}, NoMore, ""},
	} {
		m := words(t, c.rows...)
		r, err := Luck(context.Background(), m, LuckOptions{Draws: 400})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		codes := []string{}
		for _, w := range r.Warnings {
			codes = append(codes, w.Code)
		}
		if r.Reading != c.reading || strings.Join(codes, " ") != c.codes {
			t.Errorf("%s: %s, %v", c.name, r.Reading, r.Warnings)
		}
		if _, err := json.Marshal(r); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	for _, o := range []LuckOptions{{Draws: -1}, {Slices: []string{"none"}}} {
		if _, err := Luck(context.Background(), words(t, "10", "01"), o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
	unseen, err := outcome.NewMatrix([]string{"a", "b"}, 2, [][]uint64{{1}, {2}}, [][]uint64{{1}, {2}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []*outcome.Matrix{unseen, words(t, "101")} {
		if _, err := Luck(context.Background(), m, LuckOptions{}); err == nil {
			t.Error("no error")
		}
	}
}

// TestLuckComplete leaves incomplete queries out.
func TestLuckComplete(t *testing.T) {
	rows := ladder(6, 200, 2)
	seen := make([][]uint64, 6)
	for i := range seen {
		seen[i] = outcome.NewMask(200)
		for q := range 200 {
			if (q+i)%7 != 0 {
				outcome.Mask(seen[i]).Set(q)
			} else {
				rows[i][q>>6] &^= 1 << (q & 63)
			}
		}
	}
	m, err := outcome.NewMatrix([]string{"a", "b", "c", "d", "e", "f"}, 200, rows, seen, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Luck(context.Background(), m, LuckOptions{Draws: 100})
	if err != nil {
		t.Fatal(err)
	}
	counts := m.Count(m.Complete())
	if r.Queries != counts.Queries || r.Best != m.Models()[counts.Best()] || r.Queries == 200 {
		t.Errorf("%d queries, best %s; want %+v", r.Queries, r.Best, counts)
	}
}

func TestHolm(t *testing.T) {
	list := []Rescue{{P: ptr(0.04)}, {P: ptr(0.01)}, {}, {P: ptr(0.03)}}
	holm(list)
	got := []float64{*list[0].Holm, *list[1].Holm, *list[3].Holm}
	if want := []float64{0.06, 0.03, 0.06}; list[2].Holm != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestRHat(t *testing.T) {
	chain := func(x ...int32) (out [][]int32) {
		for _, v := range x {
			out = append(out, []int32{v})
		}
		return out
	}
	mixed, apart := [][][]int32{chain(1, 2, 1, 2), chain(2, 1, 2, 1)}, [][][]int32{chain(1, 2, 1, 2), chain(8, 9, 8, 9)}
	if x, ok := rHat(mixed, 0); !ok || x > 1.01 {
		t.Errorf("mixed: %v", x)
	}
	if x, ok := rHat(apart, 0); !ok || x < 3 {
		t.Errorf("apart: %v", x)
	}
	if x, ok := rHat([][][]int32{chain(1, 1, 1, 1), chain(2, 2, 2, 2)}, 0); !ok || !math.IsInf(x, 1) {
		t.Errorf("stuck: %v", x)
	}
	if _, ok := rHat(slices.Repeat([][][]int32{chain(1, 1, 1, 1)}, 2), 0); ok {
		t.Error("a constant has an R-hat")
	}
}

func BenchmarkLuck(b *testing.B) {
	m := matrix(b, ladder(67, 12_032, 1), 12_032)
	for range b.N {
		if _, err := Luck(context.Background(), m, LuckOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
