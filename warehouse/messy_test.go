package warehouse_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/internal/pgtest"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/warehouse"
)

// shape says how messy rows are.
type shape struct {
	name       string
	models     int
	queries    int
	attempts   int  // most
	scores     int  // 0 none, 1 right and wrong only, 2 graded
	conflicts  bool // rows may disagree
	labels     int
	options    bool
	verdicts   string // type of the column: "text", "bool", "int"
	ids        string // type of the column: "text", "int", "uuid", "varchar", "bpchar"
	threshold  float64
	prefer     outcome.Prefer
	noAnswerNo bool // no answer is missing
	take       int  // only so many models are taken
}

// row is one outcome, as both a file and a table tell it.
type row struct {
	record outcome.Record
	word   any // of the verdict, in the table
}

var letters = []string{"gpt", "claude", "ä-model", "o'brien", `back\slash`, `"quoted"`, "UPPER", "upper", "a b", "a b ", "select", "日本", "x%", "null", "$1", "?1", ":x", "--c", "/*d", "e;f"}

func (s shape) model(i int) string {
	if i < len(letters) {
		return letters[i]
	}
	return fmt.Sprintf("m%d%s", i, strings.Repeat("x", i%7))
}

func (s shape) id(q int) string {
	switch s.ids {
	case "int":
		return fmt.Sprint(q*7919 - 40)
	case "uuid":
		return fmt.Sprintf("%08x-0000-4000-8000-%012x", q*2654435761%(1<<32), q)
	case "bpchar":
		return fmt.Sprintf("q%d", q)
	}
	return fmt.Sprintf([]string{"q%d", "Q%d", "'%d", `"%d`, `\%d`, "é%d", "%d  ", " %d", "%d;--", "q %d"}[q%10], q/10)
}

