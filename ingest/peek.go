package ingest

import (
	"bytes"

	"github.com/allwrong/allwrong/internal/jsonscan"
)

// members lists the members of the object with which a document begins, as far
// as b reaches: the beginning of a file breaks off anywhere, so the last value
// may be cut short. It is nil when b does not begin with an object.
func members(b []byte) map[string][]byte {
	b = bytes.TrimLeft(b, " \t\r\n")
	if len(b) == 0 || b[0] != '{' {
		return nil
	}
	out := map[string][]byte{}
	for b = b[1:]; ; b = b[1:] {
		n, err := jsonscan.Skip(b, 0)
		if err != nil {
			return out
		}
		name, err := jsonscan.Unquote(bytes.TrimLeft(b[:n], " \t\r\n"))
		if err != nil {
			return out
		}
		if b = bytes.TrimLeft(b[n:], " \t\r\n"); len(b) == 0 || b[0] != ':' {
			return out
		}
		b = bytes.TrimLeft(b[1:], " \t\r\n")
		if n, err = jsonscan.Skip(b, jsonscan.MaxDepth); err != nil {
			if len(b) > 0 {
				out[name] = b
			}
			return out
		}
		out[name] = b[:n]
		if b = bytes.TrimLeft(b[n:], " \t\r\n"); len(b) == 0 || b[0] != ',' {
			return out
		}
	}
}

// element gives the first object of the array with which a document begins, and
// whatever follows it; nil when there is none within b.
func element(b []byte) []byte {
	b = bytes.TrimLeft(b, " \t\r\n")
	if len(b) == 0 || b[0] != '[' {
		return nil
	}
	for b = b[1:]; ; b = b[1:] {
		if b = bytes.TrimLeft(b, " \t\r\n"); len(b) == 0 || b[0] == '{' {
			return b
		}
		n, err := jsonscan.Skip(b, jsonscan.MaxDepth)
		if err != nil {
			return nil
		}
		if b = bytes.TrimLeft(b[n:], " \t\r\n"); len(b) == 0 || b[0] != ',' {
			return nil
		}
	}
}

// firstMember gives the first member of the object with which b begins.
func firstMember(b []byte) (name string, value []byte) {
	if m := members(b); len(m) > 0 {
		b = bytes.TrimLeft(b, " \t\r\n{")
		if n, err := jsonscan.Skip(b, 0); err == nil {
			name, _ = jsonscan.Unquote(b[:n])
			return name, m[name]
		}
	}
	return "", nil
}

// begins reports whether a value begins with this byte: '{' of an object, '['
// of an array, '"' of a string.
func begins(raw []byte, c byte) bool { return len(raw) > 0 && raw[0] == c }

// has reports whether all of these members are there.
func has(m map[string][]byte, names ...string) bool {
	for _, name := range names {
		if _, ok := m[name]; !ok {
			return false
		}
	}
	return true
}
