package report

import (
	"io"
	"strings"
	"unicode/utf8"
)

// width is the number of columns that text keeps to.
const width = 80

// page collects lines. Its zero value is an empty page.
type page struct{ b strings.Builder }

func (p *page) line(s string) {
	p.b.WriteString(strings.ReplaceAll(strings.TrimRight(s, " "), unbroken, " "))
	p.b.WriteByte('\n')
}

func (p *page) gap() { p.b.WriteByte('\n') }

// paragraph wraps a text at the page's width, indented.
func (p *page) paragraph(indent int, text string) { p.hanging(indent, indent, text) }

// hanging wraps a text whose first line is indented differently from the rest.
func (p *page) hanging(first, rest int, text string) {
	for i, l := range wrap(text, width-max(first, rest)) {
		if i == 0 {
			p.line(strings.Repeat(" ", first) + l)
		} else {
			p.line(strings.Repeat(" ", rest) + l)
		}
	}
}

// labelled wraps a text behind a label that hangs in the margin.
func (p *page) labelled(indent int, label, text string) {
	n := utf8.RuneCountInString(label)
	for i, l := range wrap(text, width-indent-n) {
		if i > 0 {
			label = strings.Repeat(" ", n)
		}
		p.line(strings.Repeat(" ", indent) + label + l)
	}
}

func (p *page) to(w io.Writer) error {
	_, err := io.WriteString(w, p.b.String())
	return err
}

// wrap breaks a text at spaces into lines of at most this many runes; a word
// that is longer has a line of its own.
func wrap(text string, columns int) []string {
	var lines []string
	line, length := "", 0
	for word := range strings.SplitSeq(text, " ") {
		if word == "" {
			continue
		}
		n := utf8.RuneCountInString(word)
		if length > 0 && length+1+n > columns {
			lines, line, length = append(lines, line), "", 0
		}
		if length > 0 {
			line, length = line+" ", length+1
		}
		line, length = line+word, length+n
	}
	return append(lines, line)
}

// table is aligned text: the first column to the left, the others to the right.
type table struct {
	head []string
	rows [][]string
	left []bool // columns set to the left; the first one always is
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// print writes the table; the first column gives way when the page is too narrow.
func (t *table) print(p *page, indent int) {
	widths := make([]int, len(t.head))
	for _, row := range append([][]string{t.head}, t.rows...) {
		for i, c := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
	}
	total := indent
	for _, w := range widths {
		total += w + 2
	}
	if over := total - 2 - width; over > 0 {
		widths[0] = max(12, widths[0]-over)
	}
	for r, row := range append([][]string{t.head}, t.rows...) {
		if r == 0 && strings.Join(t.head, "") == "" {
			continue
		}
		var b strings.Builder
		b.WriteString(strings.Repeat(" ", indent))
		for i, c := range row {
			c = fit(c, widths[i])
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c))
			if i > 0 {
				b.WriteString("  ")
			}
			if i == 0 || i < len(t.left) && t.left[i] {
				b.WriteString(c + pad)
			} else {
				b.WriteString(pad + c)
			}
		}
		p.line(b.String())
	}
}

// fit shortens a text in its middle, where names differ least.
func fit(s string, columns int) string {
	r := []rune(s)
	if len(r) <= columns {
		return s
	}
	head := (columns - 1) / 2
	return string(r[:head]) + "…" + string(r[len(r)-(columns-1-head):])
}

// superscripts number footnotes.
func superscript(n int) string {
	digits := []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")
	s := ""
	for _, d := range []byte(itoa(n)) {
		s += string(digits[d-'0'])
	}
	return s
}
