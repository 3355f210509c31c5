package report

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/allwrong/allwrong/certify"
)

// Collecting is how far a run of collect is, as it is shown.
type Collecting struct {
	Models   []Collected
	Spent    float64 // US dollars
	Cap      float64
	Lost     float64 // of Spent: charged at the worst, since nobody knows what was billed
	Missing  int64
	Climbed  int64 // asked again for room
	Repeated int64 // asked again when broken
	Left     time.Duration
	Away     time.Duration // for how long the run's database has been
	Lazy     bool
	Queries  int64 // taken up, for a lazy run
	All      int64 // queries
	Open     int64
	SoFar    *certify.Watched // nil when nothing is decided
}

// Collected is one model of it.
type Collected struct {
	Model    string
	Done     int64
	Needed   int64 // 0: it depends
	Missing  int64
	InFlight int
	Tokens   int64
	USD      float64
	Note     string
}

const doneWidth = 16

// doneBar is a part of a whole in so many characters; of a whole that nobody knows
// it is the part of the largest.
func doneBar(done, of int64) string {
	n := 0
	if of > 0 {
		n = int(min(done, of) * doneWidth / of)
	}
	return strings.Repeat("█", n) + strings.Repeat("░", doneWidth-n)
}

// Progress gives the lines of a display; at most rows models are named.
func Progress(c Collecting, rows int) []string {
	var p page
	largest := int64(1)
	for _, m := range c.Models {
		largest = max(largest, m.Done, m.Needed)
	}
	t := table{head: make([]string, 6), left: []bool{true, true, false, false, false, true}}
	for i, m := range c.Models {
		if i == rows && len(c.Models) > rows+1 {
			t.add(fmt.Sprintf("… %d more", len(c.Models)-rows))
			t.rows[i] = append(t.rows[i], make([]string, 5)...)
			break
		}
		shape, done := doneBar(m.Done, m.Needed), count(m.Done)+"/"+count(m.Needed)
		if m.Needed == 0 {
			shape, done = strings.TrimRight(strings.ReplaceAll(doneBar(m.Done, largest), "░", " "), " "), count(m.Done)
		}
		t.add(fit(m.Model, 24), shape, done, tokens(m.Tokens), "$"+cents(m.USD), modelNote(m))
	}
	t.print(&p, 2)
	lines := strings.Split(strings.TrimSuffix(p.b.String(), "\n"), "\n")
	p.b.Reset()
	for _, l := range lines { // a note may be long: the numbers stand before it
		p.line(cut(l, width))
	}
	p.line(fit("  "+strings.Join(moneyLine(c), " · "), width))
	if s := soFar(c); s != "" {
		p.line(fit("  "+s, width))
	}
	return strings.Split(strings.TrimSuffix(p.b.String(), "\n"), "\n")
}

// cut shortens a line at its end.
func cut(s string, columns int) string {
	r := []rune(s)
	if len(r) <= columns {
		return s
	}
	return string(r[:columns-1]) + "…"
}

func modelNote(m Collected) string {
	switch {
	case m.Note != "":
		return m.Note
	case m.Missing > 0:
		return count(m.Missing) + " missing"
	}
	return ""
}

// tokens are written short: 1.2M.
func tokens(n int64) string {
	switch {
	case n >= 1e6:
		return fmt.Sprintf("%.1fM", float64(n)/1e6)
	case n >= 1e4:
		return fmt.Sprintf("%.0fk", float64(n)/1e3)
	}
	return count(n)
}

// cents writes dollars to the cent, and less than one with two digits.
func cents(x float64) string {
	if x > 0 && x < 0.095 {
		return strconv.FormatFloat(x, 'f', min(1-int(math.Floor(math.Log10(x))), 9), 64)
	}
	if x >= 1000 {
		return dollars(x)
	}
	return fmt.Sprintf("%.2f", x)
}

func moneyLine(c Collecting) []string {
	parts := []string{fmt.Sprintf("spent $%s of $%s", cents(c.Spent), cents(c.Cap)), count(c.Missing) + " missing"}
	if c.Climbed > 0 {
		parts = append(parts, count(c.Climbed)+" asked again for room")
	}
	if c.Repeated > 0 {
		parts = append(parts, count(c.Repeated)+" when broken")
	}
	if c.Away > time.Second {
		return append(parts, "waiting for the database, "+span(c.Away))
	}
	if c.Left > 0 {
		parts = append(parts, "about "+span(c.Left)+" left")
	}
	return parts
}

// span writes a time for people.
func span(d time.Duration) string {
	switch {
	case d < 90*time.Second:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 90*time.Minute:
		return fmt.Sprintf("%.0f min", d.Minutes())
	case d < 48*time.Hour:
		return fmt.Sprintf("%.0f h", d.Hours())
	}
	return fmt.Sprintf("%.0f days", d.Hours()/24)
}

func soFar(c Collecting) string {
	if c.SoFar == nil {
		if c.Lazy {
			return fmt.Sprintf("%s of %s settled", count(c.Queries-c.Open), plural(c.All, "query", "queries"))
		}
		return ""
	}
	w := c.SoFar
	said := fmt.Sprintf("gain at most %s points", points(w.Upper))
	if w.Verdict == certify.Room {
		said = fmt.Sprintf("gain at least %s points", points(w.Lower))
	}
	return fmt.Sprintf("so far: %s (any-time %s), overhead %s: %s", said, confidence(w.Confidence), points(w.Overhead), string(w.Verdict))
}

