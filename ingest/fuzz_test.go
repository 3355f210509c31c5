package ingest

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

func FuzzJSONL(f *testing.F) {
	fuzzReader(f, "a.jsonl", "", []*format{outcomesJSONL}, lines3,
		`{"query":"q","model":"m","verdict":"no_answer","reason":"refused","attempt":3,"slices":{"a":"b"},"x":[1,{"y":null}]}`,
		`{"schema":"allwrong/outcomes/1"}`+"\n"+`{"query":"q","model":"m","score":1e-3,"reference":"\u00e9"}`)
}

func FuzzCSV(f *testing.F) {
	fuzzReader(f, "a.csv", "", []*format{wideCSV}, "query,a,b\nq1,1,0\nq2,,0.5\n", "1,0\n0,1\n",
		"\ufeffquery;slice:x;a\r\n\"q;1\";y;right\r\n", "a\tb\ntrue\tfalse\n", "\"a\"\"b\nc\",d\n1,\"0\"\n")
}

// FuzzContainers unpacks whatever it is given, within tight limits.
func FuzzContainers(f *testing.F) {
	for _, s := range []string{zipped(f, lines3), zstdOf(f, lines3), zipFile(f, "a.jsonl", lines3, "b.csv", "a,b\n1,0\n"),
		zipped(f, lines3) + zipped(f, lines3), zstdOf(f, lines3)[:20], zipFile(f, "../x", lines3)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, packed []byte) {
		path := filepath.Join(t.TempDir(), "packed")
		if err := os.WriteFile(path, packed, 0o600); err != nil {
			t.Fatal(err)
		}
		res, err := Read(context.Background(), []string{path}, Options{Limits: Limits{Expanded: 1 << 20, Entries: 8, Line: 1 << 16}})
		if err == nil && (res.Set == nil || res.Set.Queries() == 0) {
			t.Error("no error, and nothing was read")
		}
		if err != nil && res != nil && res.Set != nil {
			t.Error("an error, and a set beside it")
		}
	})
}
