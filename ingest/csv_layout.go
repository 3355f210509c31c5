package ingest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/allwrong/allwrong/outcome"
)

// slicePrefix begins the header of a column of labels.
const slicePrefix = "slice:"

// columnKind says what the cells of a column are.
type columnKind uint8

const (
	verdicts columnKind = iota
	rowNames
	sliceLabels
)

// layout says what stands where in a table. It is settled before the rows are
// parsed, and not changed by those who parse them.
type layout struct {
	comma   byte
	header  bool
	firstIs columnKind
	kinds   []columnKind // by column
	titles  []string     // by column, for messages
	names   []string     // of the columns of verdicts
	slices  []string     // keys of the columns of labels
	cells   int          // columns of verdicts
	run     []int        // by column: how many columns of verdicts begin here, the last column of all left out
}

// idTitles are headers of a first column that holds ids even where each id
// looks like a verdict: 0 and 1 are popular ids.
var idTitles = []string{"", "#", "id", "index", "query", "query_id", "question", "question_id", "item", "item_id", "doc_id",
	"sample_id", "task_id", "instance_id", "problem", "problem_id", "row", "model"}

// layOut finds the delimiter, whether there is a header, and whether the first
// column holds names, from the beginning of a table.
func layOut(begin []byte, transposed bool) (*layout, error) {
	rows := sample(begin)
	if len(rows) == 0 {
		return nil, errors.New("empty")
	}
	lay := &layout{comma: delimiter(rows[0])}
	first := cut(rows[0], lay.comma)
	lay.kinds = make([]columnKind, len(first))
	lay.header = !all(first, isBit)
	if !lay.header {
		lay.titles = make([]string, len(first))
		for i := range first {
			lay.titles[i] = fmt.Sprintf("%d", i+1)
		}
		if !transposed {
			lay.names = make([]string, len(first))
			for i := range first {
				lay.names[i] = fmt.Sprintf("m%d", i+1)
			}
		}
		lay.settle()
		return lay, nil
	}
	if all(first, isVerdict) {
		return nil, errors.New("the first row holds verdicts where the names of models are wanted; without a header every cell has to be 0 or 1")
	}
	title := strings.ToLower(strings.TrimSpace(first[0]))
	named := transposed || len(first) > 1 && slices.Contains(idTitles, title)
	for _, row := range rows[1:] {
		cell := cut(row, lay.comma)[0]
		named = named || len(first) > 1 && cell != "" && !isVerdict(cell)
	}
	if named && !strings.HasPrefix(first[0], slicePrefix) {
		lay.firstIs = rowNames
		lay.kinds[0] = rowNames
	}
	return lay, nil
}

// name reads the header.
func (lay *layout) name(header []byte, transposed bool) error {
	lay.titles = cut(bytes.TrimRight(header, "\r\n"), lay.comma)
	if len(lay.titles) != len(lay.kinds) {
		lay.kinds = append(make([]columnKind, 0, len(lay.titles)), lay.kinds[0])
		lay.kinds = lay.kinds[:len(lay.titles)]
	}
	seen := map[string]int{}
	what := "model"
	if transposed {
		what = "query"
	}
	for i, title := range lay.titles {
		if lay.kinds[i] == rowNames {
			continue
		}
		title = strings.TrimSpace(title)
		if before, ok := seen[title]; ok {
			return fmt.Errorf("columns %d and %d are both named %s", before+1, i+1, outcome.Quote(title))
		}
		seen[title] = i
		if key, ok := strings.CutPrefix(title, slicePrefix); ok && !transposed {
			if err := outcome.CheckName("slice", key); err != nil {
				return fmt.Errorf("column %d: %w", i+1, err)
			}
			lay.kinds[i] = sliceLabels
			lay.slices = append(lay.slices, key)
			continue
		}
		if err := outcome.CheckName(what, title); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
		lay.names = append(lay.names, title)
	}
	if long(lay.titles) && !transposed {
		return errors.New("a table with one outcome a row is not read: write the outcomes as JSON lines, or a column for each model")
	}
	if len(lay.names) == 0 {
		return fmt.Errorf("no column is named for a %s", map[bool]string{false: "model", true: "query"}[transposed])
	}
	lay.settle()
	return nil
}

func (lay *layout) settle() {
	lay.run = make([]int, len(lay.kinds)+1)
	for i := len(lay.kinds) - 1; i >= 0; i-- {
		if lay.kinds[i] == verdicts {
			lay.cells++
			if i < len(lay.kinds)-1 {
				lay.run[i] = lay.run[i+1] + 1
			}
		}
	}
}

