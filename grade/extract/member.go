package extract

import "strings"

// maxMembers bounds how many members are tried, from the last one backwards.
const maxMembers = 64

// Member returns what a reply in JSON has under "answer", and where it begins in
// s: the last such member, because reasoning stands before it or quotes the form
// that was asked for. The JSON need not be whole or valid: models break lines
// inside strings and leave the backslashes of LaTeX as they are.
func Member(s string) (text string, at int, ok bool) {
	end := len(s)
	for range maxMembers {
		quote := strings.LastIndex(s[:end], `answer"`)
		if quote < 0 {
			break
		}
		end = quote
		open, is := strings.CutSuffix(strings.TrimSuffix(s[:quote], "final_"), `"`)
		if !is {
			continue
		}
		at, name := len(open), quote+len(`answer"`)
		value, is := strings.CutPrefix(strings.TrimLeft(s[name:], " \t\r\n"), ":")
		if !is {
			continue
		}
		if text := memberValue(strings.TrimLeft(value, " \t\r\n")); text != "" {
			return text, at, true
		}
	}
	return "", 0, false
}

// memberValue reads a string, or whatever else stands up to the end of the line or object.
func memberValue(s string) string {
	if !strings.HasPrefix(s, `"`) {
		if i := strings.IndexByte(s, '\n'); i >= 0 {
			s = s[:i]
		}
		return Trim(strings.TrimRight(strings.TrimSpace(s), "},` "))
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return Trim(memberEscapes.Replace(s[1:i]))
		}
	}
	return "" // cut off
}

// memberEscapes undoes the two escapes that tell LaTeX in JSON from LaTeX that was
// put there as it is; \n and \f may be either, and stay.
var memberEscapes = strings.NewReplacer(`\\`, `\`, `\"`, `"`)
