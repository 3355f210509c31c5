package audit

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/outcome"
)

// published is the path of a published data set; without it the test is skipped.
func published(t *testing.T, path string) string {
	t.Helper()
	full := filepath.Join("..", "..", "shared", "data", path)
	if _, err := os.Stat(full); err != nil {
		t.Skipf("the published data set %s is not on this machine", path)
	}
	return full
}

func triageOf(t *testing.T, path string, keep func(string) bool) (*Report, map[string]Item) {
	t.Helper()
	res, err := ingest.Read(context.Background(), []string{published(t, path)}, ingest.Options{KeepAnswers: true, Keep: keep})
	if err != nil {
		t.Fatal(err)
	}
	mo := outcome.MatrixOptions{Keep: keep}
	e, err := Gather(res.Set.Matrix(mo), res.Set.Detail(mo), Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = res.Records(context.Background(), outcome.WantAnswer|outcome.WantResponse|outcome.WantPrompt, func(r *outcome.Record) error {
		e.Note(r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	r := e.Triage()
	queue := map[string]Item{}
	for _, x := range r.Queue {
		queue[x.Query] = x
	}
	return r, queue
}

// On MATH level 5 one all-wrong reference is known to be wrong: the sum of 46 is
// −3 and every model says so. That models agree proves nothing: 412 is hard and
// its reference right.
func TestMATHQueue(t *testing.T) {
	r, queue := triageOf(t, "zeroeval/result_dirs/math-l5", func(m string) bool { return !strings.Contains(m, "hyperbolic") })
	if r.Queries != 721 || r.AllWrong != 34 || r.Groups[AllWrong] != 34 {
		t.Fatalf("%d queries, %d all wrong, %v; want 721 and 34", r.Queries, r.AllWrong, r.Groups)
	}
	if x := queue["zeroeval/math-l5/46"]; x.Finding != FindReference || x.Findings[0].Answer != "-3" || x.Reference != "3" || len(x.Findings[0].Models) != 7 || *x.P > 0.02 {
		t.Errorf("46: %+v", x)
	}
	if x := queue["zeroeval/math-l5/412"]; x.Group != AllWrong || x.Finding == FindReference && *x.P < *queue["zeroeval/math-l5/46"].P {
		t.Errorf("412, whose reference is right, ranks above 46: %+v", x)
	}
	for i, x := range r.Queue[:5] {
		if x.Query == "zeroeval/math-l5/46" {
			return
		} else if i == 4 {
			t.Error("46 is not among the first five")
		}
	}
}

// On CRUX one reference cannot be matched as text: it writes a form feed in
// another way than all models do.
func TestCRUXQueue(t *testing.T) {
	r, queue := triageOf(t, "zeroeval/result_dirs/crux", nil)
	if x := queue["zeroeval/crux/crux-test-#490"]; r.AllWrong != 14 || x.Group != AllWrong || x.Finding != FindGrader {
		t.Errorf("%d all wrong; 490: %+v", r.AllWrong, x)
	}
}

// The eleven items that were adjudicated for the paper: the rule, applied to the
// raters' labels, gives every published class.
func TestAdjudicated(t *testing.T) {
	raw, err := os.ReadFile(published(t, "cofailure-audit/adjudication_result.json"))
	if err != nil {
		t.Fatal(err)
	}
	var items []struct {
		Query     string `json:"qid"`
		Reference string `json:"reference"`
		A         string `json:"A"`
		PosedA    bool   `json:"A_well_posed"`
		B         string `json:"B"`
		PosedB    bool   `json:"B_well_posed"`
		Class     string `json:"class"`
	}
	if err := json.Unmarshal(raw, &items); err != nil {
		t.Fatal(err)
	}
	names := map[string]Class{"genuine co-failure": Genuine, "ambiguous item": Ambiguous, "reference error": ReferenceError}
	path := filepath.Join(t.TempDir(), "l.jsonl")
	references := map[string]string{}
	for _, x := range items {
		references[x.Query] = x.Reference
		appendTo(t, path, Entry{Who: "A", Kind: KindLabel, Query: x.Query, Label: &Label{Answer: x.A, WellPosed: x.PosedA}},
			Entry{Who: "B", Kind: KindLabel, Query: x.Query, Label: &Label{Answer: x.B, WellPosed: x.PosedB}})
	}
	got, err := read(t, path).State().Rate(DefaultRule(), func(q string) string { return references[q] }, func(_, a, b string) bool { return SameAnswer(a, b) })
	if err != nil {
		t.Fatal(err)
	}
	if len(items) != 11 || len(got.Rated) != 11 {
		t.Fatalf("%d items, %d rated; want 11", len(items), len(got.Rated))
	}
	class := map[string]Class{}
	for _, x := range got.Rated {
		class[x.Query] = x.Class
	}
	for _, x := range items {
		if class[x.Query] != names[x.Class] {
			t.Errorf("%s: %s, published as %s", x.Query, class[x.Query], x.Class)
		}
	}
	// Both raters call the same items ill posed.
	if k := got.WellPosed["A and B"]; k.Value == nil || *k.Value != 1 || k.Low == nil || *k.Low >= 1 {
		t.Errorf("κ %+v, want 1 with a lower limit below it", k)
	}
}
