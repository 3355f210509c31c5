package figure

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/budget"
	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/dependence"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/policy"
	"github.com/allwrong/allwrong/pool"
)

// TestNothingToDraw gives no figure where a result holds nothing.
func TestNothingToDraw(t *testing.T) {
	empty, err := outcome.NewMatrix([]string{"a", "b"}, 1, [][]uint64{{0}, {0}}, [][]uint64{{0}, {0}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	for name, f := range map[string]*Figure{
		"parts": FourParts(certify.Certificate{}), "slices": Slices(nil), "slices without a rate": Slices([]certify.Slice{{Queries: 3}}),
		"matrix": Matrix(empty), "pool size": PoolSize(nil, nil), "correlation": Correlation(nil),
		"correlation of constants": Correlation(&dependence.Correlations{Models: []string{"a", "b"}, Families: []string{"", ""}, Phi: [][]*float64{{nil, nil}, {nil, &nan}}}),
		"frontier":                 Frontier(nil), "frontier of none": Frontier(&budget.Result{Queries: 3}), "policies": Policies(nil),
		"policies without a number": Policies(&policy.Result{Queries: 3, Policies: []policy.Policy{{Gain: policy.Estimate{Point: nan}}}}),
		"rescues":                   Rescues(nil), "too many to rescue": Rescues(&pool.Result{Queries: 1, Models: make([]pool.Model, 200)}), "comparison": Compared(nil), "audit": Audited(nil), "audit of none": Audited(&audit.Range{}),
	} {
		if f != nil {
			t.Errorf("%s: drew %q", name, f.Title)
		}
	}
}

// TestFourParts checks widths against counts: 12 pixels of the bar are a query.
func TestFourParts(t *testing.T) {
	point, acc, ceiling := 7.0/56, 30.0/56, 37.0/56
	c := certify.Certificate{Models: 3, Queries: 56, AllWrong: 19, Fragile: &certify.Fragile{}}
	c.Kinds = certify.Kinds{AllRight: 10, BestRight: 20, Resolvable: 7, AllWrong: 19}
	c.Best = certify.Best{Model: "a", Accuracy: &acc}
	c.Ceiling.Point = &ceiling
	c.Gain = certify.Gain{Over: "a", Point: &point, Upper: 0.25, Lower: 0.05, Confidence: 0.95}
	f := FourParts(c)
	widths := map[Role]float64{}
	for _, i := range f.Scene.Items {
		if r, ok := i.(Rect); ok && r.H == 44 {
			widths[r.Role] = r.W
		}
	}
	for role, want := range map[Role]float64{Calm: 120 - 1.5, Slate: 240 - 1.5, Accent: 84 - 1.5, Harm: 228} {
		if math.Abs(widths[role]-want) > 1e-9 {
			t.Errorf("%s is %v wide, want %v", roleNames[role], widths[role], want)
		}
	}
	if !strings.Contains(f.Title, "12.5 points over a") || !strings.Contains(f.Title, "at most 25.0 (95") {
		t.Errorf("title %q", f.Title)
	}
	if got := f.Table.Rows[2]; got[0] != "best wrong, some right" || got[1] != "7" || got[2] != "12.5\u00a0%" {
		t.Errorf("row %q", got)
	}
	c.Kinds.Unknown, c.Gain.Point = 4, nil
	if f := FourParts(c); f == nil || len(read(t, f.SVG(Auto)).faults()) > 0 || !strings.Contains(string(f.SVG(Light)), "open: verdicts") {
		t.Error("with open queries")
	}
	counts, err := certify.CertifyTally(certify.Tally{AllWrong: 3, Queries: 300, Best: 280, Pool: 5}, certify.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if f := FourParts(counts); f == nil || f.Table.Rows[0][0] != "best right" || f.Table.Rows[0][1] != "280" {
		t.Errorf("of counts: %+v", f)
	}
}

// TestMatrixWeights draws the same map from columns that stand for several
// queries as from the queries themselves.
func TestMatrixWeights(t *testing.T) {
	m := size{"", 5, 400, func(i int) string { return string(rune('a' + i)) }}.matrix(t)
	a, b := Matrix(m), Matrix(m.Merge())
	if m.Merge().Columns() >= m.Columns() {
		t.Fatal("nothing was merged")
	}
	if a.Title != b.Title || len(a.Table.Rows) != len(b.Table.Rows) {
		t.Errorf("%q, %q", a.Title, b.Title)
	}
	x, y := cellsOf(t, a), cellsOf(t, b)
	c := m.Count(nil)
	for k, rows := range [][][]Role{x.Rows, y.Rows} {
		if len(rows) != 5 || len(rows[0]) != 320 {
			t.Fatalf("%d rows", len(rows))
		}
		for i, row := range rows {
			harm := 0
			for _, r := range row {
				if r == Harm {
					harm++
				}
			}
			if want := int(math.Round(320 * float64(c.AllWrong) / 400)); harm != want {
				t.Errorf("map %d, row %d: %d columns are all wrong, want %d", k, i, harm, want)
			}
		}
	}
}

func cellsOf(t *testing.T, f *Figure) Cells {
	for _, i := range f.Scene.Items {
		if c, ok := i.(Cells); ok {
			return c
		}
	}
	t.Fatal("no cells")
	return Cells{}
}

// TestMatrixCells compares a small map with its matrix, cell by cell.
func TestMatrixCells(t *testing.T) {
	m, err := outcome.NewMatrix([]string{"weak", "strong", "absent"}, 4, [][]uint64{{0b0001}, {0b0111}, {0b0001}}, [][]uint64{nil, nil, {0b0101}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	// strong first, then absent (1 of 2), then weak (1 of 4); query 4 lacks a verdict, so it is not known to be all wrong
	want := [][]Role{{Level0, Level0, Level0, Level5}, {Level0, Absent, Level5, Absent}, {Level0, Level5, Level5, Level5}}
	got := cellsOf(t, Matrix(m)).Rows
	for i := range want {
		for j := range want[i] {
			if got[i][j] != want[i][j] {
				t.Errorf("row %d: %v, want %v", i, got[i], want[i])
				break
			}
		}
	}
}

// TestMapIsSmall bounds the size of the file of a large map, whatever its texture.
func TestMapIsSmall(t *testing.T) {
	m := (size{"", 67, 12000, func(i int) string { return sizes[1].names(i) }}).matrix(t)
	if n := len(Matrix(m).SVG(Auto)); n > 300_000 {
		t.Errorf("%d bytes", n)
	}
	worst := make([][]Role, mapRows) // every cell differs from its neighbours
	for i := range worst {
		worst[i] = make([]Role, mapColumns)
		for j := range worst[i] {
			worst[i][j] = Level0 + Role((i*7+j)%levels)
		}
	}
	f := &Figure{Scene: &Scene{W: width, H: 800, Items: []Item{Cells{0, 0, 2, 8, worst}}}}
	if n := len(f.SVG(Auto)); n > 300_000 {
		t.Errorf("the worst case has %d bytes", n)
	}
}

// TestPoliciesTitle claims nothing of a bound from above.
func TestPoliciesTitle(t *testing.T) {
	row := func(name string, bound policy.Bound, gain float64) policy.Policy {
		return policy.Policy{Name: name, Bound: bound, Gain: policy.Estimate{Point: gain, Lower: gain - 0.01, Upper: gain + 0.01}}
	}
	for _, x := range []struct {
		list []policy.Policy
		want string
	}{
		{[]policy.Policy{row("vote", policy.AtMost, 0.05), row("router", "", 0.02)}, "An oracle would gain 6.0 points; closest comes “router” with +2.0"},
		{[]policy.Policy{row("vote", policy.AtMost, 0.05), row("vote", policy.AtLeast, 0.01), row("router", "", -0.02)}, "An oracle would gain 6.0 points; closest comes “vote” with at least +1.0"},
		{[]policy.Policy{row("vote", policy.AtMost, 0.05), row("vote", policy.AtLeast, -0.01)}, "No policy is known to gain anything; an oracle would gain 6.0 points"},
		{[]policy.Policy{row("router", "", -0.02)}, "No policy gains anything; an oracle would gain 6.0 points"},
	} {
		r := &policy.Result{Queries: 9, Policies: x.list}
		r.Oracle.Gain.Point = 0.06
		if f := Policies(r); f == nil || f.Title != x.want {
			t.Errorf("%+v, want %q", f, x.want)
		}
	}
}

func TestLabelsOfOneModel(t *testing.T) {
	r := &budget.Result{Queries: 5, Models: []budget.Model{{Model: "only", Accuracy: 1, CostUSD: 0}}, Saving: budget.Saving{Over: "only"}}
	if f := Frontier(r); f == nil || len(read(t, f.SVG(Auto)).faults()) > 0 || !strings.Contains(f.Title, "only costs $0") {
		t.Errorf("%+v", f)
	}
	m := sizes[0].matrix(t)
	p, err := pool.Find(context.Background(), m, pool.Options{K: 1})
	if err != nil {
		t.Fatal(err)
	}
	if f := Rescues(p); f == nil || !strings.Contains(f.Title, "No model rescues the best one, large-model") {
		t.Errorf("%+v", f)
	}
}

func BenchmarkMatrix(b *testing.B) {
	for _, s := range []size{{"67x12000", 67, 12000, sizes[1].names}, sizes[2]} {
		m := s.matrix(b)
		b.Run(s.name, func(b *testing.B) {
			for b.Loop() {
				b.SetBytes(int64(len(Matrix(m).SVG(Auto))))
			}
		})
	}
}
