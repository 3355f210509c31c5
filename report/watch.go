package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/watch"
)

// Watched is what is shown of a watch.
type Watched struct {
	watch.Summary
	Options watch.Options
	PerDay  float64 // queries counted in a day, of late; 0: not known
}

// watchedRows bounds how many slices, and how many detectors, text shows.
const watchedRows = 20

// Watch writes what a watch says at this moment.
func Watch(w io.Writer, s Watched, warnings []certify.Warning) error {
	var p page
	p.gap()
	head := plural(int64(len(s.Options.Models)), "model", "models") + " · " + plural(s.Queries, "query", "queries") + " counted"
	if s.Open > 0 {
		head += " · " + count(s.Open) + " not complete"
	}
	if s.GivenUp > 0 {
		head += " · " + count(s.GivenUp) + " given up"
	}
	p.paragraph(0, head)
	p.gap()
	if len(s.Alarms) == 0 {
		p.paragraph(2, "No alarm stands.")
	}
	for _, e := range s.Alarms {
		p.hanging(2, 4, "Alarm: "+WatchEvent(e))
	}
	p.gap()
	p.paragraph(2, watchedGain(s))
	p.gap()
	watchedScopes(&p, s)
	p.gap()
	watchedRates(&p, s)
	p.gap()
	p.paragraph(2, watchedPromise(s))
	footnotes(&p, warnings)
	return p.to(w)
}

// watchedGain says what the certificate of the whole stream says.
func watchedGain(s Watched) string {
	all, over := s.Scopes[0], "the single best model"
	if s.Options.Incumbent != "" {
		over = s.Options.Incumbent
	}
	if all.Gain.Observed == nil {
		return "No query is complete yet."
	}
	text := fmt.Sprintf("A perfect chooser would have gained %s points over %s so far: at most %s, at least %s (%s, whenever one looks).",
		points(*all.Gain.Observed), over, points(all.Gain.Upper), points(all.Gain.Lower), confidence(s.Options.Confidence))
	if s.Options.Overhead == 0 {
		return text
	}
	text += " The overhead is " + points(s.Options.Overhead) + ": "
	switch all.Verdict {
	case certify.No:
		return text + "no router, vote or cascade can pay."
	case certify.Room:
		return text + "there is room for one to pay."
	}
	return text + "undecided."
}

// watchedName names a part of the stream.
func watchedName(slice *string) string {
	switch {
	case slice == nil:
		return "all"
	case *slice == "":
		return "(no label)"
	}
	return *slice
}

func watchedScopes(p *page, s Watched) {
	name := cmp.Or(s.Options.Slice, "stream")
	t := table{head: []string{name, "queries", "β", "from", "to", "gain", "at most", "verdict"}}
	for i, r := range s.Scopes {
		if i > watchedRows {
			t.add(fmt.Sprintf("… %d more", len(s.Scopes)-i), "", "", "", "", "", "", "")
			break
		}
		verdict := string(r.Verdict)
		if s.Options.Overhead == 0 {
			verdict = "–" // against nothing
		}
		t.add(watchedName(r.Slice), count(r.Queries), optional(r.Beta.Observed, percent), percent(r.Beta.Lower), percent(r.Beta.Upper),
			optional(r.Gain.Observed, points), points(r.Gain.Upper), verdict)
	}
	t.print(p, 2)
}

