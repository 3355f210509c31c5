package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/report"
	"github.com/allwrong/allwrong/watch"
)

// watchDocument is the JSON of watch.
type watchDocument struct {
	Schema string `json:"schema"`
	watch.Summary
	Source     string        `json:"source"`
	Events     []watch.Event `json:"events"` // since this command began
	Records    int64         `json:"records"`
	Unreadable int64         `json:"unreadable"`
	Options    watch.Options `json:"options"`
	Inputs     []watchInput  `json:"inputs"`
}

type watchInput struct {
	Path string `json:"path"`
}

// watchLine is an event, as a line of JSON: what --json prints and a webhook gets.
type watchLine struct {
	Schema string `json:"schema"`
	Source string `json:"source"`
	Epoch  int    `json:"epoch"`
	watch.Event
	Text string `json:"text"`
}

func (w *watcher) line(e watch.Event) []byte {
	raw, err := json.Marshal(watchLine{"allwrong/watch-event/1", w.file.Source, w.s.Epoch, e, report.WatchEvent(e)})
	if err != nil {
		panic("watch: " + err.Error()) // an event holds finite numbers and words
	}
	return append(raw, '\n')
}

func (w *watcher) document() watchDocument {
	d := watchDocument{Schema: "allwrong/watch/1", Summary: w.s.Summary(), Source: w.file.Source, Events: w.events, Options: w.s.Options, Inputs: []watchInput{{w.file.Source}}}
	d.Warnings = append(d.Warnings, w.warnings()...)
	p := w.feed.Place()
	d.Records, d.Unreadable = p.Taken, p.Unreadable
	return d
}

// warnings are what the source has to say.
func (w *watcher) warnings() (out []certify.Warning) {
	for _, n := range w.notes {
		out = append(out, certify.Warning{Code: "source", Message: n + "."})
	}
	if p := w.feed.Place(); p.Unreadable > 0 {
		out = append(out, certify.Warning{Code: "unreadable", Message: fmt.Sprintf("%s could not be read and were passed over; the first: %s.", report.Plural(p.Unreadable, "record", "records"), p.First)})
	}
	return out
}

// status writes what is known at this moment.
func (w *watcher) status(out io.Writer) error {
	d := w.document()
	switch {
	case w.json && w.once:
		return writeJSON(out, d)
	case w.json:
		raw, err := json.Marshal(d)
		if err != nil {
			return err
		}
		_, err = out.Write(append(raw, '\n'))
		return err
	}
	return report.Watch(out, report.Watched{Summary: d.Summary, Options: d.Options, PerDay: w.file.perDay(time.Now())}, d.Warnings)
}
