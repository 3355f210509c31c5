package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/allwrong/allwrong/internal/pgtest"
)

// A server that goes away and comes back: reading fails, is tried again, and loses
// nothing; then a later watch goes on from the state.
func TestWatchDatabaseRestarted(t *testing.T) {
	server := pgtest.Own(t)
	url := server.New(t)
	insert := func(from, to, every int) {
		t.Helper()
		db, err := sql.Open("pgx", url)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		var rows []string
		for q := from; q < to; q++ {
			for _, m := range []string{"ada", "bob"} {
				rows = append(rows, fmt.Sprintf("('q%d', '%s', %v, now() - interval '2 seconds')", q, m, q%every != 0))
			}
		}
		if _, err := db.Exec("CREATE TABLE IF NOT EXISTS graded (id text, model text, correct boolean, seen timestamptz)"); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec("INSERT INTO graded VALUES " + strings.Join(rows, ", ")); err != nil {
			t.Fatal(err)
		}
	}
	insert(0, 300, 50)
	state := filepath.Join(t.TempDir(), "s.json")
	args := []string{"watch", url, "--table", "graded", "--column", "query=id", "--column", "verdict=correct", "--column", "time=seen",
		"--beta", "0.05", "--state", state, "--interval", "200ms", "--json"}
	ctx, stop := context.WithCancel(t.Context())
	var out, errs locked
	ended := make(chan int)
	go func() { ended <- run(ctx, args, strings.NewReader(""), &out, &errs) }()
	until := func(what string, ok func() bool) {
		t.Helper()
		for range 600 {
			if ok() {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Fatalf("%s did not happen; stdout %s\nstderr %s", what, out.String(), errs.String())
	}
	until("watching", func() bool { return strings.Contains(errs.String(), "Watching") })
	server.Stop(t, pgtest.Fast)
	until("a reading that fails", func() bool { return strings.Contains(errs.String(), "Reading failed, and is tried again") })
	server.Start(t)
	insert(300, 500, 4)
	until("the alarm", func() bool { return strings.Contains(out.String(), `"kind":"change","alarm":true`) })
	stop()
	if code := <-ended; code != exitNo || !strings.Contains(errs.String(), "Reading goes on, after") {
		t.Errorf("exit status %d, stderr %s", code, errs.String())
	}
	insert(500, 510, 3)
	ctx = t.Context()
	var last, told bytes.Buffer
	if code := run(ctx, append(args, "--once"), strings.NewReader(""), &last, &told); code != exitNo {
		t.Fatalf("exit status %d: %s", code, told.String())
	}
	var doc watchDocument
	if err := json.Unmarshal(last.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Queries != 510 || doc.Open != 0 || doc.Records != 1020 || doc.Unreadable != 0 {
		t.Errorf("%d queries, %d open, %d records, %d unreadable; want 510, 0, 1020, 0", doc.Queries, doc.Open, doc.Records, doc.Unreadable)
	}
	if strings.Contains(last.String(), "given-up") || len(doc.Warnings) > 0 {
		t.Errorf("warnings %v", doc.Warnings)
	}
}

// locked is a buffer that is written and read by two goroutines.
type locked struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
