package certify

import (
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"
)

// reference rows are computed with 26 correct digits; BASELINES.md 4 defines them.
type referenceRow struct {
	N         int64   `json:"n"`
	AllWrong  int64   `json:"all_wrong"`
	K         []int64 `json:"K"`
	Delta     float64 `json:"delta"`
	Paper     string  `json:"paper"`
	Direct    string  `json:"bonferroni"`
	Screened  string  `json:"two_step"`
	Incumbent string  `json:"incumbent_first"`
	Lower     string  `json:"lower"`
}

func (r referenceRow) evidence() evidence {
	e := evidence{law: binomial{r.N}, allWrong: span{r.AllWrong, r.AllWrong}}
	for _, k := range r.K {
		right := r.N - r.AllWrong - k
		e.rescued, e.right = append(e.rescued, span{k, k}), append(e.right, span{right, right})
	}
	return e
}

func near(t *testing.T, what string, got float64, want string, tolerance float64) {
	t.Helper()
	w, err := strconv.ParseFloat(want, 64)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(got-w) > tolerance*math.Abs(w) {
		t.Errorf("%s: got %.17g, want %s (relative error %.2g)", what, got, want, math.Abs(got-w)/w)
	}
}

func TestReferenceCertificates(t *testing.T) {
	data, err := os.ReadFile("../../shared/reference/certificates.json")
	if err != nil {
		t.Skip("the table of reference certificates is not here:", err)
	}
	var table struct{ Rows []referenceRow }
	if err := json.Unmarshal(data, &table); err != nil {
		t.Fatal(err)
	}
	if len(table.Rows) == 0 {
		t.Fatal("no rows")
	}
	for i, r := range table.Rows {
		e := r.evidence()
		name := func(m Method) string { return "row " + strconv.Itoa(i) + " " + string(m) }
		for m, want := range map[Method]string{Paper: r.Paper, Direct: r.Direct, Screened: r.Screened, Incumbent: r.Incumbent} {
			got, ok := e.gainUpper(m, r.Delta)
			if !ok {
				t.Errorf("%s does not apply", name(m))
			}
			near(t, name(m), got, want, 1e-11)
		}
		near(t, name("lower"), e.gainLower(r.Delta), r.Lower, 1e-12)
	}
}
