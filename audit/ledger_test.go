package audit

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/allwrong/allwrong/outcome"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

func mark(query string, c Class, cells ...Change) Entry {
	return Entry{Who: "ada", Kind: KindMark, Query: query, Class: c, Why: "read it", Cells: cells}
}

func appendTo(t *testing.T, path string, entries ...Entry) *Ledger {
	t.Helper()
	l, err := Update(path, noon, func(*Ledger) ([]Entry, error) { return entries, nil })
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func read(t *testing.T, path string) *Ledger {
	t.Helper()
	l, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLedgerSurvivesReading(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.jsonl")
	e := mark("q \"1\"", ReferenceError, Change{Model: "o3", Old: "wrong", New: "right"}, Change{Model: "o4", Attempt: 2, New: "not_run"})
	e.Reference = `","prev":"` + strings.Repeat("0", 64) + `","hash":"` // a text that looks like the end of a line
	want := appendTo(t, path, e, mark("q2", Genuine))
	got := read(t, path)
	if got.Digest() != want.Digest() || len(got.Lines) != 2 || got.Lines[0].Reference != e.Reference || got.Lines[0].Cells[1] != e.Cells[1] || !got.Lines[1].Time.Equal(noon) {
		t.Errorf("read %+v, wrote %+v", got.Lines, want.Lines)
	}
	again := appendTo(t, path, mark("q3", Ambiguous))
	if again.Lines[1].Hash != want.Digest() || len(read(t, path).Lines) != 3 {
		t.Error("a line that was added later does not follow")
	}
}

// Every single byte that is changed, taken out or doubled is noticed, at the line where it stands.
func TestEditedLedgerIsRefused(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "l.jsonl")
	for i := range 3 {
		appendTo(t, path, mark(fmt.Sprint("q", i), Classes[i]))
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, raw []byte, line int) {
		t.Helper()
		edited := filepath.Join(dir, "edited.jsonl")
		if err := os.WriteFile(edited, raw, 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := Read(edited)
		if err == nil || !strings.HasPrefix(err.Error(), fmt.Sprintf("%s:%d: ", edited, line)) {
			t.Errorf("%s: error %v, want one at line %d", what, err, line)
		}
		if _, err := Update(edited, noon, func(*Ledger) ([]Entry, error) { return []Entry{mark("x", Genuine)}, nil }); err == nil {
			t.Errorf("%s: a line was added all the same", what)
		}
	}
	lines := bytes.SplitAfter(whole, []byte("\n"))[:3]
	for at := range len(whole) {
		line := 1 + bytes.Count(whole[:at], []byte("\n"))
		changed := bytes.Clone(whole)
		if changed[at] ^= 1; whole[at] == '\n' || changed[at] == '\n' {
			continue // lines are joined or split: tested below
		}
		check(fmt.Sprintf("byte %d", at), changed, line)
	}
	check("first line gone", bytes.Join([][]byte{lines[1], lines[2]}, nil), 1)
	check("second line gone", bytes.Join([][]byte{lines[0], lines[2]}, nil), 2)
	check("second line twice", bytes.Join([][]byte{lines[0], lines[1], lines[1], lines[2]}, nil), 3)
	check("two lines swapped", bytes.Join([][]byte{lines[0], lines[2], lines[1]}, nil), 2)
	check("two lines joined", bytes.Replace(whole, []byte("\n"), nil, 1), 1)
	newer := bytes.Replace(whole, []byte("ledger/1"), []byte("ledger/2"), 1)
	check("a newer version", newer, 1)
	// What lines alone cannot show, the digest does.
	short := filepath.Join(dir, "short.jsonl")
	if err := os.WriteFile(short, bytes.Join(lines[:2], nil), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := read(t, short).At(read(t, path).Digest()); err == nil {
		t.Error("a ledger without its last line has the whole one's digest")
	}
}

func TestForeignFileIsNoLedger(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes.txt")
	for _, text := range []string{"buy milk", "buy milk\n", "{}\n"} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := Update(path, noon, func(*Ledger) ([]Entry, error) { return []Entry{mark("x", Genuine)}, nil })
		if raw, _ := os.ReadFile(path); err == nil || string(raw) != text {
			t.Errorf("%q: error %v, and the file holds %q", text, err, raw)
		}
	}
}

// A last line that ends anywhere is mended: what was there before stays, the
// torn part is noted, and the new line follows.
func TestTornLineIsMended(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "l.jsonl")
	appendTo(t, path, mark("q0", Genuine))
	first, _ := os.ReadFile(path)
	appendTo(t, path, mark("q1", Ambiguous))
	whole, _ := os.ReadFile(path)
	for cut := 0; cut < len(whole); cut++ {
		torn := filepath.Join(dir, "torn.jsonl")
		if err := os.WriteFile(torn, whole[:cut], 0o644); err != nil {
			t.Fatal(err)
		}
		before := read(t, torn)
		l := appendTo(t, torn, mark("q2", Genuine))
		got := read(t, torn)
		kinds := ""
		for _, line := range got.Lines {
			kinds += string(line.Kind) + " " + line.Query + ","
		}
		want := map[bool]string{true: "mark q0,mend ,mark q2,", false: "mend ,mark q2,"}[cut > len(first)]
		switch cut {
		case 0:
			want = "mark q2,"
		case len(first) - 1, len(first):
			want = "mark q0,mark q2,"
		case len(whole) - 1:
			want = "mark q0,mark q1,mark q2,"
		}
		if kinds != want || got.Torn != 0 {
			t.Fatalf("cut at %d: %q, want %q", cut, kinds, want)
		}
		if mended := l.Note != ""; mended != (before.Torn > 0) {
			t.Errorf("cut at %d: %d torn bytes, note %q", cut, before.Torn, l.Note)
		}
		if i := strings.Index(kinds, "mend"); i >= 0 {
			line := got.Lines[strings.Count(kinds[:i], ",")]
			if start := cut - before.Torn; !bytes.Equal(line.Torn, whole[start:cut]) {
				t.Errorf("cut at %d: the torn part is not kept", cut)
			}
		}
	}
}

func TestUndo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.jsonl")
	l := appendTo(t, path, mark("q", ReferenceError), mark("q", Genuine))
	if c := l.State().Mark("q").Class; c != Genuine {
		t.Fatalf("class %s, want the later one", c)
	}
	undo := func(n int) {
		l = appendTo(t, path, Entry{Who: "ada", Kind: KindUndo, Undoes: l.Lines[n-1].ID, Why: "no"})
	}
	undo(2)
	if m := l.State().Mark("q"); m.Class != ReferenceError || !m.Excluded {
		t.Errorf("after undo %+v, want the earlier class", m)
	}
	undo(1)
	if l.State().Audited("q") {
		t.Error("all marks were taken back, and the query counts as audited")
	}
	undo(3) // takes the first undo back
	if m := l.State().Mark("q"); m == nil || m.Class != Genuine {
		t.Errorf("after undoing an undo %+v, want genuine", m)
	}
}

