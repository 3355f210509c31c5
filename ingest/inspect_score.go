package ingest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/allwrong/allwrong/internal/jsonscan"
	"github.com/allwrong/allwrong/outcome"
)

// grade finds the verdict: the score of the one scorer that was chosen, else
// why there is none.
func (r *inspectReader) grade(x *inspectSample) error {
	raw := []byte(nil)
	if begins(x.scores, '{') {
		scores, err := objectOf("scores", x.scores)
		if err != nil {
			return err
		}
		if r.chosen == "" && len(scores) > 0 {
			if err := r.choose(scores); err != nil {
				return err
			}
		}
		raw = scores[r.chosen]
	}
	finish, text, err := inspectOutput(x.output)
	if err != nil {
		return err
	}
	r.rec.Finish, r.rec.Grader = finish, r.chosen
	if given(raw) {
		score, err := objectOf("scores."+r.chosen, raw)
		if err != nil {
			return err
		}
		if given(score["answer"]) && !begins(score["answer"], '"') {
			return badField("scores."+r.chosen+": answer", score["answer"], "a string")
		} else if given(score["answer"]) {
			r.rec.Answer, _ = jsonscan.Unquote(score["answer"])
		}
		value, err := lastEdit(score)
		if err != nil {
			return err
		}
		if given(value) {
			if given(x.err) {
				r.failed++
			}
			return r.value(value, finish, text)
		}
	}
	r.rec.Verdict, r.rec.Reason = outcome.NotRun, outcome.Unscored
	if given(x.err) || given(x.limit) {
		r.rec.Reason = outcome.Failed
	} else {
		r.unscored++
	}
	return nil
}

// choose settles which scorer counts: the first that the header names, and then
// the first in the sample's own order of names, whose value is not a list of
// several. One log has one scorer from there on.
func (r *inspectReader) choose(scores map[string][]byte) error {
	names := make([]string, 0, len(scores))
	for name := range scores {
		names = append(names, name)
	}
	slices.Sort(names)
	var several []string
	for _, name := range append(slices.Clone(r.header.scorers), names...) {
		raw, ok := scores[name]
		if !ok {
			continue
		}
		score, err := objectOf("scores."+name, raw)
		if err != nil {
			return err
		}
		if value := score["value"]; begins(value, '{') || begins(value, '[') {
			several = append(several, name+" ("+parts(value)+")")
			continue
		}
		if r.chosen = name; len(names) > 1 {
			others := slices.DeleteFunc(names, func(n string) bool { return n == name })
			r.to.warn("scorers", "%s: several scorers; %s counts, and not %s", r.to.place(0), name, strings.Join(others, ", "))
		}
		return outcome.CheckName("scorer", name)
	}
	slices.Sort(several)
	return fmt.Errorf("scores: no scorer gives one value: %s; score the log again with one that does", strings.Join(slices.Compact(several), ", "))
}

// parts names what a value of several parts consists of.
func parts(value []byte) string {
	var names []string
	if begins(value, '[') {
		return "a list"
	}
	jsonscan.Object(value, jsonscan.MaxDepth, func(key, _ []byte) error {
		if len(names) < 8 {
			names = append(names, string(key))
		}
		return nil
	})
	return strings.Join(names, ", ")
}

// lastEdit gives the value of a score after all edits: the last of them that
// says one.
func lastEdit(score map[string][]byte) ([]byte, error) {
	value := score["value"]
	err := eachObject("history", score["history"], func(edit map[string][]byte) error {
		if v := edit["value"]; given(v) && string(v) != `"UNCHANGED"` {
			value = v
		}
		return nil
	})
	return value, err
}

// value turns what the scorer gave into verdict or score.
func (r *inspectReader) value(raw []byte, finish string, text *string) error {
	score := 0.0
	switch strings.ToLower(string(trimmed(raw))) {
	case "c", "yes", "true":
		score = 1
	case "i", "no", "false":
	case "p":
		score = .5
	case "n":
		r.rec.Verdict, r.rec.Reason = outcome.NoAnswer, nothingBecause(finish, text)
		return nil
	default:
		var err error
		if score, err = inspectNumber(raw); err != nil {
			return fmt.Errorf("scorer %s: %w", r.chosen, err)
		}
	}
	switch score {
	case 0:
		r.rec.Verdict = outcome.Wrong
		if why := nothingBecause(finish, text); r.rec.Answer == "" && (why == outcome.Truncated || why == outcome.Empty) {
			r.rec.Verdict, r.rec.Reason = outcome.NoAnswer, why
		}
	case 1:
		r.rec.Verdict = outcome.Right
	default:
		r.score, r.whole = score, false
		r.rec.Score = &r.score
	}
	return nil
}

// inspectNumber reads a score that is a number, also when it is quoted.
func inspectNumber(raw []byte) (float64, error) {
	if begins(raw, '{') || begins(raw, '[') {
		return 0, errors.New("value: " + show(raw) + ": want one value, as in the first sample")
	}
	const want = "C, I, P, N, yes, no, true, false or a number from 0 to 1; a score on another scale needs a scorer that says right or wrong"
	x, err := strconv.ParseFloat(string(trimmed(raw)), 64)
	if err != nil || !(x >= 0 && x <= 1) {
		return 0, badField("value", raw, want)
	}
	return x, nil
}

// nothingBecause says why there is no answer, as far as the model's output says so.
// Text is nil when the log does not say what came back.
func nothingBecause(finish string, text *string) outcome.Reason {
	switch {
	case finish == "max_tokens" || finish == "model_length":
		return outcome.Truncated
	case finish == "content_filter":
		return outcome.Refused
	case text != nil && strings.TrimSpace(*text) == "":
		return outcome.Empty
	}
	return outcome.NoReason
}

// inspectOutput gives the stop reason and the text of a sample's output, which
// summaries do not have.
func inspectOutput(raw []byte) (finish string, text *string, err error) {
	if !begins(raw, '{') {
		return "", nil, nil
	}
	out, err := objectOf("output", raw)
	if err != nil {
		return "", nil, err
	}
	if begins(out["completion"], '"') {
		s, err := jsonscan.Unquote(out["completion"])
		if err != nil {
			return "", nil, err
		}
		text = &s
	}
	first := true
	err = eachObject("output.choices", out["choices"], func(m map[string][]byte) error {
		if first && begins(m["stop_reason"], '"') {
			finish, _ = jsonscan.Unquote(m["stop_reason"])
		}
		first = false
		return nil
	})
	return finish, text, err
}
