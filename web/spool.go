package web

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/outcome"
)

// Spool keeps, in a file of its own that is gone when the program ends, all that
// records say of some queries: questions and responses of a large set would
// not fit into memory, and result files cannot be opened in the middle.
type Spool struct {
	mu   sync.Mutex
	file *os.File
	end  int64
	at   map[string][]span
	line []byte
}

// span is where one record stands.
type span struct {
	from int64
	size int32
}

// NewSpool makes an empty one.
func NewSpool() (*Spool, error) {
	f, err := os.CreateTemp("", "allwrong-*")
	if err != nil {
		return nil, err
	}
	_ = os.Remove(f.Name()) // where a file that is open may go; else Close takes it
	return &Spool{file: f, at: map[string][]span{}}, nil
}

// Add keeps a record.
func (s *Spool) Add(r *outcome.Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.line = r.AppendJSON(s.line[:0])
	if len(s.line) > maxSpooled {
		return fmt.Errorf("query %s, model %s: a record of %d bytes; at most %d are shown", outcome.Quote(r.Query), outcome.Quote(r.Model), len(s.line), maxSpooled)
	}
	if _, err := s.file.WriteAt(s.line, s.end); err != nil {
		return err
	}
	s.at[r.Query] = append(s.at[r.Query], span{s.end, int32(len(s.line))})
	s.end += int64(len(s.line))
	return nil
}

// maxSpooled bounds one record, in bytes.
const maxSpooled = 1 << 30

// Question gives a query with all that its records say; nil when none was kept.
func (s *Spool) Question(query string, threshold float64) (*audit.Question, error) {
	x := &audit.Question{Query: query}
	n := 0
	err := s.each(query, func(r *outcome.Record) {
		x.Note(r, threshold)
		n++
	})
	if err != nil || n == 0 {
		return nil, err
	}
	x.Settle()
	return x, nil
}

func (s *Spool) each(query string, visit func(r *outcome.Record)) error {
	s.mu.Lock()
	spans := s.at[query]
	s.mu.Unlock()
	for _, p := range spans {
		line := make([]byte, p.size)
		if _, err := s.file.ReadAt(line, p.from); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		var r outcome.Record
		if err := outcome.ParseRecord(line, outcome.WantAnswer|outcome.WantResponse|outcome.WantPrompt, &r); err != nil {
			return err
		}
		visit(&r)
	}
	return nil
}

// Close gives the file back.
func (s *Spool) Close() error {
	err := s.file.Close()
	if gone := os.Remove(s.file.Name()); gone != nil && !errors.Is(gone, os.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	return err
}
