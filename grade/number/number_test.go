package number

import (
	"context"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/grade"
)

const (
	right = grade.Right
	wrong = grade.Wrong
	none  = grade.NoAnswer
	open  = grade.CannotTell
)

// What a response means, by case. The name says what would break.
var responses = []struct {
	name, reference, response string
	want                      grade.Verdict
}{
	{"the mark", "72", "She sold 48+24 = 72 clips.\n#### 72", right},
	{"the mark, with a remark", "12", "#### 12 (3 boxes)", right},
	{"the mark, and the remark is not it", "3", "#### 12 (3 boxes)", wrong},
	{"the mark, last number on its line", "12", "#### 5 more than 7 is 12", right},
	{"the mark, computed", "12", "#### 3 boxes of 4 = 12", right},
	{"the mark, answer on the next line", "12", "####\n\n12", right},
	{"the last mark counts", "12", "#### 10\nNo, wait.\n#### 12", right},
	{"headings are no marks", "12", "#### Step 2: multiply\n3 and 4\n\nThe answer is 12.", right},
	{"a heading of the answer", "12", "#### Final answer: 12", right},
	{"a heading above the answer", "12", "#### Final answer\n\n**12** apples", right},
	{"denied", "12", "The answer is 12 (not 13).", right},
	{"denied without brackets", "12", "The answer is 12, not 13.", right},
	{"denied, other way", "13", "The answer is 12, not 13.", wrong},
	{"box", "12", `So we get \boxed{12} in 3 steps.`, right},
	{"box with text", "12", `\boxed{12 \text{ apples}}`, right},
	{"box, equation", "12", `\boxed{x = 12}`, right},
	{"box, grouping", "10080", `\boxed{10,\!080}`, right},
	{"box, thin space", "1000", `\boxed{1\,000}`, right},
	{"box, fraction", "4/3", `\boxed{\dfrac43}`, right},
	{"box, nested fraction is a formula", "1/6", `\boxed{\frac{\frac12}{3}}`, open},
	{"box cut off", "12", `so \boxed{12`, none},
	{"a box of TeX dollars", "5", `\boxed{\$5}`, right},
	{"last box", "12", `\boxed{10}. Correction: \boxed{12}`, right},
	{"markdown", "12", "**Answer:** **12** apples", right},
	{"a sentence", "18", "Janet makes $18 every day at the farmers' market.", right},
	{"the last sentence", "18", "She sells 9 eggs. At $2 each that makes 9 * 2 = $18.", right},
	{"bold", "18", "That is **18**.", right},
	{"two answers", "12", "The answer is 12 or 13.", wrong},
	{"or, in the unit", "12", "The answer is 12 dollars or 12 euros.", right},
	{"formula", "12", `\boxed{3 \times 4}`, open},
	{"formula, range", "10", "The answer is 10-12.", open},
	{"time of day", "30", "The answer is 3:30.", none},
	{"date", "2020", `\boxed{12/25/2020}`, none},
	{"words", "12", "I cannot solve this.", none},
	{"empty", "12", "  \n ", none},
	{"thinking is not the answer", "12", "<think>The answer is 13</think>\nThe answer is 12", right},
	{"digits in names", "12", "Let x2 be the rest, H2O and q_3. The answer is 12.", right},
	{"only digits in names", "2", "The answer is x2", none},
	{"negative", "-7", "The answer is -7.", right},
	{"negative, sign of its own", "-7", "The answer is \u22127.", right},
	{"negative money", "-7", "The answer is -$7.", right},
	{"negative, in words", "-7", "The answer is negative 7.", right},
	{"negative against positive", "7", "The answer is -7.", wrong},
	{"subtraction is no sign", "7", "10 - 3 = 7", right},
	{"a list's mark is no sign", "5", "Answer:\n- 5 apples", right},
	{"hyphen", "5", "The answer: a 5-day week", right},
	{"thousands", "1234567", "The answer is 1,234,567.", right},
	{"thousands, cents", "1234.5", "The answer is $1,234.50.", right},
	{"thousands, spaces", "1000000", "The answer is 1 000 000.", right},
	{"thousands, apostrophes", "1000000", "The answer is 1'000'000.", right},
	{"thousands, full stops", "1234567", "The answer is 1.234.567.", right},
	{"thousands, continental", "1000.5", "The answer is 1.000,5.", right},
	{"a full stop is a decimal point", "1000", "The answer is 1.000", wrong},
	{"a full stop is a decimal point, indeed", "1", "The answer is 1.000", right},
	{"lakhs", "1234567", "The answer is 12,34,567.", right},
	{"a list is no thousands", "15", "The answer is 1,5", wrong},
	{"millions", "3000000", "The answer is 3 million.", right},
	{"scientific", "1200000", "The answer is 1.2e6.", right},
	{"scientific, TeX", "1200000", `The answer is $1.2 \times 10^{6}$.`, right},
	{"scientific, signs", "0.0012", "The answer is 1.2 × 10⁻³.", right},
	{"scientific, program", "1200000", "The answer is 1.2 * 10**6.", right},
	{"power of ten", "1000", `The answer is $10^3$.`, right},
	{"huge power", "1", "The answer is 9^9999999999", none},
	{"huge exponent", "1", "The answer is 1e999999999", none},
	{"mixed number", "7/2", "The answer is 3 1/2.", right},
	{"mixed number, TeX", "3.5", `The answer is $3\tfrac12$.`, right},
	{"mixed number, sign", "3.5", "The answer is 3½.", right},
	{"negative mixed number", "-3.5", "The answer is -3 1/2.", right},
	{"over nothing", "1", "The answer is 1/0.", none},
	{"no leading zero", "0.5", "The answer is .5", right},
}

