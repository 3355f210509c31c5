// Package exact answers one question: does this answer read exactly as the
// reference?
//
// What differs only in how it is written down is the same: white space around
// and between words, the form in which Unicode composes a letter, typographic
// quotes and dashes, quotes or code marks around the whole. Case, digits and
// punctuation count. Where the answer stands is found as every grader finds it;
// a reply in JSON gives its member "answer".
package exact

import (
	"context"
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
	want := normal(q.Reference)
	if want == "" {
		return g.End(grade.CannotTell, "no-reference")
	}
	answer, how := find(q, response)
	g.Answer = answer
	got := normal(answer)
	if got == "" {
		return g.End(grade.NoAnswer, "nothing-found")
	}
	g.Add("extract", how, answer)
	g.Add("reference", "normalise", want)
	g.Add("normalise", "text", got)
	if got == want {
		return g.End(grade.Right, "same-text")
	}
	// A short reply may be the answer as a whole, with words that a phrase or a
	// box was cut out of.
	if normal(response) == want {
		return g.End(grade.Right, "whole-response")
	}
	return g.End(grade.Wrong, "other-text")
}

func find(q *grade.Query, response string) (answer, how string) {
	if q.Extracted {
		return response, "as-given"
	}
	if a, ok := extract.Final(response); ok {
		return a.Text, a.Rule
	}
	return "", ""
}

// normal is the form in which texts are compared.
func normal(s string) string {
	s = strings.Join(strings.Fields(plain.Fold(s)), " ")
	for _, q := range []string{"`", `"`, "'", "$", "**"} {
		if len(s) >= 2*len(q) && strings.HasPrefix(s, q) && strings.HasSuffix(s, q) {
			if inner := strings.TrimSpace(s[len(q) : len(s)-len(q)]); inner != "" && !strings.Contains(inner, q) {
				s = inner
			}
		}
	}
	return s
}
