package math

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/grade/math/internal/corpus"
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

// FuzzRead: whatever is written is read or refused, prints in a size that its own
// bounds, the same each time, and what it prints is read or refused in turn. That
// it reads back equal holds for what people write (TestPrintReads), not for every
// heap of signs: "$$0" is dollars of dollars.
func FuzzRead(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, x, _ string) {
		n, printed, _, _ := reread(x)
		if n == nil {
			return
		}
		if printed != n.String() || len(printed) > 1000*(len(x)+1) {
			t.Fatalf("%q prints in %d bytes", x, len(printed))
		}
	})
}

// reread reads a text, prints it and reads what is printed.
func reread(x string) (n *node, printed string, again *node, err error) {
	if n, _, err = parse(x, false); err != nil {
		return n, "", nil, err
	}
	printed = n.String()
	again, _, err = parse(printed, false)
	return n, printed, again, err
}

// TestPrintReads: all that the corpus holds prints so that it reads back equal.
func TestPrintReads(t *testing.T) {
	written, err := corpus.Read(os.DirFS("testdata/corpus"))
	if err != nil {
		t.Fatal(err)
	}
	read, failed := 0, 0
	for _, p := range append(written, corpus.Generate()...) {
		for _, x := range []string{p.Reference, p.Answer} {
			n, printed, m, err := reread(x)
			if n == nil {
				continue
			}
			if read++; err != nil {
				failed++
				t.Logf("%q prints as %q: %v", x, printed, err)
			} else if n.scalar() && match(n, m).Verdict == Different {
				t.Errorf("%q prints as %q, which is different", x, printed)
			}
		}
	}
	if t.Logf("%d expressions, %d that do not read back", read, failed); failed > 0 {
		t.Fail()
	}
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
