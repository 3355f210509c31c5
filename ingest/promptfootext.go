package ingest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/allwrong/allwrong/internal/jsonscan"
	"github.com/allwrong/allwrong/outcome"
)

// promptfooResponse holds what the provider gave, as written.
type promptfooResponse struct {
	output, failed, cached, tokens, cost, finish, refusal []byte
}

// nothing says why an output that was not accepted is no answer. Of one that the
// provider filtered, promptfoo makes a sentence that says so.
func (y *promptfooResponse) nothing(finish string) outcome.Reason {
	switch {
	case finish == "content_filter" || string(y.refusal) == "true":
		return outcome.Refused
	case string(y.output) == `""`:
		return outcome.Empty
	case finish == "length":
		return outcome.Truncated
	}
	return outcome.NoReason
}

// textsOf finds what was asked, what came back, and what was expected where one
// assertion alone says so.
func (p *promptfoo) textsOf(x *promptfooFields, y *promptfooResponse, r *promptfooRow) (err error) {
	if begins(y.finish, '"') {
		r.finish, _ = jsonscan.Unquote(y.finish)
	}
	if r.texts.reference, err = promptfooReference(x.grading); err != nil {
		return fmt.Errorf("gradingResult: %w", err)
	}
	if p.to.opt.Want&outcome.WantResponse != 0 && says(y.output) {
		if r.texts.response = string(y.output); begins(y.output, '"') {
			r.texts.response, _ = jsonscan.Unquote(y.output)
		}
	}
	if p.to.opt.Want&outcome.WantPrompt != 0 && begins(x.prompt, '{') {
		var text []byte
		if err := fieldsOf(x.prompt, map[string]*[]byte{"raw": &text}); err != nil {
			return fmt.Errorf("prompt: %w", err)
		}
		if r.texts.prompt, err = optionalText("prompt.raw", text); err != nil {
			return err
		}
		if chat := chatText([]byte(r.texts.prompt)); chat != "" {
			r.texts.prompt = chat
		}
	}
	return nil
}

// promptfooReference finds the expected output: the value of the one assertion
// of equality that was made, after its variables were put in.
func promptfooReference(grading []byte) (string, error) {
	var components []byte
	if !begins(grading, '{') {
		return "", nil
	}
	if err := fieldsOf(grading, map[string]*[]byte{"componentResults": &components}); err != nil || !begins(components, '[') {
		return "", err
	}
	var found []string
	err := jsonscan.Array(components, jsonscan.MaxDepth, func(raw []byte) error {
		var assertion, metadata, kind, value, rendered []byte
		if !begins(raw, '{') {
			return nil
		}
		err := fieldsOf(raw, map[string]*[]byte{"assertion": &assertion, "metadata": &metadata})
		if err == nil && begins(assertion, '{') {
			err = fieldsOf(assertion, map[string]*[]byte{"type": &kind, "value": &value})
		}
		if err == nil && begins(metadata, '{') {
			err = fieldsOf(metadata, map[string]*[]byte{"renderedAssertionValue": &rendered})
		}
		if err != nil || string(kind) != `"equals"` {
			return err
		}
		if says(rendered) {
			value = rendered
		}
		if text, err := optionalText("value", value); err == nil && !strings.Contains(text, "{{") {
			found = append(found, text)
		}
		return nil
	})
	if len(found) != 1 {
		return "", err
	}
	return found[0], err
}

// name notes the named scores of a row. A metric may be measured by some tests
// only, and by none whose call failed.
func (p *promptfoo) name(x *promptfooFields, r *promptfooRow, failed bool) error {
	if !begins(x.named, '{') || failed {
		return nil
	}
	err := jsonscan.Object(x.named, jsonscan.MaxDepth, func(key, raw []byte) error {
		name := string(key)
		if name == promptfooSuccess { // what all assertions say has that name here
			return nil
		}
		p.metrics[name] = true
		if !slices.Contains(p.to.opt.Metrics, name) || isNull(raw) {
			return nil
		}
		if _, again := r.named[name]; again {
			return fmt.Errorf("%s: given twice; remove one", outcome.Quote(name))
		}
		if r.named == nil {
			r.named = map[string]*float64{}
		}
		r.named[name] = nil
		if s, err := floatField(name, raw, 0, 1); err == nil {
			r.named[name] = &s
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("namedScores: %w", err)
	}
	return nil
}

var errNoRate = errors.New("it is not a number from 0 to 1, and cannot say whether an answer is right; choose another")

// measured makes the record's verdict that of a named metric.
func (r *promptfooRow) measured(rec *outcome.Record, metric string) error {
	if rec.Verdict == outcome.NotRun {
		return nil
	}
	rec.Score, rec.Reason = nil, outcome.NoReason
	s, ok := r.named[metric]
	switch {
	case !ok:
		rec.Verdict, rec.Reason = outcome.NotRun, outcome.Unscored
	case s == nil:
		return fmt.Errorf("namedScores.%s: %w", metric, errNoRate)
	case *s == 1:
		rec.Verdict = outcome.Right
	case *s == 0 && r.nothing != outcome.NoReason:
		rec.Verdict, rec.Reason = outcome.NoAnswer, r.nothing
	case *s == 0:
		rec.Verdict = outcome.Wrong
	default:
		rec.Verdict, rec.Score = outcome.Absent, s
	}
	rec.Grader = "promptfoo/" + metric
	return nil
}