func TestApply(t *testing.T) {
	set := outcome.NewSet()
	add := func(q, m string, v outcome.Verdict) {
		if err := set.Add(&outcome.Record{Query: q, Model: m, Verdict: v}, func() string { return "" }); err != nil {
			t.Fatal(err)
		}
	}
	for q, verdicts := range map[string][2]outcome.Verdict{
		"bad": {outcome.Wrong, outcome.Wrong}, "fixed": {outcome.Wrong, outcome.Wrong}, "lenient": {outcome.Right, outcome.Wrong},
		"stale": {outcome.NoAnswer, outcome.Wrong}, "sound": {outcome.Wrong, outcome.Wrong}, "rest": {outcome.Right, outcome.Right}} {
		add(q, "a", verdicts[0])
		add(q, "b", verdicts[1])
	}
	path := filepath.Join(t.TempDir(), "l.jsonl")
	l := appendTo(t, path, mark("bad", Ambiguous), mark("sound", Genuine), mark("elsewhere", Genuine),
		mark("fixed", ReferenceError), Entry{Who: "ada", Kind: KindRegrade, Query: "fixed", Cells: []Change{{Model: "a", Old: "wrong", New: "right"}}},
		mark("lenient", GraderError, Change{Model: "a", Old: "right", New: "wrong"}),
		mark("stale", GraderError, Change{Model: "a", Old: "wrong", New: "right"}, Change{Model: "c", Old: "wrong", New: "right"}))
	s := l.State()

	// Record by record comes to the same as on the set.
	other := outcome.NewSet()
	for q := range set.Queries() {
		for m := range set.Models() {
			c, _ := set.Cell(q, m, 0)
			r := outcome.Record{Query: set.QueryID(q), Model: set.ModelName(m), Verdict: c.Verdict(), Reason: c.Reason()}
			if s.Record(&r, 1) {
				if err := other.Add(&r, func() string { return "" }); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	before := set.Matrix(outcome.MatrixOptions{}).Count(nil)
	a := s.Apply(set)
	got := set.Matrix(outcome.MatrixOptions{}).Count(nil)
	if before.AllWrong != 4 || got.Queries != 5 || got.AllWrong != 3 || got.Right[0] != 2 || got.Right[1] != 1 {
		t.Errorf("before %+v, after %+v; want bad gone, fixed right for a, lenient wrong for a", before, got)
	}
	if a.Excluded != 1 || a.Corrected != 2 || len(a.Absent) != 1 || a.Absent[0] != "elsewhere" || len(a.Stale) != 1 || !strings.Contains(a.Stale[0], "a on stale is no_answer") {
		t.Errorf("applied %+v", a)
	}
	same := other.Matrix(outcome.MatrixOptions{}).Count(nil)
	if fmt.Sprint(same) != fmt.Sprint(got) {
		t.Errorf("record by record %+v, on the set %+v", same, got)
	}
	var none *State
	if x := none.Apply(set); x.Excluded+x.Corrected != 0 {
		t.Error("no ledger did something")
	}
}

func TestMerge(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.jsonl"), filepath.Join(dir, "b.jsonl")
	appendTo(t, a, mark("common", Genuine))
	raw, _ := os.ReadFile(a)
	if err := os.WriteFile(b, raw, 0o644); err != nil {
		t.Fatal(err)
	}
	appendTo(t, a, mark("q1", Genuine), mark("q2", Ambiguous))
	appendTo(t, b, Entry{Who: "bob", Kind: KindMark, Query: "q1", Class: ReferenceError, Why: "no"}, mark("q3", GraderError))
	_, _, err := Merge(a, read(t, b), noon)
	var c *ConflictsError
	if !errors.As(err, &c) || len(c.Conflicts) != 1 || !strings.Contains(err.Error(), "query q1: genuine (line 2, ada) here, reference-error (line 2, bob) there") {
		t.Fatalf("error %v, want the conflict on q1 alone", err)
	}
	if len(read(t, a).Lines) != 3 {
		t.Fatal("a merge that was refused changed the ledger")
	}
	// Taken back on one side, the other's stands.
	appendTo(t, a, Entry{Who: "ada", Kind: KindUndo, Undoes: read(t, a).Lines[1].ID, Why: "bob is right"})
	l, added, err := Merge(a, read(t, b), noon)
	if err != nil || added != 2 || l.State().Mark("q1").Class != ReferenceError || l.State().Mark("q3") == nil || l.Lines[4].Who != "bob" {
		t.Fatalf("merged %d, %v", added, err)
	}
	if _, added, err = Merge(a, read(t, b), noon); err != nil || added != 0 {
		t.Errorf("merging twice added %d, %v", added, err)
	}
	// Whoever has the other's line and decided anew knew of it.
	appendTo(t, a, mark("q3", Genuine))
	if _, added, err = Merge(b, read(t, a), noon); err != nil || added != 4 {
		t.Errorf("back again: added %d, %v", added, err)
	}
	if c := read(t, b).State().Mark("q3").Class; c != Genuine {
		t.Errorf("q3 is %s, want the later genuine", c)
	}
}

// markMany is what the child processes below do: mark, and say so once it is on disk.
func TestMain(m *testing.M) {
	path := os.Getenv("ALLWRONG_TEST_LEDGER")
	if path == "" {
		os.Exit(m.Run())
	}
	n, _ := strconv.Atoi(os.Getenv("ALLWRONG_TEST_MARKS"))
	for i := range n {
		e := mark(fmt.Sprintf("%s-%d", os.Getenv("ALLWRONG_TEST_NAME"), i), Genuine)
		if _, err := Update(path, time.Now(), func(*Ledger) ([]Entry, error) { return []Entry{e}, nil }); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(e.Query)
	}
}

func child(path, name string, marks int) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "ALLWRONG_TEST_LEDGER="+path, "ALLWRONG_TEST_NAME="+name, fmt.Sprint("ALLWRONG_TEST_MARKS=", marks))
	return cmd
}

func TestTwoProcessesLoseNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.jsonl")
	var wg sync.WaitGroup
	for _, name := range []string{"a", "b", "c"} {
		wg.Go(func() {
			if out, err := child(path, name, 40).CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", name, err, out)
			}
		})
	}
	wg.Wait()
	s := read(t, path).State()
	for _, name := range []string{"a", "b", "c"} {
		for i := range 40 {
			if !s.Audited(fmt.Sprintf("%s-%d", name, i)) {
				t.Errorf("%s-%d is lost", name, i)
			}
		}
	}
}

