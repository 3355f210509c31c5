package regrade

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/outcome"
)

// same grades a response that contains the reference as right; "?" as one it
// cannot tell, and an empty one as none.
type same struct{ name string }

func (s same) Name() string { return s.name }

func (s same) Grade(_ context.Context, q *grade.Query, response string) grade.Grade {
	g := grade.Grade{Grader: s.name, Answer: response}
	switch {
	case strings.TrimSpace(response) == "":
		return g.End(grade.NoAnswer, "empty")
	case response == "?":
		return g.End(grade.CannotTell, "riddle")
	case strings.Contains(response, q.Reference), s.name == "kind/2" && len(response) == len(q.Reference):
		g.ErrorBound = 1e-9
		return g.End(grade.Right, "contains")
	}
	return g.End(grade.Wrong, "lacks")
}

func kinds(kind string) (grade.Grader, bool) { return same{kind + "/1"}, kind == "kind" }

func run(t *testing.T, o Options, list []outcome.Record) ([]Item, Result) {
	t.Helper()
	o.Grader, o.Score = kinds, 1
	against := ""
	if o.Against != nil {
		against = o.Against.Name()
	}
	tally := NewTally(against)
	var out []Item
	r := New(t.Context(), o, func(x *Item) error { tally.Add(x); out = append(out, *x); return nil })
	for i := range list {
		if err := r.Put(&list[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Flush(); err != nil {
		t.Fatal(err)
	}
	return out, tally.Result()
}

func score(x float64) *float64 { return &x }

func TestVerdicts(t *testing.T) {
	list := []outcome.Record{
		{Query: "1", Model: "a", Response: "it is 5", Reference: "5", Verdict: outcome.Wrong, Score: score(0), Kind: "other"},
		{Query: "2", Model: "a", Answer: "6", Reference: "5", Verdict: outcome.Right},
		{Query: "3", Model: "a", Response: "?", Reference: "5", Score: score(1)},
		{Query: "4", Model: "a", Reference: "5", Verdict: outcome.NoAnswer, Reason: outcome.Refused},
		{Query: "5", Model: "b", Response: " ", Reference: "5", Finish: "length"},
		{Query: "6", Model: "b", Reference: "5"},
		{Query: "7", Model: "b", Reference: "5", Verdict: outcome.NotRun, Reason: outcome.Failed},
		{Query: "8", Model: "b", Response: "5", Verdict: outcome.Right},
		{Query: "9", Model: "b", Response: "5"},
	}
	before := fmt.Sprint(list)
	got, r := run(t, Options{Kind: "kind"}, list)
	if fmt.Sprint(list) != before {
		t.Error("the records that were put in have changed")
	}
	for i, want := range []struct {
		verdict outcome.Verdict
		reason  outcome.Reason
		status  Status
		grader  string
	}{
		{outcome.Right, outcome.NoReason, Graded, "kind/1"},
		{outcome.Wrong, outcome.NoReason, Graded, "kind/1"},
		{outcome.NotRun, outcome.Unscored, Graded, "kind/1"},
		{outcome.NoAnswer, outcome.Refused, Graded, "kind/1"},
		{outcome.NoAnswer, outcome.Truncated, Graded, "kind/1"},
		{outcome.NoAnswer, outcome.Empty, Graded, "kind/1"},
		{outcome.NotRun, outcome.Failed, NotRun, ""},
		{outcome.Right, outcome.NoReason, NoReference, ""},
		{outcome.NotRun, outcome.Unscored, NoReference, ""},
	} {
		x := got[i].Record
		if x.Verdict != want.verdict || x.Reason != want.reason || got[i].Status != want.status || x.Grader != want.grader || want.status == Graded && x.Score != nil {
			t.Errorf("query %s: %+v, %s, want %+v", x.Query, x, got[i].Status, want)
		}
	}
	wantModels := []Model{{"a", 1, 1, 1, 1, 2, 4, 3}, {"b", 0, 0, 2, 0, 0, 0, 0}}
	if r.Records != 9 || r.Graded != 6 || r.Differ != 3 || !reflect.DeepEqual(r.Models, wantModels) || len(r.Changes) != 3 || r.ErrorBand != 1e-9 {
		t.Errorf("%+v", r)
	}
	if want := []Skip{{NoReference, 2, `query "8", model "b"`}, {NotRun, 1, `query "7", model "b"`}}; !reflect.DeepEqual(r.Skipped, want) {
		t.Errorf("%+v", r.Skipped)
	}
	if b, err := json.Marshal(r); err != nil || strings.Contains(string(b), "null") {
		t.Errorf("%s, %v", b, err)
	}
}

func TestKinds(t *testing.T) {
	list := []outcome.Record{
		{Query: "1", Model: "a", Response: "5", Reference: "5", Kind: "kind"},
		{Query: "2", Model: "a", Response: "5", Reference: "5", Kind: "judge"},
		{Query: "3", Model: "a", Response: "5", Reference: "5"},
	}
	got, r := run(t, Options{}, list)
	if got[0].Status != Graded || got[1].Status != NoGrader || got[2].Status != NoKind || r.Graded != 1 {
		t.Errorf("%+v", got)
	}
}

func TestAgainst(t *testing.T) {
	list := []outcome.Record{
		{Query: "1", Model: "a", Response: "6", Reference: "5", Kind: "kind", Verdict: outcome.Wrong},
		{Query: "2", Model: "a", Response: "5", Reference: "5", Kind: "kind", Verdict: outcome.Wrong},
	}
	_, r := run(t, Options{Against: same{"kind/2"}}, list)
	if r.Compared != "kind/2" || r.Differ != 1 || len(r.Changes) != 1 || r.Changes[0].From != "right" || r.Changes[0].Examples[0].OtherRule != "contains" {
		t.Errorf("%+v", r)
	}
}

// TestOrder: records come out as they went in at any number of processors, and
// an error ends the run.
func TestOrder(t *testing.T) {
	list := make([]outcome.Record, 3*batchRecords/2)
	for i := range list {
		list[i] = outcome.Record{Query: fmt.Sprint(i), Model: "a", Response: fmt.Sprint(i % 7), Reference: "5", Extra: map[string]json.RawMessage{"n": json.RawMessage(fmt.Sprint(i))}}
	}
	want, wantResult := run(t, Options{Kind: "kind"}, list)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	got, result := run(t, Options{Kind: "kind"}, list)
	if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(result, wantResult) {
		t.Error("one processor gives another result")
	}
	for i, x := range got {
		if x.Record.Query != fmt.Sprint(i) || string(x.Record.Extra["n"]) != fmt.Sprint(i) {
			t.Fatalf("record %d is %+v", i, x.Record)
		}
	}
	stop := errors.New("full disk")
	r := New(t.Context(), Options{Kind: "kind", Grader: kinds}, func(*Item) error { return stop })
	if err := r.Put(&list[0]); err != nil {
		t.Fatal(err)
	}
	if err := r.Flush(); !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
}
