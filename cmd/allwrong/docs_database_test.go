package main

import (
	"context"
	"database/sql"
	"testing"

	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/outcome"
)

// makeDatabase writes what a file holds into a database of SQLite, as the table
// outcomes with a row for each outcome, for documents to read.
func makeDatabase(t *testing.T, path, from string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec("CREATE TABLE outcomes (query TEXT, model TEXT, verdict TEXT, topic TEXT, day TEXT)"); err != nil {
		t.Fatal(err)
	}
	days := []string{"2026-03-01", "2026-03-02"}
	if _, err := ingest.Records(context.Background(), []string{from}, ingest.Options{}, func(r *outcome.Record) error {
		_, err := tx.Exec("INSERT INTO outcomes VALUES (?, ?, ?, ?, ?)", r.Query, r.Model, r.Verdict.String(), r.Slices["topic"], days[r.Query[len(r.Query)-1]%2])
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}
