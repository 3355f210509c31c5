package warehouse

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/allwrong/allwrong/internal/pgtest"
	"github.com/allwrong/allwrong/outcome"
)

// slow reads three queries and takes its time, if the server lives.
func slow(url string, seconds string) Source {
	return Source{URL: url, Query: "select * from grades where pg_sleep(" + seconds + ") is not null"}
}

// during runs Patterns, does something to the server once it is busy, and gives
// the time that Patterns took to end afterwards, and its error.
func during(t *testing.T, w *Warehouse, url string, do func()) (time.Duration, error) {
	t.Helper()
	done := make(chan error, 1)
	go func() {
		_, err := w.Patterns(context.Background(), PatternsOptions{Models: []string{"x", "y"}})
		done <- err
	}()
	const busy = "select count(*)::text from pg_stat_activity where datname = current_database() and state = 'active' and application_name = 'allwrong'"
	for range 200 {
		if one(t, url, busy) != "0" {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	start := time.Now()
	do()
	select {
	case err := <-done:
		return time.Since(start), err
	case <-time.After(20 * time.Second):
		t.Fatal("Patterns does not return")
		return 0, nil
	}
}

// TestConnectionLost: a statement that loses its server says so, and the next
// one finds the server again.
func TestConnectionLost(t *testing.T) {
	url := grades(t)
	w, err := Open(t.Context(), slow(url, "case when current_setting('application_name') = 'allwrong' then 100 else 0 end"))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	took, err := during(t, w, url, func() {
		if n := pgtest.Terminate(t, url); n == 0 {
			t.Error("no connection was there to be ended")
		}
	})
	plain(t, err, "connection to the server was lost", "run it again")
	if took > 5*time.Second {
		t.Errorf("it took %v to notice", took)
	}
	w.from = "grades"
	if p, err := w.Patterns(t.Context(), PatternsOptions{}); err != nil || p.Queries != 3 {
		t.Errorf("afterwards: %v, %v", p, err)
	}
}

// TestRestart: the server goes down and comes back.
func TestRestart(t *testing.T) {
	s := pgtest.Own(t)
	url := s.New(t)
	pgtest.Exec(t, url, `create table grades (query text, model text, verdict text);
		insert into grades values ('a', 'x', 'right'), ('a', 'y', 'wrong'), ('b', 'x', 'wrong')`)
	for _, mode := range []pgtest.Mode{pgtest.Fast, pgtest.Immediate} {
		w, err := Open(t.Context(), slow(url, "100"))
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		_, err = during(t, w, url, func() { s.Stop(t, mode) })
		plain(t, err, "connection to the server was lost")
		w.from = "grades"
		_, err = w.Patterns(t.Context(), PatternsOptions{})
		plain(t, err, "no server answers")
		s.Start(t)
		p, err := w.Patterns(t.Context(), PatternsOptions{})
		if err != nil || p.Queries != 2 {
			t.Errorf("afterwards: %v, %v", p, err)
		}
	}
	pauses(t, s, url)
}

// pauses: a server that hangs is left when the caller says so, or the time-out.
func pauses(t *testing.T, s *pgtest.Server, url string) {
	w, err := Open(t.Context(), Source{URL: url, Table: "grades", Timeout: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	s.Pause(t)
	start := time.Now()
	_, err = w.Patterns(t.Context(), PatternsOptions{})
	plain(t, err, "time-out")
	if took := time.Since(start); took > 8*time.Second {
		t.Errorf("the time-out took %v", took)
	}
	s.Resume(t)
	if p, err := w.Patterns(t.Context(), PatternsOptions{}); err != nil || p.Queries != 2 {
		t.Errorf("after the pause: %v, %v", p, err)
	}
}

// TestCancelled: what the caller gives up is given up in the server too.
func TestCancelled(t *testing.T) {
	url := grades(t)
	w, err := Open(t.Context(), slow(url, "100"))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("no longer wanted")
	time.AfterFunc(300*time.Millisecond, func() { cancel(why) })
	start := time.Now()
	_, err = w.Profile(ctx)
	if !errors.Is(err, why) {
		t.Errorf("error %v, want %v", err, why)
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("it took %v", took)
	}
	if n := one(t, url, "select count(*)::text from pg_stat_activity where datname = current_database() and state = 'active' and pid <> pg_backend_pid()"); n != "0" {
		t.Errorf("%s statements go on", n)
	}
}

// TestSnapshot: all statements see one moment, until Refresh.
func TestSnapshot(t *testing.T) {
	url := grades(t)
	w, err := Open(t.Context(), Source{URL: url, Table: "grades"})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	profile, err := w.Profile(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	pgtest.Exec(t, url, "insert into grades values ('d', 'x', 'right'), ('d', 'z', 'right')")
	for _, want := range []int64{3, 4} {
		p, err := w.Patterns(t.Context(), PatternsOptions{Models: profile.Names()})
		if err != nil || p.Queries != want {
			t.Errorf("%v queries, %v; want %d", p, err, want)
		}
		w.Refresh()
	}
	pgtest.Exec(t, url, "drop table grades")
	_, err = w.Patterns(t.Context(), PatternsOptions{})
	plain(t, err, "does not exist")
}

// TestCutOff: what came before a connection broke is no answer.
func TestCutOff(t *testing.T) {
	url := grades(t)
	pgtest.Exec(t, url, "insert into grades select 'q' || n, 'x', 'right' from generate_series(1, 200000) as n")
	w, err := Open(t.Context(), Source{URL: url, Table: "grades"})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	n := 0
	err = w.Records(t.Context(), func(*outcome.Record) error {
		if n++; n == 100 {
			pgtest.Terminate(t, url)
		}
		return nil
	})
	plain(t, err, "connection to the server was lost")
	if n < 100 || n > 200000 {
		t.Errorf("%d rows were read", n)
	}
	stop := errors.New("enough")
	if err := w.Records(t.Context(), func(*outcome.Record) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("error %v, want %v", err, stop)
	}
	if p, err := w.Patterns(t.Context(), PatternsOptions{}); err != nil || p.Queries != 200003 {
		t.Errorf("afterwards: %v, %v", p, err)
	}
}

// TestLiars: servers that speak the protocol and do not mean it.
func TestLiars(t *testing.T) {
	field := func(name string, oid uint32) pgproto3.FieldDescription {
		return pgproto3.FieldDescription{Name: []byte(name), DataTypeOID: oid, DataTypeSize: -1, TypeModifier: -1}
	}
	columns := []pgproto3.FieldDescription{field("query", 25), field("model", 25), field("verdict", 25)}
	data := func(values ...string) *pgproto3.DataRow {
		r := &pgproto3.DataRow{}
		for _, v := range values {
			if v == "NULL" {
				r.Values = append(r.Values, nil)
				continue
			}
			r.Values = append(r.Values, []byte(v))
		}
		return r
	}
	whole := func(n int) (out []pgproto3.FieldDescription) {
		for range n {
			out = append(out, field("n", 20))
		}
		return out
	}
	profile := append([]pgproto3.FieldDescription{field("m", 25)}, append(whole(6), field("a", 25), field("a", 25), field("a", 25), field("a", 25), field("a", 25), field("a", 25))...)
	good := data("x", "0", "5", "0", "0", "0", "0", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL")
	for name, lie := range map[string]struct {
		columns, profile, patterns []pgproto3.FieldDescription
		first, second              []*pgproto3.DataRow
	}{
		"no columns":          {},
		"strange types":       {columns: []pgproto3.FieldDescription{field("query", 4294967295), field("model", 25), field("verdict", 25)}},
		"columns twice":       {columns: append(columns, columns...)},
		"names":               {columns: []pgproto3.FieldDescription{field("\xff\x1b[2J", 25), field("", 25)}},
		"too few values":      {columns: columns, profile: profile, first: []*pgproto3.DataRow{data("x")}},
		"too many values":     {columns: columns, profile: profile, first: []*pgproto3.DataRow{data(strings.Split(strings.Repeat("1,", 100), ",")...)}},
		"no fields":           {columns: columns, first: []*pgproto3.DataRow{good}},
		"words for numbers":   {columns: columns, profile: profile, first: []*pgproto3.DataRow{data("x", "zero", "many", "0", "0", "0", "0", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL")}},
		"NULL for a number":   {columns: columns, profile: profile, first: []*pgproto3.DataRow{data("x", "0", "NULL", "0", "0", "0", "0", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL")}},
		"a number too large":  {columns: columns, profile: profile, first: []*pgproto3.DataRow{data("x", "0", "9223372036854775808", "0", "0", "0", "0", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL")}},
		"a state of its own":  {columns: columns, profile: profile, first: []*pgproto3.DataRow{data("x", "9999999", "5", "0", "0", "0", "0", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL")}},
		"less than nothing":   {columns: columns, profile: profile, first: []*pgproto3.DataRow{data("x", "0", "-5", "0", "0", "0", "0", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL")}},
		"a negative weight":   {columns: columns, profile: profile, first: []*pgproto3.DataRow{good}, patterns: whole(5), second: []*pgproto3.DataRow{data("1", "-1", "5", "5", "0")}},
		"a pattern of nobody": {columns: columns, profile: profile, first: []*pgproto3.DataRow{good}, patterns: whole(5), second: []*pgproto3.DataRow{data("-1", "0", "0", "0", "0")}},
		"a weight past 2^62":  {columns: columns, profile: profile, first: []*pgproto3.DataRow{good}, patterns: whole(5), second: []*pgproto3.DataRow{data("1", "9223372036854775807", "5", "5", "0"), data("1", "9223372036854775807", "5", "5", "0")}},
		"columns of NULL":     {columns: columns, profile: profile, first: []*pgproto3.DataRow{good}, patterns: whole(5), second: []*pgproto3.DataRow{data("NULL", "NULL", "NULL", "NULL", "NULL")}},
	} {
		t.Run(name, func(t *testing.T) {
			url := impostor(t, func(b *pgproto3.Backend, statement string) error {
				fields, rows := []pgproto3.FieldDescription(nil), []*pgproto3.DataRow(nil)
				switch {
				case strings.Contains(statement, "LIMIT 0"):
					fields = lie.columns
				case strings.Contains(statement, "AS cells\nGROUP BY m"):
					fields, rows = lie.profile, lie.first
				case strings.Contains(statement, "AS queries"):
					fields, rows = lie.patterns, lie.second
				default:
					return yes(b, "BEGIN")
				}
				b.Send(&pgproto3.ParseComplete{})
				b.Send(&pgproto3.BindComplete{})
				b.Send(&pgproto3.RowDescription{Fields: fields})
				for _, r := range rows {
					b.Send(r)
				}
				b.Send(&pgproto3.CommandComplete{CommandTag: []byte("SELECT 1")})
				b.Send(&pgproto3.ReadyForQuery{TxStatus: 'T'})
				return b.Flush()
			})
			refused(t, Source{URL: url, Table: "grades", Timeout: 5 * time.Second})
		})
	}
}
