package ingest

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/allwrong/allwrong/internal/parquetscan"
	"github.com/allwrong/allwrong/outcome"
)

// verdictRow is a row of nothing but verdicts and labels.
type verdictRow struct {
	Query   string  `parquet:"query,dict"`
	Model   string  `parquet:"model,dict"`
	Verdict *string `parquet:"verdict,optional,dict"`
	Attempt *int32  `parquet:"attempt,optional"`
	Reason  *string `parquet:"reason,optional"`
	Subject *string `parquet:"subject,optional,dict"`
}

// verdictRows draws a table; oddities tells how many rows in a thousand are out of
// the ordinary in one of many ways.
func verdictRows(r *rand.Rand, queries, models, oddities int, byModel bool) []verdictRow {
	var rows []verdictRow
	for i := range queries * models {
		q, m := i/models, i%models
		if byModel {
			q, m = i%queries, i/queries
		}
		word := []string{"right", "wrong", "Right", "1", "no_answer", "no_answer:refused", "not_run", ""}[min(7, r.IntN(4)*r.IntN(4))]
		subject := fmt.Sprint("s", q%7)
		row := verdictRow{Query: fmt.Sprintf("q%04d", q), Model: fmt.Sprint("m", m), Verdict: &word, Subject: &subject}
		if r.IntN(50) == 0 {
			row.Verdict = nil
		}
		if r.IntN(1000) < oddities {
			other, zero, one := []string{"law", " law", ""}[r.IntN(3)], int32(0), int32(1)
			refused := "refused"
			switch r.IntN(8) {
			case 0:
				row.Subject = &other
			case 1:
				row.Subject = nil
			case 2:
				row.Attempt = &zero
			case 3:
				row.Attempt = &one
			case 4:
				row.Query = fmt.Sprintf("q%04d", r.IntN(queries)) // most likely there twice, and in disagreement
			case 5:
				row.Model = "rare"
			case 6:
				rows = append(rows, row)
			case 7:
				none := "no_answer"
				row.Verdict, row.Reason = &none, &refused
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// slowRow has a column more, so that rows go in one by one.
type slowRow struct {
	verdictRow
	Seconds float64 `parquet:"seconds"`
}

// Blocks say what the same rows say one by one: cells, labels, warnings and,
// where records disagree, the lines.
func TestBlocksSayWhatRowsSay(t *testing.T) {
	conflicting := 0
	for seed := range uint64(24) {
		r := rand.New(rand.NewPCG(21, seed))
		dir, slow := filepath.Join(t.TempDir(), "day=2026-03-01"), filepath.Join(t.TempDir(), "day=2026-03-01")
		odd := []int{0, 1, 5, 100}[seed%4]
		for part := range 1 + r.IntN(3) {
			rows := verdictRows(r, 300+r.IntN(1500), 1+r.IntN(9), odd, r.IntN(2) == 0)
			if r.IntN(3) > 0 {
				for i := range rows { // otherwise the parts hold the same queries
					rows[i].Query = fmt.Sprint(part, rows[i].Query)
				}
			}
			if r.IntN(4) == 0 {
				r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
			}
			writeParquet(t, fmt.Sprintf("%s/part-%d.parquet", dir, part), rows)
			var slower []slowRow
			for _, row := range rows {
				slower = append(slower, slowRow{row, 1})
			}
			writeParquet(t, fmt.Sprintf("%s/part-%d.parquet", slow, part), slower)
		}
		for _, prefer := range []outcome.Prefer{outcome.PreferNone, outcome.PreferNewest, outcome.PreferFirst} {
			o := Options{Labels: []string{"subject"}, Prefer: prefer}
			got, gotErr := Read(context.Background(), []string{dir}, o)
			want, wantErr := Read(context.Background(), []string{slow}, o)
			if a, b := strings.ReplaceAll(fmt.Sprint(gotErr), dir, ""), strings.ReplaceAll(fmt.Sprint(wantErr), slow, ""); a != b {
				t.Fatalf("seed %d: %v\nby rows %v", seed, a, b)
			}
			if wantErr != nil {
				conflicting++
				continue
			}
			if a, b := everything(got.Set)+labels(got.Set, "day"), everything(want.Set)+labels(want.Set, "day"); a != b {
				t.Fatalf("seed %d, prefer %d: sets differ", seed, prefer)
			}
			if !slices.Equal(got.Warnings, want.Warnings) {
				t.Fatalf("seed %d: %v\nby rows %v", seed, got.Warnings, want.Warnings)
			}
			for i, in := range got.Inputs {
				if in.Rows != want.Inputs[i].Rows {
					t.Fatalf("seed %d: %d rows, by rows %d", seed, in.Rows, want.Inputs[i].Rows)
				}
			}
		}
	}
	if conflicting < 10 {
		t.Errorf("%d sets held records that disagree", conflicting)
	}
}

// TestBlocksAreMade: the rows of a table of verdicts are blocks, and unusual ones are not.
func TestBlocksAreMade(t *testing.T) {
	text := func(s string) *string { return &s }
	one := int32(1)
	rows := func(change func(rows []verdictRow)) []verdictRow {
		var out []verdictRow
		for i := range 60 {
			out = append(out, verdictRow{Query: fmt.Sprint("q", i/3), Model: fmt.Sprint("m", i%3), Verdict: text("right"), Subject: text("law")})
		}
		change(out)
		return out
	}
	for _, c := range []struct {
		name   string
		change func(rows []verdictRow)
		block  bool
	}{
		{"ordinary", func([]verdictRow) {}, true},
		{"not run", func(r []verdictRow) { r[4].Verdict = nil }, true},
		{"first attempts", func(r []verdictRow) { r[4].Attempt = new(int32) }, true},
		{"attempt", func(r []verdictRow) { r[4].Attempt = &one }, false},
		{"reason", func(r []verdictRow) { r[4].Reason = text("refused") }, false},
		{"verdict", func(r []verdictRow) { r[4].Verdict = text("maybe") }, false},
		{"reason of a right answer", func(r []verdictRow) { r[4].Verdict = text("right:refused") }, false},
		{"twice", func(r []verdictRow) { r[4] = r[5] }, true},
		{"no query", func(r []verdictRow) { r[4].Query = "" }, false},
		{"no model", func(r []verdictRow) { r[4].Model = "" }, false},
		{"labels that differ", func(r []verdictRow) { r[4].Subject = text("tax") }, false},
		{"a blank", func(r []verdictRow) { r[3].Subject, r[4].Subject, r[5].Subject = text(" a"), text(" a"), text(" a") }, false},
	} {
		path := filepath.Join(t.TempDir(), "t.parquet")
		if err := parquet.WriteFile(path, rows(c.change)); err != nil {
			t.Fatal(err)
		}
		if got := blocks(t, path); got != c.block {
			t.Errorf("%s: a block %v, want %v", c.name, got, c.block)
		}
	}
}

// blocks reports whether all rows of a file become blocks.
func blocks(t *testing.T, path string) bool {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p, err := parquetscan.Open(bytes.NewReader(data), int64(len(data)), parquetscan.Limits{Page: 1 << 20, Row: 1 << 20, Expanded: 1 << 30, Ratio: 1000, Grace: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	f := &file{ctx: context.Background(), path: path, parquet: p, opt: &Options{Labels: []string{"subject"}}}
	x := flatReadingOf(f, p.Columns(), nil)
	if x == nil || !x.blocky(f) {
		t.Fatal("no table of verdicts")
	}
	x.blocks = true
	all := true
	err = parquetscan.Tables(f.ctx, p, x.names, x.stretch, func(s stretch) error { all = all && s.block != nil; return nil })
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestLabelConflict: the first label of a query counts, and that there were
// others is said.
func TestLabelConflict(t *testing.T) {
	text := func(s string) *string { return &s }
	dir := t.TempDir()
	writeParquet(t, dir+"/day=2026-03-01/a.parquet", []verdictRow{{Query: "q1", Model: "a", Verdict: text("right"), Subject: text("law")}, {Query: "q2", Model: "a", Verdict: text("right")}})
	writeParquet(t, dir+"/day=2026-03-02/b.parquet", []verdictRow{{Query: "q1", Model: "b", Verdict: text("right"), Subject: text("law")}, {Query: "q2", Model: "b", Verdict: text("right"), Subject: text("tax")}})
	got, err := Read(context.Background(), []string{dir}, Options{Labels: []string{"subject"}})
	if err != nil {
		t.Fatal(err)
	}
	want := []Warning{{"label-conflict", `2 queries come with several labels "day", first: "q1"; the label of the first record counts, and the others do not`}}
	if !slices.Equal(got.Warnings, want) {
		t.Errorf("%v\nwant %v", got.Warnings, want)
	}
	if got := labels(got.Set, "day") + " " + labels(got.Set, "subject"); got != "q1=2026-03-01 q2=2026-03-01 q1=law q2=tax" {
		t.Error(got)
	}
}
