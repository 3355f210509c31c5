package ingest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// claiming is a format for tests: each line is "model verdicts rate", such as
// "a 110 0.667"; "-" leaves a row out.
var claiming = &format{
	name:   "claims",
	detect: func(h head) bool { return strings.HasSuffix(h.name, ".claims") },
	read: func(f *file, to *sink) error {
		b, err := io.ReadAll(f)
		if err != nil {
			return err
		}
		for i, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
			part := strings.Fields(line)
			if err := claim(to, int64(i+1), part[0], part[1], part[2]); err != nil {
				return err
			}
		}
		return to.query("never asked")
	},
}

func withFormat(t *testing.T, f *format) {
	t.Helper()
	old := formats
	formats = append([]*format{f}, old...)
	t.Cleanup(func() { formats = old })
}

func TestStatedRates(t *testing.T) {
	withFormat(t, claiming)
	half := strings.Repeat("10", 50)
	for _, c := range []struct{ name, text, want string }{
		{"exact", "a " + half + " 0.5", ""},
		{"one query off", "a " + half + " 0.51", ""},
		{"two queries off", "a " + half + " 0.52", "DIR/x.claims: model a states 52.0 % and its rows give 50.0 % (50 of 100): the rows or the statement are wrong. " +
			"Leave it out with --exclude 'a', or read it all the same with --allow-mismatch"},
		{"no row", "a - 0.5", "DIR/x.claims: model a states 50.0 % and has no graded row: the rows or the statement are wrong. " +
			"Leave it out with --exclude 'a', or read it all the same with --allow-mismatch"},
		{"NaN", "a 1 NaN", "DIR/x.claims: model a states NaN % and its rows give 100.0 % (1 of 1): the rows or the statement are wrong. " +
			"Leave it out with --exclude 'a', or read it all the same with --allow-mismatch"},
	} {
		dir := write(t, map[string]string{"x.claims": c.text})
		path := filepath.Join(dir, "x.claims")
		got := ""
		if _, err := Read(context.Background(), []string{path}, Options{}); err != nil {
			got = strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), "DIR/")
		}
		if got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
		if _, err := Read(context.Background(), []string{path}, Options{Keep: func(m string) bool { return m != "a" }}); err != nil {
			t.Errorf("%s: a model that is not kept: %v", c.name, err)
		}
		res, err := Read(context.Background(), []string{path}, Options{AllowMismatch: true})
		if err != nil || (len(res.Warnings) == 1 && res.Warnings[0].Code == "stated-rate") != (c.want != "") {
			t.Errorf("%s, mismatch allowed: %v, %+v", c.name, err, res)
		}
	}
}

// The same model in two files is held to each file's own statement.
func TestStatedRatesAreOfOneFile(t *testing.T) {
	withFormat(t, claiming)
	dir := write(t, map[string]string{"a.claims": "m 1111 1", "b.claims": "n 0000 0\nm 1111 1"})
	res, err := Read(context.Background(), []string{dir}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if res.Set.Queries() != 5 {
		t.Errorf("%d queries, want 4 and the one that was never asked", res.Set.Queries())
	}
	if merged, _ := res.Set.Duplicates(); merged != 4 {
		t.Errorf("%d records merged, want 4", merged)
	}
}

func TestLeftOut(t *testing.T) {
	withFormat(t, claiming)
	dir := write(t, map[string]string{"x.claims": "a 1-0 0.5\nb -1 1"})
	res, err := Read(context.Background(), []string{dir}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	in := res.Inputs[0]
	if len(in.LeftOut) != 1 || in.LeftOut[0] != (LeftOut{Why: "a dash", Rows: 2, First: in.Path + ":1"}) || in.Rows != 3 {
		t.Errorf("%+v", in)
	}
}

func TestReferenceConflicts(t *testing.T) {
	dir := write(t, map[string]string{"a.jsonl": `{"query":"q","model":"m","verdict":"right","reference":"3"}
{"query":"q","model":"n","verdict":"right","reference":"-3"}
{"query":"r","model":"n","verdict":"right","reference":"3"}
`})
	res, err := Read(context.Background(), []string{dir}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := Warning{"reference-conflict", `1 query came with more than one reference, first: "q"; the records of one query may have been graded against different answers`}
	if len(res.Warnings) != 1 || res.Warnings[0] != want {
		t.Errorf("%+v, want %+v", res.Warnings, want)
	}
}

func TestInputs(t *testing.T) {
	archive := zipFile(t, "d/a.jsonl", lines3, "d/b.txt", "hello", "__MACOSX/d/._a.jsonl", "x", "c.jsonl.gz", zipped(t, lines3))
	dir := write(t, map[string]string{"a.zip": archive, "b.jsonl": lines3, "c/d.jsonl": "\ufeff" + lines3, "empty.jsonl": ""})
	var told int64
	res, err := Read(context.Background(), []string{dir, filepath.Join(dir, "b.jsonl")}, Options{Progress: func(read, total int64) { told = total - read }})
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, in := range res.Inputs {
		got += strings.TrimPrefix(in.Path, dir+string(filepath.Separator)) + " " + in.Status + " " + in.Format + " " + in.SHA256[:min(8, len(in.SHA256))] + "\n"
	}
	want := "a.zip!d/a.jsonl read outcomes as JSON lines " + sum8(archive) + "\n" +
		"a.zip!d/b.txt skipped  \n" +
		"a.zip!c.jsonl.gz read outcomes as JSON lines " + sum8(archive) + "\n" +
		"b.jsonl read outcomes as JSON lines " + sum8(lines3) + "\n" +
		"c/d.jsonl read outcomes as JSON lines " + sum8("\ufeff"+lines3) + "\n" +
		"empty.jsonl skipped  \n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if told != 0 {
		t.Errorf("at the end %d bytes were still to be read", told)
	}
}

func claim(to *sink, line int64, model, verdicts, rate string) error {
	for q, v := range verdicts {
		if v == '-' {
			to.leaveOut("a dash", line)
			continue
		}
		r := outcome.Record{Query: strconv.Itoa(q), Model: model, Verdict: outcome.Wrong}
		if v == '1' {
			r.Verdict = outcome.Right
		}
		if err := to.record(&r, line); err != nil {
			return err
		}
	}
	x, err := strconv.ParseFloat(rate, 64)
	to.stated(model, x)
	return err
}

func sum8(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text)))[:8] }
