package feed

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"time"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/warehouse"
)

// Database follows the rows of a table or a query by their column of time.
//
// Each reading takes the rows from where the last one ended up to now, and the
// stretch before that once more: a row may become visible a while after the moment
// that it bears, and clocks differ. Of that stretch it is remembered which rows were
// there, so that none is handed on twice. A row that becomes visible later than
// that is missed.
type Database struct {
	source  warehouse.Source
	overlap time.Duration
	place   Place
	now     func() time.Time
}

// step bounds what is read at once: within it rows come by query, not by time.
const step = 24 * time.Hour

// mostRows bounds the rows of the stretch that is read again.
const mostRows = 2_000_000

// OpenDatabase follows a source from a place on. Its Since, if given, is where the
// first reading begins; then history comes day by day. Before is set here.
func OpenDatabase(ctx context.Context, s warehouse.Source, overlap time.Duration, from Place) (*Database, error) {
	d := &Database{source: s, overlap: overlap, place: from, now: time.Now}
	s.Since, s.Before = "", d.now().UTC().Format(time.RFC3339Nano) // so that a column of time is asked for
	w, err := warehouse.Open(ctx, s)
	if err != nil {
		return nil, err
	}
	return d, w.Close()
}

// Place is where reading goes on.
func (d *Database) Place() Place { return d.place }

// Rewind goes back to a place.
func (d *Database) Rewind(to Place) { d.place = to }

// Notes is empty.
func (d *Database) Notes() []string { return nil }

// Close does nothing: a database is open while it is read only.
func (d *Database) Close() error { return nil }

// Read hands on the rows that have come.
func (d *Database) Read(ctx context.Context, take func(*outcome.Record) error) error {
	// Rows of the second that is not over yet come with the next reading.
	until := d.now().UTC().Truncate(time.Second)
	from, err := d.from()
	if err != nil {
		return err
	}
	edge := until.Add(-d.overlap)
	fresh := map[string]string{}
	for !from.IsZero() && from.Before(edge) {
		to := from.Add(step)
		if to.After(edge) {
			to = edge
		}
		if err := d.window(ctx, from, to, nil, take); err != nil {
			return err
		}
		from = to
	}
	if from.IsZero() {
		if err := d.window(ctx, from, edge, nil, take); err != nil {
			return err
		}
		from = edge
	}
	if from.Before(until) {
		if err := d.window(ctx, from, until, fresh, take); err != nil {
			return err
		}
	}
	d.place.Until, d.place.Rows = until.Format(time.RFC3339Nano), fresh
	return nil
}

// from is the moment from which rows are read: the stretch before the last end, or
// what the source says; zero for all there are.
func (d *Database) from() (time.Time, error) {
	if d.place.Until != "" {
		t, err := time.Parse(time.RFC3339Nano, d.place.Until)
		return t.Add(-d.overlap), err
	}
	if d.source.Since == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly, time.DateTime} {
		if t, err := time.Parse(layout, d.source.Since); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("since: %s is neither a date (2026-01-31) nor a moment (2026-01-31T12:00:00Z)", outcome.Quote(d.source.Since))
}

// window hands on the rows of a stretch of time that were not there before, and
// notes them in fresh.
func (d *Database) window(ctx context.Context, from, to time.Time, fresh map[string]string, take func(*outcome.Record) error) error {
	return d.records(ctx, from, to, func(r *outcome.Record) error {
		name, verdict := rowName(r), rowVerdict(r)
		if fresh != nil {
			if fresh[name] = verdict; len(fresh) > mostRows {
				return fmt.Errorf("more than %d rows within %v: a shorter --overlap, or a finer column of time, is needed", mostRows, d.overlap)
			}
		}
		if was, known := d.place.Rows[name]; known && was == verdict {
			return nil
		}
		if err := take(r); err != nil {
			return d.place.unreadable(fmt.Sprintf("%s: query %s", d.source.URL, outcome.Quote(r.Query)), err)
		}
		d.place.Taken++
		return nil
	})
}

// rowName is a row's name in few bytes. Lengths stand before names, so that no two
// rows are mixed up.
func rowName(r *outcome.Record) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %d %s %d", len(r.Query), r.Query, len(r.Model), r.Model, r.Attempt))
	return base64.RawStdEncoding.EncodeToString(sum[:12])
}

func rowVerdict(r *outcome.Record) string {
	if r.Score != nil {
		return r.Verdict.String() + " " + strconv.FormatFloat(*r.Score, 'g', -1, 64)
	}
	return r.Verdict.String()
}

func (d *Database) records(ctx context.Context, from, to time.Time, visit func(*outcome.Record) error) error {
	s := d.source
	s.Since = ""
	if !from.IsZero() {
		s.Since = from.Format(time.RFC3339Nano)
	}
	s.Before = to.Format(time.RFC3339Nano)
	w, err := warehouse.Open(ctx, s)
	if err != nil {
		return err
	}
	defer w.Close()
	return w.Records(ctx, visit)
}

// Models names the models of all rows.
func (d *Database) Models(ctx context.Context) ([]string, error) {
	w, err := warehouse.Open(ctx, d.source)
	if err != nil {
		return nil, err
	}
	defer w.Close()
	p, err := w.Profile(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, m := range p.Models {
		names = append(names, m.Model)
	}
	return names, nil
}