// A process that is killed at any moment loses nothing that it said was on record.
func TestKillLosesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.jsonl")
	var said []string
	for round := range 12 {
		cmd := child(path, fmt.Sprint("r", round), 1_000_000)
		var out bytes.Buffer
		cmd.Stdout = &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(15+7*round) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		lines := strings.SplitAfter(out.String(), "\n")
		for _, line := range lines[:len(lines)-1] {
			said = append(said, strings.TrimSpace(line))
		}
	}
	l := appendTo(t, path, mark("last", Genuine))
	s := l.State()
	for _, query := range said {
		if !s.Audited(query) {
			t.Errorf("%s is lost", query)
		}
	}
	if len(said) == 0 || !s.Audited("last") {
		t.Errorf("%d marks were made", len(said))
	}
}

func FuzzLedger(f *testing.F) {
	path := filepath.Join(f.TempDir(), "l.jsonl")
	if _, err := Update(path, noon, func(*Ledger) ([]Entry, error) {
		return []Entry{mark("q", Genuine, Change{Model: "m", New: "right"}), {Who: "a", Kind: KindLabel, Query: "q", Label: &Label{Answer: "3"}}}, nil
	}); err != nil {
		f.Fatal(err)
	}
	raw, _ := os.ReadFile(path)
	f.Add(raw)
	f.Add(raw[:len(raw)-7])
	f.Fuzz(func(t *testing.T, raw []byte) {
		l, err := parse("x", bytes.NewReader(raw))
		if err != nil {
			return
		}
		l.State().Marks()
		// What parses is written the same: nothing can be said in two ways.
		prev := ""
		var again []byte
		for _, line := range l.Lines {
			out, _, hash, err := line.Entry.seal(prev)
			if err != nil {
				t.Fatal(err)
			}
			again, prev = append(again, out...), hash
		}
		if want := raw[:len(raw)-l.Torn]; !bytes.Equal(again, want) && l.Digest() == prev {
			t.Fatalf("reads the same and is written otherwise:\n%s\n%s", again, want)
		}
	})
}