// watchedRates shows the detectors: those of the whole stream first, then those
// with most evidence.
func watchedRates(p *page, s Watched) {
	type row struct {
		name string
		watch.Evidence
	}
	var rows []row
	for _, r := range s.Scopes {
		for _, e := range r.Watched {
			rows = append(rows, row{watchedName(r.Slice), e})
		}
	}
	own := len(s.Scopes[0].Watched)
	slices.SortStableFunc(rows[own:], func(a, b row) int {
		return cmp.Compare(max(b.Change, b.Ever), max(a.Change, a.Ever))
	})
	t := table{head: []string{"watched", "rate", "level", "queries", "hits", "seen", "shift", "ever"}, left: []bool{true, true}}
	for i, r := range rows {
		if i == watchedRows && len(rows) > watchedRows+1 {
			t.add(fmt.Sprintf("… %d more", len(rows)-i), "", "", "", "", "", "", "")
			break
		}
		rate := rateSign(r.Rate) + " " + string(r.Direction)
		if r.Level == nil {
			t.add(r.name, rate, "learnt in "+count(r.Learning), "", "", "", "", "")
			continue
		}
		seen := "–"
		if r.Queries > 0 {
			seen = percent(float64(r.Hits) / float64(r.Queries))
		}
		t.add(r.name, rate, percent(*r.Level), count(r.Queries), count(r.Hits), seen, toAlarm(r.Change), toAlarm(r.Ever))
	}
	t.print(p, 2)
}

func rateSign(r watch.Rate) string {
	if r == watch.Beta {
		return "β"
	}
	return string(r)
}

// toAlarm writes evidence as a part of what raises the alarm, in whole per cent.
func toAlarm(x float64) string {
	switch {
	case x >= 1:
		return "alarm"
	case x < 0.005:
		return "0" + unbroken + "%"
	}
	return strconv.Itoa(min(int(100*x+0.5), 99)) + unbroken + "%"
}

// watchedPromise says how often an alarm is false.
func watchedPromise(s Watched) string {
	text := "Shift and ever: evidence, as a part of what raises the alarm. Shift alarms: at most one false one in " + count(int64(s.Options.RunLength)) + " queries"
	if s.PerDay > 0 {
		text += ", which take " + days(s.Options.RunLength/s.PerDay) + " at " + count(int64(s.PerDay+0.5)) + " a day"
	}
	return text + ". That a level alarm is ever false, or a learnt level wrong: a chance of at most " + confidence(s.Options.Alpha) + "."
}

// days writes a time: "12 days", "3.4 years".
func days(n float64) string {
	if n < 700 {
		return plural(int64(n+0.5), "day", "days")
	}
	return strconv.FormatFloat(n/365.25, 'f', 1, 64) + " years"
}

// WatchLine writes an event as it happens, behind the moment at which it was seen.
func WatchLine(w io.Writer, moment string, e watch.Event) error {
	var p page
	if e.Alarm {
		moment += "  Alarm:"
	}
	p.hanging(0, 4, moment+unbroken+unbroken+WatchEvent(e))
	return p.to(w)
}

// WatchEvent says in a sentence what happened.
func WatchEvent(e watch.Event) string {
	where := ""
	if e.Slice != nil {
		where = " in " + watchedName(e.Slice)
	}
	at := " At query " + count(e.At) + "."
	level, seen := 0.0, 0.0
	if e.Level != nil {
		level = *e.Level
	}
	if e.Since > 0 {
		seen = float64(e.Hits) / float64(e.Since)
	}
	what, verb, past := "β", "has risen above", "above"
	if e.Rate == watch.Gain {
		what = "the gain"
	}
	if e.Direction == watch.Falling {
		verb, past = "has fallen below", "below"
	}
	counted := count(e.Hits) + " of " + plural(e.Since, "query", "queries")
	switch e.Kind {
	case watch.Change:
		return fmt.Sprintf("%s%s %s its level of %s; %s since the level is known.%s", what, where, verb, percent(level), counted, at)
	case watch.Crossed:
		return fmt.Sprintf("%s%s lies %s its level of %s: %s, %s.%s", what, where, past, percent(level), counted, percent(seen), at)
	case watch.Learnt:
		return fmt.Sprintf("%s%s has a level from now on: %s, from %s.%s", what, where, percent(level), counted, at)
	}
	return fmt.Sprintf("the verdict%s is %s now; it was %s. The gain is at most %s points, at least %s.%s", where, e.Verdict, e.Was, points(e.Upper), points(e.Lower), at)
}
