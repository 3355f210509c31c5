package pattern

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// form is one way in which an answer is written.
type form struct {
	text  string
	whole bool
}

// formsOf lists the forms of an answer.
func formsOf(answer string) []form {
	if single(answer) {
		return nil
	}
	list := []form{{answer, true}}
	if strings.HasPrefix(answer, "sha256:") {
		return list // it was too long to be kept: how it begins is not known
	}
	symbols := len(answer)
	for i, r := range answer {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || i > 24 {
			symbols = i
			break
		}
	}
	word, letters := len(answer), false
	for i, r := range answer[symbols:] {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) || i > 24 {
			word = symbols + i
			break
		}
		letters = letters || unicode.IsLetter(r)
	}
	if symbols > 0 && symbols < len(answer) {
		list = append(list, form{answer[:symbols], false})
	}
	if word > symbols && word < len(answer) && letters && !single(answer[:word]) {
		list = append(list, form{answer[:word], false})
	}
	return list
}

// single reports whether an answer is one letter or digit, bare or in brackets,
// bold or with a full stop.
func single(s string) bool {
	return utf8.RuneCountInString(strings.Trim(s, "()[]{}.:*$ ")) <= 1 && !symbolic(s)
}

// symbolic reports whether there is no letter and no digit at all.
func symbolic(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}
