package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/outcome"
)

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{scaled(0.128), "12.8"},
		{scaled(0), "0.0"},
		{scaled(0.0094), "0.94"},
		{scaled(0.0096), "1.0"},    // one decimal from here on
		{scaled(1e-12), "1.0e-10"}, // never shown as 0
		{scaled(-0.034), "-3.4"},
		{scaled(1), "100.0"},
		{fraction(0.1284), "0.128"},
		{fraction(0.00012), "0.00012"},
		{fraction(3e-9), "3.0e-09"},
		{count(0), "0"},
		{count(999), "999"},
		{count(1000), "1,000"},
		{count(10_000_000), "10,000,000"},
		{count(-12032), "-12,032"},
		{confidence(0.95), "95" + unbroken + "%"},
		{confidence(0.999), "99.9" + unbroken + "%"},
		{confidence(1 - 0.05/3), "98.33333333" + unbroken + "%"},
		{optional(nil, percent), "–"},
		{superscript(10), "¹⁰"},
		{fit("abcdefghij", 5), "ab…ij"},
		{fit("abc", 5), "abc"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestWrap(t *testing.T) {
	text := "β is the rate at which every model is wrong, " + strings.Repeat("x", 90) + " and so on  with   gaps"
	for columns := 5; columns < 100; columns += 7 {
		lines := wrap(text, columns)
		if got := strings.Join(lines, " "); got != strings.Join(strings.Fields(text), " ") {
			t.Fatalf("at %d columns the words changed: %q", columns, got)
		}
		for _, l := range lines {
			if utf8.RuneCountInString(l) > columns && strings.Contains(l, " ") {
				t.Errorf("at %d columns: %q is too long and could be broken", columns, l)
			}
		}
	}
}

// pool builds a small matrix whose models have these names.
func poolOf(t *testing.T, names ...string) *outcome.Matrix {
	t.Helper()
	s := outcome.NewSet()
	for q := range 40 {
		for i, name := range names {
			v := outcome.Wrong
			if (q*7+i*5)%(4+i) > 0 {
				v = outcome.Right
			}
			r := outcome.Record{Query: fmt.Sprint("query ", q), Model: name, Verdict: v, Options: 4,
				Slices: map[string]string{"a rather long name of a label": fmt.Sprint("and a value ", q%3)}}
			if q%11 == 3 && i == 1 {
				continue // a gap
			}
			if err := s.Add(&r, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	return s.Matrix(outcome.MatrixOptions{})
}

// TestTextFits renders every kind of certificate and holds each line to 80 columns.
func TestTextFits(t *testing.T) {
	long := strings.Repeat("a-model-with-a-long-name/", 6)
	m := poolOf(t, "a", "b", long)
	key := "a rather long name of a label"
	for _, o := range []certify.Options{{}, {Incumbent: long}, {Overhead: .1}, {Overhead: .9}, {Missing: certify.Bounds},
		{Slice: key}, {Slice: key, Weights: map[string]float64{"and a value 0": 1, "and a value 1": 1, "and a value 2": 9}},
		{Method: certify.Scores}, {Cluster: key}, {Confidence: .999}, {Attempts: certify.AttemptsAll}} {
		c, err := certify.Certify(o, m, m)
		if err != nil {
			t.Fatalf("%+v: %v", o, err)
		}
		var b bytes.Buffer
		if err := Certificate(&b, c, Origin{Formats: []string{"one format", "another format with a long name", "a third"}}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			line = strings.TrimSuffix(line, "\n")
			if n := utf8.RuneCountInString(line); n > width || strings.HasSuffix(line, " ") {
				t.Errorf("%+v: %d columns: %q", o, n, line)
			}
		}
		for _, w := range c.Warnings {
			if first := strings.Fields(w.Message)[0]; !strings.Contains(b.String(), first) {
				t.Errorf("%+v: footnote %s is not shown", o, w.Code)
			}
		}
		if s := b.String(); strings.Contains(s, "NaN") || strings.Contains(s, "Inf") || strings.Contains(s, "%!") {
			t.Errorf("%+v:\n%s", o, s)
		}
	}
}

// TestMarkdownEscapes: a name is text, whatever it holds.
func TestMarkdownEscapes(t *testing.T) {
	c, err := certify.Certify(certify.Options{}, poolOf(t, "<script>alert(1)</script>", "a|b*c_d`e`[f](g)"))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := CertificateMarkdown(&b, c, Origin{}); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script>", "a|b", "[f]("} {
		if strings.Contains(b.String(), bad) {
			t.Errorf("%q is in the page as it came:\n%s", bad, b.String())
		}
	}
	if strings.Contains(Summary(c), "\n") {
		t.Error("the summary has more than one line")
	}
}

func TestDescriptionFits(t *testing.T) {
	cost := 12.5
	d := Files{Queries: 40, Complete: 36, Models: []Model{{ModelSummary: outcome.ModelSummary{Model: strings.Repeat("name/", 30), Right: 3, Wrong: 1, CostUSD: &cost}, Lost: 1}},
		Files: []File{{Path: "results/a/" + strings.Repeat("deep/", 20) + "x.csv", Format: "wide CSV or TSV", Status: "read", Rows: 80,
			LeftOut: []LeftOut{{Why: "not an object", Rows: 3, First: "x.csv:9"}}}, {Path: "results/b.md", Status: "skipped", Why: "no format knows it; these are read: all"}},
		Slices:   []outcome.SliceSummary{{Key: "level", Values: map[string]int64{"1": 20, "2": 15}, Unlabelled: 5}},
		Warnings: []certify.Warning{{Code: "x", Message: "A footnote."}}}
	var b bytes.Buffer
	if err := Description(&b, d); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > width {
			t.Errorf("%d columns: %q", n, line)
		}
	}
	for _, want := range []string{"in results/", "left out: not an object", "skipped: no format knows it", "label level: 1 20, 2 15, (none) 5", "¹ A footnote."} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing:\n%s", want, b.String())
		}
	}
}
