package plain

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"The answer is **12**.":                "The answer is 12.",
		"*twelve* and 3*4 and 3 * 4":           "twelve and 3*4 and 3 * 4",
		"__B__ and snake_case":                 "B and snake_case",
		`\boxed{\text{B}}`:                     "B",
		`\dfrac43 \frac{270}7 3\tfrac12`:       "4/3 270/7 3 1/2",
		`\frac{x+1}{2}`:                        "(x+1)/2",
		`\frac{\frac12}{3}`:                    "(1/2)/3",
		`1\,000 10,\!080 1{,}000`:              "1\u00a0000 10,080 1,000",
		`50\% of \$20 \times 10^{3}`:           "50% of $20 × 10^3",
		`\( 5 \text{ cents} \)`:                "  5  cents  ",
		"<answer>42</answer>, 1 < 2 and a<b>c": " 42 , 1 < 2 and a c",
		"10**3 and **3** 4":                    "10^3 and 3 4",
		"``42``":                               "42",
		`\frac{1`:                              `\frac1`,
		"\\":                                   "",
		`\sqrt{2}`:                             `\sqrt2`,
	} {
		if got := Text(in); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"\u2212½ and 3½":        "-1/2 and 3 1/2",
		"ＡＢ１２":                  "AB12",
		"10³ cm² 10⁻³ 10¹²":     "10^3 cm^2 10^-3 10^12",
		"“don’t”":               `"don't"`,
		"e\u0301 and \u00e9":    "\u00e9 and \u00e9",
		"x\u0301":               "x\u0301",
		"a\r\nb\rc\u200b\ufeff": "a\nb\nc",
		"1\u202f000":            "1\u00a0000",
		"\xff":                  "\ufffd",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

// Deep and broken markup costs no more than long text does.
func TestHostile(t *testing.T) {
	for _, unit := range []string{`\frac{`, `\frac{1}{`, "{", "*", "e\u0301", `\`, "<", `\text{`} {
		s := strings.Repeat(unit, 1<<20/len(unit))
		if got := Text(s); len(got) > 2*len(s) {
			t.Errorf("%q repeated: %d bytes of %d", unit, len(got), len(s))
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{`\frac{1}{2}`, "**a** ½ \u0301", `\boxed{\text{B}}`, "<b>", `\`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Text(s)
		if !utf8.ValidString(got) {
			t.Errorf("%q: not UTF-8: %q", s, got)
		}
		if len(got) > 4*len(s)+16 {
			t.Errorf("%q: %d bytes of %d", s, len(got), len(s))
		}
		if f := Fold(s); Fold(f) != f {
			t.Errorf("%q: folded twice %q, once %q", s, Fold(f), f)
		}
	})
}
