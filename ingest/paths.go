package ingest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/allwrong/allwrong/collect/store"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/warehouse"
)

// source is one file to be read, or standard input.
type source struct {
	path   string // as named, or as found below a folder that was named
	named  bool   // named itself, so that it has to be read or refused
	stream bool   // cannot be read twice
	sql    bool   // a database, by its URL
	size   int64  // bytes; 0 for a stream
	time   time.Time
	skip   string // why it is not read; empty when it is
}

func (s source) name() string { return filepath.Base(s.path) }

// stdin is how standard input is named, by users and in results.
const stdin = "-"

// sources lists what the paths name: files, folders with all below them, globs
// that no shell has expanded, databases, and "-". A file that is named twice is read once.
func sources(paths []string, prefer outcome.Prefer) ([]source, error) {
	if len(paths) == 0 {
		return nil, errors.New("no input: name files, folders or - for standard input")
	}
	var out []source
	for _, p := range paths {
		found, err := find(p)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	seen := map[string]bool{}
	out = slices.DeleteFunc(out, func(s source) bool {
		p := s.path
		if !store.IsAddress(p) {
			p = filepath.Clean(p)
		}
		again := seen[p]
		seen[p] = true
		return again
	})
	if prefer == outcome.PreferNewest {
		slices.SortStableFunc(out, func(a, b source) int { return a.time.Compare(b.time) })
	}
	return out, nil
}

func find(p string) ([]source, error) {
	if p == stdin {
		return []source{{path: stdin, named: true, stream: true, time: time.Now()}}, nil
	}
	if store.IsAddress(p) {
		if err := store.CheckAddress(p); err != nil {
			return nil, fmt.Errorf("the address of a run: %w", err)
		}
		return []source{{path: p, named: true, time: time.Now()}}, nil
	}
	if warehouse.Is(p) {
		return []source{{path: p, named: true, sql: true, time: time.Now()}}, nil
	}
	info, err := os.Stat(p)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(p, "*?[") {
			return findGlob(p)
		}
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		return nil, fmt.Errorf("open %s: %w", p, err)
	}
	if info.IsDir() {
		return findBelow(p)
	}
	return []source{{path: p, named: true, stream: !info.Mode().IsRegular(), size: info.Size(), time: info.ModTime()}}, nil
}

func findGlob(pattern string) ([]source, error) {
	names, err := filepath.Glob(pattern)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", pattern, err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("open %s: no file matches", pattern)
	}
	var out []source
	for _, n := range names {
		found, err := find(n)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// findBelow lists the files below a folder, in order of their paths. Hidden
// files and folders are passed over; links to folders are not followed. Of a
// folder that holds a run of allwrong collect there is the run alone.
func findBelow(dir string) ([]source, error) {
	var out []source
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case p != dir && strings.HasPrefix(d.Name(), ".") && d.IsDir():
			return filepath.SkipDir
		case d.IsDir() && collectedIn(p) != "":
			path := collectedIn(p)
			info, err := os.Stat(path)
			if err != nil {
				return err
			}
			out = append(out, source{path: path, size: info.Size(), time: info.ModTime()})
			return filepath.SkipDir
		case d.IsDir() || strings.HasPrefix(d.Name(), "."):
			return nil
		}
		info, err := os.Stat(p) // follows a link
		switch {
		case err != nil:
			out = append(out, source{path: p, skip: "a link that leads nowhere"})
		case info.IsDir():
			out = append(out, source{path: p, skip: "a link to a folder"})
		case !info.Mode().IsRegular():
			out = append(out, source{path: p, skip: "not a regular file"})
		default:
			out = append(out, source{path: p, size: info.Size(), time: info.ModTime()})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b source) int { return strings.Compare(a.path, b.path) })
	return out, nil
}
