package feed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

func line(query string) string {
	return fmt.Sprintf(`{"query":%q,"model":"a","verdict":"right"}`+"\n", query)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, f Feed) string {
	t.Helper()
	var got []string
	if err := f.Read(context.Background(), func(r *outcome.Record) error {
		got = append(got, r.Query)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(got, " ")
}

func follow(t *testing.T, path string, from Place) *File {
	t.Helper()
	f, err := OpenFile(path, from)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func want(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: read %q, want %q", what, got, want)
	}
}

// A file that grows, is cut off, written anew, moved away and replaced.
func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "o.jsonl")
	write(t, path, `{"schema":"allwrong/outcomes/1"}`+"\n"+line("q1")+"\n"+line("q2")+line("q3")[:10])
	f := follow(t, path, Place{})
	want(t, "at first", read(t, f), "q1 q2")
	if n := strings.Join(f.Notes(), "; "); !strings.Contains(n, "not finished") {
		t.Errorf("half a line: %q", n)
	}
	want(t, "nothing new", read(t, f), "")
	write(t, path, line("q3")[10:]+line("q4"))
	want(t, "the line is finished", read(t, f), "q3 q4")

	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	write(t, path, line("r1"))
	f.Notes()
	want(t, "cut off", read(t, f), "r1")
	if n := strings.Join(f.Notes(), "; "); !strings.Contains(n, "cut off or written anew") {
		t.Errorf("cut off: %q", n)
	}
	if err := os.WriteFile(path, []byte(strings.Repeat(line("s1"), 3)), 0o666); err != nil {
		t.Fatal(err)
	}
	want(t, "written anew, and longer", read(t, f), "s1 s1 s1")

	write(t, path, line("s2")+strings.TrimSuffix(line("s3"), "\n")) // its last line has no end
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	write(t, path, line("t1"))
	want(t, "replaced", read(t, f), "s2 s3 t1")
	if err := os.Rename(path, path+".2"); err != nil {
		t.Fatal(err)
	}
	want(t, "moved away", read(t, f), "")
	want(t, "still away", read(t, f), "")
	write(t, path, line("u1"))
	want(t, "there again", read(t, f), "u1")
	if p := f.Place(); p.Taken != 12 || p.Unreadable != 0 {
		t.Errorf("%+v", p)
	}
}

// A later process goes on where one ended, and sees that it is another file.
func TestFileResumed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "o.jsonl")
	for q := range 200 {
		write(t, path, line(fmt.Sprint("q", q)))
	}
	f := follow(t, path, Place{})
	read(t, f)
	raw, err := json.Marshal(f.Place())
	if err != nil {
		t.Fatal(err)
	}
	var place Place
	if err := json.Unmarshal(raw, &place); err != nil {
		t.Fatal(err)
	}
	write(t, path, line("new"))
	want(t, "the same file", read(t, follow(t, path, place)), "new")
	f.Rewind(Place{})
	if got := len(strings.Fields(read(t, f))); got != 201 {
		t.Errorf("rewound, %d lines are read", got)
	}
	os.Remove(path)
	for q := range 300 {
		write(t, path, line(fmt.Sprint("p", q)))
	}
	g := follow(t, path, place)
	if got := len(strings.Fields(read(t, g))); got != 300 {
		t.Errorf("of another file %d of 300 lines are read", got)
	}
	if n := strings.Join(g.Notes(), ""); !strings.Contains(n, "not the file that was read before") {
		t.Errorf("another file: %q", n)
	}
	names, err := g.Models(context.Background())
	if err != nil || strings.Join(names, " ") != "a" {
		t.Errorf("models %v, %v", names, err)
	}
}

// What cannot be read is passed over and counted, unless nothing could be.
func TestFileUnreadable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "o.jsonl")
	write(t, path, "query,a,b\nq1,1,0\n")
	f := follow(t, path, Place{})
	err := f.Read(context.Background(), func(*outcome.Record) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "o.jsonl:1: ") {
		t.Errorf("another format: %v", err)
	}
	os.Remove(path)
	write(t, path, line("q1")+"{\n"+strings.Repeat("x", maxLine+10)+"\n"+line("q2")+`{"query":"q3","model":"a"}`+"\n"+line("no"))
	f = follow(t, path, Place{})
	got := ""
	err = f.Read(context.Background(), func(r *outcome.Record) error {
		if r.Query == "no" {
			return errors.New("no sense")
		}
		got += r.Query + " "
		return nil
	})
	if p := f.Place(); err != nil || got != "q1 q2 " || p.Unreadable != 4 || p.Taken != 2 || !strings.Contains(p.First, "o.jsonl:2: ") {
		t.Errorf("%q, %+v, %v", got, p, err)
	}
	for _, bad := range []string{filepath.Join(t.TempDir(), "nosuch"), t.TempDir()} {
		if _, err := OpenFile(bad, Place{}); err == nil {
			t.Errorf("%s was opened", bad)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	f.Rewind(Place{Taken: 1})
	if err := f.Read(ctx, func(*outcome.Record) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}

// However a file grows, and wherever reading is stopped and gone on with, each line
// is handed on once, in order.
func TestFileInPieces(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 5))
		path := filepath.Join(t.TempDir(), "o.jsonl")
		var text, wanted strings.Builder
		for q := range 60 {
			text.WriteString(line(fmt.Sprint("q", q)))
			fmt.Fprint(&wanted, "q", q, " ")
		}
		write(t, path, "")
		f, got, rest := follow(t, path, Place{}), "", text.String()
		for len(rest) > 0 {
			n := min(1+r.IntN(200), len(rest))
			write(t, path, rest[:n])
			rest = rest[n:]
			if r.IntN(3) == 0 {
				f = follow(t, path, f.Place())
			}
			if s := read(t, f); s != "" {
				got += s + " "
			}
		}
		want(t, fmt.Sprint("seed ", seed), got, wanted.String())
	}
}
