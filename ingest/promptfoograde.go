package ingest

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/allwrong/allwrong/outcome"
)

// promptfoo's reasons for a failure.
const (
	promptfooNone   = 0
	promptfooAssert = 1
	promptfooError  = 2
)

// grade settles the verdict of a row. An error of the provider or of a grader
// says nothing about the model, although the row says success: false.
func (p *promptfoo) grade(x *promptfooFields, r *promptfooRow) error {
	success, err := boolField("success", x.success)
	if err != nil {
		return err
	}
	var y promptfooResponse
	if begins(x.response, '{') {
		err := fieldsOf(x.response, map[string]*[]byte{"output": &y.output, "error": &y.failed, "cached": &y.cached, "tokenUsage": &y.tokens,
			"cost": &y.cost, "finishReason": &y.finish, "isRefusal": &y.refusal})
		if err != nil {
			return fmt.Errorf("response: %w", err)
		}
	}
	if err := p.textsOf(x, &y, r); err != nil {
		return err
	}
	why, err := promptfooFailure(x, success, says(y.failed) && string(y.failed) != `""`)
	if err != nil {
		return err
	}
	if err := p.name(x, r, why == promptfooError); err != nil {
		return err
	}
	r.nothing = y.nothing(r.finish)
	switch {
	case why == promptfooError:
		r.cell = outcome.MakeCell(outcome.NotRun, outcome.Failed)
		p.outcomes[2]++
		return nil
	case success:
		r.cell = outcome.MakeCell(outcome.Right, outcome.NoReason)
		p.outcomes[0]++
	case r.nothing != outcome.NoReason:
		r.cell = outcome.MakeCell(outcome.NoAnswer, r.nothing)
		p.outcomes[1]++
	default:
		r.cell = outcome.MakeCell(outcome.Wrong, outcome.NoReason)
		p.outcomes[1]++
	}
	r.score = promptfooScore(x.score, r.cell.Verdict())
	if !says(x.tokens) {
		x.tokens = y.tokens
	}
	return r.usage(x, &y)
}

// promptfooFailure gives the reason of a failure. Versions without the field
// told an error from a failed assertion by the absence of a response.
func promptfooFailure(x *promptfooFields, success, failed bool) (int, error) {
	if !says(x.failure) {
		if !success && (failed || says(x.message) && !begins(x.response, '{')) {
			return promptfooError, nil
		}
		return promptfooNone, nil
	}
	n, err := countField("failureReason", x.failure)
	switch {
	case err != nil || n > promptfooError:
		return 0, badField("failureReason", x.failure, "0, 1 or 2")
	case success && n != promptfooNone:
		return 0, errors.New("success: true contradicts failureReason " + strconv.Itoa(int(n)))
	}
	return int(n), nil
}

// promptfooScore keeps a score that fits the verdict. Success is the verdict of
// all assertions together, and a weighted score, or one of assertions that are
// measured only, can say otherwise or leave [0, 1].
func promptfooScore(raw []byte, v outcome.Verdict) *float64 {
	s, err := floatField("score", raw, 0, 1)
	if err != nil || v == outcome.Right && s == 0 || v != outcome.Right && s == 1 {
		return nil
	}
	return &s
}

// usage takes cost and tokens, of calls that were made: what came from the
// cache is stated as free and without tokens, and was neither.
func (r *promptfooRow) usage(x *promptfooFields, y *promptfooResponse) (err error) {
	if string(y.cached) == "true" {
		return nil
	}
	if r.cost, err = optionalFloat("cost", x.cost); err != nil {
		return err
	}
	if r.cost != nil && *r.cost == 0 && !says(y.cost) {
		r.cost = nil // written also where the provider names no price
	}
	if r.seconds, err = optionalFloat("latencyMs", x.latency); err != nil {
		return err
	}
	if r.seconds != nil {
		*r.seconds /= 1000
	}
	if !begins(x.tokens, '{') {
		return nil
	}
	var in, out []byte
	if err := fieldsOf(x.tokens, map[string]*[]byte{"prompt": &in, "completion": &out}); err != nil {
		return fmt.Errorf("tokenUsage: %w", err)
	}
	if r.in, err = promptfooTokens("tokenUsage.prompt", in); err == nil {
		r.out, err = promptfooTokens("tokenUsage.completion", out)
	}
	return err
}

// promptfooTokens takes 0 for nothing said: it is what promptfoo writes then.
func promptfooTokens(name string, raw []byte) (*int64, error) {
	n, err := optionalCount(name, raw)
	if err != nil || n == nil || *n == 0 {
		return nil, err
	}
	return n, nil
}
