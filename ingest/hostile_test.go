package ingest

import (
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// Every format is in the table, and Parquet is where a format is read as Parquet.
func TestSpecimensCoverEveryFormat(t *testing.T) {
	have := map[string][]string{}
	eachSpecimen(t, func(t *testing.T, s *specimen, r *Result) {
		have[s.format] = append(have[s.format], s.form)
		if s.none {
			return
		}
		if in := statusOf(r, s.path); in.Format != s.format || in.Status != StatusRead {
			t.Errorf("%+v", in)
		}
		if right, wrong := graded(r.Set); right == 0 || wrong == 0 {
			t.Errorf("%d right and %d wrong: want some of both", right, wrong)
		}
		if (s.grade == "") == (s.nan == "") {
			t.Error("neither grade nor nan")
		}
	})
	for _, fm := range formats {
		if fm == collectedRun {
			continue // a database: see TestCollectedRun and TestBrokenRun
		}
		if fm.detect != nil && !slices.ContainsFunc(have[fm.name], func(form string) bool { return form != parquetForm }) {
			t.Errorf("no specimen of %s", fm.name)
		}
		if fm.knows != nil && !slices.Contains(have[fm.name], parquetForm) {
			t.Errorf("no specimen of %s as Parquet", fm.name)
		}
	}
	for _, b := range bundles {
		if !slices.Contains(have[b.name], zipForm) {
			t.Errorf("no specimen of the archive %s", b.name)
		}
	}
}

// A file that breaks off is never taken for a whole one.
func TestCutFiles(t *testing.T) {
	t.Parallel()
	eachSpecimen(t, func(t *testing.T, s *specimen, whole *Result) {
		n := len(strings.TrimRight(s.doc, "\n "))
		for _, cut := range []int{1, 3, n / 7, n / 4, n / 3, n / 2, n * 2 / 3, n * 3 / 4, n * 9 / 10, n - 9, n - 2, n - 1} {
			r, err := readFolder(t, s.folder(s.doc[:cut]), Options{AllowMismatch: true})
			if err != nil {
				continue
			}
			switch in := statusOf(r, s.path); {
			case in.Status == StatusSkipped:
			case s.form == linesForm && (s.doc[cut] == '\n' || s.doc[cut-1] == '\n'): // fewer lines, and all of them whole
			case s.form == csvForm: // the last cell may be a shorter one, and nothing but it
				if extra := newLines(cells(r.Set), cells(whole.Set)); extra > 1 {
					t.Errorf("cut at %d of %d: %d cells are other than those of the whole file", cut, n, extra)
				}
			default:
				t.Errorf("cut at %d of %d, it is taken: %+v\n%s", cut, n, in, s.doc[:cut])
			}
		}
	})
}

// newLines counts the lines of a that b has not.
func newLines(a, b string) int {
	n := 0
	for _, line := range strings.Split(a, "\n") {
		if line != "" && !slices.Contains(strings.Split(b, "\n"), line) {
			n++
		}
	}
	return n
}

// What decides a verdict may not be given twice: which of them is meant?
func TestGivenTwice(t *testing.T) {
	eachSpecimen(t, func(t *testing.T, s *specimen, _ *Result) {
		if s.grade == "" || s.format == mlflowTable.name {
			return
		}
		doc := s.regraded(s.grade + ", " + s.grade)
		if strings.HasSuffix(s.grade, "}]}") { // of HELM
			member := strings.TrimSuffix(s.grade, "}]}")
			doc = s.regraded(member + ", " + s.grade)
		}
		if s.form == csvForm {
			header, rest, _ := strings.Cut(s.doc, "\n")
			last := header[strings.LastIndex(header, ",")+1:]
			doc = header + "," + last + "\n" + strings.ReplaceAll(rest, "\n", ",\n")
		}
		if r, err := readFolder(t, s.folder(doc), Options{AllowMismatch: true}); err == nil {
			t.Errorf("taken: %+v", statusOf(r, s.path))
		}
	})
}

// A name says nothing about the content: not that it is packed, nor what it is.
func TestWrongExtensions(t *testing.T) {
	t.Parallel()
	eachSpecimen(t, func(t *testing.T, s *specimen, whole *Result) {
		if s.none {
			return
		}
		for _, end := range []string{".csv", ".txt", ".gz", path.Ext(s.path) + ".gz", ".parquet", ".zip"} {
			files := s.folder(s.doc)
			delete(files, s.path)
			name := strings.TrimSuffix(s.path, path.Ext(s.path)) + end
			files[name] = s.doc
			r, err := readFolder(t, files, Options{AllowMismatch: true})
			if err != nil {
				if in := statusOf(r, name); !s.beside || in.Format != s.format { // what lies beside it is found by its name
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			a, b := graded(r.Set)
			right, wrong := graded(whole.Set)
			if in := statusOf(r, name); in.Format != s.format || in.Status != StatusRead || a != right || b != wrong {
				t.Errorf("%s: %+v\n%s", name, in, cells(r.Set))
			}
		}
	})
}

// What is no number is no verdict: neither right nor wrong.
func TestNoNumberIsNoVerdict(t *testing.T) {
	t.Parallel()
	eachSpecimen(t, func(t *testing.T, s *specimen, whole *Result) {
		if s.none {
			return
		}
		before, value := s.value()
		docs := map[string]string{"Parquet": s.nan}
		if s.nan == "" {
			docs = map[string]string{}
			for _, v := range []string{"NaN", "Infinity", "-Infinity", "null", "nan", "inf", "-inf", `"NaN"`, `"Infinity"`} {
				rest := ""
				if strings.HasSuffix(value, "}]}") {
					rest = "}]}"
				}
				if s.format == mlflowTable.name {
					before, rest = "1,", `,"because"`
				}
				if !s.text || v[0] != '"' {
					docs[v] = s.regraded(before + v + rest)
				}
			}
		}
		right, wrong := graded(whole.Set)
		for name, doc := range docs {
			r, err := readFolder(t, s.folder(doc), Options{AllowMismatch: true})
			if err != nil {
				continue
			}
			if a, b := graded(r.Set); !s.twin && a+b >= right+wrong || a > right || b > wrong {
				t.Errorf("%s: %d right and %d wrong, of %d and %d\n%s", name, a, b, right, wrong, told(r))
			}
		}
	})
}

// Packed or not, in an archive or not, with the marks that editors leave or
// without: the outcomes are the same.
func TestPackedReadsAlike(t *testing.T) {
	t.Parallel()
	eachSpecimen(t, func(t *testing.T, s *specimen, whole *Result) {
		if s.none {
			return
		}
		binary := s.form == parquetForm || s.form == zipForm
		text := map[string]string{s.path: "\ufeff" + s.doc}
		for name, files := range map[string]map[string]string{
			"gzip": {s.path + ".gz": zipped(t, s.doc)}, "zstd": {s.path + ".zst": zstdOf(t, s.doc)}, "gzip without a name": {s.path: zipped(t, s.doc)},
			"zip": {"all.zip": zipFile(t, s.path, s.doc)}, "gzip in zip": {"all.zip": zipFile(t, s.path+".gz", zipped(t, s.doc))},
			"mark": text, "CRLF": {s.path: strings.ReplaceAll(s.doc, "\n", "\r\n")}, "mark in gzip": {s.path: zipped(t, "\ufeff"+s.doc)},
		} {
			if files["all.zip"] != "" && s.beside {
				continue
			}
			for k, v := range s.with {
				files[k] = v
			}
			r, err := readFolder(t, files, Options{AllowMismatch: true})
			switch {
			case binary && (err != nil || statusOf(r, "").Status != StatusRead):
			case binary:
				t.Errorf("%s: taken: %+v", name, r.Inputs)
			case err != nil:
				t.Errorf("%s: %v", name, err)
			case told(r) != told(whole) && !(name == "CRLF" && strings.Contains(s.doc, "\"How many?\n") || strings.Contains(s.doc, "['How many?\n")):
				t.Errorf("%s:\n%s\nwant\n%s", name, told(r), told(whole))
			}
		}
		for name, doc := range map[string]string{
			"out": zipFile(t, "../"+s.path, s.doc), "root": zipFile(t, "/"+s.path, s.doc), "drive": zipFile(t, `C:\x.json`, s.doc),
			"twice": zipFile(t, s.path, s.doc, s.path, s.doc),
		} {
			if r, err := readFolder(t, map[string]string{"all.zip": doc}, Options{}); err == nil {
				t.Errorf("%s: taken: %+v", name, r.Inputs)
			}
		}
	})
}

// The same file in two folders is one file.
func TestSameFileTwice(t *testing.T) {
	eachSpecimen(t, func(t *testing.T, s *specimen, whole *Result) {
		if s.none {
			return
		}
		files := map[string]string{}
		for name, doc := range s.folder(s.doc) {
			files["copy/"+name], files["run/"+name] = doc, doc
		}
		r, err := readFolder(t, files, Options{AllowMismatch: true})
		if err != nil {
			t.Fatal(err)
		}
		merged, settled := r.Set.Duplicates()
		if told(r) != told(whole) || settled != 0 {
			t.Errorf("%d merged, %d settled:\n%s\nwant\n%s", merged, settled, told(r), told(whole))
		}
		left := statusOf(r, path.Join("copy", s.path)).LeftOut
		if a := statusOf(r, path.Join("run", s.path)); a.Status == StatusRead && merged == 0 && len(left) == 0 {
			t.Errorf("nothing is merged: %+v", r.Inputs)
		}
	})
}

// Neither the number of processors nor the texts that are wanted change an outcome.
func TestReadingsAgree(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	eachSpecimen(t, func(t *testing.T, s *specimen, whole *Result) {
		for _, procs := range []int{1, 3} {
			for _, want := range []outcome.Fields{0, outcome.WantAnswer, outcome.WantAll} {
				runtime.GOMAXPROCS(procs)
				r, err := readFolder(t, s.folder(s.doc), Options{AllowMismatch: true, Want: want})
				if s.none {
					if err == nil {
						t.Errorf("taken: %+v", r.Inputs)
					}
				} else if err != nil || told(r) != told(whole) || fmt.Sprint(r.Warnings) == "" {
					t.Errorf("%d processors, want %b: %v", procs, want, err)
				}
			}
		}
	})
}
