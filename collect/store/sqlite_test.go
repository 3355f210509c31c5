package store

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/collect/runfile"
	"github.com/allwrong/allwrong/outcome"
)

// TestForeignFiles: other databases, newer tables and what is no database.
func TestForeignFiles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, FileName)
	if err := os.WriteFile(path, []byte(strings.Repeat("query,verdict\n", 400)), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), dir, Options{}); err == nil || !strings.Contains(err.Error(), ErrNoStore.Error()) {
		t.Errorf("a text file: %v", err)
	}
	for _, c := range []struct{ sql, want string }{
		{"CREATE TABLE t (x)", ErrNoStore.Error()},
		{fmt.Sprintf("CREATE TABLE t (x); PRAGMA application_id = %d; PRAGMA user_version = 9", application), "update allwrong"},
	} {
		os.Remove(path)
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(c.sql); err != nil {
			t.Fatal(err)
		}
		db.Close()
		if _, err := Open(t.Context(), dir, Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.sql, err)
		}
		if _, err := OpenFile(t.Context(), path); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s, to be read: %v", c.sql, err)
		}
	}
	if _, err := OpenFile(t.Context(), filepath.Join(dir, "none.db")); !os.IsNotExist(err) {
		t.Errorf("%v", err)
	}
}

// TestReadOnlyFolder: a run can be read from where nobody can write.
func TestReadOnlyFolder(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	begun(t, s, runOf(t, dir, 2, 1, nil))
	answerAll(t, s, 2, 1)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o777)
	r, err := OpenFile(t.Context(), filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	n := 0
	if err := r.Outcomes(t.Context(), outcome.WantAll, func(*outcome.Record, int64) error { n++; return nil }); err != nil || n != 2 {
		t.Errorf("%d records, %v", n, err)
	}
	if _, err := r.Claim(t.Context(), Place{}); err == nil {
		t.Error("a store that is only read takes a claim")
	}
	if err := r.Begin(t.Context(), &runfile.Run{}, Schedule{}); err != ErrClosed {
		t.Errorf("Begin: %v", err)
	}
}
