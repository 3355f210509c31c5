package code

import (
	"slices"
	"strings"
)

// block is a fenced block of a response.
type block struct{ tag, text string }

// fenced gives the fenced blocks of a response. The last may lack its end: the
// response was cut off.
func fenced(response string) []block {
	var blocks []block
	var open *block
	var fence, indent string
	var text strings.Builder
	for line := range strings.Lines(response) {
		bare := strings.TrimRight(line, "\r\n")
		trimmed := strings.TrimLeft(bare, " \t")
		run := fenceOf(trimmed)
		switch {
		case open == nil && run != "":
			info := strings.TrimSpace(trimmed[len(run):])
			if run[0] == '`' && strings.Contains(info, "`") {
				continue // code within a line
			}
			fence, indent = run, bare[:len(bare)-len(trimmed)]
			open = &block{tag: tagOf(info)}
			text.Reset()
		case open != nil && run != "" && run[0] == fence[0] && len(run) >= len(fence) && strings.TrimSpace(trimmed[len(run):]) == "":
			open.text = text.String()
			blocks = append(blocks, *open)
			open = nil
		case open != nil:
			text.WriteString(strings.TrimPrefix(bare, indent))
			text.WriteByte('\n')
		}
	}
	if open != nil {
		open.text = text.String()
		blocks = append(blocks, *open)
	}
	return blocks
}

// fenceOf gives the backquotes or tildes with which a line begins, three or more.
func fenceOf(line string) string {
	for _, c := range "`~" {
		n := len(line) - len(strings.TrimLeft(line, string(c)))
		if n >= 3 {
			return line[:n]
		}
	}
	return ""
}

// tagOf gives the language of a fence's info: "python", "python title=x",
// "{.python}", "Python3".
func tagOf(info string) string {
	tag, _, _ := strings.Cut(strings.Trim(info, "{}"), " ")
	return strings.ToLower(strings.TrimPrefix(tag, "."))
}

// extract finds the program in a response: the last block in the language, else
// the last without a tag, else, if there are no blocks at all, the whole
// response. A block without a tag behind one with a tag is more often an output
// than a program. Names the rule that decided; "" for the program when there is none.
func extract(response string, l *language, extracted bool) (program, rule string) {
	if extracted {
		return response, "extracted"
	}
	if strings.TrimSpace(response) == "" {
		return "", "empty"
	}
	blocks := fenced(response)
	if len(blocks) == 0 {
		return response, "whole-response"
	}
	for _, b := range slices.Backward(blocks) {
		if b.tag == l.name || slices.Contains(l.tags, b.tag) {
			return b.text, "last-block-in-" + l.name
		}
	}
	for _, b := range slices.Backward(blocks) {
		if b.tag == "" {
			return b.text, "last-block"
		}
	}
	return "", "blocks-in-other-languages"
}
