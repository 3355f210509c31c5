package feed

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/allwrong/allwrong/outcome"
)

const (
	maxLine = 16 << 20 // bytes
	maxHead = 4096     // bytes by which a file is known again
)

// File follows a file of outcomes, one JSON object a line, that others append to.
//
// A line counts once its end is there. A file that was cut off, written anew or
// replaced is noticed, by its size and its first bytes, and read from its
// beginning; the rest of one that was moved away meanwhile is read first, as long
// as this process had it open.
type File struct {
	path  string
	place Place
	f     *os.File
	notes []string
}

// OpenFile follows a file from a place on; the zero Place is its beginning.
func OpenFile(path string, from Place) (*File, error) {
	f := &File{path: path, place: from}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no regular file: watch follows a file of JSON lines, the folder of a run, or a database", path)
	}
	return f, f.open()
}

// Place is where reading goes on.
func (f *File) Place() Place { return f.place }

// Rewind goes back to a place.
func (f *File) Rewind(to Place) { f.place = to }

// Notes gives what was noted, and forgets it.
func (f *File) Notes() []string {
	out := f.notes
	f.notes = nil
	return out
}

func (f *File) note(format string, a ...any) { f.notes = append(f.notes, fmt.Sprintf(format, a...)) }

// Close closes the file.
func (f *File) Close() error {
	if f.f == nil {
		return nil
	}
	err := f.f.Close()
	f.f = nil
	return err
}

// open opens what the path names now, and goes to the place if it is the same file.
func (f *File) open() error {
	file, err := os.Open(f.path)
	if err != nil {
		return err
	}
	f.f = file
	same, err := f.known()
	if err == nil && !same {
		f.note("%s is not the file that was read before: read from its beginning", f.path)
		f.restart()
	}
	return err
}

func (f *File) restart() {
	f.place.Offset, f.place.Lines, f.place.Head, f.place.Digest = 0, 0, 0, ""
}

// known reports whether the open file is the one of the place, not cut off since.
func (f *File) known() (bool, error) {
	info, err := f.f.Stat()
	if err != nil || info.Size() < f.place.Offset {
		return false, err
	}
	if f.place.Head == 0 {
		return true, nil
	}
	digest, err := f.digest(f.place.Head)
	return digest == f.place.Digest, err
}

func (f *File) digest(n int64) (string, error) {
	head := make([]byte, n)
	if _, err := f.f.ReadAt(head, 0); err != nil {
		return "", err
	}
	sum := sha256.Sum256(head)
	return hex.EncodeToString(sum[:]), nil
}

// Read hands on the records of the lines that were finished since.
func (f *File) Read(ctx context.Context, take func(*outcome.Record) error) error {
	moved, err := f.moved()
	if err != nil {
		return err
	}
	if f.f != nil {
		same, err := f.known()
		if err != nil {
			return err
		}
		if !same {
			f.note("%s was cut off or written anew: read from its beginning", f.path)
			f.restart()
		}
		if err := f.lines(ctx, moved, take); err != nil {
			return err
		}
	}
	if !moved {
		return nil
	}
	f.Close()
	f.restart()
	if err := f.open(); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // the new one is not there yet
		}
		return err
	}
	f.note("%s was replaced: the rest of the old file was read, and the new one from its beginning", f.path)
	return f.lines(ctx, false, take)
}

// moved reports whether the path names another file than the open one, or none.
func (f *File) moved() (bool, error) {
	info, err := os.Stat(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil || f.f == nil {
		return f.f == nil, err
	}
	mine, err := f.f.Stat()
	return err == nil && !os.SameFile(info, mine), err
}

// lines reads from the place to the last end of a line; all of a file that is
// not written to any more.
func (f *File) lines(ctx context.Context, all bool, take func(*outcome.Record) error) error {
	if _, err := f.f.Seek(f.place.Offset, io.SeekStart); err != nil {
		return err
	}
	r := bufio.NewReaderSize(f.f, 1<<18)
	var line []byte
	var rec outcome.Record
	for n := 0; ; n++ {
		if n%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		size, err := readLine(r, &line)
		if err == io.EOF && (!all || size == 0) {
			if size > 0 {
				f.note("%s: the last line is not finished, and waits", f.path)
			}
			return f.remember()
		}
		if err != nil && err != io.EOF {
			return err
		}
		f.place.Offset += size
		f.place.Lines++
		if err := f.line(line, size, &rec, take); err != nil {
			return err
		}
	}
}

func (f *File) line(line []byte, size int64, rec *outcome.Record, take func(*outcome.Record) error) error {
	if len(bytes.TrimSpace(line)) == 0 {
		return nil
	}
	err := fmt.Errorf("%d bytes long; at most %d are read", size, maxLine)
	if size <= maxLine {
		err = outcome.ParseRecord(line, 0, rec)
	}
	if err == nil {
		err = take(rec)
	}
	switch {
	case err == outcome.ErrHeader:
		return nil
	case err != nil:
		return f.place.unreadable(fmt.Sprintf("%s:%d", f.path, f.place.Lines), err)
	}
	f.place.Taken++
	return nil
}

// readLine reads to the end of a line, and gives its size with it. What is longer
// than maxLine is read, and not kept. io.EOF: there is no end of a line yet.
func readLine(r *bufio.Reader, line *[]byte) (size int64, err error) {
	*line = (*line)[:0]
	for {
		part, err := r.ReadSlice('\n')
		size += int64(len(part))
		if size <= maxLine {
			*line = append(*line, part...)
		}
		if err != bufio.ErrBufferFull {
			return size, err
		}
	}
}

// remember notes the first bytes, by which the file is known again.
func (f *File) remember() (err error) {
	n := min(f.place.Offset, maxHead)
	if n == f.place.Head {
		return nil
	}
	f.place.Digest, err = f.digest(n)
	f.place.Head = n
	return err
}

// Models names the models of all finished lines. Lines that are no record are
// for Read to tell.
func (f *File) Models(ctx context.Context) ([]string, error) {
	at := &File{path: f.path}
	if err := at.open(); err != nil {
		return nil, err
	}
	defer at.Close()
	return namesOf(func(take func(*outcome.Record) error) error { return at.lines(ctx, false, take) })
}

// namesOf gives the models of records, in the order in which they come.
func namesOf(read func(take func(*outcome.Record) error) error) ([]string, error) {
	seen := map[string]bool{}
	var names []string
	err := read(func(r *outcome.Record) error {
		if !seen[r.Model] {
			name := string([]byte(r.Model))
			seen[name] = true
			names = append(names, name)
		}
		return nil
	})
	return names, err
}
