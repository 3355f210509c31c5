package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/report"
	"github.com/allwrong/allwrong/watch"
	"github.com/allwrong/allwrong/watch/feed"
	"github.com/allwrong/allwrong/watch/tell"
)

// watcher is a watch that is under way.
type watcher struct {
	*watching
	cmd    *cobra.Command
	feed   feed.Feed
	file   *stateFile
	s      *watch.State
	source string

	kept     []byte        // the state file as it was kept last; nil before the first reading
	fresh    []watch.Event // of the reading that is under way
	events   []watch.Event // since the command began, as many as are kept
	notes    []string
	failures int64
	read     time.Time // when the source was last read to its end
}

// mostEvents bounds how many events are kept to be printed at the end.
const mostEvents = 10_000

// follow reads, and goes on reading.
func (w *watcher) follow() error {
	ctx := w.cmd.Context()
	stop, err := w.out.start(w.cmd, w.file.Undelivered)
	if err != nil {
		return err
	}
	defer stop()
	if err := w.pass(ctx); err != nil {
		return err
	}
	if !w.once {
		if err := w.goOnReading(ctx); err != nil {
			return err
		}
	}
	w.out.finish()
	if w.out.hook != nil {
		if err := w.save(); err != nil { // what was delivered meanwhile is not sent again
			return err
		}
	}
	if err := w.status(w.cmd.OutOrStdout()); err != nil {
		return err
	}
	if len(w.s.Alarms) > 0 {
		return errNo
	}
	return nil
}

// goOnReading reads until the command is to end. A reading that fails is tried again.
func (w *watcher) goOnReading(ctx context.Context) error {
	if !w.json {
		if err := w.status(w.cmd.OutOrStdout()); err != nil {
			return err
		}
	}
	fmt.Fprintf(w.cmd.ErrOrStderr(), "Watching %s. Ctrl-C ends it.\n", w.file.Source)
	for wait(ctx, w.interval) {
		err := w.pass(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil:
		case errors.Is(err, errState):
			return err
		default:
			w.failures++
			if w.failures == 1 {
				fmt.Fprintf(w.cmd.ErrOrStderr(), "Reading failed, and is tried again: %v\n", err)
			}
			w.out.show(w.s.Summary(), w.health())
		}
	}
	return nil
}

// pass reads once, tells of what happened, keeps it and shows it. Of a reading that failed
// nothing is kept: what it took is read again.
func (w *watcher) pass(ctx context.Context) error {
	w.fresh = w.fresh[:0]
	err := w.feed.Read(ctx, w.take)
	w.notes = w.feed.Notes()
	if err != nil {
		return errors.Join(err, w.back())
	}
	if w.failures > 0 {
		fmt.Fprintf(w.cmd.ErrOrStderr(), "Reading goes on, after %s.\n", report.Plural(w.failures, "failure", "failures"))
	}
	w.failures, w.read = 0, time.Now()
	w.file.mark(w.s, w.read)
	if err := w.tellAll(); err != nil {
		return fmt.Errorf("%w: %w", errState, err)
	}
	if err := w.save(); err != nil {
		return err
	}
	w.out.show(w.s.Summary(), w.health()) // what is shown is kept: whoever is killed now goes on from there
	return nil
}

// take takes up what the feed hands on; events are kept for the end of the reading.
func (w *watcher) take(r *outcome.Record) error {
	events, err := w.s.Add(r)
	w.fresh = append(w.fresh, events...)
	return err
}

// back goes back to what was kept last.
func (w *watcher) back() error {
	if w.kept == nil {
		return nil // the first reading: the command ends
	}
	file := &stateFile{}
	if err := errors.Join(json.Unmarshal(w.kept, file), file.State.Restored()); err != nil {
		return fmt.Errorf("%w: %w", errState, err)
	}
	w.file, w.s = file, file.State
	w.feed.Rewind(file.Place)
	return nil
}

// tellAll prints and posts what happened in a reading.
func (w *watcher) tellAll() error {
	for _, n := range w.notes {
		if !w.once {
			fmt.Fprintf(w.cmd.ErrOrStderr(), "%s.\n", n)
		}
	}
	for _, e := range w.fresh {
		if len(w.events) < mostEvents {
			w.events = append(w.events, e)
		}
		line := w.line(e)
		if e.Alarm {
			w.out.send(line)
		}
		if w.once {
			continue
		}
		var err error
		if w.json {
			_, err = w.cmd.OutOrStdout().Write(line)
		} else {
			err = report.WatchLine(w.cmd.OutOrStdout(), time.Now().Format(time.DateTime), e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *watcher) health() tell.Health {
	return tell.Health{Unreadable: w.feed.Place().Unreadable, Read: float64(w.read.UnixMilli()) / 1000, Failures: w.failures}
}

// save keeps what is known, in memory and in the file.
func (w *watcher) save() (err error) {
	w.file.Place, w.file.Undelivered = w.feed.Place(), w.out.undelivered()
	if w.kept, err = w.file.encode(); err == nil && w.state != "" {
		err = replaceFile(w.state, w.kept)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errState, err)
	}
	return nil
}

// errState is what ends a watch: a state that cannot be kept, or nobody to tell of
// an alarm. To go on would lose what is seen.
var errState = errors.New("the watch ends")
