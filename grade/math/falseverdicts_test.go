package math_test

import (
	"context"
	"testing"
	"time"

	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/grade/math"
)

// Verdicts that graders in use have got wrong, each by what went wrong. Several
// of them made every model wrong at once, which looks like a failure that all
// models share.
func TestFalseVerdicts(t *testing.T) {
	g := math.New()
	for _, c := range []struct {
		name, reference, response string
		want                      grade.Verdict
	}{
		{"unit word in the reference", `864 \mbox{ inches}^2`, `\boxed{864}`, grade.Right},
		{"unit with a power in the answer", `864`, `\boxed{864\text{ in}^2}`, grade.Right},
		{"cents in the reference", `5.4 \text{ cents}`, `\boxed{5.4}`, grade.Right},
		{"cents are not dollars", `5.4 \text{ cents}`, `\boxed{\$5.40}`, grade.Wrong},
		{"x = in the reference", `x=5`, `\boxed{5}`, grade.Right},
		{"x = in the answer", `5`, `\boxed{x = 5}`, grade.Right},
		{"f(x) = in the reference", `f(x)=x^2+1`, `\boxed{x^2+1}`, grade.Right},
		{"thin space of the negative kind in thousands", `10,\!080`, `\boxed{10080}`, grade.Right},
		{"thin space in thousands", `1\,000`, `\boxed{1000}`, grade.Right},
		{"thousands are not a list", `10,080`, `\boxed{10}, \boxed{80}`, grade.Wrong},
		{"fraction without braces", `\frac43`, `\boxed{\dfrac{4}{3}}`, grade.Right},
		{"fraction with one brace", `\frac{270}7`, `\boxed{\frac{270}{7}}`, grade.Right},
		{"plus or minus", `1 \pm \sqrt{19}`, `\boxed{1-\sqrt{19}, 1+\sqrt{19}}`, grade.Right},
		{"plus or minus is two values", `1 \pm \sqrt{19}`, `\boxed{1+\sqrt{19}}`, grade.Wrong},
		{"degrees", `90^\circ`, `\boxed{90}`, grade.Right},
		{"root without braces", `2\sqrt3`, `\boxed{2\sqrt{3}}`, grade.Right},
		{"decimal without a leading zero", `.75`, `\boxed{0.75}`, grade.Right},
		{"words around a list", `1,-2`, `\boxed{x=1 \text{ and } x=-2}`, grade.Right},
		{"braces within the box", `\frac{1}{2}`, `So $\boxed{\frac{1}{2^{1}}}$.`, grade.Right},
		{"fbox", `4`, `\fbox{4}`, grade.Right},
		{"mixed number", `3\frac{1}{2}`, `\boxed{\frac{7}{2}}`, grade.Right},

		{"percent is neither dropped nor divided twice", `50\%`, `\boxed{0.5\%}`, grade.Wrong},
		{"percent as a fraction", `50\%`, `\boxed{\frac12}`, grade.Right},
		{"half is not fifty", `\frac{1}{2}`, `\boxed{50}`, grade.Wrong},
		{"fifty is not half", `50`, `\boxed{0.5}`, grade.Wrong},
		{"a tuple is ordered", `(1,2)`, `\boxed{(2,1)}`, grade.Wrong},
		{"a list of solutions is not ordered", `1,2`, `\boxed{2,1}`, grade.Right},
		{"tuples in a list keep their order", `(1,2),(3,4)`, `\boxed{(3,4),(1,2)}`, grade.Right},
		{"tuples in a list are not mixed", `(1,2),(3,4)`, `\boxed{(1,4),(3,2)}`, grade.Wrong},
		{"a repeated item is no second solution", `2,3`, `\boxed{2,2}`, grade.Wrong},
		{"an interval's end counts", `[0,1)`, `\boxed{[0,1]}`, grade.Wrong},
		{"a box that is cut off", `\frac{1}{2}`, `We find \boxed{\frac{1}{2`, grade.NoAnswer},
		{"a cut-off calculation is no answer, though its last digit is the reference", `2`, `This is incorrect. Let's try z_2 =`, grade.NoAnswer},
		{"nothing at all", `4`, ``, grade.NoAnswer},
		{"code is not mathematics", `4`, `\boxed{__import__("os").system("true")}`, grade.CannotTell},
		{"a close decimal is no surd", `\sqrt{2}`, `\boxed{1.414213562}`, grade.Wrong},
		{"a difference far behind the point", `10^{-30}`, `\boxed{0}`, grade.Wrong},
		{"large numbers that doubles cannot tell apart", `2^{100}`, `\boxed{2^{100}+1}`, grade.Wrong},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := g.Grade(context.Background(), &grade.Query{Reference: c.reference}, c.response)
			if got.Verdict != c.want {
				t.Errorf("reference %q, response %q: %v by %s, want %v", c.reference, c.response, got.Verdict, got.Rule, c.want)
			}
		})
	}
}

// Towers of powers and other input that blows up when it is computed are decided,
// or not, at once. Other graders hang on them.
func TestHostileAnswersAreCheap(t *testing.T) {
	g := math.New()
	for _, answer := range []string{
		`9^{9^9}`, `9^9^9^9^9^9`, `(9^{9^9})!`, `99999999999!`, `\binom{10^9}{5\cdot 10^8}`, `\sum_{k=1}^{10^{12}} k^k`, `(x+y+z+w)^{10000}`, `((((((((((x+1)^9)^9)^9)^9)^9)^9)^9)^9)^9)^9`,
		`1e999999999`, `10^{-999999999}`, `\sqrt[999999999]{2}`, `\sin(10^{10^{10}})`, `0.` + repeat("9", 100000), repeat("(", 100000), repeat(`\frac{1}{`, 10000), repeat("1,", 20000),
		repeat(`\pm 1`, 200), repeat("{", 5000) + repeat("}", 5000), `\prod_{n=1}^{99999999} n`, repeat("x^", 3000) + "x",
	} {
		for _, reference := range []string{"1", answer, "x+1"} {
			begin := time.Now()
			got := g.Grade(context.Background(), &grade.Query{Reference: reference, Extracted: true}, answer)
			if took := time.Since(begin); took > 10*time.Second {
				t.Errorf("%.40s against %.20s took %v", answer, reference, took)
			}
			if reference == "1" && got.Verdict == grade.Right {
				t.Errorf("%.40s is not 1", answer)
			}
		}
	}
}

func repeat(s string, n int) string {
	b := make([]byte, 0, len(s)*n)
	for range n {
		b = append(b, s...)
	}
	return string(b)
}
