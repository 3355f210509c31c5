package web

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/outcome"
)

// book is the ledger on disk. Other processes may add to it at any time: it is
// read again whenever the file has changed.
type book struct {
	path string

	mu     sync.Mutex
	size   int64
	time   time.Time
	ledger *audit.Ledger
	state  *audit.State
}

// read gives the ledger as it is now. What it gives is shared and not to be changed.
func (b *book) read() (*audit.Ledger, *audit.State, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	info, err := os.Stat(b.path)
	switch {
	case b.path == "" || errors.Is(err, fs.ErrNotExist):
		if b.ledger == nil || b.size != -1 {
			b.size = -1
			b.keep(&audit.Ledger{Path: b.path})
		}
		return b.ledger, b.state, nil
	case err != nil:
		return nil, nil, err
	case b.ledger != nil && info.Size() == b.size && info.ModTime().Equal(b.time):
		return b.ledger, b.state, nil
	}
	l, err := audit.Read(b.path)
	if err != nil {
		return nil, nil, err
	}
	b.size, b.time = info.Size(), info.ModTime()
	b.keep(l)
	return b.ledger, b.state, nil
}

func (b *book) keep(l *audit.Ledger) { b.ledger, b.state = l, l.State() }

// conflict says that somebody else decided meanwhile.
type conflict struct{ why string }

func (c *conflict) Error() string { return c.why }

// mark adds a decision about a query, unless one was added that whoever decides
// has not seen: seen is the line of the decision that was on the page, 0 for none.
func (b *book) mark(e audit.Entry, seen int) (line int, err error) {
	return b.add(func(l *audit.Ledger) (audit.Entry, error) {
		now := 0
		m := l.State().Mark(e.Query)
		if m != nil {
			now = m.Line
		}
		switch {
		case now == seen:
			return e, nil
		case m == nil:
			return e, &conflict{fmt.Sprintf("The decision about %s that you saw (line %d) was taken back meanwhile. Look again, then mark.", outcome.Quote(e.Query), seen)}
		}
		return e, &conflict{fmt.Sprintf("%s marked %s %s meanwhile (line %d: %s). Nothing was added; look, and mark again if you see it otherwise.",
			m.Who, outcome.Quote(e.Query), m.Class, m.Line, m.Why)}
	})
}

// undo takes a line back.
func (b *book) undo(line int, who, why string) (int, error) {
	return b.add(func(l *audit.Ledger) (audit.Entry, error) {
		switch {
		case line < 1 || line > len(l.Lines):
			return audit.Entry{}, &conflict{fmt.Sprintf("The ledger has no line %d; it has %d.", line, len(l.Lines))}
		case !l.State().Stands(line):
			return audit.Entry{}, &conflict{fmt.Sprintf("Line %d was taken back already.", line)}
		}
		x := l.Lines[line-1]
		return audit.Entry{Who: who, Kind: audit.KindUndo, Undoes: x.ID, Query: x.Query, Why: why}, nil
	})
}

// add puts one entry on record and gives its line.
func (b *book) add(say func(l *audit.Ledger) (audit.Entry, error)) (int, error) {
	if b.path == "" {
		return 0, errors.New("there is no ledger: start allwrong serve with --ledger FILE")
	}
	l, err := audit.Update(b.path, time.Now(), func(l *audit.Ledger) ([]audit.Entry, error) {
		e, err := say(l)
		return []audit.Entry{e}, err
	})
	if err != nil {
		return 0, err
	}
	return len(l.Lines), nil
}
