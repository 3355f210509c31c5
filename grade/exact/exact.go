// Package exact answers one question: does this answer read exactly as the
// reference?
//
// What differs only in how it is written down is the same: white space around
// and between words, the form in which Unicode composes a letter, typographic
// quotes and dashes, code marks around the whole. Quotes around the whole make it
// a literal, in which white space counts: 'a ' is not 'a'. Case, digits and
// punctuation always count. Where the answer stands is found as every grader finds it;
// a reply in JSON gives its member "answer".
package exact

import (
	"context"
	"regexp"
	"strings"

	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/grade/extract"
	"github.com/allwrong/allwrong/grade/plain"
)

// Name is the grader's name and version.
const Name = "exact/1"

// New gives the grader.
func New() grade.Grader { return grader{} }

type grader struct{}

func (grader) Name() string { return Name }

// Grade compares texts.
func (grader) Grade(_ context.Context, q *grade.Query, response string) grade.Grade {
	g := grade.Grade{Grader: Name}
	if len(response)+len(q.Reference) > grade.MaxResponse {
		return g.End(grade.CannotTell, "too-long")
	}
	if strings.TrimSpace(plain.Fold(q.Reference)) == "" {
		return g.End(grade.CannotTell, "no-reference")
	}
	answer, how, ok := find(q, response)
	if !ok {
		return g.End(grade.NoAnswer, "nothing-found")
	}
	g.Answer = answer
	g.Add("extract", how, answer)
	g.Add("reference", "as-given", q.Reference)
	switch {
	case same(q.Reference, answer):
		return g.End(grade.Right, "same-text")
	case !q.Extracted && same(q.Reference, response):
		// A short reply may be the answer as a whole, of which a phrase or a box was
		// cut out.
		return g.End(grade.Right, "whole-response")
	}
	return g.End(grade.Wrong, "other-text")
}

// find gives the answer, which may be the empty text where a member of a reply
// in JSON says so.
func find(q *grade.Query, response string) (answer, how string, ok bool) {
	if q.Extracted {
		return response, "as-given", strings.TrimSpace(plain.Fold(response)) != ""
	}
	if text, _, ok := extract.Member(response); ok {
		return text, "answer-member", true
	}
	if emptyMember.MatchString(response) {
		return "", "answer-member", true
	}
	a, ok := extract.Final(response)
	return a.Text, a.Rule, ok && strings.TrimSpace(plain.Fold(a.Text)) != ""
}

var emptyMember = regexp.MustCompile(`"answer"\s*:\s*""\s*,?\s*\}\s*(?:` + "```" + `)?\s*$`)

// same compares two texts. Quotes around the whole make it a literal, whose
// white space counts.
func same(want, got string) bool {
	w, wantQuoted := literal(want)
	a, gotQuoted := literal(got)
	if wantQuoted || gotQuoted {
		return plain.Fold(w) == plain.Fold(a)
	}
	return normal(want) == normal(got)
}

// literal takes the quotes off a text; without quotes it gives the text as it is.
func literal(s string) (inner string, quoted bool) {
	t := strings.TrimSpace(plain.Fold(s))
	if len(t) < 2 || t[0] != t[len(t)-1] || t[0] != '\'' && t[0] != '"' {
		return s, false
	}
	inner = t[1 : len(t)-1]
	for i := 0; i < len(inner); i++ {
		switch inner[i] {
		case '\\':
			i++
		case t[0]:
			return s, false // two literals, or a sentence that begins and ends with one
		}
	}
	return inner, true
}

// normal is the form in which texts without quotes are compared.
func normal(s string) string {
	s = strings.Join(strings.Fields(plain.Fold(s)), " ")
	for _, q := range []string{"`", "$", "**"} {
		if len(s) > 2*len(q) && strings.HasPrefix(s, q) && strings.HasSuffix(s, q) {
			if inner := strings.TrimSpace(s[len(q) : len(s)-len(q)]); inner != "" && !strings.Contains(inner, q) {
				s = inner
			}
		}
	}
	return s
}
