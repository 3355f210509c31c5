package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/allwrong/allwrong/outcome"
)

// warehoused is a row as a warehouse keeps it.
type warehoused struct {
	Query   string   `parquet:"query"`
	Model   string   `parquet:"model,optional"`
	Attempt *int64   `parquet:"attempt,optional"`
	Verdict *string  `parquet:"verdict,optional"`
	Score   *float64 `parquet:"score,optional"`
	Reason  *string  `parquet:"reason,optional"`
	CostUSD *float64 `parquet:"cost_usd,optional"`
	Options *int32   `parquet:"options,optional"`
	Family  *string  `parquet:"family,optional"`
	Subject *string  `parquet:"subject,optional"`
	Trace   []byte   `parquet:"trace,optional"`
}

func writeParquet[T any](t testing.TB, path string, rows []T) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := parquet.WriteFile(path, rows); err != nil {
		t.Fatal(err)
	}
}

// everything is all that a set says of its cells, models and labels.
func everything(set *outcome.Set) string {
	merged, settled := set.Duplicates()
	summary, err := json.Marshal(set.Summary())
	return fmt.Sprintf("%s\n%s\n%s %v\n%d %d", cells(set), labels(set, "subject"), summary, err, merged, settled)
}

// Plain columns say what they say by way of JSON, errors included.
func TestPlainColumnsSayWhatJSONSays(t *testing.T) {
	pick := func(r *rand.Rand, words ...string) *string {
		if i := r.IntN(len(words) + 1); i < len(words) {
			return &words[i]
		}
		return nil
	}
	good := 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(11, seed))
		var rows []warehoused
		for i := range 200 {
			w := warehoused{Query: fmt.Sprint("q", i/4), Model: string(rune('a' + i%4)), Reason: pick(r, "refused", "empty"), Family: pick(r, "f"), Subject: pick(r, "law", "")}
			w.Verdict = pick(r, "right", "wrong", "no_answer", "not_run")
			if r.IntN(2) == 0 || w.Verdict == nil {
				x := float64(r.IntN(3)) / 2
				w.Score = &x
				if w.Verdict != nil && (*w.Verdict == "right" && x == 0 || *w.Verdict == "wrong" && x == 1) {
					w.Score = nil
				}
			}
			if r.IntN(3) == 0 {
				n, m, c := r.Int64N(3), r.Int32N(5), r.Float64()
				w.Attempt, w.Options, w.CostUSD = &n, &m, &c
			}
			if seed%2 == 1 && r.IntN(100) == 0 { // something that is refused
				bad, minus := "maybe", -1.0
				switch r.IntN(4) {
				case 0:
					w.Verdict = &bad
				case 1:
					w.Score = &minus
				case 2:
					w.Query = ""
				case 3:
					w.Model = ""
				}
			}
			rows = append(rows, w)
		}
		path := filepath.Join(t.TempDir(), "t.parquet")
		writeParquet(t, path, rows)
		o := Options{Labels: []string{"subject"}, Prefer: outcome.PreferFirst}
		plain, plainErr := Read(context.Background(), []string{path}, o)
		o.Want = outcome.WantExtra // makes the reader go by JSON
		slow, slowErr := Read(context.Background(), []string{path}, o)
		if (plainErr == nil) != (slowErr == nil) {
			t.Fatalf("seed %d: %v, by JSON %v", seed, plainErr, slowErr)
		}
		if plainErr != nil {
			a, b, _ := strings.Cut(plainErr.Error(), ": want a number from 0")
			c, d, _ := strings.Cut(slowErr.Error(), ": want a number from 0")
			if a != c || b != d {
				t.Fatalf("seed %d: %v\nby JSON %v", seed, plainErr, slowErr)
			}
			continue
		}
		good++
		if got, want := everything(plain.Set), everything(slow.Set); got != want {
			t.Fatalf("seed %d:\n%s\nby JSON\n%s", seed, got, want)
		}
	}
	if good < 30 {
		t.Errorf("%d of 60 tables were read", good)
	}
}

// Tables of warehouses have numbers for ids and bits for verdicts; a row without
// a verdict was not run.
func TestNumbersAndBits(t *testing.T) {
	type row struct {
		Query   int64  `parquet:"query"`
		Model   string `parquet:"model"`
		Verdict *bool  `parquet:"verdict,optional"`
	}
	yes, no := true, false
	path := filepath.Join(t.TempDir(), "t.parquet")
	writeParquet(t, path, []row{{1, "a", &yes}, {1, "b", &no}, {20, "a", nil}, {20, "b", &yes}})
	got, err := Read(context.Background(), []string{path}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := cells(got.Set), "1 a 0 right\n1 b 0 wrong\n20 b 0 right"; got != want {
		t.Errorf("cells:\n%s\nwant\n%s", got, want)
	}
	if n := got.Set.Summary()[0].NotRun; n != 1 {
		t.Errorf("%d cells of a were not run, want 1", n)
	}
	type bits struct {
		Query   int64  `parquet:"query"`
		Model   string `parquet:"model"`
		Verdict int32  `parquet:"verdict"`
	}
	writeParquet(t, path, []bits{{1, "a", 1}, {1, "b", 2}})
	if _, err := Read(context.Background(), []string{path}, Options{}); err == nil || !strings.Contains(err.Error(), "t.parquet:2: verdict: 2: want 1 for right or 0 for wrong") {
		t.Errorf("%v", err)
	}
}

// Folders of a partitioned table label the queries below them, and may name the model.
func TestPartitionedFolder(t *testing.T) {
	type row struct {
		Query   string `parquet:"query"`
		Verdict string `parquet:"verdict"`
	}
	type deep struct {
		row
		Slices map[string]string `parquet:"slices"`
	}
	dir := t.TempDir()
	writeParquet(t, dir+"/day=2026-01-31/model=a%2Fb/part-0.parquet", []row{{"q1", "right"}, {"q2", "wrong"}})
	writeParquet(t, dir+"/day=2026-01-31/model=c/part-0.parquet", []row{{"q1", "wrong"}})
	writeParquet(t, dir+"/day=__HIVE_DEFAULT_PARTITION__/model=c/part-0.parquet", []deep{{row{"q2", "right"}, map[string]string{"subject": "law"}}})
	got, err := Read(context.Background(), []string{dir}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := cells(got.Set), "q1 a/b 0 right\nq1 c 0 wrong\nq2 a/b 0 wrong\nq2 c 0 right"; got != want {
		t.Errorf("cells:\n%s\nwant\n%s", got, want)
	}
	if got, want := labels(got.Set, "day")+" "+labels(got.Set, "subject"), "q1=2026-01-31 q2=2026-01-31 q1= q2=law"; got != want {
		t.Errorf("labels: %s, want %s", got, want)
	}
	if _, err := Read(context.Background(), []string{dir + "/day=2026-01-31/model=c/part-0.parquet"}, Options{}); err != nil {
		t.Error(err)
	}
}

func TestPartitions(t *testing.T) {
	for path, want := range map[string]string{
		"a/b.parquet":                 "[]",
		"day=1/b.parquet":             "[{day 1}]",
		"x=1/y=a=b/x=2/z=.parquet":    "[{y a=b} {x 2}]",
		"t/at=10%3A30/=3/c d=4/e":     "[{at 10:30}]",
		"k=" + noPartition + "/e":     "[{k }]",
		"bad=%zz/part":                "[{bad %zz}]",
		"model=m/day=2026-01-01/part": "[{model m} {day 2026-01-01}]",
	} {
		if got := fmt.Sprint(partitions(path)); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}
