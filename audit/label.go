package audit

import (
	"fmt"
	"unicode/utf8"

	"github.com/allwrong/allwrong/outcome"
)

// Label is what a rater says of one question.
type Label struct {
	Answer     string `json:"answer"`     // empty: none was found
	WellPosed  bool   `json:"well_posed"` // there is exactly one defensible answer
	Confidence string `json:"confidence,omitempty"`
	Notes      string `json:"notes,omitempty"`
}

// Confidences are what a rater may say of an answer.
var Confidences = []string{"high", "medium", "low"}

func (l *Label) check() error {
	switch l.Confidence {
	case "", "high", "medium", "low":
	default:
		return fmt.Errorf("confidence: %s: want high, medium or low", outcome.Quote(l.Confidence))
	}
	for _, s := range []string{l.Answer, l.Notes} {
		if len(s) > maxText || !utf8.ValidString(s) {
			return fmt.Errorf("a text is longer than %d bytes, or not UTF-8", maxText)
		}
	}
	return nil
}
