package policy

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// Every corner gives a table without NaN, and says what it lacks.
func TestDegenerate(t *testing.T) {
	grid := func(n, models int, right func(q, m int) bool, more func(q, m int, r *outcome.Record)) *world {
		w := &world{text: map[string]string{}}
		for q := range n {
			id := fmt.Sprintf("q%02d", q)
			w.text[id] = fillers[q%len(fillers)] + " " + fillers[(q*7)%len(fillers)]
			for m := range models {
				w.add(id, fmt.Sprint("m", m), 0, right(q, m), func(r *outcome.Record) {
					if more != nil {
						more(q, m, r)
					}
				})
			}
		}
		return w
	}
	cost := func(usd float64) func(q, m int, r *outcome.Record) {
		return func(q, m int, r *outcome.Record) { x := usd; r.CostUSD = &x }
	}
	cases := []struct {
		name string
		w    *world
		o    Options
		want func(t *testing.T, r *Result)
	}{
		{"equal accuracies", grid(40, 4, func(q, m int) bool { return q%4 == m }, nil), Options{}, func(t *testing.T, r *Result) {
			if r.Oracle.Accuracy != 1 {
				t.Errorf("%+v", r.Oracle)
			}
		}},
		{"twins", grid(40, 3, func(q, m int) bool { return q%3 == 0 }, nil), Options{}, func(t *testing.T, r *Result) {
			for _, p := range r.Policies {
				if p.Gain.Point > 0 || p.Kind == Router && p.Gain.Point != 0 || p.Captured != nil {
					t.Errorf("%s: %+v captured %v", p.Name, p.Gain, p.Captured)
				}
			}
		}},
		{"one dominates", grid(40, 3, func(q, m int) bool { return m == 1 || q%3 == 0 }, nil), Options{}, func(t *testing.T, r *Result) {
			if r.SingleBest.Model != "m1" || r.SingleBest.HeldOut != 1 || r.Oracle.Gain.Point != 0 {
				t.Errorf("%+v", r.SingleBest)
			}
		}},
		{"all wrong everywhere", grid(30, 3, func(q, m int) bool { return false }, nil), Options{}, func(t *testing.T, r *Result) {
			if r.Oracle.Accuracy != 0 || r.SingleBest.HeldOut != 0 {
				t.Errorf("%+v", r.Oracle)
			}
			for _, p := range r.Policies {
				if p.Accuracy != 0 || p.Captured != nil {
					t.Errorf("%+v", p)
				}
			}
		}},
		{"all right everywhere", grid(30, 3, func(q, m int) bool { return true }, nil), Options{}, nil},
		{"free models", grid(30, 3, func(q, m int) bool { return q%2 == m%2 }, cost(0)), Options{}, func(t *testing.T, r *Result) {
			if r.SingleBest.CostUSD == nil || *r.SingleBest.CostUSD != 0 || strings.Contains(codes(r), "cost") {
				t.Errorf("%+v %s", r.SingleBest, codes(r))
			}
		}},
		{"one price lacking", grid(30, 3, func(q, m int) bool { return m == 2 || q%2 == m }, func(q, m int, r *outcome.Record) {
			if m != 0 {
				cost(1)(q, m, r)
			}
		}), Options{}, func(t *testing.T, r *Result) {
			if r.SingleBest.CostUSD == nil || r.Oracle.CostUSD != nil || !strings.Contains(codes(r), "prices") {
				t.Errorf("%+v %s", r.SingleBest, codes(r))
			}
		}},
		{"some costs lacking", grid(30, 2, func(q, m int) bool { return q%2 == m }, func(q, m int, r *outcome.Record) {
			if q > 3 {
				cost(2)(q, m, r)
			}
		}), Options{}, func(t *testing.T, r *Result) {
			if *r.SingleBest.CostUSD != 2 || !strings.Contains(codes(r), "costs") {
				t.Errorf("%v %s", *r.SingleBest.CostUSD, codes(r))
			}
		}},
		{"one slice", grid(30, 2, func(q, m int) bool { return q%2 == m }, func(q, m int, r *outcome.Record) {
			r.Slices = map[string]string{"subject": "all"}
		}), Options{Slices: []string{"subject"}}, func(t *testing.T, r *Result) {
			if p := find(t, r, "best by subject"); p.Gain.Point != 0 {
				t.Errorf("%+v", p.Gain)
			}
		}},
		{"fewer queries than folds", grid(3, 2, func(q, m int) bool { return q%2 == m }, nil), Options{}, func(t *testing.T, r *Result) {
			if r.Folds != 3 || !strings.Contains(codes(r), "few-queries") {
				t.Errorf("%d folds, %s", r.Folds, codes(r))
			}
		}},
		{"two queries", grid(2, 2, func(q, m int) bool { return q%2 == m }, nil), Options{}, nil},
		{"two models", grid(30, 2, func(q, m int) bool { return q%2 == m }, nil), Options{}, func(t *testing.T, r *Result) {
			if !strings.Contains(codes(r), "no-votes") {
				t.Error(codes(r))
			}
		}},
		{"missing cells", grid(30, 3, func(q, m int) bool { return q%3 == m }, func(q, m int, r *outcome.Record) {
			if q < 10 && m == 1 {
				r.Verdict, r.Reason = outcome.NotRun, outcome.NoReason
			}
		}), Options{}, func(t *testing.T, r *Result) {
			if r.Queries != 20 || !strings.Contains(codes(r), "incomplete") {
				t.Errorf("%d queries, %s", r.Queries, codes(r))
			}
		}},
		{"long texts", func() *world {
			w := grid(12, 2, func(q, m int) bool { return q%2 == m }, nil)
			w.text["q00"] = strings.Repeat("word ", 2000)
			w.text["q01"] = ""
			return w
		}(), Options{}, func(t *testing.T, r *Result) {
			if !strings.Contains(codes(r), "long-texts") || !strings.Contains(codes(r), "few-texts") {
				t.Error(codes(r))
			}
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.o.Repeats = 2
			r := measure(t, c.w.data(t, nil), c.o)
			if c.want != nil {
				c.want(t, r)
			}
		})
	}
}

