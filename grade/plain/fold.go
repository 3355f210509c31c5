package plain

import (
	"strings"
	"unicode/utf8"
)

// fold gives the plain form of signs that Unicode has more than once.
var fold = map[rune]string{
	'\u2018': "'", '\u2019': "'", '\u201a': "'", '\u201b': "'", '\u2032': "'", '\u00b4': "'", '\u02bc': "'",
	'\u201c': `"`, '\u201d': `"`, '\u201e': `"`, '\u201f': `"`, '\u2033': `"`, '\u00ab': `"`, '\u00bb': `"`,
	'\u2010': "-", '\u2011': "-", '\u2012': "-", '\u2013': "-", '\u2014': "-", '\u2015': "-", '\u2212': "-", '\ufe63': "-",
	'\u2009': "\u00a0", '\u202f': "\u00a0", '\u2007': "\u00a0", '\u2008': "\u00a0", '\u200a': "\u00a0", '\u2006': "\u00a0",
	'\u2002': " ", '\u2003': " ", '\u2004': " ", '\u2005': " ", '\u3000': " ", '\u2028': "\n", '\u2029': "\n", '\r': "\n",
	'\u200b': "", '\u200c': "", '\u200d': "", '\u2060': "", '\ufeff': "", '\u00ad': "", '\u200e': "", '\u200f': "", '\u2061': "", '\u2062': "",
	'\u2044': "/", '\u2215': "/", '\u2217': "*", '\u22c5': "·", '\u2219': "·", '\u2715': "×", '\u2716': "×",
	'\u3002': ".", '\u2026': "...",
	'ﬀ': "ff", 'ﬁ': "fi", 'ﬂ': "fl", 'ﬃ': "ffi", 'ﬄ': "ffl",
}

var vulgar = map[rune]string{
	'½': "1/2", '⅓': "1/3", '⅔': "2/3", '¼': "1/4", '¾': "3/4", '⅕': "1/5", '⅖': "2/5", '⅗': "3/5", '⅘': "4/5", '⅙': "1/6", '⅚': "5/6",
	'⅐': "1/7", '⅛': "1/8", '⅜': "3/8", '⅝': "5/8", '⅞': "7/8", '⅑': "1/9", '⅒': "1/10",
}

var superscripts = map[rune]byte{
	'⁰': '0', '¹': '1', '²': '2', '³': '3', '⁴': '4', '⁵': '5', '⁶': '6', '⁷': '7', '⁸': '8', '⁹': '9', '⁻': '-', '⁺': '+',
}

// Fold writes signs that Unicode has more than once in one way: quotes, dashes,
// spaces, full-width forms, vulgar fractions, superscripts; and letters with a
// separate accent as one letter. What is not seen (a joiner, a byte order mark)
// goes, and bytes that are not UTF-8 become U+FFFD.
func Fold(s string) string {
	if ascii(s) {
		return s
	}
	out := make([]byte, 0, len(s))
	last, raised := rune(0), false
	for _, r := range strings.ReplaceAll(s, "\r\n", "\n") {
		d, up := superscripts[r]
		switch {
		case up && raised:
			out = append(out, d)
		case up:
			out = append(out, '^', d)
		case vulgar[r] != "":
			if '0' <= last && last <= '9' {
				out = append(out, ' ')
			}
			out = append(out, vulgar[r]...)
		case 0xff01 <= r && r <= 0xff5e:
			r -= 0xfee0
			out = append(out, byte(r))
		case r >= 0x300 && r < 0x370 && compose(last, r) != 0:
			out = out[:len(out)-utf8.RuneLen(last)]
			r = compose(last, r)
			out = utf8.AppendRune(out, r)
		default:
			text, known := fold[r]
			if !known {
				out = utf8.AppendRune(out, r)
			}
			out = append(out, text...)
		}
		last, raised = r, up
	}
	return string(out)
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf || s[i] == '\r' {
			return false
		}
	}
	return true
}
