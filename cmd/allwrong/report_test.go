package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// published gives the path of a published data set, which is not part of the
// project: whoever has the sets lays them beside the checkout.
func published(t *testing.T, path string) string {
	t.Helper()
	full, err := filepath.Abs(filepath.Join("..", "..", "..", "shared", "data", path))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(full); err != nil {
		t.Skipf("the published data set %s is not on this machine", path)
	}
	return full
}

// jsonOf runs a command and reads what it prints.
func jsonOf(t *testing.T, args ...string) map[string]json.RawMessage {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(context.Background(), args, strings.NewReader(""), &out, &errs); code != exitDone {
		t.Fatalf("%v: exit code %d\n%s", args, code, errs.String())
	}
	var got map[string]json.RawMessage
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	return got
}

// The certificate of a report is that of certify, to the last letter, and so are the
// pools and the triage those of their commands.
func checkReport(t *testing.T, path string, flags ...string) {
	t.Helper()
	with := func(command string, more ...string) []string {
		return slices.Concat([]string{command, path, "--json"}, flags, more)
	}
	got := jsonOf(t, with("report", "--overhead", "0.02", "--replicates", "20")...)
	var certificate, pools, triage map[string]json.RawMessage
	for part, into := range map[string]*map[string]json.RawMessage{"certificate": &certificate, "pools": &pools, "audit": &triage} {
		if err := json.Unmarshal(got[part], into); err != nil {
			t.Fatal(err)
		}
	}
	equal := func(command string, got, want map[string]json.RawMessage, passed ...string) {
		t.Helper()
		seen := 0
		for name, value := range got {
			if slices.Contains(passed, name) {
				continue
			}
			if seen++; compact(value) != compact(want[name]) {
				t.Errorf("%s of the report is %.300s; %s says %.300s", name, compact(value), command, compact(want[name]))
			}
		}
		if seen < 8 {
			t.Errorf("only %d parts of %s were compared", seen, command)
		}
	}
	equal("certify", certificate, jsonOf(t, with("certify", "--overhead", "0.02")...))
	equal("pool", pools, jsonOf(t, with("pool")...), "warnings") // those of the reading stand with the certificate
	equal("audit", triage, jsonOf(t, with("audit")...), "marks")

	out := filepath.Join(t.TempDir(), "report.html")
	var text, errs bytes.Buffer
	if code := run(context.Background(), slices.Concat([]string{"report", path, "-o", out, "--overhead", "0.02", "--replicates", "20"}, flags), strings.NewReader(""), &text, &errs); code != exitDone {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	page, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if len(page) > 2_000_000 || !bytes.Contains(page, []byte("<h1")) {
		t.Errorf("a page of %d bytes", len(page))
	}
}

func compact(raw json.RawMessage) string {
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return string(raw)
	}
	return b.String()
}

func TestReportOfAnExample(t *testing.T) {
	example, err := filepath.Abs("../../examples/common-shock.csv")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir()) // where no ledger lies
	checkReport(t, example)
}

func TestReportOfPublishedSets(t *testing.T) {
	sets := map[string][]string{"swebench-bash-only": {"--allow-mismatch"}, "zeroeval/result_dirs/crux": nil}
	for path, flags := range sets {
		t.Run(path, func(t *testing.T) {
			full := published(t, path)
			t.Chdir(t.TempDir())
			checkReport(t, full, flags...)
		})
	}
}

// A command line that a report shows is read by a shell as it was given.
func TestQuoted(t *testing.T) {
	for in, want := range map[string]string{"results/": "results/", "": "''", "a b": "'a b'", "it's": `'it'\''s'`, "$(rm)": "'$(rm)'", "*": "'*'"} {
		if got := quoted(in); got != want {
			t.Errorf("%q is written %s, want %s", in, got, want)
		}
	}
}