func TestWhatIsMissingIsSaid(t *testing.T) {
	w := &world{}
	for q := range 30 {
		for m := range 3 {
			w.add(fmt.Sprint("q", q), fmt.Sprint("m", m), 0, (q+m)%3 > 0, nil)
		}
	}
	r := measure(t, Data{Attempts: w.data(t, nil).Attempts}, Options{Repeats: 1})
	if got, want := codes(r), "few-queries no-answers no-confidence no-costs no-texts"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, p := range r.Policies {
		if p.Kind != Vote || p.CostUSD != nil {
			t.Errorf("%+v", p)
		}
	}
}

func TestRefusals(t *testing.T) {
	w := rich(20, 3, 1, 1)
	d := w.data(t, nil)
	one := Data{Attempts: []*outcome.Matrix{d.Attempts[0].Select([]int{0})}}
	same := d
	same.Text = func(string) string { return "the same" }
	vectors := d
	vectors.Vector = func(q string) []float64 { return make([]float64, len(q)%2+int(q[3]-'0')%2) }
	for _, c := range []struct {
		d    Data
		o    Options
		want string
	}{
		{Data{}, Options{}, "no matrix"},
		{one, Options{}, "needs at least two"},
		{Data{Attempts: []*outcome.Matrix{d.Attempts[0].Merge()}, Own: []Choices{{Name: "own"}}}, Options{}, "patterns"},
		{d, Options{Folds: 1}, "1 folds"},
		{d, Options{Repeats: -1}, "-1 divisions"},
		{d, Options{Confidence: 1}, "outside (0, 1)"},
		{d, Options{Slices: []string{"x"}}, `label "x"`},
		{d, Options{Cluster: "x"}, `label "x"`},
		{d, Options{Cascades: [][]string{{"m00"}}}, "at least two models"},
		{d, Options{Cascades: [][]string{{"m00", "x"}}}, `model "x"`},
		{d, Options{Cascades: [][]string{{"m00", "m00"}}}, "twice"},
		{d, Options{Cascades: [][]string{{"m00", "m01"}}}, "how sure m00 is"},
		{same, Options{}, "all of one text"},
		{vectors, Options{}, "same length"},
	} {
		if _, err := Measure(context.Background(), c.d, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want …%s…", c.o, err, c.want)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := Measure(ctx, d, Options{}); err != context.Canceled {
		t.Errorf("stopped: %v", err)
	}
}

// Named cascades, a confidence of one's own, deferral, embeddings.
func TestOfOnesOwn(t *testing.T) {
	w := rich(120, 3, 1, 2)
	d := w.data(t, nil)
	m := d.Attempts[0]
	at := map[string]int{}
	for c := range m.Columns() {
		at[m.ID(c)] = c
	}
	// The first model knows perfectly whether it is right.
	d.Confidence = func(query, model string) (float64, bool) {
		if model != "m00" {
			return 0, true
		}
		if m.Right(0, at[query]) {
			return 1, true
		}
		return 0, true
	}
	d.Vector = func(query string) []float64 {
		v := []float64{1, 0, 0}
		if m.Right(0, at[query]) {
			v = []float64{0, 1, 0.1}
		}
		return v
	}
	r := measure(t, d, Options{Cascades: [][]string{{"m00", "m02"}, {"m00", "m01", "m02"}}, Repeats: 2})
	both := 0.0
	for c := range m.Columns() {
		if m.Right(0, c) || m.Right(2, c) {
			both++
		}
	}
	for _, name := range []string{"m00 → m02", "deferral by both"} {
		if p := find(t, r, name); !near(p.Accuracy, both/120) || p.Control.Accuracy > p.Accuracy {
			t.Errorf("%s: %v right, want %v", name, p.Accuracy, both/120)
		}
	}
	find(t, r, "m00 → m01 → m02")
	if p := find(t, r, "nearest embeddings"); p.Gain.Point < 0.04 {
		t.Errorf("%+v", p.Gain)
	}
	if p := find(t, r, "regression on embeddings"); p.Gain.Point < 0.04 || p.Believed == nil {
		t.Errorf("%+v", p.Gain)
	}
	if len(r.Cascades) != 1 || !near(*r.Cascades[0].AUC, 1) {
		t.Fatalf("%+v", r.Cascades)
	}
	points := r.Cascades[0].Points
	first, last := points[0], points[len(points)-1]
	if !near(1+first.HandedOn, 1) || !near(first.Accuracy, r.Cascades[0].Weak) || !near(last.HandedOn, 1) || !near(last.Accuracy, r.Cascades[0].Strong) || !near(last.Mixing, last.Accuracy) {
		t.Errorf("from %+v to %+v", first, last)
	}
}
