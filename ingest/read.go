package ingest

import (
	"context"
	"errors"
)

// Read reads files, folders, globs and "-" into one set.
func Read(ctx context.Context, paths []string, o Options) (*Result, error) {
	return nil, errors.New("not yet")
}
