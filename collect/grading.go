package collect

import (
	"context"
	"fmt"
	"strings"

	"github.com/allwrong/allwrong/collect/runfile"
	"github.com/allwrong/allwrong/collect/store"
	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/grade/kinds"
	"github.com/allwrong/allwrong/outcome"
)

// graders finds the grader of each kind that the run's queries have. A kind
// without one stays ungraded: judges need models, and come later.
func graders(run *runfile.Run, used map[string]bool) (map[string]grade.Grader, error) {
	out := map[string]grade.Grader{}
	for kind := range used {
		g, known := kinds.For(kind)
		if version := run.Graders[kind]; version != "" {
			if g, known = kinds.Named(version); !known {
				return nil, fmt.Errorf("%s: graders: %s: there is no grader %q", run.Path, kind, version)
			}
		}
		if known {
			out[kind] = g
		}
	}
	return out, nil
}

// slow are the kinds whose answers are stored before they are graded: running a
// program takes time, and an answer that was paid for is not to be lost in it.
func slow(kind string) bool { return kind == "code" }

// judge gives an answer its verdict; nil when its kind has no grader.
func (e *engine) judge(ctx context.Context, q *runfile.Query, status store.Status, finish, text string) *store.Verdict {
	g := e.graders[q.Kind]
	if g == nil || strings.TrimSpace(q.Reference) == "" {
		return nil
	}
	e.grading <- struct{}{}
	defer func() { <-e.grading }()
	got := g.Grade(ctx, &grade.Query{Prompt: q.Prompt, Reference: q.Reference, Options: q.Options}, text)
	v := &store.Verdict{Grader: got.Grader, Extracted: got.Answer, Rule: got.Rule}
	switch got.Verdict {
	case grade.Right:
		v.Verdict = outcome.Right
	case grade.Wrong:
		v.Verdict = outcome.Wrong
	case grade.NoAnswer:
		v.Verdict, v.Reason = outcome.NoAnswer, unanswered(status, finish, text)
	default:
		v.Verdict, v.Reason = outcome.NotRun, outcome.Unscored
	}
	return v
}

// unanswered says why there is no answer in a text.
func unanswered(status store.Status, finish, text string) outcome.Reason {
	switch strings.ToLower(finish) {
	case "refusal", "content_filter", "content-filter", "safety", "recitation", "sensitive":
		return outcome.Refused
	}
	switch {
	case status == store.CutOff:
		return outcome.Truncated
	case strings.TrimSpace(text) == "":
		return outcome.Empty
	}
	return outcome.Unparsed
}
