package choice

import (
	"regexp"
	"strings"
)

// letter is one letter as a choice is written: B, (B), [B], b), B. and the like.
// A small letter needs a bracket.
const letter = `(?:[(\[]\s*([A-Za-z])\s*[)\]]|\b([A-Z])\b|\b([a-z])\))`

var (
	// lone is a text that is nothing but one letter; a small one will do.
	lone = regexp.MustCompile(`^[\s"'*$(\[]*(?:(?i:option|choice|answer)\s*:?\s*)?[\s"'*$(\[]*([A-Za-z])[\s"'*$)\].:,;!]*$`)
	// leads is a text that leads with a letter set off as that of an option.
	leads = regexp.MustCompile(`^[\s"'*]*(?:(?i:option|choice)\s+)?(?:[(\[]\s*([A-Za-z])\s*[)\]]|([A-Z])\s*[).:\]]|([A-Z])\s+[-–—=]+\s|([a-z])\))\s*\S`)
	list  = regexp.MustCompile(`^(?i:options?|choices?|both)?\s*` + letter + `(?:\s*(?:,|;|/|&|(?i:and|or|,\s*and|,\s*or)\b)\s*` + letter + `)+[\s.*]*$`)
	one   = regexp.MustCompile(letter)

	phrase = regexp.MustCompile(`(?i:\b(?:answers?|(?:correct|right|best|final|most \w+) (?:option|choice|letter|statement|one))\b(?:\s+(?:to (?:this|the) (?:question|problem)|here|choice|option|letter))?\s*(?:is|are|was|would be|must be|should be|will be|has to be|:|=|-|→)+\s*(?:[:=]\s*)?(?:likely|probably|clearly|therefore|thus|definitely|indeed)?\s*(?:options?|choices?|letter|the letter|both)?\s*:?\s*["'*$]*)` + letter)
	taking = regexp.MustCompile(`(?i:\b(?:(?:i|we)(?:'ll| will| would| shall|'d)?\s+(?:choose|chose|pick|select|go with|answer)|(?:choose|pick|select|go with)|(?:so|thus|therefore|hence),?(?:\s+the)?(?:\s+(?:correct|right))?\s+(?:it is|it's|it must be|we have)|matches|corresponds to|(?:option|choice)\s)\s*(?:with\s+)?(?:option|choice|answer|letter)?\s*:?\s*["'*$]*)` + letter)
	is     = regexp.MustCompile(`(?i:\b(?:option|choice|statement)s?\s+)?` + letter + `["'*]*\s+(?i:is|must be|would be|seems to be|appears to be)\s+(?i:the\s+)?(?i:correct|right|best|only (?:correct|valid)|most \w+|true|answer)\b`)
	// denied stands before what is not chosen.
	denied = regexp.MustCompile(`(?i:\b(?:not|isn't|never|cannot be|can't be|neither|nor|instead of|rather than|than|rules? out|ruling out|excludes?|eliminates?|eliminating|unlike)\s+(?:options?|choices?)?\s*[("'*\[]*)$`)
	// follows is what may come behind the words A and I when they are letters.
	follows = regexp.MustCompile(`^["'*)\]]*\s*(?:$|[\n.,;:!?()\[\]–—-]|(?i:because|since|as|and|or|for|which|with|due|given|based|though|while|but|so|is|in|that|where|if)\b|[A-Z0-9])`)
	also    = regexp.MustCompile(`^["'*)\].]*\s*(?:(?:,|;|/|&|(?i:,?\s*(?:and|or)\b))\s*(?:(?i:option|choice|both)\s+)?)` + letter)
)

// hit is a letter found by a pattern, with where it ends.
type hit struct {
	letter     byte
	start, end int
	bare       bool // without brackets
}

// hits finds the letters that a pattern captures.
func hits(p *regexp.Regexp, s string) (out []hit) {
	for _, m := range p.FindAllStringSubmatchIndex(s, -1) {
		for g := len(m)/2 - 3; g < len(m)/2; g++ {
			if from := m[2*g]; from >= 0 {
				h := hit{upper(s[from]), from, m[2*g+1], g == len(m)/2-2}
				if s[from] == 'i' {
					continue // (i) is a number
				}
				if !(h.bare && word(s, h)) && !denied.MatchString(s[max(0, from-60):from]) {
					out = append(out, h)
				}
			}
		}
	}
	return out
}

// word reports whether a bare letter is rather the word A or I, or the beginning
// of a name or formula.
func word(s string, h hit) bool {
	rest := s[h.end:]
	if h.letter == 'N' && strings.HasPrefix(rest, "/A") { // not available
		return true
	}
	if strings.HasPrefix(rest, "'") || strings.HasPrefix(rest, "_") || strings.HasPrefix(rest, "^") || strings.HasPrefix(strings.TrimLeft(rest, " "), "=") {
		return true
	}
	return (h.letter == 'A' || h.letter == 'I') && !follows.MatchString(rest)
}

