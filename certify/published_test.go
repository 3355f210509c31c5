package certify

import (
	"fmt"
	"testing"
)

// TestPublished holds the certificates of arXiv:2606.27288, both states of its
// code, to the printed digit; direct and incumbent are for the graded counts.
func TestPublished(t *testing.T) {
	for _, row := range []struct {
		name                    string
		pool                    int
		queries, best           int64
		audited, graded         int64
		paper, direct, inc      string
		betaHigh, bestLow, gain string
	}{
		{"MATH-500", 67, 330, 326, 0, 0, ".048", ".045", ".028", ".011", ".952", ".012"},
		{"MATH-Hard", 67, 298, 296, 0, 1, ".041", ".032", ".016", ".012", ".959", ".003"},
		{"AIME 24+25", 52, 42, 37, 0, 0, ".358", ".342", ".234", ".084", ".642", ".119"},
		{"GPQA", 52, 130, 110, 0, 0, ".281", ".273", ".216", ".028", ".719", ".154"},
		{"MMLU-Pro", 67, 124, 119, 1, 1, ".136", ".117", ".072", ".044", ".864", ".032"},
		{"code", 18, 63, 57, 0, 0, ".254", ".241", ".179", ".057", ".746", ".095"},
		{"code, first release", 18, 63, 52, 0, 5, ".354", "", "", ".057", ".646", ".095"},
		{"mix", 15, 480, 462, 0, 5, ".070", ".054", ".043", ".008", ".930", ".027"},
		{"MMLU-Pro, 15 models", 15, 200, 182, 2, 4, ".164", ".133", ".107", ".036", ".835", ".070"},
	} {
		digits := func(x float64) string { return fmt.Sprintf("%.3f", x)[1:] }
		is := func(what string, got float64, want string) {
			if want != "" && digits(got) != want {
				t.Errorf("%s: %s: got %s (%v), want %s", row.name, what, digits(got), got, want)
			}
		}
		audited, err := CertifyTally(Tally{row.audited, row.queries, row.best, row.pool}, Options{Method: Paper})
		if err != nil {
			t.Fatal(err)
		}
		is("paper", audited.Gain.Upper, row.paper)
		is("β, upper", audited.Beta.Upper, row.betaHigh)
		is("best, lower", audited.Best.Lower, row.bestLow)
		graded, err := CertifyTally(Tally{row.graded, row.queries, row.best, row.pool}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		is("direct", graded.Gain.Upper, row.direct)
		is("incumbent", *graded.Bounds[Incumbent], row.inc)
		is("gain", *graded.Gain.Point, row.gain)
	}
}
