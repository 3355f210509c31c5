package ingest

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/allwrong/allwrong/internal/jsonscan"
	"github.com/allwrong/allwrong/outcome"
)

// The functions below read one field of a JSON object. Each takes only what it
// says: "1" is not a number, 1 is not a string, and null is nothing at all.

func isNull(raw []byte) bool { return string(raw) == "null" }

// badField names a field, what stands in it and what is wanted instead.
func badField(name string, raw []byte, want string) error {
	return fmt.Errorf("%s: %s: want %s", name, show(raw), want)
}

// show makes a value fit for a message.
func show(raw []byte) string {
	switch {
	case len(raw) == 0:
		return "missing"
	case raw[0] == '{':
		return "an object"
	case raw[0] == '[':
		return "an array"
	case raw[0] == '"':
		if s, err := jsonscan.Unquote(raw); err == nil {
			return outcome.Quote(s)
		}
	}
	return string(raw[:min(len(raw), 40)])
}

// once keeps a field as written, and refuses it when it comes again: readers
// differ on which of the two would count.
func once(slot *[]byte, key, raw []byte) error {
	if *slot != nil {
		return fmt.Errorf("%s: given twice; remove one", key)
	}
	*slot = raw
	return nil
}

func textField(name string, raw []byte) (string, error) {
	if !begins(raw, '"') {
		return "", badField(name, raw, "a string")
	}
	return jsonscan.Unquote(raw)
}

// idField reads an identifier, which some tools write as a number.
func idField(name string, raw []byte) (string, error) {
	if begins(raw, '"') {
		return jsonscan.Unquote(raw)
	}
	if n, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
		return strconv.FormatInt(n, 10), nil
	}
	return "", badField(name, raw, "a string or a whole number")
}

func boolField(name string, raw []byte) (bool, error) {
	switch string(raw) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, badField(name, raw, "true or false")
}

// floatField reads a number within [low, high].
func floatField(name string, raw []byte, low, high float64) (float64, error) {
	if len(raw) > 0 && (raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9') {
		if x, err := strconv.ParseFloat(string(raw), 64); err == nil && x >= low && x <= high {
			return x, nil
		}
	}
	if math.IsInf(high, 1) {
		return 0, badField(name, raw, fmt.Sprintf("a number of at least %v", low))
	}
	return 0, badField(name, raw, fmt.Sprintf("a number from %v to %v", low, high))
}

// countField reads a whole number that is not negative, also when it is written
// as 12.0.
func countField(name string, raw []byte) (int64, error) {
	var n int64
	for _, c := range raw {
		if c < '0' || c > '9' || n > math.MaxInt64/10-1 {
			n = -1
			break
		}
		n = n*10 + int64(c-'0')
	}
	if n >= 0 && len(raw) > 0 {
		return n, nil
	}
	if x, err := floatField(name, raw, 0, 1<<53); err == nil && x == math.Trunc(x) {
		return int64(x), nil
	}
	return 0, badField(name, raw, "a whole number of at least 0")
}

// streamError gives the place of an error that a scanner of a stream found, and
// leaves alone one that already says its place.
func streamError(to *sink, err error) error {
	var at *jsonscan.LineError
	if errors.As(err, &at) {
		return to.errorAt(at.Line, at.Err)
	}
	return err
}
