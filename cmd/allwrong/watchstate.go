package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/allwrong/allwrong/watch"
	"github.com/allwrong/allwrong/watch/feed"
)

// schemaWatchState names the file that keeps a watch.
const schemaWatchState = "allwrong/watch-state/1"

// stateFile is a watch, and the place in its source up to which it has read: both
// in one file, so that they cannot fall apart.
type stateFile struct {
	Schema      string            `json:"schema"`
	Source      string            `json:"source"`
	Place       feed.Place        `json:"place"`
	Since       time.Time         `json:"since"` // when the first reading ended: traffic is measured from then on
	Then        int64             `json:"then"`  // queries counted by then
	Undelivered []json.RawMessage `json:"undelivered"`
	State       *watch.State      `json:"state"`
}

var errBroken = errors.New("not the state of a watch")

// readStateFile reads the file of a watch; nil when there is none yet.
func readStateFile(path string) (*stateFile, error) {
	if path == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s := &stateFile{}
	if err := json.Unmarshal(raw, s); err != nil {
		return nil, fmt.Errorf("%s: %w: %w", path, errBroken, err)
	}
	switch {
	case s.Schema != schemaWatchState:
		return nil, fmt.Errorf("%s: schema %q; want %q", path, s.Schema, schemaWatchState)
	case s.State == nil:
		return nil, fmt.Errorf("%s: %w", path, errBroken)
	}
	if err := s.State.Restored(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// encode gives the file.
func (s *stateFile) encode() ([]byte, error) {
	raw, err := json.Marshal(s)
	return append(raw, '\n'), err
}

// replaceFile replaces a file as a whole: whoever is killed leaves the old one or
// the new one.
func replaceFile(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// mark notes when the first reading ended.
func (s *stateFile) mark(w *watch.State, now time.Time) {
	if s.Since.IsZero() {
		s.Since, s.Then = now.UTC().Truncate(time.Second), w.Earlier+w.Counted
	}
}

// perDay is the traffic since then; 0 where it was seen for less than an hour.
func (s *stateFile) perDay(now time.Time) float64 {
	seen := now.Sub(s.Since)
	if s.Since.IsZero() || seen < time.Hour {
		return 0
	}
	return float64(s.State.Earlier+s.State.Counted-s.Then) / seen.Hours() * 24
}
