package web

import (
	"unicode/utf8"

	"github.com/allwrong/allwrong/report/page"
)

// excerpt is the beginning of a text, and whether there is more.
type excerpt struct {
	Text string
	More int // characters that are not shown
}

func cut(s string, most int) excerpt {
	if len(s) <= most {
		return excerpt{Text: page.Visible(s)}
	}
	end := most
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return excerpt{page.Visible(s[:end]), utf8.RuneCountInString(s[end:])}
}

// What is shown of long texts at first, in bytes; the whole is a link away.
const (
	shownPrompt   = 16 << 10
	shownAnswer   = 1 << 10
	shownResponse = 8 << 10
)
