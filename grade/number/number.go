// Package number grades answers that are one number: 1,234.50, $3, 50 %, 3 1/2,
// 1.2 × 10^6, −7.
//
// Where the answer stands is looked for in this order: behind the last ####, in
// the last box, behind a phrase such as "the answer is", else in the last
// sentence that holds a number. Of that piece, brackets ("(3 boxes)") and what is
// denied ("not 13") fall away; what stands behind the last "=" or "is" counts;
// then the number that leads, else the last one. Two alternatives ("12 or 13")
// are wrong whichever they are. A formula is not computed: of "3 × 4" the grader
// cannot tell.
//
// Numbers are exact rationals. Commas, thin spaces and apostrophes part thousands
// where every group has three digits; full stops do only where they can be
// nothing else (1.234.567, 1.000,5). Units are converted where both sides have
// one that is known, and otherwise say nothing.
package number

import (
	"context"
	"math/big"
	"strings"

	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/grade/extract"
	"github.com/allwrong/allwrong/grade/plain"
)

// Name is the grader's name and version.
const Name = "number/1"

type grader struct{}

// New gives the grader.
func New() grade.Grader { return grader{} }

func (grader) Name() string { return Name }

// Grade says whether the response's number is the reference.
func (grader) Grade(_ context.Context, q *grade.Query, response string) grade.Grade {
	g := grade.Grade{Grader: Name}
	if len(response) > grade.MaxResponse || len(q.Reference) > grade.MaxResponse {
		return g.End(grade.CannotTell, "too-long")
	}
	ref := reference(q.Reference)
	if ref.found != one {
		g.Add("reference", "reference-"+ref.rule, q.Reference)
		return g.End(grade.CannotTell, "reference-unreadable")
	}
	got, rule := find(response, q.Extracted)
	g.Answer = got.text
	g.Add("extract", rule, got.text)
	switch got.found {
	case nothing:
		return g.End(grade.NoAnswer, got.rule)
	case several:
		return g.End(grade.Wrong, got.rule)
	case formula:
		return g.End(grade.CannotTell, "formula-not-computed")
	}
	g.Add("reference", ref.rule, show(ref.value))
	g.Add("normalise", got.rule, show(got.value))
	return g.End(compare(ref.value, got.value))
}

// reference reads the expected answer; a worked solution ends in "#### answer".
func reference(s string) reading {
	if i := strings.LastIndex(s, "####"); i >= 0 {
		s = s[i+len("####"):]
	}
	return settle(plain.Text(s))
}

// find looks for the number of a response and says where it stood.
func find(response string, extracted bool) (reading, string) {
	s := extract.AfterThinking(response)
	if strings.TrimSpace(s) == "" {
		return reading{rule: "empty"}, "empty"
	}
	if line, ok := marked(s); ok {
		if r := settle(plain.Text(line)); r.found != nothing {
			return r, "marked"
		}
	}
	boxes, cut := extract.Boxes(s)
	if cut {
		return reading{rule: "box-cut-off"}, "box-cut-off"
	}
	if n := len(boxes); n > 0 {
		if r := settle(plain.Text(boxes[n-1].Content)); r.found != nothing {
			return r, "boxed"
		}
	}
	if extracted {
		return settle(plain.Text(s)), "given"
	}
	if text, ok := extract.Stated(s); ok {
		text = strings.TrimPrefix(text, "- ") // a list's mark is no sign
		if r := settle(plain.Text(text)); r.found != nothing {
			return r, "stated"
		}
	}
	return lastSentence(plain.Text(s)), "last-sentence"
}

// marked is the line behind the last ####, as GSM8K asks for it. A heading of
// Markdown looks the same: a line that begins with a word counts only when
// nothing follows it.
func marked(s string) (line string, ok bool) {
	i := strings.LastIndex(s, "####")
	if i < 0 {
		return "", false
	}
	rest := strings.TrimLeft(s[i:], "# \t*:\n\r")
	line, after, _ := strings.Cut(rest, "\n")
	text := strings.ToLower(strings.TrimLeft(plain.Text(line), " \t\u00a0"))
	for _, word := range []string{"the ", "final ", "answer", " ", "is ", ":", "="} {
		text = strings.TrimPrefix(text, word)
	}
	if lead := strings.TrimLeft(text, " \t-+$€£¥₹(.≈="); lead != "" && digit(lead[0]) {
		return line, true
	}
	return line, strings.TrimSpace(after) == "" && line != ""
}

// lastSentence reads the last sentence that holds a number.
func lastSentence(s string) reading {
	s = s[max(0, len(s)-16*maxPiece):]
	for s != "" {
		cut := strings.LastIndexByte(strings.TrimRight(s, "\n"), '\n')
		line := s[cut+1:]
		if strings.ContainsAny(line, "0123456789") {
			if r := lastOf(line); r.found != nothing {
				return r
			}
		}
		s = s[:max(cut, 0)]
	}
	return reading{rule: "no-number"}
}

func lastOf(line string) reading {
	for {
		cut := max(strings.LastIndex(line, ". "), strings.LastIndex(line, "! "), strings.LastIndex(line, "? "))
		if r := settle(line[cut+1:]); r.found != nothing || cut < 0 {
			return r
		}
		line = line[:cut]
	}
}

// show writes a value exactly, or says how long it is.
func show(v Value) string {
	s := v.Rat.RatString()
	if len(s) > 60 {
		f, _ := new(big.Float).SetRat(v.Rat).Float64()
		s = big.NewFloat(f).Text('g', 12) + "…"
	}
	if v.Percent {
		s += " %"
	}
	if v.Unit != "" {
		s += " " + v.Unit
	}
	return s
}
