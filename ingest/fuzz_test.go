package ingest

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/allwrong/allwrong/outcome"
)

// small limits keep a fuzzing machine alive.
var small = Limits{Line: 1 << 12, Document: 1 << 16, Expanded: 1 << 20, Entries: 100}

// checkResult states what holds of everything that is read: the records of the
// summary add up to those of the inputs, what is right was observed, every
// number is finite, and a second reading gives the same.
func checkResult(t *testing.T, name string, data []byte, o Options) {
	t.Helper()
	read := readingOf(t, name, data, o)
	res, err := read()
	procs := runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(3 - min(procs, 2))
	again, errAgain := read()
	runtime.GOMAXPROCS(procs)
	if fmt.Sprint(err) != fmt.Sprint(errAgain) {
		t.Fatalf("two readings differ:\n%v\n%v", err, errAgain)
	}
	if err != nil {
		return
	}
	rows := int64(0)
	for _, in := range res.Inputs {
		if in.Rows < 0 || (in.Status == StatusRead) != (in.SHA256 != "") {
			t.Fatalf("%+v", in)
		}
		rows += in.Rows
	}
	m := res.Set.Matrix(outcome.MatrixOptions{})
	merged, settled := res.Set.Duplicates()
	cells, first := int64(0), int64(0)
	for i, sum := range res.Set.Summary() {
		if sum.Model != m.Models()[i] {
			t.Fatalf("model %d is %q in the summary and %q in the matrix", i, sum.Model, m.Models()[i])
		}
		if err := outcome.CheckName("model", sum.Model); err != nil {
			t.Fatal(err)
		}
		graded := sum.Right + sum.Wrong + sum.NoAnswer
		if graded+sum.NotRun+sum.Absent != int64(res.Set.Queries()) {
			t.Fatalf("%d queries: %+v", res.Set.Queries(), sum)
		}
		if n := ones(m.ObservedPlane(i), m.Columns()); n != graded {
			t.Fatalf("model %d: %d observed, %+v", i, n, sum)
		}
		if n := ones(m.RightPlane(i), m.Columns()); n != sum.Right {
			t.Fatalf("model %d: %d right, %+v", i, n, sum)
		}
		for w, r := range m.RightPlane(i) {
			if o := m.ObservedPlane(i); o != nil && r&^o[w] != 0 {
				t.Fatalf("model %d is right where it was not observed", i)
			}
		}
		first = max(first, int64(sum.Attempts))
		cells += graded + sum.NotRun
	}
	if first <= 1 && cells+merged+settled > rows || rows > 0 && cells == 0 && first <= 1 {
		t.Fatalf("%d cells, %d merged, %d settled from %d records", cells, merged, settled, rows)
	}
	if a, b := tableOf(m), tableOf(again.Set.Matrix(outcome.MatrixOptions{})); a != b {
		t.Fatalf("two readings differ:\n%s\n%s", a, b)
	}
}

func ones(plane []uint64, columns int) int64 {
	n := int64(0)
	for q := range columns {
		if outcome.Mask(plane).Has(q) {
			n++
		}
	}
	return n
}

// readingOf gives a function that reads data as a file of this name; the name
// "-" is standard input.
func readingOf(t *testing.T, name string, data []byte, o Options) func() (*Result, error) {
	t.Helper()
	o.Limits = small
	path := stdin
	if name != stdin {
		path = filepath.Join(write(t, map[string]string{name: string(data)}), name)
	}
	return func() (*Result, error) {
		o.Stdin = bytes.NewReader(data)
		return Read(context.Background(), []string{path}, o)
	}
}

func FuzzJSONL(f *testing.F) {
	f.Add([]byte(lines3))
	f.Add([]byte(good + `{"query":"q","model":"m","attempt":3,"score":0.5,"slices":{"a":"b"},"reference":"x","options":4}`))
	f.Add([]byte(`{"schema":"allwrong/outcomes/1"}` + "\r\n" + good))
	f.Add([]byte(`{"query":"q","model":"m","verdict":"not_run","reason":"error"}` + "\n" + good + "{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		checkResult(t, stdin, data, Options{})
		checkResult(t, stdin, data, Options{Prefer: outcome.PreferRight})
	})
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"query,a,b\nq1,1,0\nq2,,0.5\n", "1;0\n0;1\n", "a\tslice:x\tb\n\"1\"\tz\t\"0\"\r\n", "id,a,b,c,d,e\n0,1,0,1,0,1\n1,0,1,0,,1", "q,\"a\n", "query,a\n\"q\"\"\n\",right"} {
		f.Add([]byte(s), false)
		f.Add([]byte(s), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, transpose bool) {
		o := Options{Transpose: transpose}
		checkResult(t, stdin, data, o)
		checkParse(t, data)
	})
}

// checkParse holds the parser of rows to a table with a fixed header, so that
// fuzzing need not find one: every row gives as many cells as there are columns.
func checkParse(t *testing.T, data []byte) {
	lay := &layout{comma: ',', header: true, kinds: make([]columnKind, 6)}
	lay.kinds[0] = rowNames
	if err := lay.name([]byte("query,a,b,c,slice:x,d"), false); err != nil {
		t.Fatal(err)
	}
	var out rows
	lay.parse(data, 1, 1<<12, &out)
	n := len(out.line)
	if len(out.cells) != 4*n || len(out.names) != n || len(out.labels[0]) != n || len(out.scores) > len(out.cells) {
		t.Fatalf("%q: %d rows, %d cells, %d names, %d labels, %d scores", data, n, len(out.cells), len(out.names), len(out.labels[0]), len(out.scores))
	}
	for _, l := range out.line {
		if l > int64(bytes.Count(data, []byte{'\n'})) {
			t.Fatalf("%q: a row on line %d", data, l)
		}
	}
}

func FuzzContainers(f *testing.F) {
	var gz bytes.Buffer
	z := gzip.NewWriter(&gz)
	z.Write([]byte(lines3))
	z.Close()
	w, _ := zstd.NewWriter(nil)
	zst := w.EncodeAll([]byte(lines3), nil)
	for _, s := range []string{gz.String(), string(zst), zipFile(f, "a.jsonl", lines3, "b/c.csv", "query,a\nq,1\n"),
		zipFile(f, "a.jsonl.gz", gz.String()), gz.String() + gz.String(), string(zst) + string(zst), strings.Repeat("PK\x05\x06", 6)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) { checkResult(t, "input", data, Options{}) })
}
