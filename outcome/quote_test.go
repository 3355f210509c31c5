package outcome

import (
	"strings"
	"testing"
)

func TestQuote(t *testing.T) {
	for _, c := range [][2]string{
		{`\frac{1}{2}`, `"\frac{1}{2}"`},
		{"a\nb\x1b[2J\u202e", `"a\nb\x1b[2J\u202e"`},
		{strings.Repeat("é", 40), `"` + strings.Repeat("é", 30) + `…"`},
		{"x" + strings.Repeat("é", 40), `"x` + strings.Repeat("é", 29) + `…"`},
		{strings.Repeat("\x80", 70), `"` + strings.Repeat(`\x80`, 56) + `…"`},
	} {
		if got := Quote(c[0]); got != c[1] {
			t.Errorf("%q is shown as %s, want %s", c[0], got, c[1])
		}
	}
}
