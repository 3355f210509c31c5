package ingest

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"github.com/allwrong/allwrong/internal/jsonscan"
)

// zeroEvalAnswer finds the answer in a response: in the first balanced object,
// if that is JSON and has one; else behind the word answer; else, for one
// family of models that drops the form asked for, in a box at the end.
func zeroEvalAnswer(text, model string) (string, bool) {
	if answer, ok := answerMember(balanced(text)); ok {
		return answer, true
	}
	for _, form := range answerForms {
		if m := form.FindStringSubmatch(text); m != nil {
			return m[1], true
		}
	}
	if strings.Contains(model, "Llama-3.1") && strings.Contains(lastRunes(text, 30), "boxed") {
		if m := boxedForm.FindStringSubmatch(text); m != nil {
			return m[1], true
		}
	}
	return "", false
}

var (
	answerForms = []*regexp.Regexp{
		regexp.MustCompile(`"answer"\s*:\s*"([^"]*)"`),
		regexp.MustCompile(`"answer"\s*:\s*([^,\s]*)`),
		regexp.MustCompile(`answer\s*:\s*([^,\s]*)`),
	}
	boxedForm = regexp.MustCompile(`\\boxed\{([\p{L}\p{N}_]+)\}`)
)

// balanced gives what stands from the first brace to the one that closes it.
// Braces inside strings count like any others: that is the published rule.
func balanced(text string) string {
	first, depth := -1, 0
	for i := range len(text) {
		switch text[i] {
		case '{':
			if depth++; first < 0 {
				first = i
			}
		case '}':
			if depth == 0 {
				continue
			}
			if depth--; depth == 0 {
				return text[first : i+1]
			}
		}
	}
	return ""
}

// answerMember reads the answer of an object whose line ends do not count. The
// last of several members with that name is taken.
func answerMember(object string) (answer string, ok bool) {
	b := []byte(strings.ReplaceAll(object, "\n", ""))
	if len(b) == 0 {
		return "", false
	}
	err := jsonscan.Object(b, jsonscan.MaxDepth, func(key, raw []byte) error {
		if string(key) == "answer" {
			answer, ok = literal(raw, false), true
		}
		return nil
	})
	return answer, ok && err == nil
}

// literal writes a JSON value as Python would: the references of crux are
// Python's literals.
func literal(raw []byte, inside bool) string {
	var parts []string
	switch {
	case begins(raw, '"'):
		s, _ := jsonscan.Unquote(raw)
		switch {
		case !inside:
			return s
		case strings.Contains(s, "'") && !strings.Contains(s, `"`):
			return `"` + s + `"`
		}
		return "'" + strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), "'", `\'`) + "'"
	case begins(raw, '['):
		jsonscan.Array(raw, jsonscan.MaxDepth, func(e []byte) error {
			parts = append(parts, literal(e, true))
			return nil
		})
		return "[" + strings.Join(parts, ", ") + "]"
	case begins(raw, '{'):
		jsonscan.Object(raw, jsonscan.MaxDepth, func(key, e []byte) error {
			parts = append(parts, "'"+string(key)+"': "+literal(e, true))
			return nil
		})
		return "{" + strings.Join(parts, ", ") + "}"
	}
	switch s := string(bytes.TrimSpace(raw)); s {
	case "true":
		return "True"
	case "false":
		return "False"
	case "null":
		return "None"
	default:
		return s
	}
}

func lastRunes(s string, n int) string {
	r := []rune(s[max(0, len(s)-4*n):])
	return string(r[max(0, len(r)-n):])
}

// sameLiteral compares as text, without the quotes around it.
func sameLiteral(answer, reference string) bool {
	const quotes = `'"`
	return strings.ReplaceAll(strings.Trim(answer, quotes), "\n", `\n`) == strings.Trim(reference, quotes)
}

// sameNumber compares the first number of each; text without one is wrong.
func sameNumber(answer, reference string) bool {
	a, found := firstNumber(answer)
	b, wanted := firstNumber(reference)
	return found && wanted && a == b
}

var (
	numberForm   = regexp.MustCompile(`-?\d+(\.\d+)?`)
	fractionForm = regexp.MustCompile(`^(-?\d+(?:\.\d+)?)\s*/\s*(-?\d+(?:\.\d+)?)$`)
)

// firstNumber reads a/b as a quotient where there is nothing else.
func firstNumber(text string) (float64, bool) {
	text = strings.TrimSpace(strings.NewReplacer("$", "", ",", "", "#", "").Replace(text))
	if m := fractionForm.FindStringSubmatch(text); m != nil {
		a, _ := strconv.ParseFloat(m[1], 64)
		if b, _ := strconv.ParseFloat(m[2], 64); b != 0 {
			return a / b, true
		}
	}
	x, err := strconv.ParseFloat(numberForm.FindString(text), 64)
	return x, err == nil
}
