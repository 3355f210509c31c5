package groups

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// setOf makes a set from rows of answers, one a model: 0 is no answer, 1 the
// right one, other digits wrong ones, . nothing at all.
func setOf(t testing.TB, rows ...string) *outcome.Set {
	t.Helper()
	set := outcome.NewSet()
	set.KeepAnswers = true
	for i, row := range rows {
		for q, v := range row {
			r := outcome.Record{Query: fmt.Sprint("q", q), Model: string(rune('a' + i)), Verdict: outcome.Wrong, Answer: string(v)}
			switch v {
			case '.':
				continue
			case '0':
				r.Verdict, r.Reason, r.Answer = outcome.NoAnswer, outcome.Unparsed, ""
			case '1':
				r.Verdict = outcome.Right
			}
			if err := set.Add(&r, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	return set
}

func studied(t testing.TB, o Options, rows ...string) *Result {
	t.Helper()
	set := setOf(t, rows...)
	r, err := Study(context.Background(), set.Matrix(outcome.MatrixOptions{}), set.Detail(outcome.MatrixOptions{}), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// reference is what scripts/groups_reference.py wrote.
type reference struct {
	Answers []string
	Studies []struct {
		K                      int
		Rule                   string
		Gain, SE, Low, High    float64
		Loses, Ties            float64
		Slope, Headroom, Naive float64
		SlopeSE                float64 `json:"slope_se"`
		Rho                    [2]float64
	}
}

func readReference(t testing.TB) (r reference) {
	t.Helper()
	data, err := os.ReadFile("testdata/groups.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestAgainstNumPy compares every number with plain loops and lstsq.
func TestAgainstNumPy(t *testing.T) {
	ref := readReference(t)
	for _, want := range ref.Studies {
		r := studied(t, Options{K: want.K}, ref.Answers...)
		got := r.Verdicts
		if want.Rule == "plurality" {
			got = *r.Answers
		}
		for _, c := range []struct {
			what      string
			got, want float64
		}{
			{"gain", got.Gain.Point, want.Gain}, {"standard error", *got.Gain.SE, want.SE},
			{"least without one", got.Gain.Without[0], want.Low}, {"most without one", got.Gain.Without[1], want.High},
			{"loses", got.Loses, want.Loses}, {"ties", got.Ties, want.Ties},
			{"slope", got.Slope.Rho, want.Slope}, {"headroom", got.Slope.Headroom, want.Headroom},
			{"naive error", got.Slope.Naive, want.Naive}, {"slope's error", got.Slope.SE, want.SlopeSE},
			{"least ρ", got.Slope.Range[0], want.Rho[0]}, {"largest ρ", got.Slope.Range[1], want.Rho[1]},
		} {
			if math.Abs(c.got-c.want) > 1e-9*math.Max(1e-3, math.Abs(c.want)) {
				t.Errorf("groups of %d by %s: %s: got %v, want %v", want.K, want.Rule, c.what, c.got, c.want)
			}
		}
	}
}

func TestPlurality(t *testing.T) {
	for _, c := range []struct {
		votes []uint32
		want  float64
	}{
		{[]uint32{1, 1, 2}, 1}, {[]uint32{2, 2, 1}, 0}, {[]uint32{1, 2, 3}, 1.0 / 3}, {[]uint32{1, 0, 0}, 1}, {[]uint32{0, 0, 0}, 0},
		{[]uint32{1, 2, 0}, 0.5}, {[]uint32{2, 3, 4}, 0}, {[]uint32{1, 1, 2, 2, 3}, 0.5}, {[]uint32{1, 1, 2, 2, 3, 3}, 1.0 / 3}, {[]uint32{1, 2, 2, 3, 3, 3}, 0},
		{[]uint32{3, 1, 1, 2, 1, 3, 3}, 0.5},
	} {
		if got := plurality(c.votes); got != c.want {
			t.Errorf("%v: got %v, want %v", c.votes, got, c.want)
		}
	}
}

// TestHeldOut compares the picked best member with a slow second way, and checks
// that picking among equals is luck that does not pay elsewhere.
func TestHeldOut(t *testing.T) {
	ref := readReference(t)
	set := setOf(t, ref.Answers...)
	m := set.Matrix(outcome.MatrixOptions{})
	s := &study{Options: Options{Seed: 7}, ctx: context.Background(), matrix: m}
	if err := s.prepare(nil); err != nil {
		t.Fatal(err)
	}
	group := []int32{5, 7, 8}
	// Any queries of a pattern will do for those that the draw puts in a fifth.
	patterns := m.Patterns(nil)
	digest := outcome.DigestPatterns(patterns)
	fifth := make([][repeats]int, m.Columns())
	for r := range repeats {
		draw := prob.Stream(7, "fold", fmt.Sprint(r), digest)
		for _, p := range patterns {
			left := make([]int64, parts)
			prob.RandomMultinomial(draw, left, p.Weight, []float64{1, 1, 1, 1, 1})
			part := 0
			for q := range m.Columns() {
				same := true
				for i := range m.Models() {
					same = same && m.Right(i, q) == p.Right(i)
				}
				if same {
					for left[part] == 0 {
						part++
					}
					left[part]--
					fifth[q][r] = part
				}
			}
		}
	}
	want := 0.0
	for r := range repeats {
		for part := range parts {
			var here, elsewhere [3]float64
			for q := range m.Columns() {
				in := fifth[q][r] == part
				for x, a := range group {
					if m.Right(int(a), q) && in {
						here[x]++
					} else if m.Right(int(a), q) {
						elsewhere[x]++
					}
				}
			}
			most, sum, tied := slices.Max(elsewhere[:]), 0.0, 0.0
			for x := range group {
				if elsewhere[x] == most {
					sum, tied = sum+here[x], tied+1
				}
			}
			want += sum / tied / repeats
		}
	}
	if got := s.folds.best(group); math.Abs(got-want) > 1e-9 {
		t.Errorf("got %v, want %v", got, want)
	}
	r := studied(t, Options{}, ref.Answers...)
	if *r.Verdicts.Curse <= 0 || r.Verdicts.HeldOut.Point <= r.Verdicts.Gain.Point || *r.Verdicts.LosesHeldOut > r.Verdicts.Loses {
		t.Errorf("%+v", r.Verdicts)
	}
}

func TestDegenerate(t *testing.T) {
	long := strings.Repeat("1", 10) + strings.Repeat("2", 10)
	for _, c := range []struct {
		name     string
		rows     []string
		k        int
		warnings string
	}{
		{"twins", []string{long, long, long, long}, 3, ""},
		{"one group", []string{long, "12" + long[2:], "21" + long[2:]}, 3, ""},
		{"a model that is always right", []string{long, long, long, strings.Repeat("1", 20)}, 2, "constant-model"},
		{"a query that a model lacks", []string{long, long, "." + long[1:]}, 3, "incomplete"},
		{"four queries", []string{"1122", "1212", "2112"}, 3, "few-queries"},
		{"pairs", []string{"11112222", "11221122", "12121212"}, 2, ""},
	} {
		r := studied(t, Options{K: c.k}, c.rows...)
		var codes []string
		for _, w := range r.Warnings {
			codes = append(codes, w.Code)
		}
		if got := strings.Join(codes, " "); got != c.warnings {
			t.Errorf("%s: warnings %q, want %q", c.name, got, c.warnings)
		}
		if _, err := json.Marshal(r); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if r.Verdicts.Slope != nil {
			t.Errorf("%s: a slope: %+v", c.name, r.Verdicts.Slope)
		}
	}
	twins := studied(t, Options{}, long, long, long, long).Verdicts
	if twins.Ties != 1 || twins.Loses != 0 || twins.Gain.Point != 0 || *twins.Curse != 0 || twins.Best.Rho != 1 {
		t.Errorf("twins: %+v", twins)
	}
	set := setOf(t, long, long)
	m := set.Matrix(outcome.MatrixOptions{})
	for _, o := range []Options{{K: 1}, {K: 3}, {K: 2, Confidence: 1}} {
		if r, err := Study(context.Background(), m, nil, o); err == nil {
			t.Errorf("%+v gave %+v", o, r)
		}
	}
	if r, err := Study(context.Background(), setOf(t, "1.", ".1").Matrix(outcome.MatrixOptions{}), nil, Options{K: 2}); err == nil {
		t.Errorf("no complete query gave %+v", r)
	}
	if r, err := Study(context.Background(), m, nil, Options{K: 2}); err != nil || r.Answers != nil {
		t.Errorf("without answers: %+v, %v", r, err)
	}
}

// TestSampled: more groups than are studied, and equal bytes at any number of processors.
func TestSampled(t *testing.T) {
	var rows []string
	random := rand.New(rand.NewPCG(1, 2))
	for range 120 {
		var b strings.Builder
		for range 40 {
			b.WriteByte('1' + byte(random.IntN(2)))
		}
		rows = append(rows, b.String())
	}
	set := outcome.NewSet()
	for i, row := range rows {
		for q, v := range row {
			set.Put(set.Query(fmt.Sprint(q)), set.Model(fmt.Sprintf("m%03d", i)), 0, outcome.MakeCell(map[rune]outcome.Verdict{'1': outcome.Right, '2': outcome.Wrong}[v], 0), math.NaN(), nil)
		}
	}
	m := set.Matrix(outcome.MatrixOptions{})
	var first []byte
	for _, procs := range []int{1, 3} {
		old := runtime.GOMAXPROCS(procs)
		r, err := Study(context.Background(), m, nil, Options{K: 4, Seed: 3})
		runtime.GOMAXPROCS(old)
		if err != nil {
			t.Fatal(err)
		}
		if r.Studied != mostGroups || r.Groups != 8214570 || r.Warnings[0].Code != "sampled" {
			t.Fatalf("%d of %d, %v", r.Studied, r.Groups, r.Warnings)
		}
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = b
		} else if !reflect.DeepEqual(first, b) {
			t.Error("another number of processors gives other bytes")
		}
	}
	if got := chooseCount(500, 250); got != math.MaxInt64 {
		t.Errorf("C(500, 250) = %d", got)
	}
	if got := chooseCount(15, 3); got != 455 {
		t.Errorf("C(15, 3) = %d", got)
	}
}

func BenchmarkStudy(b *testing.B) {
	ref := readReference(b)
	set := setOf(b, ref.Answers...)
	m, d := set.Matrix(outcome.MatrixOptions{}), set.Detail(outcome.MatrixOptions{})
	for b.Loop() {
		if _, err := Study(context.Background(), m, d, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
