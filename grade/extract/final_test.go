package extract

import "testing"

func TestFinal(t *testing.T) {
	for _, c := range []struct{ response, text, rule string }{
		{`So $x = \boxed{\frac{1}{2}}$.`, `\frac{1}{2}`, "boxed"},
		{`First \boxed{3}. No: it is \boxed{4}.`, "4", "boxed"},
		{`The roots are \boxed{1} and \boxed{2}.`, "1, 2", "boxed-list"},
		{`\fbox{$\{1,2\}$}`, `$\{1,2\}$`, "boxed"},
		{`\boxed 5`, "5", "boxed"},
		{"The final answer is $\\frac{3}{4}$. I hope it is correct.", `\frac{3}{4}`, "stated"},
		{"**Answer:** 12 cm", "12 cm", "stated"},
		{"We add them.\n\nThus the total is\n\\[ 42 \\]", "42", "last-math"},
		{"We add them.\nSo it is $7$ in all.", "7", "last-math"},
		{"Sum:\n17", "17", "last-line"},
		{"<think>perhaps \\boxed{3}</think>\\boxed{5}", "5", "boxed"},
	} {
		a, ok := Final(c.response)
		if !ok || a.Text != c.text || a.Rule != c.rule {
			t.Errorf("Final(%q) = %q by %s, %v, want %q by %s", c.response, a.Text, a.Rule, ok, c.text, c.rule)
		}
	}
	for response, rule := range map[string]string{"": "empty", " \n\t": "empty", `Then \boxed{\frac{1}{2`: "box-cut-off", `\boxed{1}, later \boxed{2`: "box-cut-off"} {
		if a, ok := Final(response); ok || a.Rule != rule {
			t.Errorf("Final(%q) = %+v, %v, want nothing by %s", response, a, ok, rule)
		}
	}
}

func FuzzFinal(f *testing.F) {
	f.Add(`\boxed{1} and \boxed`)
	f.Add("the answer is **5**.\n\n")
	f.Fuzz(func(t *testing.T, s string) {
		if a, ok := Final(s); a.Rule == "" || !ok && a.Text != "" || len(a.Text) > len(s)+2*maxBoxes {
			t.Errorf("Final(%q) = %+v, %v", s, a, ok)
		}
	})
}
