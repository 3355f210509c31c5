package dependence

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// TestExplainSame gives the same bytes on one processor and on eight, and leaves the matrix as it was.
func TestExplainSame(t *testing.T) {
	m := drawn(t, 21, 8, 120, .05)
	var before [][]uint64
	for i := range m.Models() {
		before = append(before, append([]uint64(nil), m.RightPlane(i)...))
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var first []byte
	for _, procs := range []int{1, 8} {
		runtime.GOMAXPROCS(procs)
		x, err := Explain(t.Context(), m, nil, ExplainOptions{Options: Options{Seed: 3, Replicates: 60, Pools: 20}})
		if err != nil {
			t.Fatal(err)
		}
		if b := text(t, x); first == nil {
			first = b
		} else if !bytes.Equal(first, b) {
			t.Errorf("%d processors:\n%s\nbefore\n%s", procs, b, first)
		}
	}
	for i, plane := range before {
		for w, x := range plane {
			if m.RightPlane(i)[w] != x {
				t.Fatal("the matrix was changed")
			}
		}
	}
}

// TestExplainDegenerate has every part face data that leave it little to say: a number, or null and a reason.
func TestExplainDegenerate(t *testing.T) {
	for _, c := range []struct {
		name string
		rows []string
	}{
		{"never wrong", []string{"1111", "0101", "0011"}},
		{"never right", []string{"0000", "0101", "0011"}},
		{"all always wrong", []string{"000", "000"}},
		{"all always right", []string{"111", "111", "111"}},
		{"twins", []string{"0101", "0101", "0011"}},
		{"all twins", []string{"0101", "0101", "0101", "0101"}},
		{"two models", []string{"0101", "0011"}},
		{"opposites", []string{"0101", "1010"}},
		{"zero cells", []string{"0001", "0011", "0111"}},
		{"no co-failure", []string{"0111", "1011", "1101", "1110"}},
		{"β is zero", []string{"0011011", "1100110", "0111100"}},
		{"indefinite", []string{"00110100", "01101001", "11010010", "10100101"}},
		{"one query", []string{"0", "0", "1"}},
		{"one query, missed", []string{"0", "0", "0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, err := Explain(t.Context(), planes(t, nil, c.rows...), nil, ExplainOptions{Options: Options{Replicates: 30, Pools: 10}})
			if err != nil {
				t.Fatal(err)
			}
			b := string(text(t, x)) // fails at NaN and Inf
			if x.Atom.Omega == nil && x.Atom.Reason == "" {
				t.Errorf("no ω and no reason: %s", b)
			}
			for law, p := range map[string]Prediction{"independent": x.Predicted.Independent, "single factor": x.Predicted.SingleFactor,
				"Pearson": x.Predicted.SingleFactorPearson, "Gaussian": x.Predicted.Gaussian, "Clayton": x.Predicted.Clayton} {
				if (p.Ratio == nil || p.Beta == nil) && p.Reason == "" {
					t.Errorf("%s: null without a reason: %+v", law, p)
				}
			}
			if x.Bounds.Lower > x.Beta+1e-12 || x.Bounds.Upper < x.Beta-1e-12 || x.Bounds.Table.Lower > x.Beta+1e-9 || x.Bounds.Table.Upper < x.Beta-1e-9 {
				t.Errorf("β %v outside %+v", x.Beta, x.Bounds)
			}
		})
	}
}

// TestExplainRefuses names what cannot be explained.
func TestExplainRefuses(t *testing.T) {
	if _, err := Explain(t.Context(), planes(t, nil, "01"), nil, ExplainOptions{}); err == nil {
		t.Error("one model was explained")
	}
	var none *outcome.Detail
	if _, err := Explain(t.Context(), planes(t, nil, "", ""), none, ExplainOptions{}); err == nil {
		t.Error("no queries were explained")
	}
}
