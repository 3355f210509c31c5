package ingest

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/allwrong/allwrong/outcome"
)

// zipFile makes an archive of entries given as name, text, name, text …
func zipFile(t testing.TB, entries ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(entries); i += 2 {
		w, err := z.Create(entries[i])
		if err == nil {
			_, err = io.WriteString(w, entries[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const good = `{"query":"q","model":"m","verdict":"right"}` + "\n"

// Each bad input, and the words with which it is refused. "DIR/" stands for the
// folder of the files.
func TestRefusals(t *testing.T) {
	long := strings.Repeat(good, 200_000)
	gz, zst, zp := zipped(t, lines3), zstdOf(t, lines3), zipFile(t, "a.jsonl", lines3)
	small := Limits{Expanded: 1 << 20, Line: 4 << 10, Entries: 2} // smaller than what follows
	for _, c := range []struct {
		name, file, text, want string
		limits                 Limits
	}{
		{name: "empty", file: "a.jsonl", text: "", want: "DIR/a.jsonl: empty"},
		{name: "blank", file: "a.csv", text: "\n \n", want: "DIR/a.csv: empty"},
		{name: "unknown", file: "a.bin", text: "hello", want: "DIR/a.bin: no format knows it; " + known()},
		{name: "UTF-16", file: "a.csv", text: "\xff\xfea\x00", want: "DIR/a.csv: UTF-16 text: save it as UTF-8"},
		{name: "not JSON", file: "a.jsonl", text: good + "{oops}\n" + good + `{"query":"q"}` + "\n",
			want: "DIR/a.jsonl:2: byte 2: want a member's name in double quotes\nDIR/a.jsonl:4: model: missing or empty"},
		{name: "NaN score", file: "a.jsonl", text: `{"query":"q","model":"m","score":NaN}`,
			want: "DIR/a.jsonl:1: byte 34: NaN is not a number that JSON has; write null where there is none"},
		{name: "score", file: "a.jsonl", text: `{"query":"q","model":"m","score":1.5}`, want: "DIR/a.jsonl:1: score: 1.5 is outside [0, 1]"},
		{name: "UTF-8", file: "a.jsonl", text: "{\"query\":\"q\xff\",\"model\":\"m\",\"score\":1}",
			want: "DIR/a.jsonl:1: byte 10: the string that begins here is not valid UTF-8"},
		{name: "control", file: "a.jsonl", text: `{"query":"q","model":"m\u001b[31m","score":1}`,
			want: `DIR/a.jsonl:1: model: "m\x1b[31m" contains a control character`},
		{name: "schema", file: "a.jsonl", text: `{"schema":"allwrong/outcomes/2"}` + "\n" + good,
			want: `DIR/a.jsonl:1: schema: "allwrong/outcomes/2" is newer than what is read here, "allwrong/outcomes/1": update allwrong`},
		{name: "long line", file: "a.jsonl", text: good + `{"query":"` + strings.Repeat("x", 5000) + "\"}\n", limits: small,
			want: "DIR/a.jsonl:2: longer than 4096 bytes, the limit for one record"},
		{name: "many", file: "a.jsonl", text: good + strings.Repeat("{}\n", 12), want: many("DIR/a.jsonl:", 2, 10, ": query: missing or empty") + "and 2 more"},
		{name: "xz", file: "a.jsonl.xz", text: "\xfd7zXZ\x00\x00\x00", want: "DIR/a.jsonl.xz: packed with xz, which is not read: unpack it first"},
		{name: "tar", file: "a.tgz", text: zipped(t, strings.Repeat("\x00", 257)+"ustar\x0000"+strings.Repeat("\x00", 1000)), want: "DIR/a.tgz: a tar archive, which is not read: unpack it first"},
		{name: "gzip cut", file: "a.jsonl.gz", text: gz[:len(gz)-9], want: "DIR/a.jsonl.gz: truncated: the gzip data end too early"},
		{name: "gzip cut in a header", file: "a.jsonl.gz", text: gz[:5], want: "DIR/a.jsonl.gz: truncated: the gzip data end too early"},
		{name: "gzip sum", file: "a.jsonl.gz", text: gz[:len(gz)-8] + "12345678", want: "DIR/a.jsonl.gz: damaged: the gzip checksum does not match"},
		{name: "gzip tail", file: "a.jsonl.gz", text: gz + "more than ten bytes", want: "DIR/a.jsonl.gz: damaged: something that is not gzip follows the gzip data"},
		{name: "gzip twice", file: "a.jsonl.gz", text: zipped(t, gz), want: "DIR/a.jsonl.gz: packed twice: unpack it first"},
		{name: "zstd cut", file: "a.jsonl.zst", text: zst[:len(zst)-6], want: "DIR/a.jsonl.zst: truncated: the zstd data end too early"},
		{name: "zip cut", file: "a.zip", text: zp[:len(zp)-30], want: "DIR/a.zip: truncated or damaged: the zip archive has no directory at its end"},
		{name: "zip twice", file: "a.zip", text: zipFile(t, "x", good, "x", good), want: `DIR/a.zip: two entries are named "x"`},
		{name: "zip out", file: "a.zip", text: zipFile(t, "a/../../x", good), want: `DIR/a.zip: entry "a/../../x" leads out of the archive`},
		{name: "zip root", file: "a.zip", text: zipFile(t, "/etc/x", good), want: `DIR/a.zip: entry "/etc/x" leads out of the archive`},
		{name: "zip entries", file: "a.zip", text: zipFile(t, "1", "", "2", "", "3", ""), limits: small, want: "DIR/a.zip: 3 entries; at most 2 are read"},
		{name: "zip entry", file: "a.zip", text: zipFile(t, "d/x.jsonl", good+"{\"query\":1}\n"), want: "DIR/a.zip!d/x.jsonl:2: query: 1: want a string"},
		{name: "zip without", file: "a.zip", text: zipFile(t, "readme", "hello"),
			want: "nothing to read: 1 file found, the first of them DIR/a.zip!readme: no format knows it; " + known()},
		{name: "zip empty", file: "a.zip", text: zipFile(t), want: "nothing to read: 0 files found, the first of them an archive without entries"},
		{name: "zip bomb", file: "a.zip", text: zipFile(t, "1.jsonl", long), limits: small,
			want: "DIR/a.zip!1.jsonl: unpacks to more than 1 MiB; that is the limit for one file: unpack it first if it is meant"},
		{name: "gz bomb", file: "a.gz", text: zipped(t, long), limits: small,
			want: "DIR/a.gz: unpacks to more than 1 MiB; that is the limit for one file: unpack it first if it is meant"},
		{name: "gz ratio", file: "a.gz", text: zipped(t, strings.Repeat(good, 2_500_000)), limits: Limits{Ratio: 100},
			want: "DIR/a.gz: unpacks to more than 100 times its size, like a bomb: unpack it first if it is meant"},
		{name: "zstd bomb", file: "a.zst", text: zstdOf(t, long), limits: small,
			want: "DIR/a.zst: unpacks to more than 1 MiB; that is the limit for one file: unpack it first if it is meant"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := write(t, map[string]string{c.file: c.text})
			res, err := Read(context.Background(), []string{filepath.Join(dir, c.file)}, Options{Limits: c.limits})
			if err == nil {
				t.Fatalf("taken: %+v", res.Inputs)
			}
			if got := strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), "DIR/"); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if res.Set != nil {
				t.Error("there is a set beside the error")
			}
		})
	}
}

func many(before string, from, n int, after string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(before + strconv.Itoa(from+i) + after + "\n")
	}
	return b.String()
}

func TestPathsThatAreNotThere(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		paths []string
		want  string
	}{
		{nil, "no input: name files, folders or - for standard input"},
		{[]string{"nosuch.jsonl"}, "open nosuch.jsonl: no such file or directory"},
		{[]string{"no*.jsonl"}, "open no*.jsonl: no file matches"},
		{[]string{"."}, "nothing to read: no file is there"},
	} {
		if _, err := Read(context.Background(), c.paths, Options{}); err == nil || err.Error() != c.want {
			t.Errorf("%q: %v, want %s", c.paths, err, c.want)
		}
	}
	if _, err := Read(context.Background(), []string{"nosuch"}, Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v is not os.ErrNotExist", err)
	}
	if _, err := Read(context.Background(), []string{"."}, Options{ScoreThreshold: 2}); err == nil || err.Error() != "score threshold: 2 is outside (0, 1]" {
		t.Errorf("threshold 2: %v", err)
	}
	os.WriteFile("notes.md", []byte("# notes"), 0o666)
	_, err := Read(context.Background(), []string{"."}, Options{})
	if want := "nothing to read: 1 file found, the first of them notes.md: no format knows it; " + known(); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestConflict(t *testing.T) {
	t.Chdir(write(t, map[string]string{
		"runs/a.jsonl": "\n" + good + `{"query":"q2","model":"m","score":0.5}` + "\n",
		"runs/b.jsonl": `{"query":"q3","model":"m","verdict":"right"}` + "\n" + strings.Replace(good, "right", "wrong", 1) + `{"query":"q2","model":"m","score":0.25}` + "\n",
		"runs/c.csv":   "query,m\nq,0\n",
	}))
	_, err := Read(context.Background(), []string{"runs"}, Options{})
	var conflict *ConflictError
	want := "two records disagree on 3 cells, first:\n  query q, model m: right in runs/a.jsonl:2, wrong in runs/b.jsonl:2\n" +
		"  Keep one run, or say which wins: --prefer newest | first | right-if-any"
	if !errors.As(err, &conflict) || err.Error() != want {
		t.Fatalf("got  %v\nwant %s", err, want)
	}
	if c := conflict.Conflicts[1]; c.FirstPlace != "runs/a.jsonl:3" || c.Place != "runs/b.jsonl:3" || *c.SecondScore != 0.25 {
		t.Errorf("second conflict: %+v", c)
	}
	if c := conflict.Conflicts[2]; c.FirstPlace != "runs/a.jsonl:2" || c.Place != "runs/c.csv:2" {
		t.Errorf("third conflict: %+v", c)
	}
	for i, name := range []string{"runs/a.jsonl", "runs/b.jsonl", "runs/c.csv"} { // the newest is the last
		at := time.Unix(1_700_000_000+int64(i), 0)
		if err := os.Chtimes(name, at, at); err != nil {
			t.Fatal(err)
		}
	}
	for prefer, right := range map[outcome.Prefer]int64{outcome.PreferFirst: 2, outcome.PreferRight: 2, outcome.PreferNewest: 1} {
		res, err := Read(context.Background(), []string{"runs/a.jsonl", "runs/b.jsonl", "runs/c.csv"}, Options{Prefer: prefer})
		if err != nil {
			t.Fatal(err)
		}
		if got := res.Set.Summary()[0].Right; got != right {
			t.Errorf("prefer %v: %d right, want %d", prefer, got, right)
		}
	}
}

func TestConflictOnStandardInput(t *testing.T) {
	in := good + good + strings.Replace(good, "right", "wrong", 1)
	_, err := Read(context.Background(), []string{"-"}, Options{Stdin: strings.NewReader(in)})
	if want := "query q, model m: right in an earlier record of standard input, wrong in line 3\n"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = Read(context.Background(), []string{"-"}, Options{Stdin: strings.NewReader(good + "{}")})
	if want := "line 2: query: missing or empty"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// endless is a line that never ends.
type endless struct{ n int64 }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	if e.n == 0 {
		copy(p, `{"model":"m","query":"`)
	}
	if e.n += int64(len(p)); e.n > 2<<30 {
		return 0, io.EOF
	}
	return len(p), nil
}

func TestEndlessLineTakesBoundedMemory(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Read(context.Background(), []string{"-"}, Options{Stdin: &endless{}})
	if want := "line 1: longer than 16 MiB, the limit for one record"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 200<<20 {
		t.Errorf("%d MiB were allocated for a line of 2 GiB", used>>20)
	}
}

// waiting is a terminal at which nobody types.
type waiting struct{ c chan struct{} }

func (w waiting) Read([]byte) (int, error) { <-w.c; return 0, io.EOF }

func TestCancelEndsAtOnce(t *testing.T) {
	w := waiting{make(chan struct{})}
	defer close(w.c)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { _, err := Read(ctx, []string{"-"}, Options{Stdin: w}); done <- err }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