// ProgressLine is the same on one line, for logs.
func ProgressLine(c Collecting) string {
	var done, needed int64
	for _, m := range c.Models {
		done, needed = done+m.Done, needed+m.Needed
	}
	parts := []string{count(done) + " answers"}
	if !c.Lazy {
		parts[0] = count(done) + " of " + count(needed) + " answers"
	}
	parts = append(parts, moneyLine(c)...)
	if s := soFar(c); s != "" {
		parts = append(parts, s)
	}
	return strings.Join(parts, " · ")
}

// Collection is how a run of collect went.
type Collection struct {
	Collecting
	Made, Before int64   // calls of this start; answers on record when it started
	Cells        int64   // of the full matrix
	Answered     int64   // cells with a verdict
	FullUSD      float64 // what the full matrix would cost; 0 when nobody knows
	Missed       []Unanswered
	Folder       string
	Next         string               // what to do next
	Certificate  *certify.Certificate // nil: none
	Warnings     []certify.Warning    // footnotes
}

// Unanswered counts cells without a verdict, by reason.
type Unanswered struct {
	Reason, First string
	Cells         int64
}

// Collect writes how a run went.
func Collect(w io.Writer, c Collection) error {
	var p page
	p.gap()
	for _, l := range Progress(c.Collecting, 40) {
		p.line(l)
	}
	p.gap()
	text := fmt.Sprintf("%s on record, %s of them from before; %s made now.", plural(c.Answered, "answer", "answers"), count(c.Before), plural(c.Made, "call", "calls"))
	if c.Lazy && c.Answered < c.Cells {
		text += fmt.Sprintf(" The full matrix has %s", plural(c.Cells, "cell", "cells"))
		if c.FullUSD > 0 {
			text += fmt.Sprintf(" and would cost about $%s", cents(c.FullUSD))
		}
		text += "."
	}
	p.paragraph(2, text)
	if c.Lost > 0 {
		p.paragraph(2, fmt.Sprintf("$%s of the money is charged at the most that calls could cost: they broke off, and nobody knows what was billed.", cents(c.Lost)))
	}
	for _, m := range c.Missed {
		p.hanging(2, 4, fmt.Sprintf("%s missing: %s", plural(m.Cells, "cell", "cells"), m.First))
	}
	if c.Certificate != nil {
		p.gap()
		p.paragraph(2, certified(c.Certificate))
	}
	footnotes(&p, c.Warnings)
	if c.Next != "" {
		p.gap()
		p.line("  " + c.Next)
	}
	return p.to(w)
}

// certified is a certificate in a sentence or two.
func certified(c *certify.Certificate) string {
	text := "A perfect chooser"
	if c.Gain.Point != nil {
		text += fmt.Sprintf(" would gain %s points over %s on these %s", points(*c.Gain.Point), fit(c.Gain.Over, longestName), plural(c.Queries, "query", "queries"))
	} else {
		text += fmt.Sprintf(" over %s, on %s", fit(c.Gain.Over, longestName), plural(c.Queries, "query", "queries"))
	}
	when := ""
	if c.Gain.Method == certify.Anytime {
		when = ", whenever one looks"
	}
	text += fmt.Sprintf(": at most %s (%s%s), at least %s (%s%s).", points(c.Gain.Upper), confidence(c.Gain.Confidence), when, points(c.Gain.Lower), confidence(c.Gain.Confidence), when)
	if c.Overhead == 0 {
		return text
	}
	switch c.Verdict {
	case certify.No:
		return text + fmt.Sprintf(" That is below your overhead of %s: no router, vote or cascade can pay.", points(c.Overhead))
	case certify.Room:
		return text + fmt.Sprintf(" That is above your overhead of %s: there is room.", points(c.Overhead))
	}
	return text + fmt.Sprintf(" Your overhead is %s: not decided.", points(c.Overhead))
}

// Reckoning is what a run takes, before anything is sent.
type Reckoning struct {
	Queries               int64
	Models                []Reckoned
	Expected, Most, Worst float64
	Cap                   float64
	Lazy                  bool
}

// Reckoned is one model of it.
type Reckoned struct {
	Model           string
	Calls           int64
	Tokens          int64
	Expected, Worst float64
	Certain         bool
	Known           bool // output is expected by what is on record
}

// Reckon writes what a run takes.
func Reckon(w io.Writer, r Reckoning) error {
	var p page
	p.gap()
	p.line(fmt.Sprintf("%s · %s · nothing is sent", plural(int64(len(r.Models)), "model", "models"), plural(r.Queries, "query", "queries")))
	p.gap()
	t := table{head: []string{"model", "calls at most", "tokens", "expected $", "at most $"}}
	known := true
	for _, m := range r.Models {
		name := m.Model
		if !m.Certain {
			name += " *"
		}
		known = known && m.Known
		t.add(name, count(m.Calls), tokens(m.Tokens), cents(m.Expected), cents(m.Worst))
	}
	t.print(&p, 2)
	p.gap()
	if r.Lazy {
		p.paragraph(2, fmt.Sprintf("Expected: $%s for what is asked in any case, $%s for the full matrix. * asked only where it is needed.", cents(r.Expected), cents(r.Most)))
	} else {
		p.paragraph(2, fmt.Sprintf("Expected: $%s.", cents(r.Most)))
	}
	p.paragraph(2, fmt.Sprintf("At most: $%s, every answer at every budget of the ladder. The cap is $%s and is never passed.", cents(r.Worst), cents(r.Cap)))
	how := "a quarter of the first budget an answer where nothing is on record"
	if known {
		how = "output as on record"
	}
	p.paragraph(2, "Tokens are expected by rules of thumb: four bytes of the prompt a token, "+how+".")
	return p.to(w)
}
