package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite what the documents show with what the program prints")

// TestDocuments runs every "$ allwrong …" of README.md and docs/*.md in a copy
// of examples/ and compares what is printed, standard error included, with what
// the document shows. "$ echo $?" shows the exit status.
func TestDocuments(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	work := t.TempDir()
	if err := os.CopyFS(filepath.Join(work, "examples"), os.DirFS(filepath.Join(root, "examples"))); err != nil {
		t.Fatal(err)
	}
	t.Chdir(work)
	makeDatabase(t, "outcomes.db", "examples/common-shock.csv")
	ran := 0
	for _, page := range append(pages, filepath.Join(root, "README.md")) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		got, n := rerun(string(text))
		ran += n
		if got == string(text) {
			continue
		}
		if *update {
			if err := os.WriteFile(page, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		t.Errorf("%s does not show what the program prints (go test ./cmd/allwrong -update rewrites it): %s", filepath.Base(page), firstDifference(got, string(text)))
	}
	if ran < 8 {
		t.Errorf("%d commands were run; the documents should hold more", ran)
	}
}

// rerun gives a document with the output of each command in a fenced block
// replaced by what the program prints.
func rerun(text string) (out string, ran int) {
	var b strings.Builder
	fenced, shown := false, false // inside a block; below a command whose output follows
	status := 0
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(trimmed, "```"):
			fenced, shown = !fenced, false
			b.WriteString(line)
		case fenced && strings.HasPrefix(trimmed, "$ allwrong "):
			var printed string
			printed, status = perform(strings.TrimPrefix(trimmed, "$ allwrong "))
			b.WriteString(line + printed)
			shown = true
			ran++
		case fenced && trimmed == "$ echo $?":
			fmt.Fprintf(&b, "%s%d\n", line, status)
			shown = true
		case !shown:
			b.WriteString(line)
		}
	}
	return b.String(), ran
}

func perform(command string) (printed string, status int) {
	var out bytes.Buffer
	status = run(context.Background(), words(command), strings.NewReader(""), &out, &out)
	return out.String(), status
}

// words splits a command line at spaces, single quotes holding words together.
func words(line string) []string {
	var out []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			out = append(out, part)
		} else {
			out = append(out, strings.Fields(part)...)
		}
	}
	return out
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d:\nprints %s\nshows  %s", i+1, g[i], w[i])
		}
	}
	return "one is longer than the other"
}
