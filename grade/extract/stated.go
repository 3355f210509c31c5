package extract

import (
	"strings"
)

// announcements are the phrases after which writers put their answer, in lower
// case, the more binding first.
var announcements = [][]string{
	{"final answer is", "final answer:", "final answer**:", "final answer"},
	{"the answer is", "answer is", "answer:", "answer**:", "answers are", "answer would be", "answer should be", "answer =", "####"},
}

// window bounds how far behind an announcement the answer may reach.
const window = 4096

// Stated returns what the last phrase such as "the final answer is" announces,
// up to the end of its sentence.
func Stated(s string) (string, bool) {
	low := lower(s)
	for _, phrases := range announcements {
		at, end := -1, 0
		for _, p := range phrases {
			if i := strings.LastIndex(low, p); i > at {
				at, end = i, i+len(p)
			} else if i >= 0 && i == at {
				end = max(end, i+len(p))
			}
		}
		if at < 0 {
			continue
		}
		if text := sentence(s[end:min(len(s), end+window)]); text != "" {
			return text, true
		}
	}
	return "", false
}

// lower is strings.ToLower for ASCII: places in the result are places in s.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// sentence returns the first sentence or formula of s.
func sentence(s string) string {
	s = strings.TrimLeft(s, " \t*_:=`\n\r\"")
	s = strings.TrimPrefix(strings.TrimPrefix(s, "is "), "that ")
	for _, d := range [][2]string{{"$$", "$$"}, {`\[`, `\]`}, {`\(`, `\)`}, {"$", "$"}} {
		if !strings.HasPrefix(s, d[0]) {
			continue
		}
		i := strings.Index(s[len(d[0]):], d[1])
		if i < 0 || d[0] == "$" && strings.Contains(s[1:1+i], "\n") {
			continue // a currency sign
		}
		rest := s[len(d[0])+i+len(d[1]):]
		if more := firstSentence(rest); !listed(more[:remarkAt(more)]) {
			return Trim(s[len(d[0]) : len(d[0])+i])
		}
	}
	return Trim(withoutRemark(firstSentence(s)))
}

// listed reports whether a formula's sentence goes on with more of the answer:
// another formula, or a unit and a list.
func listed(more string) bool { return strings.ContainsAny(more, "$") || strings.Contains(more, `\(`) }

// firstSentence ends at a line's end, or at a full stop that is followed by
// space and is not part of a number.
func firstSentence(s string) string {
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		s = s[:i]
	}
	for i := 0; i < len(s); i++ {
		if s[i] != '.' && s[i] != '!' && s[i] != '?' || i+1 >= len(s) || s[i+1] != ' ' {
			continue
		}
		if s[i] == '!' && i > 0 && (s[i-1] >= '0' && s[i-1] <= '9' || s[i-1] == ')') {
			continue // a factorial
		}
		return s[:i]
	}
	return s
}

// LastMath returns the content of the last formula between $...$, $$...$$,
// \(...\) or \[...\].
func LastMath(s string) (string, bool) {
	best, text := -1, ""
	for _, d := range [][2]string{{`\(`, `\)`}, {`\[`, `\]`}, {"$$", "$$"}, {"$", "$"}} {
		j := strings.LastIndex(s, d[1])
		if j < 0 || d[1] == "$" && (j > 0 && (s[j-1] == '\\' || s[j-1] == '$')) {
			continue
		}
		i := strings.LastIndex(s[:j], d[0])
		if i < 0 || j <= best {
			continue
		}
		if inner := Trim(s[i+len(d[0]) : j]); inner != "" {
			best, text = j, inner
		}
	}
	return text, best >= 0
}

// Trim takes white space, markdown and the full stop of a sentence from both ends.
func Trim(s string) string {
	for {
		t := strings.TrimSpace(s)
		t = strings.Trim(t, "`")
		for _, mark := range []string{"**", "__"} {
			t = strings.TrimPrefix(t, mark)
			t = strings.TrimSuffix(t, mark)
		}
		if len(t) > 1 && t[0] == '*' && t[len(t)-1] == '*' {
			t = t[1 : len(t)-1]
		}
		t = strings.TrimSuffix(t, ".")
		t = strings.TrimLeft(t, ">#")
		t = strings.TrimSuffix(t, ",")
		if t == s {
			return t
		}
		s = t
	}
}
