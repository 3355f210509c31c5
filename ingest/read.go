package ingest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/allwrong/allwrong/collect/store"
	"github.com/allwrong/allwrong/internal/parquetscan"
	"github.com/allwrong/allwrong/outcome"
)

// headSize is how much of a file a format may look at to know it.
const headSize = 64 << 10

// bom is the mark that some editors put before UTF-8 text.
var bom = []byte("\xef\xbb\xbf")

// Read reads files, folders (recursively, hidden files passed over), globs,
// databases by their URLs, and "-" into one set. What it finds in folders and archives and does not know is
// listed as skipped; a file that is named itself has to be one that is read.
//
// Errors: a path that does not exist; a file that is broken, with up to ten
// places; a stated rate that the rows contradict; nothing to read at all; and
// *ConflictError when records disagree and Prefer names no winner. After an
// error the result, if any, lists the inputs and has no set.
func Read(ctx context.Context, paths []string, o Options) (*Result, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	set := outcome.NewSet()
	set.Prefer, set.ScoreThreshold, set.KeepAnswers, set.KeepCosts = o.Prefer, o.ScoreThreshold, o.KeepAnswers, o.KeepCosts
	return read(&reader{ctx: ctx, opt: &o, set: set}, paths)
}

// read reads all paths into what the reader has for it.
func read(r *reader, paths []string) (*Result, error) {
	list, err := sources(paths, r.opt.Prefer)
	if err != nil {
		return nil, err
	}
	if err := r.all(list); err != nil {
		return &Result{Inputs: r.inputs, Warnings: r.warnings}, err
	}
	r.remark()
	if r.warnings == nil {
		r.warnings = []Warning{}
	}
	return &Result{Set: r.set, Inputs: r.inputs, Warnings: r.warnings, list: list, opt: *r.opt}, nil
}

// reader is the state of one Read.
type reader struct {
	ctx      context.Context
	opt      *Options
	set      *outcome.Set
	inputs   []Input
	warnings []Warning
	broken   faults          // inputs that were refused
	taker    taker           // what takes the records in place of the set; nil: the set
	turn     <-chan struct{} // closed when all inputs before are in the set; nil: at once

	progress func(n int)
}

// settle says what is wrong once all is read.
func (r *reader) settle(list []source) error {
	if err := r.broken.err(); err != nil {
		return err
	}
	if r.taker != nil && r.taker.again() {
		return nil
	}
	if err := r.nothing(list); err != nil {
		return err
	}
	if err := r.unmet(); err != nil {
		return err
	}
	return r.conflicts(list)
}

func (r *reader) reporter(list []source) func(int) {
	if r.opt.Progress == nil {
		return func(int) {}
	}
	var mu sync.Mutex // a stream that was given up may still be heard of
	var read, told, total int64
	for _, s := range list {
		if total += s.size; s.stream {
			total = 0
			break
		}
	}
	return func(n int) {
		mu.Lock()
		defer mu.Unlock()
		if read += int64(n); read-told >= 1<<20 || read == total {
			told = read
			r.opt.Progress(read, total)
		}
	}
}

// source reads one file or stream. The error is one that ends all reading;
// what is wrong with the file alone is in r.broken.
func (r *reader) source(src source) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if src.skip != "" {
		r.inputs = append(r.inputs, Input{Path: src.path, Status: StatusSkipped, Why: src.skip})
		return nil
	}
	if store.IsAddress(src.path) {
		return r.shared(src)
	}
	if src.sql {
		return r.database(src)
	}
	at := location{path: src.path, name: src.name(), dir: filepath.Dir(src.path), named: src.named}
	in := Input{Path: src.path, Bytes: src.size}
	var raw io.Reader
	if src.path == stdin {
		raw, at.name, at.dir = r.opt.Stdin, "", ""
	} else {
		f, err := os.Open(src.path)
		if err != nil {
			return err
		}
		defer f.Close()
		magic := make([]byte, 4)
		if _, err := f.ReadAt(magic, 0); !src.stream && err == nil && isZip(magic) {
			return r.zip(src, f)
		}
		if !src.stream && string(magic) == parquetscan.Magic {
			return r.parquet(src, f)
		}
		raw = f
	}
	p := newPump(r.ctx, raw, r.progress)
	defer p.close()
	m := &meter{limits: r.opt.Limits}
	return r.stream(&in, at, p, p.taken.Load, m)
}

// location says where an input lies.
type location struct {
	path, name, dir, archive string
	named                    bool
	pack                     *archive // that it is an entry of
}

