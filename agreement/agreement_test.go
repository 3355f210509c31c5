package agreement

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func near(got, want, tol float64) bool { return math.Abs(got-want) <= tol }

// spread writes a table of counts as two lists of labels.
func spread(counts [][]int) (a, b []string) {
	for i, row := range counts {
		for j, n := range row {
			for range n {
				a, b = append(a, "l"+strconv.Itoa(i)), append(b, "l"+strconv.Itoa(j))
			}
		}
	}
	return a, b
}

// Values and variances as statsmodels 0.14 gives them (cohens_kappa).
func TestKappaAgainstStatsmodels(t *testing.T) {
	for _, c := range []struct {
		counts          [][]int
		kappa, variance float64
	}{
		{[][]int{{20, 5}, {10, 15}}, 0.4, 0.016127999999999997}, // κ by hand: (0.7 − 0.5) ÷ 0.5
		{[][]int{{44, 5, 1}, {7, 20, 3}, {9, 5, 6}}, 0.49152542372881347, 0.005202370384112516},
		{[][]int{{90, 2}, {3, 5}}, 0.6397694524495672, 0.022191956614308738},
		{[][]int{{0, 7}, {9, 1}}, -0.8630136986301371, 0.019761928212384615},
		{[][]int{{12, 0}, {0, 18}}, 1, 0},
	} {
		a, b := spread(c.counts)
		s, err := Kappa(a, b, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !near(*s.Value, c.kappa, 1e-12) {
			t.Errorf("%v: κ = %v, want %v", c.counts, *s.Value, c.kappa)
		}
		tab := tabulate(a, b)
		if got := tab.variance(tab.agreement()); !near(got, c.variance, 1e-12) {
			t.Errorf("%v: variance %v, want %v", c.counts, got, c.variance)
		}
		if !(-1 <= *s.Low && *s.Low <= *s.Value && *s.Value <= *s.High && *s.High <= 1) {
			t.Errorf("%v: %v, %v, %v out of order", c.counts, *s.Low, *s.Value, *s.High)
		}
		// Which rater comes first must not matter.
		if r, _ := Kappa(b, a, Options{}); !near(*r.Low, *s.Low, 1e-9) || !near(*r.High, *s.High, 1e-9) {
			t.Errorf("%v: interval hangs on the order of the raters", c.counts)
		}
	}
}

// The example of Krippendorff (2011), four coders and twelve units with gaps,
// whose α is published as .743; further digits, the second set and the jackknife
// are those of the Python package krippendorff 0.8.
var krippendorff2011 = []string{
	"1 2 3 3 2 1 4 1 2 . . .",
	"1 2 3 3 2 2 4 1 2 5 . 3",
	". 3 3 3 2 3 4 2 2 5 1 .",
	"1 2 3 3 2 4 4 1 2 5 1 .",
}

func parse(rows []string) (out [][]string) {
	for _, row := range rows {
		f := strings.Fields(row)
		for i := range f {
			if f[i] == "." {
				f[i] = ""
			}
		}
		out = append(out, f)
	}
	return out
}

func made() [][]string {
	out := make([][]string, 5)
	for r := range out {
		for u := range 30 {
			label := ""
			if (u*5+r*11)%7 != 0 {
				label = strconv.Itoa((u*7 + r*3 + (u*u)%5*(r%2)) % 3)
			}
			out[r] = append(out[r], label)
		}
	}
	return out
}

func TestAlphaAgainstKrippendorff(t *testing.T) {
	for name, c := range map[string]struct {
		labels          [][]string
		alpha, variance float64
		units           int
	}{
		"published": {parse(krippendorff2011), 0.743421052631579, 0.02141148914426644, 11},
		"made":      {made(), 0.28656042010136173, 0.0050961554818013755, 30},
	} {
		s, err := Alpha(c.labels, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if s.Units != c.units || !near(*s.Value, c.alpha, 1e-12) {
			t.Errorf("%s: α = %v over %d units, want %v over %d", name, *s.Value, s.Units, c.alpha, c.units)
		}
		k := coincide(c.labels)
		if got := k.variance(); !near(got, c.variance, 1e-12) {
			t.Errorf("%s: jackknife variance %v, want %v", name, got, c.variance)
		}
		slices.Reverse(c.labels)
		if r, _ := Alpha(c.labels, Options{}); !near(*r.Value, *s.Value, 1e-12) || !near(*r.Low, *s.Low, 1e-9) {
			t.Errorf("%s: α hangs on the order of the raters", name)
		}
	}
}

// Of 30 units on which both agree throughout, the observed agreement is at least
// 0.025^(1/30) (closed form), and κ follows with the chance agreement of ½.
func TestPerfectAgreementIsNotCertainty(t *testing.T) {
	a, b := spread([][]int{{15, 0}, {0, 15}})
	s, _ := Kappa(a, b, Options{})
	want := (math.Pow(0.025, 1.0/30) - 0.5) / 0.5
	if *s.Value != 1 || *s.High != 1 || !near(*s.Low, want, 1e-12) {
		t.Errorf("κ = %v, %v to %v; want 1, %v to 1", *s.Value, *s.Low, *s.High, want)
	}
	if al, _ := Alpha([][]string{a, b}, Options{}); *al.Value != 1 || *al.High != 1 || *al.Low >= 1 {
		t.Errorf("α = %v, %v to %v", *al.Value, *al.Low, *al.High)
	}
}

func TestExtremes(t *testing.T) {
	x := []string{"y", "y", "y"}
	for name, c := range map[string]struct {
		a, b []string
		code string // "" for a value
	}{
		"nothing":          {nil, nil, "no-units"},
		"never together":   {[]string{"y", ""}, []string{"", "n"}, "no-units"},
		"one label":        {x, x, "one-label"},
		"one unit, agreed": {[]string{"y"}, []string{"y"}, "one-label"},
		"one unit":         {[]string{"y"}, []string{"n"}, ""},
		"always opposite":  {[]string{"y", "n"}, []string{"n", "y"}, ""},
		"habit of one":     {x, []string{"y", "n", "y"}, ""},
	} {
		k, err1 := Kappa(c.a, c.b, Options{Level: 0.9})
		al, err2 := Alpha([][]string{c.a, c.b}, Options{Level: 0.9})
		if err1 != nil || err2 != nil {
			t.Fatal(name, err1, err2)
		}
		for what, s := range map[string]Statistic{"κ": k, "α": al} {
			if _, err := json.Marshal(s); err != nil {
				t.Errorf("%s, %s: %v", name, what, err)
			}
			if (s.Value == nil) != (c.code != "") || c.code != "" && s.Warnings[0].Code != c.code {
				t.Errorf("%s, %s: %+v, want warning %q", name, what, s, c.code)
			}
			if s.Value != nil && !(-1 <= *s.Low && *s.Low <= *s.Value && *s.Value <= *s.High && *s.High <= 1) {
				t.Errorf("%s, %s: %v, %v, %v out of order", name, what, *s.Low, *s.Value, *s.High)
			}
		}
	}
	if s, err := Alpha(nil, Options{}); err != nil || s.Value != nil {
		t.Errorf("no raters: %+v, %v", s, err)
	}
}

func TestRefusals(t *testing.T) {
	if _, err := Kappa([]string{"y"}, nil, Options{}); err == nil {
		t.Error("raters of different length pass")
	}
	if _, err := Alpha([][]string{{"y"}, {}}, Options{}); err == nil {
		t.Error("raters of different length pass")
	}
	for _, level := range []float64{-1, 1, 2, math.NaN()} {
		if _, err := Kappa(nil, nil, Options{Level: level}); err == nil {
			t.Errorf("level %v passes", level)
		}
	}
}
