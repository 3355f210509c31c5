package audit

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/allwrong/allwrong/outcome"
)

// Schemas of the files that raters see and write.
const (
	PackSchema   = "allwrong/pack/1"
	LabelsSchema = "allwrong/labels/1"
)

// Pack is what a rater sees: questions in an order that says nothing, all-wrong
// ones among others, without reference and without what any model said.
type Pack struct {
	Schema string     `json:"schema"`
	Rule   string     `json:"rule,omitempty"` // SHA-256 of the rule that was fixed beforehand
	Seed   uint64     `json:"seed"`
	Items  []PackItem `json:"items"`
}

// PackItem is one question.
type PackItem struct {
	Query    string `json:"query"`
	Question string `json:"question"`
	Options  int    `json:"options,omitempty"` // of a multiple-choice question, which are in its text
}

// NewPack makes a pack of the queries of a triage in these groups. It needs
// prompts, which the records gave; queries without one are named in bare.
func (e *Evidence) NewPack(groups []Group, rule string) (p *Pack, bare []string) {
	p = &Pack{Schema: PackSchema, Rule: rule, Seed: e.o.Seed, Items: []PackItem{}}
	keys := map[string][sha256.Size]byte{}
	for _, x := range e.queue {
		if !slices.Contains(groups, x.group) && !(slices.Contains(groups, Control) && e.drawn[x.column]) {
			continue
		}
		id := e.m.ID(x.column)
		if strings.TrimSpace(x.prompt) == "" {
			bare = append(bare, id)
			continue
		}
		keys[id] = sha256.Sum256(fmt.Appendf(nil, "pack\x00%d\x00%s", e.o.Seed, id))
		p.Items = append(p.Items, PackItem{id, x.prompt, e.m.Options(x.column)})
	}
	slices.SortFunc(p.Items, func(a, b PackItem) int {
		x, y := keys[a.Query], keys[b.Query]
		return bytes.Compare(x[:], y[:])
	})
	slices.Sort(bare)
	return p, bare
}

// ReadPack reads a pack.
func ReadPack(r io.Reader, name string) (*Pack, error) {
	var p Pack
	if err := decode(r, name, &p); err != nil {
		return nil, err
	}
	if p.Schema != PackSchema {
		return nil, fmt.Errorf("%s: schema %s; this version reads %s", name, outcome.Quote(p.Schema), PackSchema)
	}
	for i, x := range p.Items {
		if err := outcome.CheckName("query", x.Query); err != nil {
			return nil, fmt.Errorf("%s: item %d: %w", name, i+1, err)
		}
	}
	return &p, nil
}

const maxFile = 256 << 20

func decode(r io.Reader, name string, v any) error {
	raw, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return err
	}
	if len(raw) > maxFile {
		return fmt.Errorf("%s: larger than %d MB", name, maxFile>>20)
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// Labelled is a line of a rater's labels.
type Labelled struct {
	Schema string `json:"schema"`
	Rater  string `json:"rater"`
	Query  string `json:"query"`
	Label
}

// ReadLabels reads the labels of one rater or of several, a line each. A query
// that a rater labels twice is refused.
func ReadLabels(r io.Reader, name string) ([]Labelled, error) {
	var out []Labelled
	seen := map[[2]string]int{}
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 64<<10), maxLine)
	for n := 1; s.Scan(); n++ {
		if len(bytes.TrimSpace(s.Bytes())) == 0 {
			continue
		}
		var l Labelled
		err := json.Unmarshal(s.Bytes(), &l)
		switch {
		case err != nil:
		case l.Schema != LabelsSchema:
			err = fmt.Errorf("schema: %s; this version reads %s", outcome.Quote(l.Schema), LabelsSchema)
		case strings.TrimSpace(l.Rater) == "":
			err = errors.New("rater: missing")
		default:
			err = outcome.CheckName("query", l.Query)
		}
		if err == nil {
			err = l.Label.check()
		}
		at := [2]string{l.Rater, l.Query}
		if err == nil && seen[at] > 0 {
			err = fmt.Errorf("query %s: %s labelled it on line %d already", outcome.Quote(l.Query), l.Rater, seen[at])
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		seen[at], out = n, append(out, l)
	}
	return out, s.Err()
}

// Rater answers one question; it sees nothing else. People answer in a
// terminal (Ask); a function that asks a model is a rater as well.
type Rater func(ctx context.Context, item PackItem) (Label, error)

// ErrStop ends a rating: what was said so far stays.
var ErrStop = errors.New("stopped")

// ErrNoLabel is returned by a rater who has none for a question; the rating goes
// on with the next.
var ErrNoLabel = errors.New("no label")

// Rate asks a rater every question of a pack that is not done yet, and writes a
// line for each before it asks the next.
func Rate(ctx context.Context, p *Pack, name string, rater Rater, done func(query string) bool, w io.Writer) (n int, err error) {
	for _, item := range p.Items {
		if done(item.Query) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return n, err
		}
		l, err := rater(ctx, item)
		if errors.Is(err, ErrStop) {
			return n, nil
		}
		if errors.Is(err, ErrNoLabel) {
			continue
		}
		if err != nil {
			return n, err
		}
		line, err := json.Marshal(Labelled{LabelsSchema, name, item.Query, l})
		if err != nil {
			return n, err
		}
		if _, err := w.Write(append(line, '\n')); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// Ask is a rater who sits at a terminal.
func Ask(in io.Reader, out io.Writer) Rater {
	s := bufio.NewScanner(in)
	s.Buffer(make([]byte, 4096), maxText)
	read := func(prompt string) (string, error) {
		fmt.Fprint(out, prompt)
		if !s.Scan() {
			fmt.Fprintln(out)
			return "", orStop(s.Err())
		}
		return strings.TrimSpace(s.Text()), nil
	}
	choose := func(prompt string, choices map[string]string) (string, error) {
		for {
			text, err := read(prompt)
			if err != nil {
				return "", err
			}
			if v, ok := choices[strings.ToLower(text)]; ok {
				return v, nil
			}
			fmt.Fprintf(out, "  %s is none of these.\n", outcome.Quote(text))
		}
	}
	return func(_ context.Context, item PackItem) (l Label, err error) {
		fmt.Fprintf(out, "\n%s\n\n%s\n\n", item.Query, Printable(item.Question))
		if l.Answer, err = read("Your answer (nothing if you find none): "); err != nil {
			return l, err
		}
		posed, err := choose("Has it exactly one defensible answer? [y/n] ", map[string]string{"y": "y", "yes": "y", "n": "n", "no": "n"})
		if err != nil {
			return l, err
		}
		l.WellPosed = posed == "y"
		if l.Confidence, err = choose("How sure are you? [h/m/l] ", map[string]string{"h": "high", "high": "high", "m": "medium", "medium": "medium", "l": "low", "low": "low"}); err != nil {
			return l, err
		}
		l.Notes, err = read("Notes (nothing if none): ")
		return l, err
	}
}

func orStop(err error) error {
	if err != nil {
		return err
	}
	return ErrStop
}

// Printable takes out of a text of unknown origin what would move a terminal's
// cursor, colour it or turn the direction of writing.
func Printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || !unicode.IsControl(r) && !unicode.Is(unicode.Bidi_Control, r) && r != unicode.ReplacementChar {
			return r
		}
		return -1
	}, s)
}
