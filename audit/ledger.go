package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// Ledger is what a ledger file holds, each line checked against the one before.
type Ledger struct {
	Path  string
	Lines []Line
	Torn  int    // bytes of a last line that was not written to its end: nobody was told that it was
	Note  string // what was mended on this occasion; empty when nothing was

	end int64 // of the last whole line in the file
}

// maxLedger bounds the size of a ledger, in bytes.
const maxLedger = 1 << 30

// Digest is the hash of the last line: with it, the whole ledger is named. It
// is empty for a ledger without lines.
func (l *Ledger) Digest() string {
	if len(l.Lines) == 0 {
		return ""
	}
	return l.Lines[len(l.Lines)-1].Hash
}

// At is the ledger as it was when its digest was the one given.
func (l *Ledger) At(digest string) (*Ledger, error) {
	if digest == "" {
		return &Ledger{Path: l.Path}, nil
	}
	for i, line := range l.Lines {
		if line.Hash == digest {
			return &Ledger{Path: l.Path, Lines: l.Lines[: i+1 : i+1], end: -1}, nil
		}
	}
	return nil, fmt.Errorf("%s: no line has the digest %.12s: this is another ledger, or lines were taken off its end", l.Path, digest)
}

// Read reads a ledger and checks every line. A last line that was not written
// to its end is passed over and counted. A line that was changed, taken out or
// put in is an error that names it.
func Read(path string) (*Ledger, error) {
	f, err := lockedfile.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return parse(path, f)
}

// Update adds to a ledger, made when it is not there, the entries that say
// gives; say sees the ledger as it is and is the only one at work on it. When
// Update returns without error the entries are on disk. Nothing is ever
// changed but a torn last line, which is taken out and noted in a line of its
// own. Time and schema of an entry are filled in where they are missing.
func Update(path string, now time.Time, say func(l *Ledger) ([]Entry, error)) (*Ledger, error) {
	_, err := os.Stat(path)
	isNew := errors.Is(err, fs.ErrNotExist)
	f, err := lockedfile.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	l, err := parse(path, f)
	if err != nil {
		return nil, err
	}
	entries, err := say(l)
	if err != nil || len(entries) == 0 {
		return l, err
	}
	if err := l.mend(f, now, entries[0].Who); err != nil {
		return l, err
	}
	if err := l.write(f, now, entries); err != nil {
		return l, err
	}
	if isNew {
		err = syncDir(filepath.Dir(path))
	}
	return l, err
}

// write adds lines at the end with a single write, and waits for the disk.
func (l *Ledger) write(f *lockedfile.File, now time.Time, entries []Entry) error {
	var all []byte
	prev := l.Digest()
	for _, e := range entries {
		if e.Schema = LedgerSchema; e.Time.IsZero() {
			e.Time = now
		}
		e.Time = e.Time.UTC().Round(0)
		if err := e.check(); err != nil {
			return err
		}
		line, id, hash, err := e.seal(prev)
		if err != nil {
			return err
		}
		all, prev = append(all, line...), hash
		l.Lines = append(l.Lines, Line{Entry: e, Number: len(l.Lines) + 1, ID: id, Hash: hash})
	}
	if _, err := f.Write(all); err != nil {
		return err
	}
	l.end += int64(len(all))
	return f.Sync()
}

// mend takes out a last line that was not written to its end, and says so in
// the ledger. A line that lacks only its line end is whole.
func (l *Ledger) mend(f *lockedfile.File, now time.Time, who string) error {
	if l.Torn == 0 {
		return nil
	}
	torn := make([]byte, l.Torn)
	if _, err := f.ReadAt(torn, l.end); err != nil {
		return err
	}
	if line, err := unseal(torn, l.Digest()); err == nil {
		line.Number = len(l.Lines) + 1
		l.Lines, l.end, l.Torn = append(l.Lines, line), l.end+int64(len(torn))+1, 0
		l.Note = fmt.Sprintf("line %d lacked its line end, which was added", line.Number)
		_, err := f.Write([]byte("\n"))
		return err
	}
	if err := f.Truncate(l.end); err != nil {
		return err
	}
	l.Torn = 0
	l.Note = fmt.Sprintf("a last line of %d bytes had not been written to its end; it was taken out and noted in line %d", len(torn), len(l.Lines)+1)
	return l.write(f, now, []Entry{{Who: who, Kind: KindMend, Torn: torn[:min(len(torn), maxLine/2)], Why: "not written to its end"}})
}

// parse reads all lines.
func parse(path string, r io.Reader) (*Ledger, error) {
	l := &Ledger{Path: path}
	raw, err := io.ReadAll(io.LimitReader(r, maxLedger+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > maxLedger {
		return nil, fmt.Errorf("%s: larger than %d MB", path, maxLedger>>20)
	}
	for len(raw) > 0 {
		n := bytes.IndexByte(raw, '\n')
		if n < 0 {
			l.Torn = len(raw)
			if l.end == 0 && !bytes.HasPrefix(raw, []byte(`{"schema":"allwrong/ledger/`)) && !bytes.HasPrefix([]byte(`{"schema":"allwrong/ledger/`), raw) {
				return nil, fmt.Errorf("%s: not a ledger", path)
			}
			break
		}
		line, err := unseal(raw[:n], l.Digest())
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, len(l.Lines)+1, err)
		}
		line.Number = len(l.Lines) + 1
		l.Lines = append(l.Lines, line)
		raw, l.end = raw[n+1:], l.end+int64(n)+1
	}
	return l, nil
}

// syncDir makes the name of a new file as durable as what it holds. Not every
// file system can; the file itself is safe.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	_ = d.Sync()
	return nil
}
