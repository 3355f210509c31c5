package ingest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// table gives each cell of a set: rows are queries in the order in which they
// were met, columns are models by name; right 1, wrong 0, a score as it is,
// missing ·.
func tableOf(m *outcome.Matrix) string {
	var b strings.Builder
	b.WriteString(strings.Join(m.Models(), " ") + "\n")
	for q := range m.Columns() {
		b.WriteString(m.ID(q))
		for i := range m.Models() {
			cell := "·"
			if m.Observed(i, q) {
				if cell = "0"; m.Right(i, q) {
					cell = "1"
				}
				if s := m.Scores(i); s != nil && s[q] > 0 && s[q] < 1 {
					cell += fmt.Sprintf("(%v)", s[q])
				}
			}
			b.WriteString(" " + cell)
		}
		for _, key := range m.SliceKeys() {
			b.WriteString(" " + key + "=" + m.Label(key, q))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestReadCSV(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
		o                Options
	}{
		{"words", "query,a,b\nq1,right,WRONG\nq2,True,false\nq3,,1\n", "a b\nq1 1 0\nq2 1 0\nq3 · 1\n", Options{}},
		{"no ids", "a,b\n1,0\n0,1\n", "a b\nrow 1 1 0\nrow 2 0 1\n", Options{}},
		{"no header", "1,0\n0,1\n", "m1 m2\nrow 1 1 0\nrow 2 0 1\n", Options{}},
		{"ids by their cells", "exam question,a\nx,1\ny,0", "a\nx 1\ny 0\n", Options{}},
		{"ids that look like verdicts", "id,a\n0,1\n1,0\n2,1\n", "a\n0 1\n1 0\n2 1\n", Options{}},
		{"pandas index", ",a,b\n0,1.0,0.0\n1,,1.0\n", "a b\n0 1 0\n1 · 1\n", Options{}},
		{"slices", "query,slice:level,a,slice:subject,b\nq1,5,1,maths,0\nq2,4,0,,1\n", "a b\nq1 1 0 level=5 subject=maths\nq2 0 1 level=4 subject=\n", Options{}},
		{"slices without ids", "slice:level,a\n5,1\n4,0\n", "a\nrow 1 1 level=5\nrow 2 0 level=4\n", Options{}},
		{"tabs, CRLF, BOM", "\ufeffquery\ta\tb\r\nq1\t1\t0\r\n\r\nq2\t0\t1\r\n", "a b\nq1 1 0\nq2 0 1\n", Options{}},
		{"semicolons", "query;a,x;b\nq1;1;0\n", "a,x b\nq1 1 0\n", Options{}},
		{"quotes", "\"query\",\"a\"\"b\nc\",d\n\"q,\n\"\"1\"\"\",\"1\",0\n", "", Options{}},
		{"quoted cells", "query,\"a,b\",d\n\"q, \"\"1\"\"\",\"1\",0\nq2,0,\"\"\n", "a,b d\nq, \"1\" 1 0\nq2 0 ·\n", Options{}},
		{"spaces", "query, a , b\nq1, 1 , 0\n", "a b\nq1 1 0\n", Options{}},
		{"scores", "query,a,b\nq1,0.5,1\nq2,.25,0.9\n", "a b\nq1 0(0.5) 1\nq2 0(0.25) 0(0.9)\n", Options{}},
		{"score threshold", "query,a,b\nq1,0.5,1\nq2,.25,0.9\n", "a b\nq1 1(0.5) 1\nq2 0(0.25) 1(0.9)\n", Options{ScoreThreshold: 0.5}},
		{"score in the last row", "query,a,b\nq1,1,1\nq2,0,1e-3\n", "a b\nq1 1 1\nq2 0 0(0.001)\n", Options{}},
		{"one model", "a\n1\n0\n", "a\nrow 1 1\nrow 2 0\n", Options{}},
		{"transposed", "model,q1,q2,q3\nb,1,0,\na,0.5,1,0\n", "a b\nq1 0(0.5) 1\nq2 1 0\nq3 0 ·\n", Options{Transpose: true}},
		{"transposed, no header", "1,0,1\n0,0,1\n", "m1 m2\ncolumn 1 1 0\ncolumn 2 0 0\ncolumn 3 1 1\n", Options{Transpose: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := write(t, map[string]string{"a.csv": c.text})
			res, err := Read(context.Background(), []string{filepath.Join(dir, "a.csv")}, c.o)
			if c.want == "" { // a name with a line end is refused, and with the right place
				if err == nil || !strings.Contains(err.Error(), "a.csv:1: column 2: model: \"a\\\"b\\nc\" contains a control character") {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := tableOf(res.Set.Matrix(outcome.MatrixOptions{})); got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}

func TestCSVRefusals(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"not a verdict", "query,gpt-5\nq1,1\n\nq2,yes please\n",
			`a.csv:4: column "gpt-5": "yes please" is not a verdict (want 1, 0, right, wrong, true, false, or blank for missing)`},
		{"NaN", "query,a\nq1,1\nq2,NaN\n", `a.csv:3: column "a": "NaN" is not a verdict (want 1, 0, right, wrong, true, false, or blank for missing)`},
		{"NA", "query,a\nq1,1\nq2,NA\n", `a.csv:3: column "a": "NA" is not a verdict (want 1, 0, right, wrong, true, false, or blank for missing)`},
		{"too much", "query,a\nq1,1\nq2,1.5\n", `a.csv:3: column "a": "1.5" is not a verdict (want 1, 0, right, wrong, true, false, or blank for missing)`},
		{"negative", "query,a\nq1,1\nq2,-1\n", `a.csv:3: column "a": "-1" is not a verdict (want 1, 0, right, wrong, true, false, or blank for missing)`},
		{"hexadecimal", "query,a\nq1,1\nq2,0x1p-2\n", `a.csv:3: column "a": "0x1p-2" is not a verdict (want 1, 0, right, wrong, true, false, or blank for missing)`},
		{"short row", "query,a,b\nq1,1,0\nq2,1\n", `a.csv:3: 2 cells where the header has 3`},
		{"long row", "query,a,b\nq1,1,0\nq2,1,0,1\n", `a.csv:3: more than 3 cells, as many as the header has`},
		{"two rows", "query,a,b\nq1,x,0\n\"q\n2\",1,0\nq3,1,y\n", `a.csv:2: column "a": "x" is not a verdict (want 1, 0, right, wrong, true, false, or blank for missing)` +
			"\n" + `a.csv:5: column "b": "y" is not a verdict (want 1, 0, right, wrong, true, false, or blank for missing)`},
		{"two columns", "query,a,b,a\nq1,1,0,1\n", `a.csv:1: columns 2 and 4 are both named "a"`},
		{"no name", "query,a,\nq1,1,0\n", `a.csv:1: column 3: model: empty; want a name`},
		{"no id", "query,a\nq1,1\n,0\n", `a.csv:3: query: empty; want a name`},
		{"control", "query,a\nq1,1\nq\a,0\n", `a.csv:3: query: "q\a" contains a control character`},
		{"UTF-8", "query,a\nq1,1\nq\xff,0\n", `a.csv:3: query: "q\xff" is not valid UTF-8`},
		{"model's control", "query,a\x1b\nq1,1\n", `a.csv:1: column 2: model: "a\x1b" contains a control character`},
		{"no model", "query,slice:x\nq1,1\n", `a.csv:1: no column is named for a model`},
		{"no rows", "query,a\n", `a.csv: a header and no rows`},
		{"no header", "1,0\n0,right\n", `a.csv:2: column 2: "right": without a header every cell has to be 0 or 1`},
		{"no header, blank", "1,0\n0,\n", `a.csv:2: column 2: "": without a header every cell has to be 0 or 1`},
		{"verdicts on top", "right,wrong\nright,right\n", `a.csv:1: the first row holds verdicts where the names of models are wanted; without a header every cell has to be 0 or 1`},
		{"quote", "query,a\nq\"1,1\n", `a.csv:2: column "query": a double quote inside a cell that is not quoted`},
		{"after a quote", "query,a\n\"q1\"x,1\n", `a.csv:2: column "query": something follows the quoted cell`},
		{"open quote", "query,a\nq0,1\n\"q1,1\n", `a.csv:3: column "query": the quoted cell has no end`},
		{"conflict", "query,a\nq1,1\nq2,1\nq1,0\n", "two records disagree on 1 cell, first:\n  query q1, model a: right in a.csv:2, wrong in a.csv:4\n" +
			"  Keep one run, or say which wins: --prefer newest | first | right-if-any"},
		{"one outcome a row", "query,model,correct\nq1,a,1\n", `a.csv:1: a table with one outcome a row is not read: write the outcomes as JSON lines, or a column for each model`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(write(t, map[string]string{"a.csv": c.text}))
			_, err := Read(context.Background(), []string{"a.csv"}, Options{})
			if err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestTablesJoinedByRow(t *testing.T) {
	dir := write(t, map[string]string{"a.csv": "a\n1\n0\n", "b.csv": "b\n1\n0\n"})
	res, err := Read(context.Background(), []string{dir}, Options{})
	if err != nil || len(res.Warnings) != 1 || res.Warnings[0].Code != "joined-by-row" {
		t.Errorf("%v, %+v", err, res)
	}
	if res, _ = Read(context.Background(), []string{filepath.Join(dir, "a.csv")}, Options{}); len(res.Warnings) > 0 {
		t.Errorf("one table: %+v", res.Warnings)
	}
}

// TestBigTable: over many stretches, with quoted ids here and there, the cells
// are those of a naive splitter, at any number of processors.
func TestBigTable(t *testing.T) {
	const models, queries, seed = 61, 20_000, 7
	r := rand.New(rand.NewPCG(seed, 0))
	var b, want strings.Builder
	b.WriteString("query")
	for m := range models {
		b.WriteString(",m" + strconv.Itoa(100+m))
	}
	b.WriteString("\n")
	for q := range queries {
		id := "q" + strconv.Itoa(q)
		if q%1000 == 17 {
			b.WriteString("\"" + id + "\"")
		} else {
			b.WriteString(id)
		}
		want.WriteString(id)
		for range models {
			switch r.IntN(9) {
			case 0:
				b.WriteString(",")
				want.WriteString(" ·")
			case 1, 2, 3, 4:
				b.WriteString(",1")
				want.WriteString(" 1")
			default:
				b.WriteString(",0")
				want.WriteString(" 0")
			}
		}
		b.WriteString("\n")
		want.WriteString("\n")
	}
	dir := write(t, map[string]string{"a.csv": b.String()})
	for _, procs := range []int{1, 2, 5} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		res, err := Read(context.Background(), []string{dir}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, got, _ := strings.Cut(tableOf(res.Set.Matrix(outcome.MatrixOptions{})), "\n")
		if got != want.String() {
			t.Errorf("GOMAXPROCS %d, seed %d: the cells differ from those of a naive splitter", procs, seed)
		}
		if rows := int64(strings.Count(want.String(), " 1") + strings.Count(want.String(), " 0")); res.Inputs[0].Rows != rows {
			t.Errorf("%d records, want %d", res.Inputs[0].Rows, rows)
		}
	}
}
