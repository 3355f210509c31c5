package regrade

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/outcome"
)

// Status says whether a record was graded, and if not, why.
type Status string

// The statuses. A record that was not graded keeps its verdict; one without a
// verdict becomes a cell that was not run.
const (
	Graded      Status = "graded"
	NotRun      Status = "not_run"      // nothing was answered: the call failed
	NoReference Status = "no_reference" // nothing to compare with
	NoKind      Status = "no_kind"      // neither the record nor the options say how to grade it
	NoGrader    Status = "no_grader"    // its kind has no grader that works without models
)

// Item is a record with its new grade.
type Item struct {
	Record outcome.Record // with the new verdict
	Was    outcome.Cell   // the recorded one; 0 where there was none
	Grade  grade.Grade
	Other  *grade.Grade // by Options.Against
	Status Status
}

// Options say how records are graded.
type Options struct {
	Kind    string                                 // for every record; empty: each record's own
	Grader  func(kind string) (grade.Grader, bool) // the grader of a kind
	Against grade.Grader                           // a second grader to compare with; nil for none
	Score   float64                                // the score from which a recorded score is right

	// Judge gives the grader of kind "judge" for answers of a model, by name and
	// family: nobody judges its own. Nil: there are no judges.
	Judge func(model, family string) grade.Grader
	// Parallel is how many answers are graded at once; 0 means one for each
	// processor. Judges are waited for, and more of them may be at once.
	Parallel int
}

// one grades a record.
func (o *Options) one(ctx context.Context, x *Item) {
	r := &x.Record
	if c, err := r.Cell(o.Score); err == nil {
		x.Was = c
	}
	kind := o.Kind
	if kind == "" {
		kind = r.Kind
	}
	g, known := o.Grader(kind)
	if kind == "judge" && o.Judge != nil {
		g, known = o.Judge(r.Model, r.Family), true
	}
	switch {
	case x.Was.Verdict() == outcome.NotRun && r.Response == "" && r.Answer == "":
		x.Status = NotRun
	case kind == "":
		x.Status = NoKind
	case !known:
		x.Status = NoGrader
	case strings.TrimSpace(r.Reference) == "":
		x.Status = NoReference
	default:
		x.Status = Graded
		q, response := query(r)
		x.Grade = g.Grade(ctx, q, response)
		if o.Against != nil {
			other := o.Against.Grade(ctx, q, response)
			x.Other = &other
		}
		settle(r, kind, x.Grade)
		return
	}
	if x.Was == 0 {
		r.Verdict, r.Reason = outcome.NotRun, outcome.Unscored
	}
}

// query is what the grader is told of the question. A response is the whole
// text; where there is none, the answer that was extracted once.
func query(r *outcome.Record) (*grade.Query, string) {
	q := &grade.Query{Prompt: r.Prompt, Reference: r.Reference, Options: options(r)}
	if r.Response == "" {
		q.Extracted = true
		return q, r.Answer
	}
	return q, r.Response
}

// options gives the texts of the options where a record keeps them under
// "options" or "choices"; else as many empty ones as it says that there are.
func options(r *outcome.Record) []string {
	for _, name := range []string{"options", "choices"} {
		var texts []string
		if raw := r.Extra[name]; raw != nil && json.Unmarshal(raw, &texts) == nil && len(texts) > 0 {
			return texts
		}
	}
	return make([]string, r.Options)
}

// settle puts a grade into its record.
func settle(r *outcome.Record, kind string, g grade.Grade) {
	r.Kind, r.Grader, r.Answer, r.Score = kind, g.Grader, g.Answer, nil
	switch g.Verdict {
	case grade.Right:
		r.Verdict, r.Reason = outcome.Right, outcome.NoReason
	case grade.Wrong:
		r.Verdict, r.Reason = outcome.Wrong, outcome.NoReason
	case grade.NoAnswer:
		r.Verdict = outcome.NoAnswer
		if r.Reason != outcome.Refused && r.Reason != outcome.Truncated {
			r.Reason = why(r)
		}
	default:
		r.Verdict, r.Reason = outcome.NotRun, outcome.Unscored
	}
}

// why there is no answer.
func why(r *outcome.Record) outcome.Reason {
	switch finish := strings.ToLower(r.Finish); {
	case finish == "length" || finish == "max_tokens":
		return outcome.Truncated
	case strings.TrimSpace(r.Response) == "" && strings.TrimSpace(r.Answer) == "":
		return outcome.Empty
	}
	return outcome.Unparsed
}
