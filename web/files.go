package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/allwrong/allwrong/report/page"
)

// What dropped files may cost.
const (
	maxDropped = 1 << 30 // bytes of all files of a drop
	maxFiles   = 1000    // of a drop
	maxSets    = 8       // that the server holds, the first of them the command's
)

// files takes files that were dropped, reads them here, and shows them as a set
// of data of their own. They are gone when the server ends.
func (s *Server) files(w http.ResponseWriter, r *http.Request) {
	if s.o.Load == nil {
		s.refuse(w, r, http.StatusNotFound, "This server takes no files.")
		return
	}
	if !s.loading.TryLock() {
		s.refuse(w, r, http.StatusTooManyRequests, "Other files are being read: try again in a moment.")
		return
	}
	defer s.loading.Unlock()
	s.mu.RLock()
	full := len(s.sets) >= maxSets
	s.mu.RUnlock()
	if full {
		s.refuse(w, r, http.StatusTooManyRequests, fmt.Sprintf("The server holds %d sets of data already: start it again, or start another.", maxSets))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxDropped)
	d, err := s.take(r)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		s.refuse(w, r, http.StatusRequestEntityTooLarge, fmt.Sprintf("More than %d MB: name large files on the command line instead.", maxDropped>>20))
		return
	case err != nil:
		s.refuse(w, r, http.StatusUnprocessableEntity, err.Error())
		return
	}
	s.mu.Lock()
	s.sets = append(s.sets, d)
	n := len(s.sets)
	s.mu.Unlock()
	http.Redirect(w, r, address("/", "data", strconv.Itoa(n)), http.StatusSeeOther)
}

// take stores the files of a form in a folder and reads them. The folder stays
// while the data may be read again, and goes after that.
func (s *Server) take(r *http.Request) (d *dataset, err error) {
	form, err := r.MultipartReader()
	if err != nil {
		return nil, errors.New("no files came: drop them on the page, or choose them")
	}
	folder, err := os.MkdirTemp("", "allwrong-*")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	names, err := store(form, folder)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, errors.New("no files came: drop them on the page, or choose them")
	}
	name := names[0]
	if len(names) > 1 {
		name = fmt.Sprintf("%s and %d more", name, len(names)-1)
	}
	ctx := context.WithoutCancel(r.Context()) // who closes the page may open it again
	data, err := s.o.Load(ctx, folder, name)
	if err != nil {
		return nil, errors.New(strings.ReplaceAll(err.Error(), folder+string(filepath.Separator), ""))
	}
	return openData(ctx, data)
}

// store writes the files of a form into a folder, by the last part of their
// names and never over one another.
func store(form *multipart.Reader, folder string) ([]string, error) {
	var names []string
	for {
		part, err := form.NextPart()
		if err == io.EOF {
			return names, nil
		}
		if err != nil {
			return nil, err
		}
		if part.FileName() == "" {
			continue
		}
		if len(names) == maxFiles {
			return nil, fmt.Errorf("more than %d files: pack them, or name their folder on the command line", maxFiles)
		}
		name := fileName(part.FileName())
		f, err := os.OpenFile(filepath.Join(folder, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, os.ErrExist) {
			return nil, fmt.Errorf("two files are named %s: rename one", name)
		}
		if err != nil {
			return nil, err
		}
		_, err = io.Copy(f, part)
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
}

// fileName keeps of a name that a browser sent what cannot lead elsewhere.
func fileName(sent string) string {
	name := sent[strings.LastIndexAny(sent, `/\`)+1:]
	name = page.Visible(name)
	name = strings.Map(func(r rune) rune {
		if r < 0x20 || strings.ContainsRune(`<>:"|?*`, r) {
			return '_'
		}
		return r
	}, name)
	name = strings.TrimLeft(name, ".") // hidden files are passed over
	if name == "" {
		name = "file"
	}
	if from := len(name) - 200; from > 0 { // the end says what kind of file it is
		return strings.ToValidUTF8(name[from:], "")
	}
	return name
}