// rows makes messy rows: missing cells, NULLs, repeats, failures to run.
func (s shape) rows(r *rand.Rand) []row {
	var out []row
	for q := range s.queries {
		hard := r.Float64()
		labels := map[string]string{}
		for l := range s.labels {
			if v := r.IntN(4); v > 0 {
				labels[fmt.Sprintf("l%d", l)] = fmt.Sprintf("v'%d", v)
			}
		}
		options := 0
		if s.options {
			options = r.IntN(3) * 2
		}
		for m := range s.models {
			if r.IntN(10) == 0 {
				continue // no row
			}
			for a := range 1 + r.IntN(max(1, s.attempts)) {
				rec := outcome.Record{Query: s.id(q), Model: s.model(m), Attempt: a, Slices: labels, Options: options}
				s.verdict(r, &rec, hard)
				for range 1 + max(0, r.IntN(7)-4) {
					out = append(out, row{rec, s.word(r, rec.Verdict)})
				}
				if r.IntN(20) == 0 { // a failure to run beside it
					rec.Verdict, rec.Score = outcome.NotRun, nil
					out = append(out, row{rec, s.word(r, rec.Verdict)})
				}
				if s.conflicts && r.IntN(8) == 0 {
					s.verdict(r, &rec, hard)
					out = append(out, row{rec, s.word(r, rec.Verdict)})
				}
			}
		}
	}
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func (s shape) verdict(r *rand.Rand, rec *outcome.Record, hard float64) {
	rec.Score = nil
	switch k := r.Float64(); {
	case k < 0.05:
		rec.Verdict = outcome.NotRun
		return
	case k < 0.12 && s.verdicts == "text":
		rec.Verdict = outcome.NoAnswer
		return
	case k < 0.12+0.8*hard:
		rec.Verdict = outcome.Wrong
	default:
		rec.Verdict = outcome.Right
	}
	if s.scores == 0 {
		return
	}
	x := map[outcome.Verdict]float64{outcome.Wrong: 0, outcome.Right: 1}[rec.Verdict]
	if s.scores == 2 && r.IntN(2) == 0 {
		x = float64(r.IntN(8)) / 8
		rec.Verdict = outcome.Absent
	} else if r.IntN(2) == 0 {
		rec.Verdict = outcome.Absent
	}
	rec.Score = &x
}

// word is how a table tells a verdict.
func (s shape) word(r *rand.Rand, v outcome.Verdict) any {
	switch s.verdicts {
	case "bool":
		return map[outcome.Verdict]any{outcome.Right: true, outcome.Wrong: false}[v]
	case "int":
		return map[outcome.Verdict]any{outcome.Right: 1, outcome.Wrong: 0}[v]
	}
	words := map[outcome.Verdict][]any{
		outcome.Right:    {"right", "1", "true", "RIGHT", "True"},
		outcome.Wrong:    {"wrong", "0", "false", "Wrong", "FALSE"},
		outcome.NoAnswer: {"no_answer", "no_answer:refused", "no_answer:truncated"},
		outcome.NotRun:   {nil, "not_run", "not_run:error", ""},
		outcome.Absent:   {nil, ""},
	}[v]
	return words[r.IntN(len(words))]
}

// file writes the rows as outcomes in JSON lines.
func file(t *testing.T, rows []row) string {
	t.Helper()
	var b []byte
	for _, r := range rows {
		b = append(r.record.AppendJSON(b), '\n')
	}
	path := filepath.Join(t.TempDir(), "outcomes.jsonl")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// table makes a table of the rows in a new database of an engine.
func (s shape) table(t *testing.T, engine string, rows []row) string {
	t.Helper()
	url, db := database(t, engine)
	types := map[string]string{"verdict": s.verdicts, "query": s.ids}
	if engine == "sqlite" && s.ids == "uuid" {
		types["query"] = "text"
	}
	if s.ids == "bpchar" {
		types["query"] = map[string]string{"sqlite": "text", "postgres": "char(12)"}[engine]
	}
	columns := []string{"query", "model", "verdict", "score", "attempt", "options"}
	create := []string{"query " + types["query"], "model text", "verdict " + types["verdict"], "score double precision", "attempt int", "options int"}
	if s.scores == 0 {
		columns, create = slices.Delete(columns, 3, 4), slices.Delete(create, 3, 4)
	}
	for l := range s.labels {
		columns, create = append(columns, fmt.Sprintf(`"slice:l%d"`, l)), append(create, fmt.Sprintf(`"slice:l%d" text`, l))
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec("CREATE TABLE outcomes (" + strings.Join(create, ", ") + ")"); err != nil {
		t.Fatal(err)
	}
	const batch = 50
	for chunk := range slices.Chunk(rows, batch) {
		var args []any
		var values []string
		for _, r := range chunk {
			var marks []string
			for _, c := range columns {
				args = append(args, r.value(c))
				marks = append(marks, map[string]string{"sqlite": "?", "postgres": fmt.Sprintf("$%d", len(args))}[engine])
			}
			values = append(values, "("+strings.Join(marks, ", ")+")")
		}
		if _, err := tx.Exec("INSERT INTO outcomes ("+strings.Join(columns, ", ")+") VALUES "+strings.Join(values, ", "), args...); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	return url
}

func (r row) value(column string) any {
	switch column {
	case "query":
		return r.record.Query
	case "model":
		return r.record.Model
	case "verdict":
		return r.word
	case "score":
		if r.record.Score == nil {
			return nil
		}
		return *r.record.Score
	case "attempt":
		if r.record.Attempt == 0 && len(r.record.Query)%2 == 0 {
			return nil
		}
		return r.record.Attempt
	case "options":
		if r.record.Options == 0 && len(r.record.Model)%2 == 0 {
			return nil
		}
		return r.record.Options
	}
	key := strings.Trim(strings.TrimPrefix(strings.Trim(column, `"`), "slice:"), `"`)
	if v, ok := r.record.Slices[key]; ok {
		return v
	}
	return nil
}

// database makes a new one, and gives its URL and a way to write to it.
func database(t *testing.T, engine string) (string, *sql.DB) {
	t.Helper()
	driver, name, url := "pgx", "", ""
	if engine == "sqlite" {
		driver, name = "sqlite", filepath.Join(t.TempDir(), "it's.db")
		url = "sqlite:" + name
	} else {
		name = pgtest.New(t)
		url = name
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return url, db
}

// columnsOf gives the weight of each column of a matrix, by all that tells it
// from others.
func columnsOf(m *outcome.Matrix, keys []string) map[string]int64 {
	out := map[string]int64{}
	for c := range m.Columns() {
		var b strings.Builder
		for _, k := range keys {
			fmt.Fprintf(&b, "%q ", m.Label(k, c))
		}
		fmt.Fprintf(&b, "%d ", m.Options(c))
		for i := range m.Models() {
			switch {
			case !m.Observed(i, c):
				b.WriteByte('.')
			case m.Right(i, c):
				b.WriteByte('1')
			default:
				b.WriteByte('0')
			}
		}
		out[b.String()] += m.Weight(c)
	}
	return out
}

var shapes = []shape{
	{name: "plain", models: 7, queries: 300, verdicts: "text", ids: "text"},
	{name: "labels and options", models: 5, queries: 300, labels: 2, options: true, verdicts: "text", ids: "varchar(40)"},
	{name: "attempts", models: 4, queries: 200, attempts: 3, verdicts: "text", ids: "text", labels: 1},
	{name: "attempts in many words", models: 23, queries: 60, attempts: 2, options: true, verdicts: "text", ids: "int"},
	{name: "60 attempts", models: 10, queries: 20, attempts: 60, verdicts: "bool", ids: "int"},
	{name: "right if any, of some attempts", models: 7, take: 4, queries: 150, attempts: 3, conflicts: true, prefer: outcome.PreferRight, verdicts: "text", ids: "text"},
	{name: "no answer is missing", models: 6, queries: 300, verdicts: "text", ids: "text", noAnswerNo: true},
	{name: "scores", models: 6, queries: 200, scores: 1, verdicts: "text", ids: "text"},
	{name: "graded", models: 4, queries: 200, scores: 2, threshold: 0.5, verdicts: "bool", ids: "int"},
	{name: "booleans", models: 20, queries: 200, verdicts: "bool", ids: "bpchar"},
	{name: "numbers", models: 21, queries: 200, verdicts: "int", ids: "uuid", options: true},
	{name: "right if any", models: 6, queries: 300, conflicts: true, prefer: outcome.PreferRight, verdicts: "text", ids: "text"},
	{name: "62 models", models: 62, queries: 60, verdicts: "text", ids: "int"},
	{name: "200 models", models: 200, queries: 40, verdicts: "text", ids: "text", labels: 1},
	{name: "some of 45", models: 45, take: 23, queries: 100, verdicts: "text", ids: "text"},
	{name: "one", models: 1, queries: 50, verdicts: "text", ids: "text"},
}

// TestPatternsOfAFile: a table gives what a file of the same rows gives.
func TestPatternsOfAFile(t *testing.T) {
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			const seed = 5
			rows := s.rows(rand.New(rand.NewPCG(seed, 0)))
			told := slices.Clone(rows)
			if s.conflicts { // what is merged and what is settled depends on the order of a file: this one is the database's
				slices.SortStableFunc(told, func(a, b row) int { return int(a.record.Verdict) - int(b.record.Verdict) })
			}
			want, err := ingest.Read(context.Background(), []string{file(t, told)}, ingest.Options{Prefer: s.prefer, ScoreThreshold: s.threshold})
			if err != nil {
				t.Fatal(err)
			}
			digests := map[string]string{}
			for _, engine := range []string{"sqlite", "postgres"} {
				t.Run(engine, func(t *testing.T) { digests[engine] = s.compare(t, want.Set, rows, s.table(t, engine, rows)) })
			}
			if a, b := digests["sqlite"], digests["postgres"]; a != b && a != "" && b != "" {
				t.Errorf("digests differ: %s and %s", a, b)
			}
		})
	}
}

func (s shape) compare(t *testing.T, set *outcome.Set, rows []row, url string) string {
	ctx := context.Background()
	w, err := warehouse.Open(ctx, warehouse.Source{URL: url, Table: "outcomes"})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	profile, err := w.Profile(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if profile.Rows != int64(len(rows)) {
		t.Errorf("%d rows in the profile, want %d", profile.Rows, len(rows))
	}
	var names []string
	for _, m := range set.Summary() {
		names = append(names, m.Model)
	}
	if !slices.Equal(profile.Names(), names) {
		t.Fatalf("models %q, want %q", profile.Names(), names)
	}
	taken := names
	if s.take > 0 {
		taken = names[:s.take]
	}
	keys := w.Labels()
	p, err := w.Patterns(ctx, warehouse.PatternsOptions{Models: taken, Slices: keys, NoAnswerMissing: s.noAnswerNo, Prefer: s.prefer, ScoreThreshold: s.threshold})
	if err != nil {
		t.Fatal(err)
	}
	m := set.Matrix(outcome.MatrixOptions{Keep: func(name string) bool { return slices.Contains(taken, name) }, NoAnswerMissing: s.noAnswerNo})
	if got, want := columnsOf(p.Matrix, keys), columnsOf(m, keys); !maps.Equal(got, want) {
		t.Errorf("patterns differ:\n got %v\nwant %v", got, want)
	}
	if p.Rows != int64(len(rows)) || p.Queries != int64(set.Queries()) || p.Matrix.Size(nil) != p.Queries {
		t.Errorf("%d rows, %d queries, size %d; want %d, %d", p.Rows, p.Queries, p.Matrix.Size(nil), len(rows), set.Queries())
	}
	for i, sum := range set.Summary()[:len(taken)] {
		if p.NoAnswer[i] != sum.NoAnswer {
			t.Errorf("%s: %d without an answer, want %d", sum.Model, p.NoAnswer[i], sum.NoAnswer)
		}
	}
	if merged, settled := set.Duplicates(); s.take == 0 && s.attempts < 2 && (p.Merged != merged || p.Settled != settled) {
		t.Errorf("%d merged, %d settled; want %d, %d", p.Merged, p.Settled, merged, settled)
	}
	if p.Bytes == 0 {
		t.Error("no bytes came back")
	}
	s.compareAttempts(t, w, set, taken)
	for _, most := range []int{1, 1000} {
		o := warehouse.PatternsOptions{Models: taken, Slices: keys, NoAnswerMissing: s.noAnswerNo, Prefer: s.prefer, ScoreThreshold: s.threshold, Alone: most}
		with, err := w.Patterns(ctx, o)
		if err != nil {
			t.Fatal(err)
		}
		o.Slices = nil
		alone, err := w.Alone(ctx, o, 0)
		if len(alone) > most {
			alone = nil
		}
		if err != nil || with.Digest != p.Digest || !slices.Equal(with.Alone, alone) {
			t.Errorf("at most %d alone: %v, digest %s, %v\nwant %s, %v", most, err, with.Digest, with.Alone, p.Digest, alone)
		}
	}
	s.compareQueries(t, w, m, taken)
	s.compareSample(t, url, set, taken)
	return p.Digest
}

// compareSample checks that a sample is what the ids say, whole queries of it are
// read and counted, and a larger one contains it.
func (s shape) compareSample(t *testing.T, url string, set *outcome.Set, taken []string) {
	t.Helper()
	ids := make([]string, set.Queries())
	for q := range ids {
		ids[q] = set.QueryID(q)
	}
	slices.SortFunc(ids, func(a, b string) int {
		x, y := sha256.Sum256([]byte("allwrong sample "+a)), sha256.Sum256([]byte("allwrong sample "+b))
		return bytes.Compare(x[:], y[:])
	})
	sizes := []int{len(ids) / 3}
	if s.name == "plain" {
		sizes = append(sizes, 1, 2*len(ids))
	}
	for _, n := range sizes {
		want := ids[:min(n, len(ids))]
		w, err := warehouse.Open(t.Context(), warehouse.Source{URL: url, Table: "outcomes", Sample: int64(n)})
		if err != nil {
			t.Fatal(err)
		}
		cells, rows := map[string]int{}, int64(0)
		if err := w.Records(t.Context(), func(r *outcome.Record) error {
			cells[r.Query]++
			rows++
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if got := slices.Sorted(maps.Keys(cells)); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
			t.Errorf("a sample of %d: %q\nwant %q", n, got, want)
		}
		p, err := w.Patterns(t.Context(), warehouse.PatternsOptions{Models: taken, NoAnswerMissing: s.noAnswerNo, Prefer: s.prefer, ScoreThreshold: s.threshold})
		if err != nil {
			t.Fatal(err)
		}
		if p.Queries != int64(len(want)) || p.Rows != rows {
			t.Errorf("a sample of %d: %d rows of %d queries counted, %d of %d read", n, p.Rows, p.Queries, rows, len(want))
		}
		w.Close()
	}
}

// compareAttempts checks what is counted where attempts are told apart: each
// attempt, and which of them go together.
func (s shape) compareAttempts(t *testing.T, w *warehouse.Warehouse, set *outcome.Set, taken []string) {
	attempts := max(1, s.attempts)
	keys := w.Labels()
	p, err := w.Patterns(context.Background(), warehouse.PatternsOptions{Models: taken, Attempts: attempts, Slices: keys, NoAnswerMissing: s.noAnswerNo, Prefer: s.prefer, ScoreThreshold: s.threshold})
	if err != nil {
		t.Fatal(err)
	}
	if p.Attempts[0] != p.Matrix || len(p.Attempts) != attempts {
		t.Fatalf("%d attempts, want %d, the first of them alone with labels", len(p.Attempts), attempts)
	}
	var want []*outcome.Matrix
	for a := range attempts {
		want = append(want, set.Matrix(outcome.MatrixOptions{Keep: func(name string) bool { return slices.Contains(taken, name) }, NoAnswerMissing: s.noAnswerNo, Attempt: a}))
	}
	if got, want := together(p.Attempts, keys), together(want, keys); !maps.Equal(got, want) {
		t.Errorf("attempts differ:\n got %v\nwant %v", got, want)
	}
	var merged, settled int64
	for i, sum := range set.Summary()[:len(taken)] {
		merged, settled = merged+sum.Merged, settled+sum.Settled
		if p.NoAnswer[i] != sum.NoAnswer {
			t.Errorf("%s: %d without an answer, want %d", sum.Model, p.NoAnswer[i], sum.NoAnswer)
		}
	}
	if p.Merged != merged || p.Settled != settled {
		t.Errorf("all attempts: %d merged, %d settled; want %d, %d", p.Merged, p.Settled, merged, settled)
	}
}

// together gives the weight of what columns show over all attempts.
func together(attempts []*outcome.Matrix, keys []string) map[string]int64 {
	out := map[string]int64{}
	for c := range attempts[0].Columns() {
		var b strings.Builder
		for a, m := range attempts {
			if a == 0 {
				for _, k := range keys {
					fmt.Fprintf(&b, "%q ", m.Label(k, c))
				}
				fmt.Fprintf(&b, "%d", m.Options(c))
			}
			b.WriteByte(' ')
			for i := range m.Models() {
				fmt.Fprintf(&b, "%t%t ", m.Observed(i, c), m.Right(i, c))
			}
		}
		out[b.String()] += attempts[0].Weight(c)
	}
	return out
}

// compareQueries checks the queries that are found one by one.
func (s shape) compareQueries(t *testing.T, w *warehouse.Warehouse, m *outcome.Matrix, taken []string) {
	var alone []warehouse.Alone
	var allWrong []string
	complete := m.Complete()
	for c := range m.Columns() {
		n, who := 0, ""
		for i, name := range m.Models() {
			if m.Right(i, c) {
				n, who = n+1, name
			}
		}
		switch {
		case !complete.Has(c):
		case n == 0:
			allWrong = append(allWrong, m.ID(c))
		case n == 1:
			alone = append(alone, warehouse.Alone{Query: m.ID(c), Model: who})
		}
	}
	slices.Sort(allWrong)
	slices.SortFunc(alone, func(a, b warehouse.Alone) int { return strings.Compare(a.Query, b.Query) })
	o := warehouse.PatternsOptions{Models: taken, NoAnswerMissing: s.noAnswerNo, Prefer: s.prefer, ScoreThreshold: s.threshold}
	got, err := w.Alone(context.Background(), o, 0)
	if err != nil || !slices.Equal(got, alone) {
		t.Errorf("alone: %v, %v\nwant %v", got, err, alone)
	}
	wrong, err := w.AllWrong(context.Background(), o, 3)
	if err != nil || !slices.Equal(wrong, allWrong[:min(3, len(allWrong))]) {
		t.Errorf("all wrong: %q, %v\nwant the first 3 of %q", wrong, err, allWrong)
	}
}
