package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/allwrong/allwrong/outcome"
)

// Warehouse is an open source. It holds one connection and, from its first
// statement on, one snapshot; Refresh gives that up. It is not safe for
// concurrent use.
type Warehouse struct {
	source  Source
	dialect *dialect
	layout  *layout
	from    string // what follows FROM
	where   string // the user's condition, in parentheses; empty when there is none

	db       *sql.DB
	received meter
	session  querier // nil between snapshots
	end      func() error
}

// meter counts what an engine sends, in bytes.
type meter struct {
	bytes atomic.Int64
	wire  bool // counted where it comes in
}

// Open connects and finds the columns and their types. Nothing is read yet, and
// nothing will ever be written. The error says what is wrong, and what to do.
func Open(ctx context.Context, s Source) (*Warehouse, error) {
	d, err := s.check()
	if err != nil {
		return nil, err
	}
	w := &Warehouse{source: s, dialect: d}
	if w.db, err = d.open(ctx, s, &w.received); err != nil {
		return nil, w.explain("opening it", err)
	}
	w.db.SetMaxOpenConns(1)
	if err := w.describe(ctx); err != nil {
		w.Close()
		return nil, err
	}
	return w, nil
}

// describe finds the columns.
func (w *Warehouse) describe(ctx context.Context) error {
	s := w.source
	if s.Query != "" {
		query, err := w.dialect.single("query", s.Query)
		if err != nil {
			return err
		}
		// The line end ends a comment.
		w.from = "(\n" + query + "\n) AS source"
	} else {
		table, err := w.table(s.Table)
		if err != nil {
			return err
		}
		w.from = table
		if s.Where != "" {
			condition, err := w.dialect.single("condition", s.Where)
			if err != nil {
				return err
			}
			w.where = "(" + condition + "\n)"
		}
	}
	columns, err := w.columns(ctx)
	if err != nil {
		return err
	}
	if w.layout, err = layOut(s, columns); err != nil {
		return fmt.Errorf("%s: %w", w.Name(), err)
	}
	return nil
}

func (w *Warehouse) columns(ctx context.Context) ([]column, error) {
	var columns []column
	err := w.rows(ctx, "finding its columns", "SELECT * FROM "+w.from+" LIMIT 0", nil, func(rows *sql.Rows) error {
		types, err := rows.ColumnTypes()
		if err != nil {
			return err
		}
		rows.Close() // the connection is needed for the names of types
		columns, err = w.dialect.kinds(ctx, w.session, types)
		return err
	})
	return columns, err
}

// table quotes a name of a table, part by part; a part may be quoted already.
func (w *Warehouse) table(name string) (string, error) {
	var parts []string
	for rest := name; ; {
		part, after, more := strings.Cut(rest, ".")
		if strings.HasPrefix(rest, `"`) {
			n, err := quoted(rest, '"', false)
			if err != nil {
				return "", fmt.Errorf("table %s: %w", outcome.Quote(name), err)
			}
			part, after = strings.ReplaceAll(rest[1:n-1], `""`, `"`), rest[n:]
			if after, more = strings.CutPrefix(after, "."); !more && after != "" {
				return "", fmt.Errorf("table %s: something follows the quoted name", outcome.Quote(name))
			}
		}
		if part == "" || strings.IndexByte(part, 0) >= 0 {
			return "", fmt.Errorf("table %s: want NAME or SCHEMA.NAME", outcome.Quote(name))
		}
		if parts = append(parts, w.dialect.ident(part)); !more {
			return strings.Join(parts, "."), nil
		}
		rest = after
	}
}

// Name is the URL; it holds no secret.
func (w *Warehouse) Name() string { return w.source.URL }

// Engine is how the engine is called: "PostgreSQL".
func (w *Warehouse) Engine() string { return w.dialect.title }

// Source is what was opened.
func (w *Warehouse) Source() Source { return w.source }

// Received is how many bytes the engine has sent; 0 where that is not known.
func (w *Warehouse) Received() int64 { return w.received.bytes.Load() }

// Has reports whether a column for this field was found: without one for
// attempt and one for score, the models' names are all that Profile can add.
func (w *Warehouse) Has(field string) bool { return w.layout.has(field) }

// Labels lists the keys of the labels that Records gives, sorted.
func (w *Warehouse) Labels() []string { return w.layout.labels }

// Refresh gives the snapshot up: the next statement sees what is there then.
func (w *Warehouse) Refresh() {
	if w.session != nil {
		w.end() // it wrote nothing, so nothing can be lost
		w.session = nil
	}
}

// Close ends the connection.
func (w *Warehouse) Close() error {
	w.Refresh()
	return w.db.Close()
}

// rows runs a statement and hands its rows to visit.
func (w *Warehouse) rows(ctx context.Context, doing, statement string, args []any, visit func(*sql.Rows) error) error {
	if w.source.Timeout > 0 {
		// The engine keeps the time itself where it can; this is for one that no longer answers.
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, w.source.Timeout+w.source.Timeout/10, errTimeout)
		defer stop()
	}
	err := w.try(ctx, statement, args, visit)
	var ours *readError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &ours):
		return ours.err
	case context.Cause(ctx) == errTimeout:
		err = errTimeout
	case ctx.Err() != nil:
		w.Refresh()
		return context.Cause(ctx)
	}
	w.Refresh() // after an error of the engine a transaction is good for nothing
	return w.explain(doing, err)
}

func (w *Warehouse) try(ctx context.Context, statement string, args []any, visit func(*sql.Rows) error) (err error) {
	if w.session == nil {
		if err := w.begin(ctx); err != nil {
			return err
		}
	}
	// A driver may trust that rows are as long as the server said.
	defer func() {
		if r, ok := recover().(runtime.Error); ok {
			err = &readError{fmt.Errorf("%w (%v)", w.nonsense(), r)}
			w.Refresh()
		}
	}()
	rows, err := w.session.QueryContext(ctx, statement, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if err := visit(rows); err != nil {
		return err
	}
	return rows.Err()
}

// begin starts a snapshot. It outlives the statement that it is begun for, and
// so the statement's context, which ends the waiting for it only.
func (w *Warehouse) begin(ctx context.Context) error {
	life, over := context.WithCancel(context.WithoutCancel(ctx))
	waiting := context.AfterFunc(ctx, over)
	session, end, err := w.dialect.begin(life, w.db, w.source.Timeout)
	if !waiting() && err == nil {
		end()
		err = context.Cause(ctx)
	}
	if err != nil {
		over()
		return err
	}
	w.session, w.end = session, func() error {
		defer over()
		return end()
	}
	return nil
}

// readError carries what is wrong with rows, which is no error of the engine.
type readError struct{ err error }

func (e *readError) Error() string { return e.err.Error() }

var errTimeout = errors.New("the time-out was reached")

// explain makes one sentence of an error: source, what was done, what is wrong
// and what to do.
func (w *Warehouse) explain(doing string, err error) error {
	says := w.dialect.explain(err)
	if errors.Is(err, errTimeout) {
		says = fmt.Sprintf("it took longer than the time-out, %v: allow more, or read fewer rows", w.source.Timeout)
	}
	if says == "" {
		says = err.Error()
	}
	return &Error{Source: w.Name(), Doing: doing, Says: printable(says), Err: err}
}

// Error is what an engine refused, in words.
type Error struct {
	Source, Doing, Says string
	Err                 error // as the engine put it
}

func (e *Error) Error() string { return e.Source + ": " + e.Doing + ": " + e.Says }
func (e *Error) Unwrap() error { return e.Err }

// connectTimeout bounds opening a connection where the context does not.
const connectTimeout = 30 * time.Second
