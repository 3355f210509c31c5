package budget

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// matrixOf makes a matrix of named queries from rows of 1, 0 and . (missing),
// one a model.
func matrixOf(t testing.TB, rows ...string) *outcome.Matrix {
	t.Helper()
	set := outcome.NewSet()
	for i, row := range rows {
		for q, v := range row {
			if v == '.' {
				continue
			}
			verdict := outcome.Wrong
			if v == '1' {
				verdict = outcome.Right
			}
			if err := set.Add(&outcome.Record{Query: fmt.Sprint("q", q), Model: string(rune('a' + i)), Verdict: verdict}, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	return set.Matrix(outcome.MatrixOptions{})
}

func codes(list []Warning) string {
	var out []string
	for _, w := range list {
		out = append(out, w.Code)
	}
	return strings.Join(out, " ")
}

// TestMeasureByHand: b is right on three of four at $4, a on two at $1; an oracle
// needs b once to be as accurate as b.
func TestMeasureByHand(t *testing.T) {
	m := matrixOf(t, "1100", "1011")
	r, err := Measure(m, nil, Options{Prices: map[string]float64{"a": 1, "b": 4}, ValueUSD: 100})
	if err != nil {
		t.Fatal(err)
	}
	if r.Basis != Prices || r.Queries != 4 || r.Corners != 2 {
		t.Errorf("%+v", r)
	}
	want := []Point{{1, 0.5, 1 / 3.0}, {2.5, 1, 0}}
	if !reflect.DeepEqual(r.Oracle, want) {
		t.Errorf("oracle %v, want %v", r.Oracle, want)
	}
	if s := r.Saving; s.Over != "b" || s.OracleUSD != 1.75 || *s.Share != 1-1.75/4 || s.Lambda != 1/3.0 {
		t.Errorf("%+v", s)
	}
	if a, b := r.Models[0], r.Models[1]; *a.PerRight != 2 || *b.PerRight != 4/0.75 || !a.OnMix || !b.OnMix {
		t.Errorf("%+v %+v", a, b)
	}
	if r.Vote != nil {
		t.Errorf("models that fail together on no query have a vote size: %+v", r.Vote)
	}
	if !strings.HasSuffix(codes(r.Warnings), "no-vote-size") {
		t.Errorf("warnings %q", codes(r.Warnings))
	}
}

// TestDegenerate: no number that is not finite, no certificate that means nothing.
func TestDegenerate(t *testing.T) {
	long := strings.Repeat("1", 20) + strings.Repeat("0", 60)
	for _, c := range []struct {
		name     string
		rows     []string
		prices   map[string]float64
		over     string
		oracle   float64
		warnings string
		floor    bool
	}{
		{"free models", []string{long, long}, map[string]float64{"a": 0, "b": 0}, "a", 0, "free", false},
		{"one free model", []string{long, long}, map[string]float64{"a": 0, "b": 1}, "a", 0, "free", false},
		{"equal accuracies", []string{long, long}, map[string]float64{"a": 2, "b": 1}, "b", 1, "no-saving", false},
		{"one model", []string{long}, map[string]float64{"a": 2}, "a", 2, "no-saving", false},
		{"the cheaper dominates", []string{long, strings.Repeat("0", 80)}, map[string]float64{"a": 1, "b": 2}, "a", 1, "no-saving", false},
		{"the dearer dominates", []string{long, strings.Repeat("1", 80)}, map[string]float64{"a": 1, "b": 2}, "b", 1.75, "", true},
		{"all wrong", []string{strings.Repeat("0", 80), strings.Repeat("0", 80)}, map[string]float64{"a": 1, "b": 2}, "a", 1, "no-saving", false},
		{"all right", []string{strings.Repeat("1", 80), strings.Repeat("1", 80)}, map[string]float64{"a": 1, "b": 2}, "a", 1, "no-saving", false},
		{"one query", []string{"0", "1"}, map[string]float64{"a": 1, "b": 2}, "b", 2, "few-queries", false},
	} {
		r, err := Measure(matrixOf(t, c.rows...), nil, Options{Prices: c.prices, ValueUSD: 1000})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := strings.TrimSpace(strings.ReplaceAll(codes(r.Warnings), "no-vote-size", ""))
		if got != c.warnings || (r.Saving.Certified != nil) != c.floor {
			t.Errorf("%s: warnings %q, certified %+v", c.name, got, r.Saving.Certified)
		}
		if r.Saving.Over != c.over || !near(r.Saving.OracleUSD, c.oracle, 1e-12) {
			t.Errorf("%s: %+v", c.name, r.Saving)
		}
		if _, err := json.Marshal(r); err != nil {
			t.Errorf("%s: %v", c.name, err) // NaN and infinities are refused
		}
	}
}

func TestCosts(t *testing.T) {
	m := matrixOf(t, "110.", "1011")
	nan := math.NaN()
	full := [][]float64{{1, 2, 3, nan}, {4, 5, 6, 7}}
	r, err := Measure(m, full, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Basis != Logged || r.Queries != 3 || r.Models[0].CostUSD != 2 || r.Models[1].CostUSD != 5 {
		t.Errorf("logged: %+v", r)
	}
	partial := [][]float64{{1, nan, 3, nan}, {4, 5, 6, 7}}
	if r, err = Measure(m, partial, Options{}); err != nil || r.Basis != Prices || r.Models[0].CostUSD != 2 || !strings.Contains(codes(r.Warnings), "prices") {
		t.Errorf("partial: %+v, %v", r, err)
	}
	var none *NoCosts
	if _, err = Measure(m, [][]float64{{nan, nan, nan, nan}, {4, 5, 6, 7}}, Options{}); !errors.As(err, &none) || !reflect.DeepEqual(none.Models, []string{"a"}) || none.Of != 2 {
		t.Errorf("none: %v", err)
	}
	if r, err = Measure(m, nil, Options{Prices: map[string]float64{"a": 1}}); !errors.As(err, &none) {
		t.Errorf("one price of two: %+v, %v", r, err)
	}
	if r, err = Measure(m, [][]float64{{1e-320, 0, 1e-320, 0}, {1e308, 1e-311, 1e9, 1e9}}, Options{}); err != nil {
		t.Error(err)
	} else if _, err := json.Marshal(r); err != nil {
		t.Errorf("extreme costs: %v", err)
	}
	if r, err = Measure(m, [][]float64{{0, 1, 1, 0}, {2, 2, 2, 2}}, Options{}); err != nil || !strings.Contains(codes(r.Warnings), "zero-costs") {
		t.Errorf("a cost of 0 among others: %v, %v", r, err)
	}
	if r, err = Measure(m, full, Options{Prices: map[string]float64{"z": 1}}); err != nil || !strings.Contains(codes(r.Warnings), "unknown-price") {
		t.Errorf("a stranger's price: %v, %v", r, err)
	}
	for what, o := range map[string]Options{
		"negative price": {Prices: map[string]float64{"a": -1, "b": 1}},
		"NaN price":      {Prices: map[string]float64{"a": nan, "b": 1}},
		"stranger":       {Incumbent: "z"},
		"confidence":     {Confidence: 1},
		"value":          {ValueUSD: -1},
	} {
		if r, err := Measure(m, full, o); err == nil {
			t.Errorf("%s: got %+v", what, r)
		}
	}
	if _, err := Measure(matrixOf(t, "1.", ".1"), full, Options{}); err == nil {
		t.Error("no complete query, and no error")
	}
}

// TestPatterns: equal queries joined into weighted columns give the same frontier.
func TestPatterns(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	rows := make([]string, 4)
	for i := range rows {
		var b strings.Builder
		for range 200 {
			b.WriteByte('0' + byte(r.IntN(2)*r.IntN(i+2)&1))
		}
		rows[i] = b.String()
	}
	m := matrixOf(t, rows...)
	patterns := m.Patterns(nil)
	r.Shuffle(len(patterns), func(i, j int) { patterns[i], patterns[j] = patterns[j], patterns[i] })
	o := Options{Prices: map[string]float64{"a": 0.1, "b": 0.3, "c": 0.35, "d": 1}}
	whole, err := Measure(m, nil, o)
	if err != nil {
		t.Fatal(err)
	}
	merged, err := Measure(outcome.FromPatterns(m.Models(), patterns), nil, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(whole.Oracle) != len(merged.Oracle) || !reflect.DeepEqual(whole.Warnings, merged.Warnings) ||
		!reflect.DeepEqual(whole.Saving, merged.Saving) || !reflect.DeepEqual(whole.Envelope, merged.Envelope) || len(whole.Envelope) == 0 {
		t.Errorf("%+v\n%+v\n%v", whole.Saving.Certified, merged.Saving.Certified, merged.Warnings)
	}
	for k, p := range whole.Oracle {
		if x := merged.Oracle[k]; !near(p.CostUSD, x.CostUSD, 1e-12) || !near(p.Accuracy, x.Accuracy, 1e-12) || p.Lambda != x.Lambda {
			t.Errorf("corner %d: %v, merged %v", k, p, x)
		}
	}
	// Of many more queries of the same patterns the certified floor nears the oracle's cost, and lines the frontier.
	last, gap := merged.Saving.Certified.CostUSD, math.Inf(1)
	for _, times := range []int64{1000, 1_000_000, 500_000_000} {
		more := slices.Clone(patterns)
		for i := range more {
			more[i].Weight *= times
		}
		x, err := Measure(outcome.FromPatterns(m.Models(), more), nil, o)
		if err != nil {
			t.Fatal(err)
		}
		c := x.Saving.Certified
		if c == nil || c.CostUSD < last || c.CostUSD > x.Saving.OracleUSD+1e-9 {
			t.Fatalf("%d times: %+v of %+v, %v before", times, c, x.Saving, last)
		}
		last = c.CostUSD
		accuracy, _ := At(x.Oracle, 0.3)
		least := math.Inf(1)
		for _, l := range x.Envelope {
			least = math.Min(least, l.Upper+0.3*l.Lambda-accuracy)
		}
		if least < -1e-9 || least > gap {
			t.Errorf("%d times: the lines lie %v above the frontier, %v before", times, least, gap)
		}
		gap = least
		t.Logf("%d times: floor %v of %v, lines %v above", times, last, x.Saving.OracleUSD, gap)
	}
}

// TestCertified: the floor lies below what the oracle of the data pays, not far,
// and hangs on ids and not on places; every line of the envelope lies above the
// oracle of the queries that it rests on.
func TestCertified(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 10))
	const n = 4000
	var records []outcome.Record
	costs := map[string]float64{}
	for q := range n {
		easy := r.Float64() < 0.7
		for i, name := range []string{"small", "large"} {
			v, cost := outcome.Wrong, 0.001*math.Exp(r.NormFloat64()/2)
			if i == 1 {
				cost *= 20
			}
			if easy || i == 1 && r.Float64() < 0.7 {
				v = outcome.Right
			}
			records = append(records, outcome.Record{Query: fmt.Sprint("q", q), Model: name, Verdict: v})
			costs[name+fmt.Sprint("q", q)] = cost
		}
	}
	measure := func() *Result {
		set := outcome.NewSet()
		for _, x := range records {
			if err := set.Add(&x, nil); err != nil {
				t.Fatal(err)
			}
		}
		m := set.Matrix(outcome.MatrixOptions{})
		logged := make([][]float64, 2)
		for i, name := range m.Models() {
			for c := range m.Columns() {
				logged[i] = append(logged[i], costs[name+m.ID(c)])
			}
		}
		got, err := Measure(m, logged, Options{Incumbent: "large"})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	got := measure()
	c := got.Saving.Certified
	if c == nil || c.CostUSD >= got.Saving.OracleUSD || c.CostUSD < 0.7*got.Saving.OracleUSD || !c.Named || c.Over != "large" {
		t.Errorf("%+v, certified %+v", got.Saving, c)
	}
	if *c.Share < *got.Saving.Share {
		t.Errorf("at most %v can be saved, and an oracle saves %v", *c.Share, *got.Saving.Share)
	}
	for _, p := range got.Oracle {
		for _, l := range got.Envelope {
			if l.Upper+l.Lambda*p.CostUSD < p.Accuracy-0.02 {
				t.Errorf("line %+v is far below the oracle's corner %+v", l, p)
			}
		}
	}
	r.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
	again := measure()
	if !reflect.DeepEqual(again.Saving.Certified, c) || !reflect.DeepEqual(again.Envelope, got.Envelope) {
		t.Errorf("another order: %+v and %+v", again.Saving.Certified, c)
	}
}

// TestVoteSize: members that share a factor.
func TestVoteSizeFromData(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 11))
	rows := make([]strings.Builder, 5)
	for range 3000 {
		z := r.NormFloat64()
		for i := range rows {
			v := byte('0')
			if 0.5+math.Sqrt(0.3)*z+math.Sqrt(0.7)*r.NormFloat64() > 0 {
				v = '1'
			}
			rows[i].WriteByte(v)
		}
	}
	var text []string
	prices := map[string]float64{}
	for i := range rows {
		text = append(text, rows[i].String())
		prices[string(rune('a'+i))] = 0.01
	}
	got, err := Measure(matrixOf(t, text...), nil, Options{Prices: prices, ValueUSD: 1})
	if err != nil {
		t.Fatal(err)
	}
	v := got.Vote
	if v == nil || !near(v.Rho, 0.3, 0.05) || !near(v.Alpha, 0.3085, 0.02) || !near(v.Cost, 0.01, 1e-12) || v.Size < 2 || v.Exact < 2 {
		t.Errorf("%+v, %v", v, got.Warnings)
	}
}

// TestRouters: a router that knows gets the oracle's frontier, one that believes
// every query alike gets the mixture's, one without an opinion nothing.
func TestRouters(t *testing.T) {
	m := matrixOf(t, "1100110010", "1011011111")
	o := Options{Prices: map[string]float64{"a": 1, "b": 4}}
	knows, alike, mute := make([][]float64, 2), make([][]float64, 2), make([][]float64, 2)
	for i := range 2 {
		for c := range m.Columns() {
			v := 0.0
			if m.Right(i, c) {
				v = 1
			}
			knows[i], alike[i], mute[i] = append(knows[i], v), append(alike[i], 0.5+0.1*float64(i)), append(mute[i], math.NaN())
		}
	}
	o.Beliefs = []Belief{{"knows", knows}, {"alike", alike}, {"mute", mute}}
	r, err := Measure(m, nil, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Routers) != 2 || !strings.Contains(codes(r.Warnings), "router") {
		t.Fatalf("%+v %v", r.Routers, r.Warnings)
	}
	for k, p := range r.Oracle {
		if x := r.Routers[0].Points[k]; x.CostUSD != p.CostUSD || x.Accuracy != p.Accuracy {
			t.Errorf("the router that knows gets %+v, the oracle %+v", x, p)
		}
	}
	if want := []Bought{{1, 0.5}, {4, 0.8}}; !reflect.DeepEqual(r.Routers[1].Points, want) {
		t.Errorf("got %v, want %v", r.Routers[1].Points, want)
	}
}
