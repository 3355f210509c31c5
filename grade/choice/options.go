package choice

import (
	"regexp"
	"slices"
	"strings"

	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/grade/plain"
)

// options are those of a query: how many, and what each says.
type options struct {
	count int      // 0 when unknown
	texts []string // folded; empty where unknown
}

func optionsOf(q *grade.Query) *options {
	o := &options{count: min(len(q.Options), 26)}
	texts := q.Options[:o.count]
	if !slices.ContainsFunc(texts, func(s string) bool { return strings.TrimSpace(s) != "" }) {
		if texts = listed(q.Prompt); o.count == 0 {
			o.count = len(texts)
		}
	}
	for _, t := range texts {
		o.texts = append(o.texts, fold(t))
	}
	return o
}

var item = regexp.MustCompile(`(?m)^\s*[(*]*([A-Z])[)*.:]+\s*(\S.*)$`)

// listed finds the options that a prompt lists: lines that lead with A, B and so
// on without a gap; the last such list, for examples stand before the question.
func listed(prompt string) (texts []string) {
	for _, m := range item.FindAllStringSubmatch(prompt, -1) {
		switch at := int(m[1][0] - 'A'); {
		case at == 0:
			texts = []string{m[2]}
		case at == len(texts):
			texts = append(texts, m[2])
		}
	}
	if len(texts) < 2 {
		return nil
	}
	return texts
}

// fold is the form in which texts of options are compared.
func fold(s string) string {
	s = strings.Join(strings.Fields(strings.ToLower(plain.Text(s))), " ")
	return strings.Trim(s, " .;:,\"'`*$")
}

func (o *options) beyond(letters []byte) bool {
	return o.count > 0 && slices.ContainsFunc(letters, func(c byte) bool { return int(c-'A') >= o.count })
}

var several = regexp.MustCompile(`^[A-Z]{2,26}$`)

// reference reads the letters of a reference: B, (B), "B) text", "A, C", AC, or
// the text of one option.
func (o *options) reference(s string) []byte {
	s = strings.TrimSpace(plain.Text(s))
	if at := o.named(s); at >= 0 {
		return []byte{byte('A' + at)}
	}
	if got, _ := o.settle(s, ""); got != nil {
		return got
	}
	if several.MatchString(s) && (o.count == 0 || !o.beyond([]byte(s))) {
		return unique([]byte(s))
	}
	return nil
}

// named gives the number of the only option that says this; −1 for none.
func (o *options) named(s string) int {
	s, at := fold(s), -1
	if s == "" {
		return -1
	}
	for i, t := range o.texts {
		if t == s {
			if at >= 0 {
				return -1
			}
			at = i
		}
	}
	return at
}

func unique(letters []byte) []byte {
	slices.Sort(letters)
	return slices.Compact(letters)
}