// long reports whether a header is that of a table with one outcome a row.
func long(titles []string) bool {
	model, verdict := false, false
	for _, t := range titles {
		switch strings.ToLower(strings.TrimSpace(t)) {
		case "model", "model_name", "model_id":
			model = true
		case "verdict", "score", "correct", "is_correct", "outcome":
			verdict = true
		}
	}
	return model && verdict
}

// detectCSV knows a table by its cells: it takes one verdict among the first
// rows when the name says CSV, and nothing but verdicts when it does not.
func detectCSV(h head) bool {
	if b := bytes.TrimLeft(h.bytes, " \t\r\n"); len(b) == 0 || b[0] == '{' || b[0] == '[' || bytes.IndexByte(b, 0) >= 0 {
		return false
	}
	name := strings.ToLower(h.name)
	called := strings.HasSuffix(name, ".csv") || strings.HasSuffix(name, ".tsv")
	rows := sample(h.bytes)
	if !h.whole && len(rows) > 1 {
		rows = rows[:len(rows)-1]
	}
	if len(rows) < 2 {
		return called && len(rows) == 1 && !h.whole
	}
	comma := delimiter(rows[0])
	first := cut(rows[0], comma)
	if len(first) < 2 && !called || long(first) {
		return false
	}
	good, other := 0, 0
	for _, row := range rows[1:] {
		cells := cut(row, comma)
		if len(cells) != len(first) {
			other++
		}
		for i, cell := range cells[min(1, len(first)-1):] {
			at := i + min(1, len(first)-1)
			switch {
			case cell == "" || at < len(first) && strings.HasPrefix(first[at], slicePrefix):
			case isVerdict(cell):
				good++
			default:
				other++
			}
		}
	}
	// A table that is called one may hold slips, to be named; one that holds more
	// of other things than of verdicts is a price list or the like.
	return good > 0 && (other == 0 || called && good >= other)
}

// sample gives up to twenty rows from the beginning of a table, blank ones left
// out. The last may be cut short.
func sample(b []byte) [][]byte {
	var out [][]byte
	for len(b) > 0 && len(out) < 20 {
		n := rowEnd(b)
		if row := bytes.TrimRight(b[:n], "\r\n"); len(bytes.TrimSpace(row)) > 0 {
			out = append(out, row)
		}
		b = b[n:]
	}
	return out
}

// rowEnd gives the length of the first row, its line end included.
func rowEnd(b []byte) int {
	inside := false
	for i, c := range b {
		switch {
		case c == '"':
			inside = !inside
		case c == '\n' && !inside:
			return i + 1
		}
	}
	return len(b)
}

// firstRow takes the first row that is not blank, with the blank ones before it.
func firstRow(b *bufio.Reader, most int) ([]byte, error) {
	var row []byte
	for inside := false; ; {
		part, err := b.ReadSlice('\n')
		row = append(row, part...)
		inside = inside != (bytes.Count(part, []byte{'"'})%2 == 1)
		switch {
		case len(row) > most:
			return nil, longer(most)
		case err == bufio.ErrBufferFull:
		case err != nil || !inside && len(bytes.TrimSpace(row)) > 0:
			if inside {
				return nil, errors.New("a quoted cell has no end")
			}
			return row, nil
		}
	}
}

// delimiter is the most frequent of tab, semicolon and comma outside quotes.
func delimiter(row []byte) byte {
	var n [256]int
	inside := false
	for _, c := range row {
		if c == '"' {
			inside = !inside
		} else if !inside {
			n[c]++
		}
	}
	best := byte(',')
	for _, c := range []byte{';', '\t'} {
		if n[c] > n[best] {
			best = c
		}
	}
	return best
}

// cut splits a row into cells, unquoted and without space around them.
func cut(row []byte, comma byte) []string {
	row = bytes.TrimLeft(row, "\r\n")
	var out []string
	for {
		end, inside := len(row), false
		for i, c := range row {
			if c == '"' {
				inside = !inside
			} else if c == comma && !inside {
				end = i
				break
			}
		}
		cell := strings.TrimSpace(string(row[:end]))
		if len(cell) > 1 && cell[0] == '"' && cell[len(cell)-1] == '"' {
			cell = strings.ReplaceAll(cell[1:len(cell)-1], `""`, `"`)
		}
		out = append(out, cell)
		if end == len(row) {
			return out
		}
		row = row[end+1:]
	}
}

func isBit(cell string) bool { return cell == "0" || cell == "1" }

func isVerdict(cell string) bool {
	c, _, ok := parseCell([]byte(cell), 1)
	return ok && c != 0
}

func all(cells []string, is func(string) bool) bool {
	for _, c := range cells {
		if !is(c) {
			return false
		}
	}
	return true
}
