package prob

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestReference compares with testdata/reference.csv, whose witness is scripts/prob_reference.py: 50 digits, another
// continued fraction, bisection.
func TestReference(t *testing.T) {
	data, err := os.ReadFile("testdata/reference.csv")
	if err != nil {
		t.Fatal(err)
	}
	worst := map[string]float64{}
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(strings.TrimSpace(line), ",")
		got, other := compute(t, f[0], f[1:4])
		for i, v := range []float64{got, other} {
			want := mustFloat(t, f[4+i])
			e := off(v, want)
			worst[f[0]] = max(worst[f[0]], e)
			tolerance := 4e-15
			if f[0] == "betainc" { // near 0 a logarithm is the exponential of a rounded one
				tolerance = 2e-14
			}
			if !(e <= tolerance) {
				t.Errorf("%v = %v, want %v: relative error %.2g", f[:4], v, want, e)
			}
		}
	}
	for kind, e := range worst {
		t.Logf("%s: worst relative error %.2g", kind, e)
	}
	if len(worst) != 4 {
		t.Errorf("%d kinds of row in testdata/reference.csv, want 4", len(worst))
	}
}

func compute(t *testing.T, kind string, args []string) (value, other float64) {
	t.Helper()
	if kind == "betainc" {
		return LogBetaInc(mustFloat(t, args[0]), mustFloat(t, args[1]), mustFloat(t, args[2]))
	}
	k, n, alpha := mustInt(t, args[0]), mustInt(t, args[1]), mustFloat(t, args[2])
	switch kind {
	case "cp":
		return ClopperPearsonLower(k, n, alpha), ClopperPearsonUpper(n-k, n, alpha)
	case "mixture":
		return MixtureUpper(k, n, alpha), MixtureLower(n-k, n, alpha)
	case "mixture2":
		_, upper := MixtureInterval(k, n, alpha)
		lower, _ := MixtureInterval(n-k, n, alpha)
		return upper, lower
	}
	t.Fatalf("unknown kind %q", kind)
	return 0, 0
}

func mustInt(t *testing.T, s string) int64 {
	t.Helper()
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
