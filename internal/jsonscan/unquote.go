package jsonscan

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// Unquote gives the text of a JSON string. Half a surrogate pair becomes
// U+FFFD, as encoding/json has it.
func Unquote(raw []byte) (string, error) {
	body, escaped, err := inside(raw)
	if err != nil || !escaped {
		return string(body), err
	}
	return string(unescape(make([]byte, 0, len(body)), body)), nil
}

func inside(raw []byte) (body []byte, escaped bool, err error) {
	if len(raw) == 0 || raw[0] != '"' {
		return nil, false, notThis(raw, 0, "want a string")
	}
	to, escaped, err := str(raw, 0)
	if err != nil {
		return nil, false, err
	}
	if to != len(raw) {
		return nil, false, wrong(to, "something follows the value")
	}
	return raw[1 : to-1], escaped, nil
}

var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescape appends the text of the inside of a string that has been checked.
func unescape(dst, s []byte) []byte {
	for {
		i := bytes.IndexByte(s, '\\')
		if i < 0 {
			return append(dst, s...)
		}
		dst = append(dst, s[:i]...)
		if c := s[i+1]; c != 'u' {
			dst, s = append(dst, escapes[c]), s[i+2:]
			continue
		}
		r := hex4(s[i+2:])
		s = s[i+6:]
		if utf16.IsSurrogate(r) {
			low := rune(-1)
			if len(s) >= 6 && s[0] == '\\' && s[1] == 'u' {
				low = hex4(s[2:])
			}
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				s = s[6:]
			}
		}
		dst = utf8.AppendRune(dst, r)
	}
}
