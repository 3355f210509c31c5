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

// collectedRun reads a run of allwrong collect: the database in its folder, or
// the file there that says in which database it lies. Lines, in places, are
// numbers of calls.
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

// collectedIn gives the file by which the run that a folder holds is read; empty
// when it holds none. The other files of such a folder belong to the run.
func collectedIn(dir string) string {
	for _, name := range []string{store.FileName, store.PointerName} {
		if path := filepath.Join(dir, name); collectedAt(path) {
			return path
		}
	}
	return ""
}

func collectedAt(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 100)
	n, err := io.ReadFull(f, head)
	return (err == nil || err == io.ErrUnexpectedEOF) && store.Is(head[:n])
}

// shared reads a run that machines share, named by its address.
func (r *reader) shared(src source) error {
	in := Input{Path: src.path, Format: collectedRun.name}
	to := r.sink(&in, src.path)
	err := readCollected(&file{path: src.path, opt: r.opt, ctx: r.ctx}, to)
	if none, ok := err.(*noOutcomes); ok {
		return r.skip(in, location{path: src.path, named: true}, none.why)
	}
	if err = to.end(err); err != nil {
		return r.refuse(in, err)
	}
	in.Status = StatusRead
	r.inputs = append(r.inputs, in)
	return nil
}
