// Package judge answers one question: do other models find this answer right?
//
// For answers that no rule can compare, a panel of models is asked, each by
// itself, whether a candidate's final answer says the same as the reference. An
// answer is right when more than half of the votes cast say so; a tie is wrong.
// A reply counts as a vote only if it holds exactly one verdict line: what a
// judge says otherwise, or says twice, is kept and is no vote. No judge grades its
// own answers, nor, if asked for, those of its family, since judges favour
// themselves (Panickssery et al. 2024).
//
// Candidates may write to the judge rather than to the question. Each text stands
// between marks that it cannot contain, and the prompt says that what is between
// them is not to be obeyed. That makes injection hard and not impossible:
// calibrate a panel on answers whose verdict is known ([Panel.Calibrate]).
//
// The package calls no network: it takes any function that answers.
package judge

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/allwrong/allwrong/grade"
)

// Name of the grader with its version: of prompt, parsing and majority.
const Name = "judge/1"

// Ask puts a prompt to the model that judges and gives its reply. It is called
// from several goroutines at once.
type Ask func(ctx context.Context, model, prompt string) (reply string, err error)

// Judge is a model that votes.
type Judge struct {
	Model  string `json:"model"`
	Family string `json:"family,omitempty"` // provider family; empty when unknown
}

// Panel is the judges with the way to ask them.
type Panel struct {
	Judges     []Judge
	Ask        Ask
	SkipFamily bool // a judge does not grade models of its own family either
}

// Vote is what one judge said of one answer.
type Vote struct {
	Judge   string        `json:"judge"`
	Verdict grade.Verdict `json:"verdict"`         // right or wrong; cannot_tell: no vote
	Why     string        `json:"why,omitempty"`   // why there is no vote
	Reply   string        `json:"reply,omitempty"` // as it came, cut at MaxReply
}

// MaxReply bounds, in bytes, what is kept of a reply.
const MaxReply = 4096

// Ballot is the grade of one answer with the votes behind it, in the order of
// the panel's judges; those that were not asked are left out.
type Ballot struct {
	grade.Grade
	Votes []Vote `json:"votes"`
}

// errPanel is a panel that cannot judge anything.
var errPanel = errors.New("judges: a panel needs at least one judge and a way to ask")

// Grade asks the judges about an answer of a candidate, by name and family. The
// error is that of ctx, or of a panel without judges; a judge that fails has no
// vote, and says why.
func (p *Panel) Grade(ctx context.Context, q *grade.Query, response string, candidate Judge) (Ballot, error) {
	b := Ballot{Grade: grade.Grade{Grader: Name, Answer: response}, Votes: []Vote{}}
	if len(p.Judges) == 0 || p.Ask == nil {
		return b, errPanel
	}
	switch text := visible(response); {
	case text == "":
		b.Answer = ""
		b.End(grade.NoAnswer, "empty")
		return b, nil
	case len(response)+len(q.Reference)+len(q.Prompt) > grade.MaxResponse:
		b.End(grade.CannotTell, "too-long")
		return b, nil
	case visible(q.Reference) == "":
		b.End(grade.CannotTell, "no-reference")
		return b, nil
	}
	judges := p.able(candidate)
	b.Add("extract", "whole-response", response)
	prompt := Prompt(q, response)
	b.Votes = make([]Vote, len(judges))
	var wg sync.WaitGroup
	for i, j := range judges {
		wg.Go(func() { b.Votes[i] = p.vote(ctx, j, prompt) })
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return b, err
	}
	b.count()
	return b, nil
}

// able are the judges that may grade a candidate.
func (p *Panel) able(candidate Judge) []Judge {
	var out []Judge
	for _, j := range p.Judges {
		if j.Model != candidate.Model && !(p.SkipFamily && j.Family != "" && j.Family == candidate.Family) {
			out = append(out, j)
		}
	}
	return out
}

func (p *Panel) vote(ctx context.Context, j Judge, prompt string) Vote {
	v := Vote{Judge: j.Model}
	reply, err := p.Ask(ctx, j.Model, prompt)
	if err != nil {
		v.Why = "not answered: " + err.Error()
		return v
	}
	v.Verdict, v.Why = Parse(reply)
	v.Reply = cut(reply, MaxReply)
	return v
}

// count decides by majority of the votes cast.
func (b *Ballot) count() {
	right, cast := 0, 0
	for _, v := range b.Votes {
		switch v.Verdict {
		case grade.Right:
			right, cast = right+1, cast+1
		case grade.Wrong:
			cast++
		}
		text := v.Verdict.String()
		if v.Why != "" {
			text = v.Why
		}
		b.Add("vote", v.Judge, text)
	}
	switch {
	case len(b.Votes) == 0:
		b.End(grade.CannotTell, "no-judge-left")
	case cast == 0:
		b.End(grade.CannotTell, "no-votes")
	case 2*right > cast:
		b.End(grade.Right, fmt.Sprintf("%d-of-%d", right, cast))
	case 2*right == cast:
		b.End(grade.Wrong, "tie")
	default:
		b.End(grade.Wrong, fmt.Sprintf("%d-of-%d", right, cast))
	}
}

// For gives the panel as a grader of one candidate's answers; a context that
// ends makes it unable to tell.
func (p *Panel) For(candidate Judge) grade.Grader { return bound{p, candidate} }

type bound struct {
	panel     *Panel
	candidate Judge
}

func (b bound) Name() string { return Name }

func (b bound) Grade(ctx context.Context, q *grade.Query, response string) grade.Grade {
	ballot, err := b.panel.Grade(ctx, q, response, b.candidate)
	if err != nil {
		ballot.Add("vote", "not-asked", err.Error())
		return ballot.End(grade.CannotTell, "not-asked")
	}
	return ballot.Grade
}
