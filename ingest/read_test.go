package ingest

import (
	"bytes"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

const lines3 = `{"query":"q1","model":"a","verdict":"right"}
{"query":"q2","model":"a","verdict":"wrong"}

{"query":"q1","model":"b","score":0.5}
`

// write puts files into a fresh folder, goes there, and gives it.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func zipped(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(text))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zstdOf(t testing.TB, text string) string {
	t.Helper()
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(z.EncodeAll([]byte(text), nil))
}

func TestReadJSONL(t *testing.T) {
	dir := write(t, map[string]string{
		"a.jsonl": lines3, "b.jsonl.gz": zipped(t, lines3) + zipped(t, lines3), "c.jsonl.zst": zstdOf(t, lines3) + zstdOf(t, lines3),
		".hidden": "x", "notes.md": "# notes\n",
	})
	res, err := Read(context.Background(), []string{dir}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if res.Set.Models() != 2 || res.Set.Queries() != 2 || len(res.Inputs) != 4 || res.Inputs[2].Rows != 6 {
		t.Errorf("%d models, %d queries, inputs %+v", res.Set.Models(), res.Set.Queries(), res.Inputs)
	}
	if in := res.Inputs[3]; in.Status != StatusSkipped || !strings.HasPrefix(in.Why, "no format knows it; these are read: ") {
		t.Errorf("notes.md: %+v", in)
	}
}