// stream reads one input from its packed bytes.
func (r *reader) stream(in *Input, at location, raw io.Reader, packed func() int64, m *meter) error {
	plain, done, err := m.expand(raw, packed)
	if err != nil {
		return r.refuse(*in, err)
	}
	defer done()
	b := bufio.NewReaderSize(plain, headSize)
	h := head{name: bareName(at.name), dir: at.dir}
	h.bytes, err = b.Peek(headSize)
	if h.whole = err == io.EOF; err != nil && err != io.EOF {
		return r.refuse(*in, err)
	}
	if bytes.HasPrefix(h.bytes, bom) {
		n, _ := b.Discard(len(bom))
		h.bytes = h.bytes[n:]
	}
	if why := unreadable(h); why != "" {
		return r.skip(*in, at, why)
	}
	fm := recognise(h, at.named)
	if fm == nil {
		return r.skip(*in, at, "no format knows it; "+known())
	}
	in.Format = fm.name
	to := r.sink(in, at.path)
	f := &file{Reader: b, path: at.path, name: h.name, dir: at.dir, archive: at.archive, pack: at.pack, opt: r.opt, ctx: r.ctx}
	err = fm.read(f, to)
	if none, ok := err.(*noOutcomes); ok {
		return r.skip(*in, at, none.why)
	}
	if err == nil {
		_, err = io.Copy(io.Discard, b) // to the end: for the checksums, and for the SHA-256
	}
	if err = to.end(err); err == nil {
		err = r.checkStated(to)
	}
	if err != nil {
		return r.refuse(*in, err)
	}
	if p, ok := raw.(*pump); ok {
		<-p.done
		in.SHA256, in.Bytes = fmt.Sprintf("%x", p.sum.Sum(nil)), p.taken.Load()
	}
	in.Status = StatusRead
	r.inputs = append(r.inputs, *in)
	return nil
}

// refuse notes that an input is broken. It gives an error only when there is no
// sense in reading on.
func (r *reader) refuse(in Input, err error) error {
	if e := r.ctx.Err(); e != nil {
		return e
	}
	r.broken.merge(err, func(e error) error { return atInput(in.Path, e) })
	in.Status, in.Why = StatusRefused, err.Error()
	r.inputs = append(r.inputs, in)
	return nil
}

// atInput names the input, unless the error does so already.
func atInput(path string, err error) error {
	text := err.Error()
	if path == stdin {
		if path = "standard input"; strings.HasPrefix(text, "line ") {
			return err
		}
	}
	if strings.HasPrefix(text, path) {
		return err
	}
	return fmt.Errorf("%s: %w", path, err)
}

// skip notes that an input is not one that is read; for one that was named
// itself that is an error.
func (r *reader) skip(in Input, at location, why string) error {
	if at.named {
		return r.refuse(in, errors.New(why))
	}
	in.Status, in.Why = StatusSkipped, why
	r.inputs = append(r.inputs, in)
	return nil
}

// unreadable says why no format has to be asked at all.
func unreadable(h head) string {
	switch b := h.bytes; {
	case len(bytes.TrimSpace(b)) == 0 && h.whole:
		return "empty"
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}) || bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		return "UTF-16 text: save it as UTF-8"
	case bytes.HasPrefix(b, gzipMagic) || bytes.HasPrefix(b, zstdMagic):
		return "packed twice: unpack it first"
	case isZip(b):
		return "a zip archive inside another, or in a stream: unpack it first"
	case bytes.HasPrefix(b, []byte(parquetscan.Magic)):
		return "Parquet inside an archive, or in a stream: unpack it to a file first, for its schema stands at its end"
	case len(b) > 262 && string(b[257:262]) == "ustar":
		return "a tar archive, which is not read: unpack it first"
	}
	return pickled(h.bytes)
}

// bareName takes away what names a packed form.
func bareName(name string) string {
	for _, end := range []string{".gz", ".zst", ".zstd"} {
		if s := strings.TrimSuffix(name, end); s != name {
			return s
		}
	}
	return name
}

// recognise asks the formats in their order. A file that was named itself and
// that none knows goes by the end of its name, so that the error can say what
// is wrong in it, and where.
func recognise(h head, named bool) *format {
	for _, f := range formats {
		if f.detect != nil && f.detect(h) {
			return f
		}
	}
	for _, f := range formats {
		for _, end := range f.ends {
			if named && strings.HasSuffix(strings.ToLower(h.name), end) {
				return f
			}
		}
	}
	return nil
}

func known() string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return "these are read: " + strings.Join(names, ", ")
}

// nothing is the error for paths below which there is no file that is read, or
// only runs that were made to try things out.
func (r *reader) nothing(list []source) error {
	trial := ""
	for _, in := range r.inputs {
		if in.Status != StatusRead {
			continue
		}
		if !in.trial {
			return nil
		}
		if trial == "" {
			trial = in.Path
		}
	}
	if trial != "" {
		return fmt.Errorf("nothing to read: %s is a demo run, and there is no other run", trial)
	}
	if len(list) == 0 {
		return errors.New("nothing to read: no file is there")
	}
	return fmt.Errorf("nothing to read: %s", plural(int64(len(r.inputs)), "file")+" found, the first of them "+first(r.inputs))
}

func first(in []Input) string {
	if len(in) == 0 {
		return "an archive without entries"
	}
	return in[0].Path + ": " + in[0].Why
}

func plural(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
