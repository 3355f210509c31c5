package figure

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/budget"
	"github.com/allwrong/allwrong/compare"
	"github.com/allwrong/allwrong/dependence"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/policy"
	"github.com/allwrong/allwrong/pool"
)

var look = flag.String("look", "", "write every figure of every size into this folder, to be looked at")

// figures draws everything that there is of a size, from what the measures say of
// its data.
func figures(t testing.TB, s size) []*Figure {
	t.Helper()
	m := s.matrix(t)
	c := s.certificate(t, m)
	families := make([]string, s.models)
	for i := range families {
		families[i] = []string{"", "family one", "second family with a long name", "<family & three>", "四"}[i*5/s.models]
	}
	list := []*Figure{
		FourParts(c), Slices(c.Slices), Matrix(m), PoolSize(dependence.Curve(m), explanation(t, s, m)),
		Correlation(dependence.Correlate(m, families)), Frontier(money(m)), Policies(policies(m, c.Gain.Upper)), Audited(ranged(m)),
	}
	if s.models <= 100 {
		r, err := compare.Sets(m, rotated(t, m), compare.Options{})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, Compared(r))
	}
	if s.models <= pool.MaxRescues {
		r, err := pool.Find(context.Background(), m, pool.Options{K: 2})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, Rescues(r))
	}
	return list
}

// explanation is that of the real measure, but for large data, which take it too
// long here: there the curve alone is.
func explanation(t testing.TB, s size, m *outcome.Matrix) *dependence.Explanation {
	if s.models > 100 {
		return nil
	}
	r, err := dependence.Predict(context.Background(), m, nil, dependence.Options{Replicates: 20, Pools: 40})
	if err != nil {
		t.Fatal(err)
	}
	x := &dependence.Explanation{Result: r}
	x.Bounds.Table = dependence.TableInterval{Lower: 0, Upper: min(1, r.Beta*2)}
	return x
}

// money makes up prices; accuracies are the data's.
func money(m *outcome.Matrix) *budget.Result {
	c := m.Count(nil)
	r := &budget.Result{Queries: c.Queries}
	n := float64(c.Queries)
	for i, name := range m.Models() {
		cost := 1e-5 * float64(1+i*i*(7+i%5))
		r.Models = append(r.Models, budget.Model{Model: name, Accuracy: float64(c.Right[i]) / n, CostUSD: cost, OnMix: i%9 == 0})
	}
	best := r.Models[c.Best()]
	first := r.Models[0]
	ceiling := 1 - float64(c.AllWrong)/n
	for k := range 21 {
		s := float64(k) / 20
		r.Oracle = append(r.Oracle, budget.Point{CostUSD: first.CostUSD * (1 + s*s*s*float64(len(r.Models))), Accuracy: first.Accuracy + s*(ceiling-first.Accuracy)})
	}
	r.Mix = []budget.Point{{CostUSD: first.CostUSD, Accuracy: first.Accuracy}, {CostUSD: best.CostUSD, Accuracy: best.Accuracy}}
	r.Saving = budget.Saving{Over: best.Model, Accuracy: best.Accuracy, CostUSD: best.CostUSD, OracleUSD: first.CostUSD * 1.2}
	return r
}

// policies makes up policies around the data's oracle.
func policies(m *outcome.Matrix, upper float64) *policy.Result {
	c := m.Count(nil)
	n := float64(c.Queries)
	best, gain := float64(c.Right[c.Best()])/n, float64(c.Rescued(c.Best()))/n
	r := &policy.Result{Queries: c.Queries, Confidence: 0.95, Certificate: &policy.Certificate{Upper: upper}}
	r.SingleBest = policy.Baseline{Model: m.Models()[c.Best()], HeldOut: best}
	r.Oracle = policy.Oracle{Accuracy: best + gain, Gain: policy.Estimate{Point: gain, Lower: gain / 2, Upper: gain * 1.5}}
	for i, name := range []string{"majority vote", "weighted vote of " + hostile[0], "cascade " + m.Models()[0] + " → " + m.Models()[1], "router by words", "router by subject"} {
		g := gain * (0.5 - 0.25*float64(i))
		x := policy.Policy{Name: name, Kind: policy.Vote, Accuracy: best + g, Gain: policy.Estimate{Point: g, Lower: g - 0.02, Upper: g + 0.015}}
		r.Policies = append(r.Policies, x)
	}
	return r
}

// ranged makes up an audit that took a third of the all-wrong queries out.
func ranged(m *outcome.Matrix) *audit.Range {
	c := m.Count(nil)
	n, k := c.Queries, c.AllWrong
	r := &audit.Range{Read: k / 2, Open: k - k/2}
	r.Graded = audit.Counts{Queries: n, AllWrong: k, Rescued: c.Rescued(c.Best()), Beta: float64(k) / float64(n), Gain: float64(c.Rescued(c.Best())) / float64(n)}
	r.Audited = r.Graded
	r.Audited.AllWrong -= k / 3
	r.Audited.Beta = float64(r.Audited.AllWrong) / float64(n)
	r.Audited.Gain += float64(k/3) / float64(n)
	r.BetaOpen = [2]float64{float64(max(0, r.Audited.AllWrong-r.Open)) / float64(n), r.Audited.Beta}
	r.GainOpen = [2]float64{r.Audited.Gain, r.Audited.Gain + float64(r.Open)/float64(n)}
	if k > 20 {
		r.Control = &audit.ControlLimits{Error: 0.025, Beta: [2]float64{r.BetaOpen[0], r.Audited.Beta + 0.03}, Gain: [2]float64{r.GainOpen[0], r.GainOpen[1] + 0.02}}
	}
	return r
}

// rotated gives each query the verdicts of the next one, so that all changes and
// the rates stay, but for every second model, which is wrong on the first tenth.
func rotated(t testing.TB, m *outcome.Matrix) *outcome.Matrix {
	n := m.Columns()
	right := make([][]uint64, len(m.Models()))
	for i := range right {
		right[i] = make([]uint64, (n+63)/64)
		for c := range n {
			if m.Right(i, (c+1)%n) && (i%2 == 0 || c >= n/10) {
				right[i][c/64] |= 1 << (c % 64)
			}
		}
	}
	out, err := outcome.NewMatrix(m.Models(), n, right, make([][]uint64, len(right)), nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestLook writes the figures for the eye; there is nothing to fail.
func TestLook(t *testing.T) {
	if *look == "" {
		t.Skip("with -look FOLDER it writes the figures")
	}
	for _, s := range sizes {
		for i, f := range figures(t, s) {
			if f == nil {
				fmt.Println("no figure", i, s.name)
				continue
			}
			for theme, suffix := range map[Theme]string{Light: "light", Dark: "dark"} {
				file, err := os.Create(filepath.Join(*look, f.Kind+"-"+s.name+"-"+suffix+".png"))
				if err != nil {
					t.Fatal(err)
				}
				if err := f.PNG(file, theme); err != nil {
					t.Fatal(err)
				}
				if err := file.Close(); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.WriteFile(filepath.Join(*look, f.Kind+"-"+s.name+".svg"), f.SVG(Auto), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
