package ingest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/allwrong/allwrong/collect/store"
	"github.com/allwrong/allwrong/outcome"
)

// collectedRun reads the database in the folder of a run of allwrong collect.
// Lines, in places, are numbers of calls.
var collectedRun = &format{
	name:   "run of allwrong collect",
	detect: func(h head) bool { return store.Is(h.bytes) },
	read:   readCollected,
}

func readCollected(f *file, to *sink) error {
	if f.path == stdin || f.archive != "" {
		return errors.New("a database cannot be read from a stream or an archive: name its file, or the folder of the run")
	}
	s, err := store.OpenFile(f.ctx, f.path)
	if err != nil {
		return err
	}
	defer s.Close()
	if to.input.Collected, err = s.Collected(f.ctx); err != nil {
		return fmt.Errorf("%s: %w", f.path, err)
	}
	if to.input.Collected.Queries == 0 {
		return &noOutcomes{"a run of which nothing was asked yet"}
	}
	to.joinedBy(joinedByID)
	return s.Outcomes(f.ctx, f.opt.Want, func(r *outcome.Record, call int64) error { return to.record(r, call) })
}

// collectedIn gives the database of the run that a folder holds; empty when it
// holds none. The other files of such a folder belong to the run.
func collectedIn(dir string) string {
	path := filepath.Join(dir, store.FileName)
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	head := make([]byte, 100)
	if _, err := io.ReadFull(f, head); err != nil || !store.Is(head) {
		return ""
	}
	return path
}
