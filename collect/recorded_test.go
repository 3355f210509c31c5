package collect_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/collect"
	"github.com/allwrong/allwrong/collect/runfile"
	"github.com/allwrong/allwrong/collect/store"
	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/grade/kinds"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/replay"
)

// published gives the path of a published data set, which is not part of the
// project: whoever has the sets lays them beside the checkout.
func published(t *testing.T, path string) string {
	t.Helper()
	full := filepath.Join("..", "..", "shared", "data", path)
	if _, err := os.Stat(full); err != nil {
		t.Skipf("the published data set %s is not on this machine", path)
	}
	return full
}

// rerun is a published set that is asked for once more, of its own records.
type rerun struct {
	answers *replay.Answers
	lines   strings.Builder               // the file of queries
	seen    map[string]bool               // queries
	prompts map[string]string             // query by prompt
	want    map[[2]string]outcome.Verdict // by query and model, as our grader has it of the record's text
	stated  map[[2]string]outcome.Verdict // as the record has it
	models  map[string]bool
	keys    map[string]string // reference by query: a few have two, and the first one counts
}

// thorough asks for all that is worth asking; a part will do otherwise.
var thorough bool

// add takes a record that can be asked for again: its prompt belongs to its query
// alone, and there is a text to grade.
func (x *rerun) add(t *testing.T, r *outcome.Record, kind string) {
	t.Helper()
	if q, known := x.prompts[r.Prompt]; known && q != r.Query {
		return
	}
	if strings.TrimSpace(r.Response) == "" || strings.TrimSpace(r.Prompt) == "" {
		return
	}
	if err := x.answers.Add(r); err != nil {
		t.Fatal(err)
	}
	var options []string
	json.Unmarshal(r.Extra["options"], &options)
	x.prompts[r.Prompt] = r.Query
	if !x.seen[r.Query] {
		x.seen[r.Query] = true
		row := map[string]any{"id": r.Query, "prompt": r.Prompt, "reference": r.Reference}
		if len(options) > 0 {
			row["options"] = options
		}
		raw, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		x.lines.Write(append(raw, '\n'))
	}
	if _, known := x.keys[r.Query]; !known {
		x.keys[r.Query] = r.Reference
	}
	g, _ := kinds.For(kind)
	cell := [2]string{r.Query, r.Model}
	x.models[r.Model] = true
	x.stated[cell] = r.Verdict
	x.want[cell] = map[grade.Verdict]outcome.Verdict{grade.Right: outcome.Right, grade.Wrong: outcome.Wrong, grade.NoAnswer: outcome.NoAnswer, grade.CannotTell: outcome.NotRun}[g.Grade(context.Background(), &grade.Query{Prompt: r.Prompt, Reference: x.keys[r.Query], Options: options}, r.Response).Verdict]
}

// TestRecordedAnswers asks for recorded answers once more, over the wire: what is
// collected and graded is what grading the records gives, cell by cell. How often
// that is what the source stated is in docs/findings.md: its rules differ.
func TestRecordedAnswers(t *testing.T) {
	for _, set := range []struct {
		name, path, kind string
		one              func(query string) bool // the part of it that is asked for
		agree            float64                 // with the source's own verdicts, at least
	}{
		{"MMLU-Pro", "mmlu-pro/eval_results", "choice", func(q string) bool { return chance("sample", q) < 0.02 }, .95},
		{"MATH level 5", "zeroeval/result_dirs/math-l5", "math", func(q string) bool { return thorough || chance("sample", q) < 0.15 }, .95},
		{"CRUX", "zeroeval/result_dirs/crux", "exact", func(q string) bool { return thorough || chance("sample", q) < 0.15 }, .95},
	} {
		t.Run(set.name, func(t *testing.T) {
			if set.kind == "choice" && !thorough {
				t.Skip("reads 120,000 records: go test -tags coverage")
			}
			path := published(t, set.path)
			answers, err := replay.NewAnswers(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			defer answers.Close()
			x := &rerun{answers: answers, seen: map[string]bool{}, prompts: map[string]string{}, want: map[[2]string]outcome.Verdict{}, stated: map[[2]string]outcome.Verdict{}, models: map[string]bool{}, keys: map[string]string{}}
			_, err = ingest.Stream(t.Context(), []string{path}, ingest.Options{Want: outcome.WantAll}, func(r *outcome.Record) error {
				if set.one(r.Query) {
					x.add(t, r, set.kind)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := answers.Seal(); err != nil {
				t.Fatal(err)
			}
			x.ask(t, set.kind, set.agree)
		})
	}
}

// ask collects the set, and compares.
func (x *rerun) ask(t *testing.T, kind string, agree float64) {
	t.Helper()
	server := replay.New(x.answers, replay.Options{})
	defer server.Close()
	srv := httptest.NewServer(server)
	defer srv.Close()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "questions.jsonl"), []byte(x.lines.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("cap_usd = 10.0\nbudgets = [1_000_000]\n[[endpoint]]\nname = \"replay\"\nbase_url = %q\nprotocol = \"openai\"\n", srv.URL+"/v1")
	for m := range x.models {
		text += fmt.Sprintf("[[model]]\nid = %q\nendpoint = \"replay\"\nprice = 0\n", m)
	}
	text += fmt.Sprintf("[queries]\npath = \"questions.jsonl\"\nkind = %q\noptions = \"options\"\n", kind)
	if kind != "choice" {
		text = strings.Replace(text, "options = \"options\"\n", "", 1)
	}
	run, err := runfile.Parse([]byte(text), filepath.Join(dir, "run.toml"))
	if err != nil {
		t.Fatal(err)
	}
	s := &setup{dir, run}
	r := s.collect(t, collect.Options{How: store.Schedule{For: store.ForMatrix}})
	got := s.verdicts(t)
	same, n := 0, 0
	for cell, want := range x.want {
		if got[cell] != want {
			t.Errorf("%v: collected %q, the record's text is graded %q", cell, got[cell], want)
		}
		if want != outcome.NotRun {
			n++
			if (want == outcome.Right) == (x.stated[cell] == outcome.Right) {
				same++
			}
		}
	}
	t.Logf("%d cells of %d queries, %d calls; as the source states on %.1f %%", len(x.want), len(x.seen), r.Made, 100*float64(same)/float64(n))
	if len(x.want) < 500 || float64(same) < agree*float64(n) {
		t.Errorf("%d cells, %d of %d as stated", len(x.want), same, n)
	}
}
