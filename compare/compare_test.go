package compare

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// matrixOf makes a matrix from rows of 1, 0 and . (missing), one a model, a, b, c …
func matrixOf(t testing.TB, rows ...string) *outcome.Matrix {
	t.Helper()
	named := map[string]string{}
	for i, row := range rows {
		named[string(rune('a'+i))] = row
	}
	return matrixNamed(t, named)
}

func matrixNamed(t testing.TB, rows map[string]string) *outcome.Matrix {
	t.Helper()
	set := outcome.NewSet()
	for name, row := range rows {
		for q, v := range row {
			if v == '.' {
				continue
			}
			verdict := outcome.Wrong
			if v == '1' {
				verdict = outcome.Right
			}
			if err := set.Add(&outcome.Record{Query: fmt.Sprintf("q%04d", q), Model: name, Verdict: verdict}, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	return set.Matrix(outcome.MatrixOptions{})
}

func compared(t testing.TB, a, b *outcome.Matrix, o Options) *Result {
	t.Helper()
	r, err := Sets(a, b, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func codes(r *Result) string {
	var out []string
	for _, w := range r.Warnings {
		out = append(out, w.Code)
	}
	return strings.Join(out, " ")
}

// TestByHand: six queries, two models.
func TestByHand(t *testing.T) {
	a := matrixOf(t, "110000", "101000")
	b := matrixOf(t, "110010", "011100")
	r := compared(t, a, b, Options{})
	if r.Queries != 6 || r.Models != 2 || r.AllWrong.A != 0.5 || !near(r.AllWrong.B, 1.0/6) || r.EnteredCount != 0 || r.LeftCount != 2 || r.McNemar != 0.5 {
		t.Errorf("%+v", r)
	}
	if want := []Query{{"q0003", []string{"b"}, 1}, {"q0004", []string{"a"}, 1}}; !reflect.DeepEqual(r.Left, want) {
		t.Errorf("left: %+v, want %+v", r.Left, want)
	}
	if r.BestA != "a" || r.BestB != "a" || !near(r.Best.Difference, 1.0/6) || !near(r.Gain.A, 1.0/6) || !near(r.Gain.B, 2.0/6) {
		t.Errorf("%+v %+v", r.Best, r.Gain)
	}
	if r.Gained != 3 || r.Lost != 1 {
		t.Errorf("%d gained, %d lost", r.Gained, r.Lost)
	}
	if m := r.Moved[slices.IndexFunc(r.Moved, func(m Model) bool { return m.Model == "b" })]; m.Gained != 2 || m.Lost != 1 || m.P != 1 || m.Moved {
		t.Errorf("%+v", m)
	}
	if r.Verdict != Undecided || r.Best.Interval[0] > r.Best.Difference || r.Best.Interval[1] < r.Best.Difference {
		t.Errorf("%s %+v", r.Verdict, r.Best)
	}
}

// TestMcNemar: closed forms.
func TestMcNemar(t *testing.T) {
	for _, c := range []struct {
		gained, lost int64
		want         float64
	}{{0, 0, 1}, {1, 0, 1}, {0, 5, 2.0 / 32}, {8, 2, 2 * (1 + 10 + 45) / 1024.0}, {4, 4, 1}, {0, 20, math.Pow(2, -19)}} {
		if got := mcNemar(c.gained, c.lost); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%d and %d: got %v, want %v", c.gained, c.lost, got, c.want)
		}
	}
}

// TestSame: a set against itself has not changed, at any order of rows.
func TestSame(t *testing.T) {
	rows := random(3, 4, 300, 0.5)
	a := matrixOf(t, rows...)
	r := compared(t, a, a, Options{Margin: 0.05})
	if !r.Unchanged() || !r.NotWorse() || !r.NoModelWorse() || r.Verdict != NoWorse || len(r.Entered)+len(r.Left) != 0 || codes(r) != "" {
		t.Errorf("%+v", r)
	}
	for _, c := range []Change{r.AllWrong, r.Best, r.Gain} {
		if c.Difference != 0 || c.Interval[0] > 0 || c.Interval[1] < 0 || !near(c.Interval[0], -c.Interval[1]) {
			t.Errorf("%+v", c)
		}
	}
}

// TestMirror: b against a is a against b with the sign changed.
func TestMirror(t *testing.T) {
	a, b := matrixOf(t, random(5, 5, 400, 0.6)...), matrixOf(t, random(6, 5, 400, 0.5)...)
	x, y := compared(t, a, b, Options{}), compared(t, b, a, Options{})
	for _, c := range [][2]Change{{x.AllWrong, y.AllWrong}, {x.Best, y.Best}, {x.Gain, y.Gain}} {
		if !near(c[0].Difference, -c[1].Difference) || !close(c[0].Interval[0], -c[1].Interval[1]) || !close(c[0].Interval[1], -c[1].Interval[0]) {
			t.Errorf("%+v and %+v", c[0], c[1])
		}
	}
	if !reflect.DeepEqual(x.Entered, y.Left) && len(x.Entered) != len(y.Left) {
		t.Error("what entered did not leave")
	}
}

// TestDrop: one model of five breaks; it is found, and so is the loss.
func TestDrop(t *testing.T) {
	rows := random(7, 5, 600, 0.5)
	a := matrixOf(t, rows...)
	broken := slices.Clone(rows)
	r := rand.New(rand.NewPCG(1, 1))
	cells := []byte(broken[2])
	for q := range cells {
		if r.Float64() < 0.3 {
			cells[q] = '0'
		}
	}
	broken[2] = string(cells)
	got := compared(t, a, matrixOf(t, broken...), Options{Incumbent: "c", Margin: 0.01})
	if got.Verdict != Worse || got.NoModelWorse() || got.Unchanged() || got.NotWorse() {
		t.Errorf("%s %+v", got.Verdict, got.Best)
	}
	if m := got.Moved[0]; m.Model != "c" || !m.Moved || m.Gained != 0 || m.Holm != m.P*5 {
		t.Errorf("%+v", m)
	}
	if m := got.Moved[1]; m.Moved || m.P != 1 {
		t.Errorf("%+v", m)
	}
}

// TestParts: what only one set has is named and counts for nothing.
func TestParts(t *testing.T) {
	a := matrixNamed(t, map[string]string{"a": "1101..", "b": "0111..", "old": "111111"})
	b := matrixNamed(t, map[string]string{"a": "110.11", "b": "011011", "new": "000000"})
	r := compared(t, a, b, Options{})
	if r.Queries != 3 || r.Incomplete != 3 || r.Models != 2 || !reflect.DeepEqual(r.OnlyA.Models, []string{"old"}) || !reflect.DeepEqual(r.OnlyB.Models, []string{"new"}) {
		t.Errorf("%+v", r)
	}
	if got := codes(r); got != "incomplete models" {
		t.Errorf("warnings %q", got)
	}
	c := matrixNamed(t, map[string]string{"a": "11", "b": "11"})
	r = compared(t, c, b, Options{})
	if r.OnlyB.QueriesCount != 4 || !slices.Equal(r.OnlyB.Queries, []string{"q0002", "q0003", "q0004", "q0005"}) || r.Queries != 2 {
		t.Errorf("%+v", r)
	}
	one := compared(t, matrixOf(t, "110"), matrixOf(t, "011"), Options{})
	if one.Models != 1 || one.Gain.A != 0 || one.BestA != "a" {
		t.Errorf("%+v", one)
	}
	for what, x := range map[string]struct {
		a, b *outcome.Matrix
		o    Options
	}{
		"no common model":     {matrixNamed(t, map[string]string{"x": "1"}), b, Options{}},
		"no common query":     {matrixNamed(t, map[string]string{"a": "......1"}), b, Options{}},
		"stranger":            {a, b, Options{Incumbent: "old"}},
		"confidence":          {a, b, Options{Confidence: 1}},
		"margin":              {a, b, Options{Margin: -1}},
		"patterns":            {a.Merge(), b, Options{}},
		"nothing is complete": {matrixNamed(t, map[string]string{"a": "1.", "b": ".1"}), b, Options{}},
	} {
		if r, err := Sets(x.a, x.b, x.o); err == nil {
			t.Errorf("%s gave %+v", what, r)
		}
	}
}

// TestExtremes: no number that is not finite.
func TestExtremes(t *testing.T) {
	ones, zeros := strings.Repeat("1", 50), strings.Repeat("0", 50)
	for _, c := range [][2][]string{{{ones, ones}, {zeros, zeros}}, {{zeros, zeros}, {ones, zeros}}, {{ones}, {ones}}, {{"1", "0"}, {"0", "0"}}} {
		r := compared(t, matrixOf(t, c[0]...), matrixOf(t, c[1]...), Options{})
		if _, err := json.Marshal(r); err != nil {
			t.Errorf("%v: %v", c, err)
		}
		for _, x := range []Change{r.AllWrong, r.Best, r.Gain} {
			if x.Interval[0] < -1 || x.Interval[1] > 1 || x.Interval[0] > x.Difference || x.Interval[1] < x.Difference {
				t.Errorf("%v: %+v", c, x)
			}
		}
	}
	r := compared(t, matrixOf(t, ones, ones), matrixOf(t, zeros, zeros), Options{})
	if r.Verdict != Worse || r.EnteredCount != 50 || r.Entered[0].Count != 2 || !r.Moved[1].Moved {
		t.Errorf("%+v", r)
	}
}

func random(seed uint64, models, n int, p float64) []string {
	r := rand.New(rand.NewPCG(seed, seed))
	rows := make([]string, models)
	for i := range rows {
		var b strings.Builder
		for range n {
			v := byte('0')
			if r.Float64() < p {
				v = '1'
			}
			b.WriteByte(v)
		}
		rows[i] = b.String()
	}
	return rows
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// close is for limits by bets: they are found to 1e-6 or better.
func close(a, b float64) bool { return math.Abs(a-b) < 1e-4 }

func BenchmarkSets(b *testing.B) {
	x, y := matrixOf(b, random(1, 20, 1000, 0.7)...), matrixOf(b, random(2, 20, 1000, 0.7)...)
	for b.Loop() {
		if _, err := Sets(x, y, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
