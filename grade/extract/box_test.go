package extract

import "testing"

// TestBoxNamed: the command's name without a box is prose, and is passed over.
func TestBoxNamed(t *testing.T) {
	for s, want := range map[string][]string{
		`put it in \boxed. Then \boxed{5}`:   {"5"},
		`\boxed notation, \fbox too`:         nil,
		`\boxed` + "\t" + `x{D}}`:            nil,
		`\boxedness \boxed 7 is the answer`:  {"7"},
		`\fbox. \fbox{a{b}c}`:                {"a{b}c"},
		`\boxed{1} and \boxed{2}, in \boxed`: {"1", "2"},
	} {
		boxes, cut := Boxes(s)
		var got []string
		for _, b := range boxes {
			got = append(got, b.Content)
		}
		if len(got) != len(want) || cut {
			t.Errorf("%q: %q, cut %v, want %q", s, got, cut, want)
			continue
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%q: %q, want %q", s, got, want)
			}
		}
	}
}
