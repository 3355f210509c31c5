package feed

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/allwrong/allwrong/collect/store"
	"github.com/allwrong/allwrong/outcome"
)

// Run follows the folder of a run of allwrong collect. All cells are handed on at
// each reading: a run has an end, and verdicts may come long after answers. Whoever
// takes them has to know what was there before.
type Run struct {
	path  string
	place Place
}

// OpenRun follows a run, by its folder, by the file in it, or by the address of the
// database that machines share.
func OpenRun(path string, from Place) (*Run, error) {
	if store.IsAddress(path) {
		return &Run{path: path, place: from}, nil
	}
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return &Run{path: path, place: from}, err
	}
	for _, name := range []string{store.FileName, store.PointerName} {
		file := filepath.Join(path, name)
		if _, err := os.Stat(file); err == nil {
			return &Run{path: file, place: from}, nil
		}
	}
	return nil, fmt.Errorf("%s is no folder of a run of allwrong collect: it holds no %s", path, store.FileName)
}

// Place counts what was handed on; there is nothing else to go on from.
func (r *Run) Place() Place { return r.place }

// Rewind goes back to a place.
func (r *Run) Rewind(to Place) { r.place = to }

// Notes is empty.
func (r *Run) Notes() []string { return nil }

// Close does nothing: a run is open while it is read only.
func (r *Run) Close() error { return nil }

// Read hands on all cells of the run, by query and model.
func (r *Run) Read(ctx context.Context, take func(*outcome.Record) error) error {
	return r.each(ctx, func(rec *outcome.Record, call int64) error {
		if err := take(rec); err != nil {
			return r.place.unreadable(fmt.Sprintf("%s: call %d", r.path, call), err)
		}
		r.place.Taken++
		return nil
	})
}

// Models names the models of the run.
func (r *Run) Models(ctx context.Context) ([]string, error) {
	return namesOf(func(take func(*outcome.Record) error) error {
		return r.each(ctx, func(rec *outcome.Record, _ int64) error { return take(rec) })
	})
}

func (r *Run) each(ctx context.Context, visit func(*outcome.Record, int64) error) error {
	s, err := store.OpenFile(ctx, r.path)
	if err != nil {
		return err
	}
	defer s.Close()
	how, err := s.Collected(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", r.path, err)
	}
	if h := how.Schedule.For; how.Lazy || h != "" && h != store.ForMatrix {
		if how.Lazy {
			h = how.Lazily.For
		}
		return fmt.Errorf("%s was collected for a %s: models were asked only where it mattered, and its queries do not become complete. Such a run watches itself, by collect --until decided; here it takes collect --for matrix", r.path, h)
	}
	return s.Outcomes(ctx, 0, visit)
}
