package policy

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// Weights by scikit-learn and by Newton's method with 50 digits
// (scripts/policy_reference.py).
type reference struct {
	Logistic []struct {
		Rows, Columns, Seed int
		C                   float64
		Weights             []float64
	}
	Counts [][]float64
	TFIDF  [][]float64
}

func readReference(t *testing.T) reference {
	t.Helper()
	raw, err := os.ReadFile("testdata/logistic.json")
	if err != nil {
		t.Fatal(err)
	}
	var r reference
	if err := json.Unmarshal(raw, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// referenceTable is the one that the script makes.
func referenceTable(n, columns, seed int) (*rows, []float64) {
	x, y := &rows{start: []int{0}, columns: columns}, []float64(nil)
	for r := range n {
		s := 0.0
		for c := range columns {
			if k := (r*31 + c*17 + seed*7) % 23; k%3 == 0 {
				v := float64(k-11) / 8
				x.column, x.value = append(x.column, int32(c)), append(x.value, v)
				s += v * float64(c%2*2-1)
			}
		}
		x.start = append(x.start, len(x.column))
		label := 0.0
		if s+float64((r*13+seed)%7-3)/2 > 0 {
			label = 1
		}
		y = append(y, label)
	}
	return x, y
}

func TestLogisticRegression(t *testing.T) {
	for _, c := range readReference(t).Logistic {
		x, y := referenceTable(c.Rows, c.Columns, c.Seed)
		var l logistic
		l.fit(x, y, c.C, 1e-12, 2000)
		for j, want := range c.Weights {
			if got := l.weight[j]; math.Abs(got-want) > 1e-9*max(1, math.Abs(want)) {
				t.Errorf("%d × %d, C = %v: weight %d is %v, want %v", c.Rows, c.Columns, c.C, j, got, want)
			}
		}
		// From elsewhere, the same minimum.
		warm := logistic{weight: make([]float64, c.Columns+1)}
		for j := range warm.weight {
			warm.weight[j] = float64(j%3) - 1
		}
		warm.fit(x, y, c.C, 1e-12, 2000)
		for j, want := range c.Weights {
			if got := warm.weight[j]; math.Abs(got-want) > 1e-9*max(1, math.Abs(want)) {
				t.Errorf("%d × %d, C = %v, warm: weight %d is %v, want %v", c.Rows, c.Columns, c.C, j, got, want)
			}
		}
	}
}

// The gradient is the derivative of the loss.
func TestGradientByDifferences(t *testing.T) {
	x, y := referenceTable(30, 6, 4)
	l := logistic{weight: []float64{0.5, -1, 2, 0.1, -0.3, 0.7, 0.2}}
	loss := func() float64 {
		sum := 0.0
		for _, w := range l.weight[:x.columns] {
			sum += w * w / 2
		}
		for r := range y {
			sum += 0.7 * softplus(-(2*y[r]-1)*l.margin(x, r))
		}
		return sum
	}
	z, g := make([]float64, len(y)), make([]float64, len(l.weight))
	for r := range z {
		z[r] = l.margin(x, r)
	}
	l.gradient(x, y, 0.7, z, g)
	for j := range g {
		const h = 1e-5
		l.weight[j] += h
		up := loss()
		l.weight[j] -= 2 * h
		down := loss()
		l.weight[j] += h
		if want := (up - down) / (2 * h); math.Abs(g[j]-want) > 1e-7 {
			t.Errorf("part %d is %v, by differences %v", j, g[j], want)
		}
	}
}

// Classes that can be parted, huge margins, one class only: finite all the same.
func TestLogisticAtItsExtremes(t *testing.T) {
	x := &rows{start: []int{0, 1, 2, 3, 4}, column: []int32{0, 0, 0, 0}, value: []float64{-1e6, -1, 1, 1e6}, columns: 1}
	for _, y := range [][]float64{{0, 0, 1, 1}, {1, 1, 1, 1}, {0, 0, 0, 0}, {1, 0, 1, 0}} {
		for _, c := range []float64{1e-6, 1, 1e6} {
			var l logistic
			l.fit(x, y, c, 1e-6, 300)
			for r := range y {
				if p := l.probability(x, r); !(p >= 0 && p <= 1) {
					t.Errorf("%v, C = %v: probability %v", y, c, p)
				}
			}
		}
	}
}

func TestTFIDF(t *testing.T) {
	r := readReference(t)
	x := &texts{}
	for _, counts := range r.Counts {
		var run []uint32
		var times []float32
		for h, n := range counts {
			if n > 0 {
				run, times = append(run, uint32(h)), append(times, float32(n))
			}
		}
		x.run, x.times, x.length = append(x.run, run), append(x.times, times), append(x.length, 0)
	}
	column, idf, words := x.learn([]int{0, 1, 2})
	weighed := x.weigh([]int{0, 1, 2, 3}, column, idf, words)
	for q, want := range r.TFIDF {
		got := make([]float64, len(idf)+1)
		for k := weighed.start[q]; k < weighed.start[q+1]; k++ {
			got[weighed.column[k]] = weighed.value[k]
		}
		for h := range want {
			if math.Abs(got[column[h]]-want[h]) > 1e-12 {
				t.Errorf("text %d, term %d: %v, want %v", q, h, got[column[h]], want[h])
			}
		}
	}
}
