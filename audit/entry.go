package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/allwrong/allwrong/outcome"
)

// LedgerSchema names the version of a ledger's lines.
const LedgerSchema = "allwrong/ledger/1"

// Kind is what a line of a ledger does.
type Kind string

// The kinds.
const (
	KindMark    Kind = "mark"    // gives a query a class, and may correct cells of it
	KindRegrade Kind = "regrade" // records what grading a query's answers again changed, perhaps nothing
	KindUndo    Kind = "undo"    // takes an earlier line back
	KindRule    Kind = "rule"    // fixes the rule by which raters' labels become classes
	KindLabel   Kind = "label"   // a rater's answer to one question
	KindMend    Kind = "mend"    // notes that a torn last line was taken out
)

// Entry is what one line of a ledger says.
type Entry struct {
	Schema    string    `json:"schema"`
	Time      time.Time `json:"time"`
	Who       string    `json:"who"`
	Kind      Kind      `json:"kind"`
	Query     string    `json:"query,omitempty"`
	Class     Class     `json:"class,omitempty"`
	Reference string    `json:"reference,omitempty"` // the right one, where the line corrects it
	Cells     []Change  `json:"cells,omitempty"`
	Undoes    string    `json:"undoes,omitempty"` // ID of the line that is taken back
	Label     *Label    `json:"label,omitempty"`
	Digest    string    `json:"digest,omitempty"` // SHA-256 of what the line rests on: the evidence that was seen, the rule, the labels
	Torn      []byte    `json:"torn,omitempty"`   // what a mended line held
	Why       string    `json:"why,omitempty"`
}

// Change is the correction of one cell.
type Change struct {
	Model   string `json:"model"`
	Attempt int    `json:"attempt,omitempty"`
	Old     string `json:"old,omitempty"` // verdict before; empty when it was not looked at
	New     string `json:"new"`           // right, wrong, no_answer or not_run
}

// Line is an entry with its place in a ledger.
type Line struct {
	Entry
	Number int    // from 1
	ID     string // SHA-256 of the entry alone: the same in every ledger that holds it
	Hash   string // SHA-256 of the entry and the hash of the line before
}

const (
	maxLine  = 1 << 20 // bytes of a line
	maxText  = 16 << 10
	maxCells = 10_000
	sumSize  = 2 * sha256.Size // hexadecimal
	prevKey  = `,"prev":"`
	hashKey  = `,"hash":"`
	lineTail = `"}`
)

// seal writes an entry as the line that follows the one with hash prev.
func (e *Entry) seal(prev string) (line []byte, id, hash string, err error) {
	body, err := json.Marshal(e)
	if err != nil {
		return nil, "", "", err
	}
	id = digest(body)
	line = append(body[:len(body)-1], prevKey+prev+`"`...)
	hash = digest(line)
	line = append(line, hashKey+hash+lineTail+"\n"...)
	if len(line) > maxLine {
		return nil, "", "", fmt.Errorf("the line is %d bytes long; at most %d are read", len(line), maxLine)
	}
	return line, id, hash, nil
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Errors of a line.
var (
	errEdited = errors.New("the line was changed after it was written: its digest does not match")
	errChain  = errors.New("the line does not follow the one before it: a line was taken out, put in or moved")
)

// unseal checks a line, without its end, against the hash of the one before.
func unseal(line []byte, prev string) (l Line, err error) {
	tail := len(hashKey) + sumSize + len(lineTail)
	if len(line) > maxLine {
		return l, fmt.Errorf("longer than %d bytes", maxLine)
	}
	if !bytes.HasPrefix(line, []byte(`{"schema":"allwrong/ledger/`)) {
		return l, fmt.Errorf("not a line of a ledger: %s", outcome.Quote(string(line[:min(len(line), 200)])))
	}
	if !bytes.HasPrefix(line, []byte(`{"schema":"`+LedgerSchema+`"`)) {
		return l, fmt.Errorf("another version of the format; this one reads %s", LedgerSchema)
	}
	if len(line) < tail || !bytes.Equal(line[len(line)-tail:][:len(hashKey)], []byte(hashKey)) {
		return l, errEdited
	}
	sealed := line[:len(line)-tail]
	l.Hash = string(line[len(line)-tail+len(hashKey):][:sumSize])
	if digest(sealed) != l.Hash || !bytes.HasSuffix(line, []byte(lineTail)) {
		return l, errEdited
	}
	at := bytes.LastIndex(sealed, []byte(prevKey))
	if at < 0 {
		return l, errEdited
	}
	if string(sealed[at+len(prevKey):]) != prev+`"` {
		return l, errChain
	}
	body := append(bytes.Clone(sealed[:at]), '}')
	l.ID = digest(body)
	if err := json.Unmarshal(body, &l.Entry); err != nil {
		return l, err
	}
	return l, l.check()
}

// check refuses entries that say nothing, too much, or what cannot be printed.
func (e *Entry) check() error {
	if e.Time.IsZero() {
		return errors.New("time: missing")
	}
	for _, f := range []struct{ name, text string }{{"who", e.Who}, {"why", e.Why}, {"reference", e.Reference}, {"digest", e.Digest}} {
		if len(f.text) > maxText || !utf8.ValidString(f.text) {
			return fmt.Errorf("%s: longer than %d bytes, or not UTF-8", f.name, maxText)
		}
	}
	if strings.TrimSpace(e.Who) == "" {
		return errors.New("who: missing: a decision has somebody who made it")
	}
	if e.Query != "" || e.Kind == KindMark || e.Kind == KindRegrade || e.Kind == KindLabel {
		if err := outcome.CheckName("query", e.Query); err != nil {
			return err
		}
	}
	switch e.Kind {
	case KindMark:
		if _, err := ParseClass(string(e.Class)); err != nil {
			return fmt.Errorf("class: %w", err)
		}
		if strings.TrimSpace(e.Why) == "" {
			return errors.New("why: missing: say what you saw")
		}
	case KindUndo:
		if len(e.Undoes) != sumSize {
			return errors.New("undoes: missing: name the line that is taken back")
		}
	case KindLabel:
		if e.Label == nil {
			return errors.New("label: missing")
		}
		return e.Label.check()
	case KindRule:
		if len(e.Digest) != sumSize {
			return errors.New("digest: missing: the SHA-256 of the rule")
		}
	case KindRegrade, KindMend:
	default:
		return fmt.Errorf("kind: %s: want mark, regrade, undo, rule, label or mend", outcome.Quote(string(e.Kind)))
	}
	return e.checkCells()
}

func (e *Entry) checkCells() error {
	if len(e.Cells) > maxCells {
		return fmt.Errorf("cells: %d; at most %d are read in a line", len(e.Cells), maxCells)
	}
	for _, c := range e.Cells {
		if err := outcome.CheckName("model", c.Model); err != nil {
			return fmt.Errorf("cells: %w", err)
		}
		if c.Attempt < 0 || c.Attempt > outcome.MaxAttempt {
			return fmt.Errorf("cells: attempt %d is outside 0…%d", c.Attempt, outcome.MaxAttempt)
		}
		if _, err := outcome.ParseVerdict(c.New); err != nil {
			return fmt.Errorf("cells: new: %w", err)
		}
		if c.Old == "" {
			continue
		}
		if _, err := outcome.ParseVerdict(c.Old); err != nil {
			return fmt.Errorf("cells: old: %w", err)
		}
	}
	return nil
}
