package ingest

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// writeRecords writes the outcomes of a number of models on a number of
// queries, about 180 bytes each.
func writeRecords(tb testing.TB, path string, models, queries int) {
	tb.Helper()
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	w := bufio.NewWriter(f)
	r := rand.New(rand.NewPCG(1, 1))
	for m := range models {
		for q := range queries {
			fmt.Fprintf(w, `{"query":"mmlu-pro/physics/%06d","model":"provider/model-%02d","verdict":%q,"answer":"C","finish":"stop",`+
				`"input_tokens":%d,"output_tokens":%d,"cost_usd":0.0123,"seconds":4.25}`+"\n",
				q, m, [2]string{"right", "wrong"}[r.IntN(2)], 100+r.IntN(900), 100+r.IntN(1900))
		}
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
}

func BenchmarkReadJSONL(b *testing.B) {
	path := filepath.Join(b.TempDir(), "a.jsonl")
	writeRecords(b, path, 20, 14_000)
	benchmarkRead(b, path)
}

// BenchmarkReadCSV reads a table of 500 models on 20,000 queries.
func BenchmarkReadCSV(b *testing.B) {
	const models, queries = 500, 20_000
	r := rand.New(rand.NewPCG(1, 2))
	text := make([]byte, 0, 2*models*queries+10*models)
	for m := range models {
		text = fmt.Appendf(text, "model%d,", m)
	}
	text[len(text)-1] = '\n'
	for range queries {
		for range models {
			text = append(text, '0'+byte(r.IntN(2)), ',')
		}
		text[len(text)-1] = '\n'
	}
	path := filepath.Join(b.TempDir(), "a.csv")
	if err := os.WriteFile(path, text, 0o666); err != nil {
		b.Fatal(err)
	}
	benchmarkRead(b, path)
}

func benchmarkRead(b *testing.B, path string) {
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(context.Background(), []string{path}, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
