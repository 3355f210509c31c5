package outcome

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"unicode"
	"unicode/utf8"
)

// Record is one outcome: what one attempt of one model at one query gave.
// Query, Model and either Verdict or Score are required; every other field is
// what the source happened to say, its zero value meaning that it said nothing.
type Record struct {
	Query   string
	Model   string
	Attempt int      // sample number, from 0
	Verdict Verdict  // Absent when only Score is given
	Score   *float64 // graded score in [0, 1]; nil when the source has a verdict only
	Reason  Reason   // why there is no answer, or no run

	Answer    string // extracted answer
	Response  string // raw text of the model
	Prompt    string // what was asked
	Reference string // the expected answer
	Kind      string // how it is graded: number, choice, math, code, judge, exact
	Options   int    // number of options of a multiple-choice query; 0 when unknown

	Finish          string   // finish reason as the endpoint reported it
	InputTokens     *int64   // tokens
	OutputTokens    *int64   // tokens
	MaxOutputTokens *int64   // tokens
	CostUSD         *float64 // US dollars
	Seconds         *float64 // wall time

	Slices map[string]string // labels of the query
	Family string            // provider family of the model
	Source string            // file and line or entry that the record came from
	Grader string            // name and version of what gave the verdict

	Extra map[string]json.RawMessage // fields of the file that this version does not know
}

// MaxName bounds the length, in bytes, of a query id or of a model's name.
const MaxName = 4096

// CheckName refuses names that could not be told apart, printed or written
// back: empty ones, very long ones, invalid UTF-8, control characters. What
// names the role in the message: "query" or "model".
func CheckName(what, s string) error {
	switch {
	case s == "":
		return fmt.Errorf("%s: empty; want a name", what)
	case len(s) > MaxName:
		return fmt.Errorf("%s: %s is %d bytes long; at most %d are read", what, Quote(s), len(s), MaxName)
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf {
			return checkRunes(what, s)
		} else if c < 0x20 || c == 0x7f {
			return fmt.Errorf("%s: %s contains a control character", what, Quote(s))
		}
	}
	return nil
}

func checkRunes(what, s string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("%s: %s is not valid UTF-8", what, Quote(s))
	}
	for _, r := range s {
		// Direction overrides make the rest of a line read backwards.
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return fmt.Errorf("%s: %s contains a control character", what, Quote(s))
		}
	}
	return nil
}

// ErrNoVerdict is returned for a record that says neither right nor wrong nor
// gives a score.
var ErrNoVerdict = errors.New("neither verdict nor score is given")

// Cell settles the record's verdict: as given, or from its score, which is
// right from threshold upwards. A score that contradicts the verdict, or lies
// outside [0, 1], is refused.
func (r *Record) Cell(threshold float64) (Cell, error) {
	if r.Score != nil {
		if s := *r.Score; math.IsNaN(s) || s < 0 || s > 1 {
			return 0, fmt.Errorf("score: %v is outside [0, 1]", s)
		}
	}
	v := r.Verdict
	if v == Absent {
		if r.Score == nil {
			return 0, ErrNoVerdict
		}
		if v = Wrong; *r.Score >= threshold {
			v = Right
		}
	} else if r.Score != nil && (v == Right && *r.Score == 0 || v == Wrong && *r.Score == 1) {
		return 0, fmt.Errorf("verdict %s contradicts score %v", v, *r.Score)
	}
	return MakeCell(v, r.Reason), nil
}

// Check refuses names and attempts that no file may hold, whatever its format.
func (r *Record) Check() error {
	if err := CheckName("query", r.Query); err != nil {
		return err
	}
	if err := CheckName("model", r.Model); err != nil {
		return err
	}
	if r.Attempt < 0 || r.Attempt > MaxAttempt {
		return fmt.Errorf("attempt: %d is outside 0…%d", r.Attempt, MaxAttempt)
	}
	return nil
}
