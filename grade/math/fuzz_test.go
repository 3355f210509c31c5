package math

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/allwrong/allwrong/grade"
)

// slow is far above what the limits allow on an idle machine.
const slow = 20 * time.Second

func seeds(f *testing.F) {
	for _, r := range rules {
		for _, p := range append(r.equal, r.different...) {
			f.Add(p[0], p[1])
		}
	}
	for _, h := range hostile {
		f.Add(h, "1")
	}
}

// FuzzEqual: no panic, bounded time, equality reflexive, and symmetric where
// neither side is a decimal and no list's order or bracket hangs on which side is
// the reference.
func FuzzEqual(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, x, y string) {
		begin := time.Now()
		c := Equal(x, y)
		if d := time.Since(begin); d > slow {
			t.Errorf("Equal(%q, %q) took %v", x, y, d)
		}
		if c.Verdict == Same && c.ErrorBound > 1e-9 {
			t.Errorf("Equal(%q, %q): error bound %g", x, y, c.ErrorBound)
		}
		if strings.TrimSpace(x) != "" && Equal(x, x).Verdict != Same {
			t.Errorf("%q is not equal to itself", x)
		}
		rx, ry := read(x), read(y)
		if rx.node == nil || ry.node == nil || !rx.node.scalar() || !ry.node.scalar() || strings.ContainsAny(x+y, ".e%") {
			return
		}
		if d := Equal(y, x); d.Verdict != c.Verdict {
			t.Errorf("Equal(%q, %q) is %v by %s, the other way round %v by %s", x, y, c.Verdict, c.Rule, d.Verdict, d.Rule)
		}
	})
}

// FuzzRead: what is read prints so that it reads back equal.
func FuzzRead(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, x, _ string) {
		n, _, err := parse(x, false)
		if err != nil {
			return
		}
		if !n.walk(func(m *node) bool { return m.op != opUnit || !m.args[0].has(opUnit) }) {
			return // a unit of a unit has no way to be written
		}
		printed := n.String()
		m, _, err := parse(printed, false)
		if len(printed) > maxAnswer || err == errWork || err == errDepth {
			return
		}
		if err != nil {
			t.Fatalf("%q prints as %q, which does not parse: %v", x, printed, err)
		}
		if n.scalar() && match(n, m).Verdict == Different {
			t.Fatalf("%q prints as %q, which is different", x, printed)
		}
	})
}

// FuzzGrade: any response gets a verdict.
func FuzzGrade(f *testing.F) {
	f.Add(`The answer is \boxed{5}.`)
	f.Add(`\boxed{\boxed{5}} and $x$ \boxed`)
	f.Add("<think>\\boxed{1}</think>\nfinal answer: **3 apples**\n")
	f.Fuzz(func(t *testing.T, response string) {
		g := New().Grade(context.Background(), &grade.Query{Reference: "5"}, response)
		if g.Grader != Version || g.Rule == "" {
			t.Errorf("%q: grade %+v", response, g)
		}
	})
}

// hostile inputs must cost nothing and break nothing.
var hostile = []string{
	`9^{9^9}`, `9^{9^{9^9}}`, `10^{10^{10}}`, `((((((((((1+1)^99)^99)^99)^99)^99)^99)^99)^99)^99)^99`, `(x+y+z+w)^{150}`, `(1+\sqrt2+\sqrt3+\sqrt5+\sqrt7+\sqrt{11})^{190}`,
	`1000000!`, `(10^9)!`, `100000!!!!`, `\binom{10^9}{5}`, `\binom{5000}{2500}`, `2^{2^{2^{2^{2^2}}}}`, `e^{e^{e^{e^e}}}`, `\sin(10^{400})`, `1e999999999`, `1e4999`,
	`\sqrt{\sqrt{\sqrt{\sqrt{\sqrt{\sqrt{\sqrt{2+\sqrt3}}}}}}}`, strings.Repeat("(", 5000), strings.Repeat(`\frac{`, 1000), strings.Repeat(`\sqrt{`, 1000) + "2" + strings.Repeat("}", 1000),
	strings.Repeat("-", 4000) + "1", strings.Repeat("1,", 3000) + "1", strings.Repeat(`\pm 1+`, 40) + "1", strings.Repeat("|", 999), strings.Repeat(`\text{`, 900), strings.Repeat("9", 16000),
	`\sum_{k=1}^{200}\sum_{j=1}^{200}\sum_{i=1}^{200} ijk`, strings.Repeat("x^", 1000) + "2", "\x00\xff\xfe", `\boxed`, `\begin{pmatrix}`, `0/0`, `1/0`, `0^0`, `0^{-1}`, `\ln 0`, `\log_1 5`, `\tan 90^\circ`,
	`\sqrt[0]{5}`, `i^i`, `\sqrt{i}`, `\infty-\infty`, strings.Repeat("[0,1]\\cup", 300) + "[2,3]", `x^{10^{18}}`, `x^{0.123456789123456789}`, `\sqrt{` + strings.Repeat("7", 140) + `}`,
}

func TestHostile(t *testing.T) {
	for _, h := range hostile {
		for _, other := range []string{"1", "x", h + " ", h + "+1", `\sqrt{2}+` + h} {
			begin := time.Now()
			Equal(h, other)
			Equal(other, h)
			if d := time.Since(begin); d > 10*time.Second {
				t.Errorf("%.40q against %.40q took %v", h, other, d)
			}
		}
	}
	big := strings.Repeat("1+", 1<<19) + "1"
	begin := time.Now()
	for _, r := range []string{big, `\boxed{` + big + `}`, strings.Repeat(`\boxed{1}`, 100000), strings.Repeat("$", 1<<20), strings.Repeat(`\boxed{`, 100000), strings.Repeat("the answer is ", 70000)} {
		New().Grade(context.Background(), &grade.Query{Reference: "1"}, r)
	}
	if d := time.Since(begin); d > 30*time.Second {
		t.Errorf("responses of a megabyte took %v", d)
	}
}
