package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/watch/feed"
)

// watchedDatabase says which rows of a database are watched.
type watchedDatabase struct{}

func (d *watchedDatabase) flags(*cobra.Command) {}

func (d *watchedDatabase) is(string) bool { return false }

func (d *watchedDatabase) name(source string) string { return source }

func (d *watchedDatabase) unused() error { return nil }

func (d *watchedDatabase) open(context.Context, string, string, feed.Place) (feed.Feed, error) {
	panic("no database")
}
