package warehouse_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/outcome"
)

// parquetColumns gives the columns of a table of the shape, sorted as a group of
// Parquet sorts them, with their types.
func (s shape) parquetColumns() (names []string, types map[string]parquet.Node) {
	verdict := map[string]parquet.Node{"text": parquet.String(), "bool": parquet.Leaf(parquet.BooleanType), "int": parquet.Int(32)}[s.verdicts]
	query := parquet.String()
	if s.ids == "int" {
		query = parquet.Int(64)
	}
	types = map[string]parquet.Node{"query": query, "model": parquet.String(), "verdict": verdict, "attempt": parquet.Int(32), "options": parquet.Int(32)}
	if s.scores > 0 {
		types["score"] = parquet.Leaf(parquet.DoubleType)
	}
	for l := range s.labels {
		types[fmt.Sprintf("slice:l%d", l)] = parquet.String()
	}
	return slices.Sorted(maps.Keys(types)), types
}

// parquet writes the rows as two files of a folder, with NULLs as they are.
func (s shape) parquet(t *testing.T, folder string, rows []row) {
	t.Helper()
	names, types := s.parquetColumns()
	group := parquet.Group{}
	for name, node := range types {
		group[name] = parquet.Encoded(parquet.Compressed(parquet.Optional(node), &parquet.Zstd), &parquet.Plain)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for part, half := range [][]row{rows[:len(rows)/2], rows[len(rows)/2:]} {
		f, err := os.Create(filepath.Join(folder, fmt.Sprintf("part-%d.parquet", part)))
		if err != nil {
			t.Fatal(err)
		}
		w := parquet.NewWriter(f, parquet.NewSchema("outcomes", group))
		for _, r := range half {
			var out parquet.Row
			for i, name := range names {
				v, there := parquetValue(r.value(name), types[name]), 1
				if v.IsNull() {
					there = 0
				}
				out = append(out, v.Level(0, there, i))
			}
			if _, err := w.WriteRows([]parquet.Row{out}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func parquetValue(v any, node parquet.Node) parquet.Value {
	switch x := v.(type) {
	case nil:
		return parquet.NullValue()
	case int:
		if node.Type().Kind() == parquet.Int64 {
			return parquet.Int64Value(int64(x))
		}
		return parquet.Int32Value(int32(x))
	case string:
		if node.Type().Kind() == parquet.Int64 {
			var n int64
			fmt.Sscan(x, &n)
			return parquet.Int64Value(n)
		}
	}
	return parquet.ValueOf(v)
}

// told gives rows that disagree in the order in which a database settles them.
func (s shape) told(rows []row) []row {
	told := slices.Clone(rows)
	if s.conflicts {
		slices.SortStableFunc(told, func(a, b row) int { return int(a.record.Verdict) - int(b.record.Verdict) })
	}
	return told
}

func (s shape) set(t *testing.T, path string) *outcome.Set {
	t.Helper()
	got, err := ingest.Read(context.Background(), []string{path}, ingest.Options{Prefer: s.prefer, ScoreThreshold: s.threshold})
	if err != nil {
		t.Fatal(err)
	}
	return got.Set
}

// TestParquetOfAFile: a folder of Parquet gives what a file of the same rows gives.
func TestParquetOfAFile(t *testing.T) {
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			rows := s.told(s.rows(rand.New(rand.NewPCG(5, 0))))
			dir := t.TempDir()
			s.parquet(t, dir, rows)
			want, got := s.set(t, file(t, rows)), s.set(t, dir)
			var keys []string
			for l := range s.labels {
				keys = append(keys, fmt.Sprintf("l%d", l))
			}
			for a := range max(1, s.attempts) {
				o := outcome.MatrixOptions{Attempt: a, NoAnswerMissing: s.noAnswerNo}
				if got, want := columnsOf(got.Matrix(o), keys), columnsOf(want.Matrix(o), keys); !maps.Equal(got, want) {
					t.Errorf("attempt %d:\n got %v\nwant %v", a, got, want)
				}
			}
			a, b := fmt.Sprint(got.Duplicates()), fmt.Sprint(want.Duplicates())
			if a != b {
				t.Errorf("merged and settled: %s, want %s", a, b)
			}
		})
	}
}

// sqlText quotes a path inside SQL.
func sqlText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
