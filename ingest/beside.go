package ingest

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// Beside is a neighbouring file that was read for an input: it names the model,
// the questions or the rate that the input itself does not. It is part of what
// a result rests on, so its content is on record.
type Beside struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"` // of its content, hexadecimal
}

// beside notes that the file of this path was read for the input.
func (s *sink) beside(path, sha256 string) {
	b := Beside{path, sha256}
	if !s.again() && !slices.Contains(s.input.Beside, b) {
		s.input.Beside = append(s.input.Beside, b)
	}
}

// sibling gives the content of another file by its path relative to the folder
// of f, and notes that it was read; nil when there is none, when it is too
// large, or when f is no file of its own on this machine.
func sibling(f *file, to *sink, name string) []byte {
	if f.archive != "" || f.path == stdin {
		return nil
	}
	path := filepath.Join(filepath.Dir(f.path), name)
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || info.Size() > int64(f.opt.Limits.Document) {
		return nil // a pipe is not even opened: it could block for ever
	}
	other, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer other.Close()
	b, err := io.ReadAll(io.LimitReader(other, int64(f.opt.Limits.Document)))
	if err != nil {
		return nil
	}
	to.beside(path, fmt.Sprintf("%x", sha256.Sum256(b)))
	return b
}

// besideFile notes a file that was read as a stream, by its content.
func (s *sink) besideFile(path string) error {
	if s.again() {
		return nil
	}
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, in); err != nil {
		return err
	}
	s.beside(path, fmt.Sprintf("%x", sum.Sum(nil)))
	return nil
}
