package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/collect/store"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/warehouse"
	"github.com/allwrong/allwrong/watch/feed"
)

// watchedDatabase says which rows of a database are watched.
type watchedDatabase struct {
	reading reading // of which only what is said of databases is asked
	overlap time.Duration
}

func (d *watchedDatabase) flags(cmd *cobra.Command) {
	d.reading.databaseFlags(cmd)
	cmd.Flags().DurationVar(&d.overlap, "overlap", time.Minute, "from a database: rows may be seen this `TIME` after the moment that they bear")
}

// check settles what goes with the source.
func (d *watchedDatabase) check(cmd *cobra.Command, source string) error {
	if store.IsAddress(source) {
		return store.CheckAddress(source)
	}
	if err := d.reading.database.check([]string{source}); err != nil {
		return err
	}
	switch {
	case d.reading.database.source.Before != "":
		return usagef("--before: watch reads up to this moment")
	case d.reading.database.source.Sample != 0:
		return usagef("--sample: watch reads every query as it comes; a sample is drawn of what is there")
	case d.reading.database.explain:
		return usagef("--explain-sql: watch reads rows, by time, and lets nothing be counted; certify explains its statements")
	case d.overlap < time.Second:
		return usagef("--overlap: %v is too short; want 1s or more", d.overlap)
	case !warehouse.Is(source) && cmd.Flags().Changed("overlap"):
		return usagef("--overlap is for a database; %s is none", outcome.Quote(source))
	}
	return nil
}

// name is the source as it is shown and kept.
func (d *watchedDatabase) name(source string) string {
	s := d.reading.database.source
	switch {
	case s.Table != "":
		return source + " table " + s.Table
	case s.Query != "":
		return source + " query " + digest([]byte(s.Query))[:12]
	}
	return source
}

func (d *watchedDatabase) open(ctx context.Context, source, slice string, from feed.Place) (feed.Feed, error) {
	s := d.reading.database.source
	s.URL = source
	s.Slices = append(s.Slices, d.reading.Labels...)
	if slice != "" {
		s.Slices = append(s.Slices, slice)
	}
	return feed.OpenDatabase(ctx, s, d.overlap, from)
}
