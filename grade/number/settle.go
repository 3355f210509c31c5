package number

import (
	"regexp"
	"strings"
)

// reading is what one piece of text gives as its number.
type reading struct {
	value Value
	text  string // the number as written
	rule  string
	found found
}

type found uint8

const (
	nothing found = iota // no number
	one
	several // two alternatives
	formula // numbers with operators between them, which are not computed
)

var (
	negated = regexp.MustCompile(`(?i)(?:\bnot\b|\binstead of\b|\brather than\b|≠)[^,.;\n]*`)
	cue     = regexp.MustCompile(`(?i)=|≈|→|⇒|\b(?:is|are|was|equals?|gives?|answer|total of|left with)\b:?`)
	either  = regexp.MustCompile(`(?i)^[\s\w$€£%]{0,24}\bor\b[\s$€£]*$`)
	bound   = regexp.MustCompile(`[-+*/×·÷^\d]\(|\) ?[*/×·÷^]`)
	operate = regexp.MustCompile(`^[\s$€£)]*(?:[-+*/×·÷±^]|x)[\s$€£(]*$`)
)

// maxPiece bounds, in bytes, the piece that is looked at: the end of it. No line that
// states a number is longer.
const maxPiece = 4096

// settle reads the one number that a line, a sentence or the content of a box
// means.
func settle(s string) reading {
	s = strings.TrimSpace(s[max(0, len(s)-maxPiece):])
	if bare := withoutBrackets(s); len(numbers(bare)) > 0 {
		s = bare
	}
	if rest := negated.ReplaceAllString(s, " "); len(numbers(rest)) > 0 {
		s = rest
	}
	rule := ""
	if at := cue.FindAllStringIndex(s, -1); len(at) > 0 {
		for i := len(at) - 1; i >= 0; i-- {
			if rest := s[at[i][1]:]; len(numbers(rest)) > 0 {
				s, rule = rest, "behind-a-cue"
				break
			}
			if len(at)-i > 8 {
				break
			}
		}
	}
	return pick(s, rule)
}

// pick chooses among the numbers of a text.
func pick(s, rule string) reading {
	all := numbers(s)
	if len(all) == 0 {
		return reading{rule: "no-number"}
	}
	take := func(v Value, by string) reading {
		if rule == "" {
			rule = by
		}
		return reading{value: v, text: strings.TrimSpace(s[v.Start:v.End]), rule: rule, found: one}
	}
	same := true
	for i := 1; i < len(all); i++ {
		same = same && all[i].Rat.Cmp(all[0].Rat) == 0 && all[i].Percent == all[0].Percent
		between := s[min(all[i-1].End, all[i].Start):all[i].Start]
		switch {
		case operate.MatchString(between) || strings.TrimSpace(between) == "" && s[all[i].Start] == '-':
			return reading{text: strings.TrimSpace(s), rule: "formula", found: formula}
		case either.MatchString(between) && all[i].Rat.Cmp(all[i-1].Rat) != 0:
			return reading{text: strings.TrimSpace(s), rule: "several-answers", found: several}
		}
	}
	first, last := all[0], all[len(all)-1]
	switch {
	case same:
		return take(first, "the-number")
	case strings.Trim(s[:first.Start], " \t*\"':") == "":
		return take(first, "leading-number")
	}
	return take(last, "last-number")
}

// withoutBrackets drops what stands in round brackets: remarks. Brackets that an
// operator binds to a number are part of a formula and stay, all of them.
func withoutBrackets(s string) string {
	if strings.IndexByte(s, '(') < 0 || bound.MatchString(s) {
		return s
	}
	var b strings.Builder
	depth := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth == 0:
			b.WriteByte(c)
		}
	}
	return b.String()
}
