package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Every command stands under a heading, but for those that every program has.
func TestEveryCommandHasAHeading(t *testing.T) {
	root := newRoot()
	for _, c := range root.Commands() {
		if c.GroupID == "" && c.Name() != "version" && !c.Hidden {
			t.Errorf("%s stands under no heading of the help text", c.Name())
		}
		if c.Short == "" || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: the short help is %q", c.Name(), c.Short)
		}
	}
}

func TestCompletion(t *testing.T) {
	example, err := filepath.Abs("../../examples/common-shock.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		args, want string
	}{
		{"certify " + example + " --models model-0", "model-01\n"},
		{"certify " + example + " --incumbent ", "model-12\n"},
		{"certify /nowhere --models ", ":4\n"},
		{"certify --method s", "screened\n"},
		{"report " + example + " --missing ", "bounds\n"},
		{"audit mark q1 --class reference", "reference-error\n"},
		{"po", "pool\t"},
	} {
		var out, errs bytes.Buffer
		args := strings.Split(x.args, " ")
		if code := run(context.Background(), append([]string{"__complete"}, args...), strings.NewReader(""), &out, &errs); code != exitDone {
			t.Errorf("%s: exit code %d, %s", x.args, code, errs.String())
		}
		if !strings.Contains(out.String(), x.want) {
			t.Errorf("%s offers\n%s, without %q", x.args, out.String(), x.want)
		}
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		var out, errs bytes.Buffer
		if code := run(context.Background(), []string{"completion", shell}, strings.NewReader(""), &out, &errs); code != exitDone || out.Len() < 500 {
			t.Errorf("%s: exit code %d, %d bytes", shell, code, out.Len())
		}
	}
}

// Each page names its command, its flags and its examples, and no text of it is a
// request to roff.
func TestManPages(t *testing.T) {
	folder := t.TempDir()
	var out, errs bytes.Buffer
	if code := run(context.Background(), []string{"man", folder}, strings.NewReader(""), &out, &errs); code != exitDone {
		t.Fatal(errs.String())
	}
	list, err := os.ReadDir(folder)
	if err != nil || len(list) < 15 {
		t.Fatalf("%d pages, %v", len(list), err)
	}
	known := []string{".TH", ".SH", ".B", ".BR", ".TP", ".PP", ".nf", ".fi"}
	for _, e := range list {
		page, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(page)) {
			request, _, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
			if strings.HasPrefix(line, "'") || strings.HasPrefix(line, ".") && !slices.Contains(known, request) {
				t.Errorf("%s: a request %q", e.Name(), line)
			}
		}
	}
	page, err := os.ReadFile(filepath.Join(folder, "allwrong-certify.1"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`allwrong\-certify \- Bound what any router`, `\fB\-\-overhead\fR \fIFRACTION\fR`, `.SH EXAMPLES`, `.BR allwrong (1)`} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page of certify lacks %q", want)
		}
	}
	if got := roff(`.\fB'x-y`); got != `\&.\efB'x\-y` {
		t.Errorf("roff gives %s", got)
	}
}
