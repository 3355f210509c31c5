package study

import (
	"strings"
	"unicode/utf8"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/outcome"
)

// What of a text is kept, in bytes.
const (
	mostPrompt    = 4000
	mostReference = 1000
	mostAnswer    = 400
)

// texts keeps what records say of some queries.
type texts struct {
	want      func(query string) bool
	keep      func(model string) bool
	threshold float64
	of        map[string]*audit.Question
}

func newTexts(want, keep func(string) bool, threshold float64) *texts {
	return &texts{want, keep, threshold, map[string]*audit.Question{}}
}

// note takes a record without its response, and with the rest cut.
func (t *texts) note(r *outcome.Record) {
	if t.want == nil || r.Attempt > 0 || !t.keep(r.Model) || !t.want(r.Query) {
		return
	}
	x := t.of[r.Query]
	if x == nil {
		x = &audit.Question{Query: r.Query}
		t.of[r.Query] = x
	}
	short := *r
	short.Response = ""
	short.Prompt, short.Reference, short.Answer = cut(r.Prompt, mostPrompt), cut(r.Reference, mostReference), cut(r.Answer, mostAnswer)
	x.Note(&short, t.threshold)
}

func (t *texts) settle() map[string]audit.Question {
	out := make(map[string]audit.Question, len(t.of))
	for query, x := range t.of {
		x.Settle()
		out[query] = *x
	}
	return out
}

// cut shortens a text to so many bytes, at the end of a letter, and copies it, so
// that the whole of it is not held in memory.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return strings.Clone(s[:most]) + " …"
}