func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		c -= 'a' - 'A'
	}
	return c
}

// settle reads a piece that is the answer: letters, or the text of an option.
func (o *options) settle(s, rule string) ([]byte, string) {
	if m := lone.FindStringSubmatch(s); m != nil {
		return []byte{upper(m[1][0])}, rule
	}
	if list.MatchString(strings.TrimSpace(s)) {
		var all []byte
		for _, h := range hits(one, s) {
			all = append(all, h.letter)
		}
		if len(all) > 0 {
			return unique(all), rule
		}
	}
	if at := o.named(s); at >= 0 {
		return []byte{byte('A' + at)}, rule + "-text"
	}
	if m := leads.FindStringSubmatch(s); m != nil {
		return []byte{upper(strings.Join(m[1:], "")[0])}, rule
	}
	for _, p := range []*regexp.Regexp{phrase, is} {
		if got := together(hits(p, s), s); got != nil {
			return got, rule
		}
	}
	return nil, ""
}

// whole is a reply that is nothing but the choice.
func (o *options) whole(s string) ([]byte, string) {
	s = strings.TrimSpace(s)
	if m := lone.FindStringSubmatch(s); m != nil {
		return []byte{upper(m[1][0])}, "whole-reply"
	}
	if !strings.Contains(s, "\n") {
		if list.MatchString(s) {
			return o.settle(s, "whole-reply")
		}
		if at := o.named(s); at >= 0 {
			return []byte{byte('A' + at)}, "whole-reply-text"
		}
	}
	return nil, ""
}

// stated is the last phrase that states an answer.
func (o *options) stated(s string) ([]byte, string) {
	found := append(hits(phrase, s), hits(is, s)...)
	if got := together(found, s); got != nil {
		return got, "stated"
	}
	return nil, ""
}

// taken is the last option that is named as taken.
func (o *options) taken(s string) ([]byte, string) {
	if got := together(hits(taking, s), s); got != nil {
		return got, "taken"
	}
	return nil, ""
}

// together gives the last letter found, with those joined to it by "and" or "or".
func together(found []hit, s string) []byte {
	if len(found) == 0 {
		return nil
	}
	last := found[0]
	for _, h := range found {
		if h.start > last.start {
			last = h
		}
	}
	out := []byte{last.letter}
	for at := last.end; ; {
		m := also.FindStringSubmatchIndex(s[at:])
		if m == nil {
			return unique(out)
		}
		next := 0
		for g := 1; g < len(m)/2; g++ {
			if m[2*g] >= 0 {
				h := hit{upper(s[at+m[2*g]]), at + m[2*g], at + m[2*g+1], g == 2}
				if h.bare && word(s, h) {
					return unique(out)
				}
				out, next = append(out, h.letter), h.end
			}
		}
		at = next
	}
}

// line is a last line that holds a letter alone, or leads with one.
func (o *options) line(s string) ([]byte, string) {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	last := strings.TrimSpace(lines[len(lines)-1])
	if m := lone.FindStringSubmatch(last); m != nil && strings.Count(s, "$$")%2 == 0 { // else a formula that was cut off
		return []byte{upper(m[1][0])}, "last-line"
	}
	if m := leads.FindStringSubmatch(last); m != nil && !o.enumerates(lines) {
		return []byte{upper(strings.Join(m[1:], "")[0])}, "last-line"
	}
	return nil, ""
}

// enumerates reports whether the last lines go through the options one by one,
// so that the last of them is not chosen.
func (o *options) enumerates(lines []string) bool {
	n := 0
	for _, l := range lines {
		if leads.MatchString(strings.TrimSpace(l)) {
			n++
		}
	}
	return n > 1
}

// text is a last line, or what a phrase states, that is one option's text.
func (o *options) text(s string) ([]byte, string) {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	last := lines[len(lines)-1]
	pieces := []string{last}
	if at := stating.FindAllStringIndex(last, -1); at != nil {
		pieces = append(pieces, last[at[len(at)-1][1]:])
	}
	for _, p := range pieces {
		if at := o.named(p); at >= 0 {
			return []byte{byte('A' + at)}, "option-text"
		}
	}
	return nil, ""
}

var stating = regexp.MustCompile(`(?i)\banswer\s*(?:is|:|=)+\s*:?\s*`)

var bracketed = regexp.MustCompile(`[(\[]\s*([A-Z])\s*[)\]]`)

// only is the one letter in brackets of the last line: "the diagnosis is (D)".
func (o *options) only(s string) ([]byte, string) {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	last := lines[len(lines)-1]
	var all []byte
	for _, m := range bracketed.FindAllStringSubmatchIndex(last, -1) {
		if denied.MatchString(last[max(0, m[0]-60):m[0]]) {
			return nil, "" // what is left is not said
		}
		all = append(all, last[m[2]])
	}
	if all = unique(all); len(all) == 1 && !o.enumerates(lines) {
		return all, "only-letter"
	}
	return nil, ""
}