func TestResponses(t *testing.T) {
	for _, c := range responses {
		q := grade.Query{Reference: c.reference}
		if g := New().Grade(context.Background(), &q, c.response); g.Verdict != c.want {
			t.Errorf("%s: %q against %s is %v by %s, want %v; %v", c.name, c.response, c.reference, g.Verdict, g.Rule, c.want, g.Steps)
		}
	}
}

// Which answers are which references.
func TestCompare(t *testing.T) {
	for _, c := range []struct {
		reference, answer string
		want              grade.Verdict
		rule              string
	}{
		{"12", "12.0", right, "equal"},
		{"12", "12.3", wrong, "different"},
		{"3.14", "22/7", right, "rounds-to-reference"},
		{"3.14", "3.14159", right, "rounds-to-reference"},
		{"3.14", "3.145", right, "rounds-to-reference"},
		{"3.14", "3.1451", wrong, "different"},
		{"3.14", "3.1", wrong, "different"},
		{"3.1", "3", wrong, "different"},
		{"2.9", "3", wrong, "different"},
		{"0.33", "1/3", right, "rounds-to-reference"},
		{"1/3", "0.33", wrong, "different"},
		{"1/3", "0.33333333", right, "float-noise"},
		{"12", "11.99999999", right, "float-noise"},
		{"0.000000001", "0.000000002", wrong, "different"},
		{"0", "0.0000001", wrong, "different"},
		{"6.02e23", "6.022e23", right, "rounds-to-reference"},
		{"50%", "50", right, "percent-as-unit"},
		{"50", "50%", right, "percent-as-unit"},
		{"50%", "50 percent", right, "equal"},
		{"0.5", "50%", right, "percent-as-fraction"},
		{"1/2", `50\%`, right, "percent-as-fraction"},
		{"0.5", "0.5%", open, "percent-or-fraction"},
		{"5 cents", "5", right, "equal"},
		{"5", "5 cents", right, "equal"},
		{"$5", "500 cents", right, "equal"},
		{"5 cents", "$5", wrong, "different"},
		{"5 m", "500 cm", right, "equal"},
		{"5 m", "5 cm", wrong, "different"},
		{"5 km", "5 hours", wrong, "units-differ"},
		{"2 hours", "120 minutes", right, "equal"},
		{"5 apples", "5 pears", right, "equal"},
		{"864 inches^2", "864", right, "equal"},
		{"$5", "$5$", right, "equal"},
		{"5 cents", "$5$", right, "equal"},
		{"She has 3*4=<<12>>12\n#### 12", "12", right, "equal"},
		{"none", "12", open, "reference-unreadable"},
		{"", "12", open, "reference-unreadable"},
		{"12 or 13", "12", open, "reference-unreadable"},
	} {
		q := grade.Query{Reference: c.reference, Extracted: true}
		if g := New().Grade(context.Background(), &q, c.answer); g.Verdict != c.want || g.Rule != c.rule {
			t.Errorf("%q against %q is %v by %s, want %v by %s", c.answer, c.reference, g.Verdict, g.Rule, c.want, c.rule)
		}
	}
}

func TestHostile(t *testing.T) {
	for _, unit := range []string{"1", "1,", "1,111", "1.111", "1 ", "1/", "1:", "1^", "1e9", "=1", "(", "####", "1 or ", "-", "is 1 ", `\boxed{1}`, "1. ", "1\n", `\frac{1}{2}`} {
		s := strings.Repeat(unit, (1<<17)/len(unit)) // work grows in proportion
		New().Grade(context.Background(), &grade.Query{Reference: "1"}, s)
	}
	q := grade.Query{Reference: "1"}
	if g := New().Grade(context.Background(), &q, strings.Repeat(" ", grade.MaxResponse+1)); g.Verdict != open || g.Rule != "too-long" {
		t.Errorf("a response beyond the limit is %v by %s", g.Verdict, g.Rule)
	}
}

// Whatever is written: no panic, the same grade twice, and an answer that is read
// is right against itself.
func FuzzNumber(f *testing.F) {
	for _, c := range responses {
		f.Add(c.response)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q := grade.Query{Reference: "12"}
		a, b := New().Grade(context.Background(), &q, s), New().Grade(context.Background(), &q, s)
		if a.Verdict != b.Verdict || a.Answer != b.Answer {
			t.Fatalf("%q: %v, then %v", s, a, b)
		}
		r := settle(s)
		if r.found != one {
			return
		}
		if v, rule := compare(r.value, r.value); v != right {
			t.Errorf("%q: not equal to itself by %s", s, rule)
		}
		if len(numbers(r.text)) != 1 {
			t.Errorf("%q: what was read, %q, is not one number", s, r.text)
		}
	})
}
