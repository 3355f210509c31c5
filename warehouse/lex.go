package warehouse

import (
	"errors"
	"fmt"
	"strings"
)

// single checks that a user's SQL is one statement that can stand between
// parentheses: no semicolon but at its end, no quote or comment left open, no
// parenthesis closed that was not opened. It gives it without that semicolon.
//
// The text is the user's own, and runs with the user's own rights in a
// transaction that writes nothing. The check is there so that what is run is
// what was meant, and so that the message comes before anything runs.
func (d *dialect) single(what, s string) (string, error) {
	if strings.IndexByte(s, 0) >= 0 {
		return "", fmt.Errorf("%s: it holds a NUL byte", what)
	}
	depth, end := 0, -1
	for i := 0; i < len(s); {
		n, comment, err := d.token(s[i:])
		if err != nil {
			return "", fmt.Errorf("%s: %w", what, err)
		}
		c := s[i]
		blank := comment || strings.IndexByte(" \t\r\n\f\v", c) >= 0
		switch {
		case end >= 0 && !blank:
			return "", fmt.Errorf("%s: more than one statement: something follows the semicolon; give a single SELECT", what)
		case n > 1:
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth < 0 {
				return "", fmt.Errorf("%s: a parenthesis is closed that was not opened", what)
			}
		case c == ';':
			end = i
		}
		i += n
	}
	if depth > 0 {
		return "", fmt.Errorf("%s: a parenthesis is not closed", what)
	}
	if end >= 0 {
		s = s[:end]
	}
	if s = strings.TrimSpace(s); s == "" {
		return "", fmt.Errorf("%s: empty", what)
	}
	return s, nil
}

// token gives the length of what begins here: a quoted text, a comment, or a
// single byte.
func (d *dialect) token(s string) (n int, comment bool, err error) {
	switch {
	case strings.HasPrefix(s, "--"):
		if n = strings.IndexByte(s, '\n'); n < 0 {
			n = len(s)
		}
		return n, true, nil
	case strings.HasPrefix(s, "/*"):
		n, err = blockComment(s, d.dollars)
		return n, true, err
	case d.backslashes && (strings.HasPrefix(s, "E'") || strings.HasPrefix(s, "e'")):
		n, err = quoted(s[1:], '\'', true)
		return n + 1, false, err
	case s[0] == '\'' || s[0] == '"' || s[0] == '`' && d.backquotes:
		n, err = quoted(s, s[0], false)
		return n, false, err
	case s[0] == '[' && d.backquotes:
		n, err = until(s, "]", "a name in brackets")
		return n, false, err
	case s[0] == '$' && d.dollars:
		if tag := dollarTag(s); tag != "" {
			n, err = until(s[len(tag):], tag, "a text in dollars")
			return n + len(tag), false, err
		}
	case isWord(s[0]):
		// A word is taken whole: its E or $ begins no text.
		for n < len(s) && (isWord(s[n]) || s[n] == '$' && d.dollars) {
			n++
		}
		return n, false, nil
	}
	return 1, false, nil
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}

func quoted(s string, quote byte, backslashes bool) (int, error) {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && backslashes:
			i++
		case s[i] != quote:
		case i+1 < len(s) && s[i+1] == quote:
			i++
		default:
			return i + 1, nil
		}
	}
	return 0, fmt.Errorf("a quote, %c, is not closed", quote)
}

func until(s, end, what string) (int, error) {
	i := strings.Index(s, end)
	if i < 0 {
		return 0, errors.New(what + " is not closed")
	}
	return i + len(end), nil
}

// dollarTag gives the $tag$ that begins here, empty when none does.
func dollarTag(s string) string {
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '$':
			return s[:i+1]
		case !isWord(c) || i == 1 && c >= '0' && c <= '9':
			return ""
		}
	}
	return ""
}

func blockComment(s string, nest bool) (int, error) {
	depth := 0
	for i := 0; i+1 < len(s); i++ {
		switch {
		case s[i] == '/' && s[i+1] == '*' && (nest || depth == 0):
			depth++
			i++
		case s[i] == '*' && s[i+1] == '/':
			i++
			if depth--; depth == 0 {
				return i + 1, nil
			}
		}
	}
	return 0, errors.New("a comment is not closed")
}
