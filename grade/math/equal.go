package math

import (
	"fmt"
	"strings"
)

// Verdict is what a comparison says.
type Verdict uint8

// The verdicts of a comparison.
const (
	CannotTell Verdict = iota // a limit was reached, or what was written is not understood
	Same
	Different
)

var verdictNames = [...]string{"cannot_tell", "equal", "different"}

func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return fmt.Sprintf("Verdict(%d)", uint8(v))
}

// MarshalText gives the verdict's name.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// Comparison is the result of comparing an answer with a reference.
type Comparison struct {
	Verdict    Verdict `json:"verdict"`
	Rule       string  `json:"rule"`                  // the rule that decided, in kebab case
	Exact      bool    `json:"exact"`                 // decided by exact arithmetic or certified intervals
	ErrorBound float64 `json:"error_bound,omitempty"` // of "equal": the probability that it is wrong; 0 when exact
}

// Equal compares an answer with a reference, both as they stand: nothing is
// extracted. It never panics, and its work is bounded.
func Equal(reference, answer string) Comparison {
	if reference == answer && strings.TrimSpace(reference) != "" {
		return same("same-text")
	}
	if len(reference) > maxAnswer || len(answer) > maxAnswer {
		return cannotTell("too-long")
	}
	return compare(read(reference), read(answer))
}

func compare(ref, ans *reading) Comparison {
	if ref.source == "" || ans.source == "" {
		return different("empty")
	}
	if ref.source == ans.source {
		return same("same-text")
	}
	if ref.letter != "" && ans.letter != "" && (ref.dressed || ans.dressed) {
		if strings.EqualFold(ref.letter, ans.letter) {
			return same("choice-letter")
		}
		return different("choice-letter")
	}
	for _, r := range []*reading{ref, ans} {
		if r.err == errWork || r.err == errDepth {
			return cannotTell("limit")
		}
	}
	if ref.node == nil || ans.node == nil {
		return texts(ref, ans)
	}
	yes, labelled := contradict(ref.source, ans.source)
	if yes {
		return different("opposite-words")
	}
	if labelled && ref.node.op == opList && ans.node.op == opList {
		return ordered(ref.node.args, ans.node.args, "labelled")
	}
	c := match(ref.node, ans.node)
	if c.Verdict == Same {
		return c
	}
	for _, x := range []*node{ref.node, ref.other} {
		for _, y := range []*node{ans.node, ans.other} {
			if x == nil || y == nil || x == ref.node && y == ans.node {
				continue
			}
			if d := match(x, y); d.Verdict == Same {
				return d.because("commas-separate")
			}
		}
	}
	return c
}
