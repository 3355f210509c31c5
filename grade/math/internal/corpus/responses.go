package corpus

import (
	"fmt"
	"strings"
)

// around are texts in which an answer stands, A, after another number, N, that is
// not the answer.
var around = []string{
	"First we find N, and from it the result.\n\nThe final answer is $\\boxed{A}$.",
	"There are N cases. Adding them up gives\n\\[\n\\boxed{A}\n\\]",
	"**Step 1:** N.\n\n**Step 2:** simplify.\n\n**Final Answer:** $A$",
	"I thought of \\boxed{N} at first. That overlooks one case, so the answer is \\boxed{A}.",
	"Using N we get the answer.\n\nAnswer: $A$",
	"Since N is too large, it follows that\n$$\\fbox{$A$}$$",
	"After N steps: Final Answer: The final answer is $A$. I hope it is correct.",
	"The discriminant is N.\n\n### Answer\n\n$\\boxed{\\displaystyle A}$",
	"With N as the sum, $$\\boxed{ \\; A \\; }$$ which completes the solution.",
}

// responses puts answers of some classes into texts.
func responses(pairs []Pair) []Pair {
	m := newMaker("responses")
	usable := map[string]bool{"rationals": true, "integers": true, "surds": true, "pi": true, "polynomials": true, "tuples": true, "sets": true, "intervals": true, "matrices": true}
	var out []Pair
	add := func(p Pair, want Want, text string) {
		out = append(out, Pair{"responses", p.Reference, text, true, want})
	}
	for len(out) < 240 {
		p := pairs[m.IntN(len(pairs))]
		if !usable[p.Class] {
			continue
		}
		answer := strings.Trim(p.Answer, "$")
		text := strings.NewReplacer("N", fmt.Sprint(m.between(101, 999)), "A", "\x00").Replace(around[m.IntN(len(around))])
		// The A of words such as Answer and Adding is not the place of the answer.
		text = strings.NewReplacer("\x00nswer", "Answer", "\x00dding", "Adding", "\x00fter", "After", "\x00", answer).Replace(text)
		add(p, p.Want, text)
		if m.IntN(8) == 0 {
			add(p, NoAnswer, "Let us write down what is given, and name the unknowns before we begin. Then we")
			if cut := strings.LastIndex(text, "boxed{"); cut >= 0 && strings.Count(text, "boxed") == 1 {
				add(p, NoAnswer, text[:cut+len("boxed{")+len(answer)/2])
			}
		}
	}
	return out
}
