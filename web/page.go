package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"

	"github.com/allwrong/allwrong/report"
	"github.com/allwrong/allwrong/report/page"
)

//go:embed assets
var assets embed.FS

// static are our own scripts and styles.
func static() http.Handler {
	files, err := fs.Sub(assets, "assets/static")
	if err != nil {
		panic(err) // they are embedded
	}
	return http.FileServerFS(files)
}

// style gives a style that is made here.
func style(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write([]byte(text))
	}
}

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"visible":    page.Visible,
	"percent":    report.Percent,
	"points":     report.Points,
	"count":      func(n any) string { return report.Count(whole(n)) },
	"plural":     func(n any, one, many string) string { return report.Plural(whole(n), one, many) },
	"confidence": report.Confidence,
	"link": func(path, data string, more ...string) string {
		return address(path, append([]string{"data", data}, more...)...)
	},
	"chance": func(p float64) string { return strconv.FormatFloat(p, 'g', 2, 64) },
}).ParseFS(assets, "assets/*.html"))

func whole(n any) int64 {
	switch n := n.(type) {
	case int:
		return int64(n)
	case int64:
		return n
	case *int64:
		return *n
	}
	panic(fmt.Sprintf("%T is no whole number", n))
}

// view is what all pages have in common.
type view struct {
	Title  string
	Here   string // the path
	Data   string // which data, as in the address; empty for the first
	Sets   []setLink
	Notice *notice
	Strip  *strip
	Body   any
}

// setLink leads to one of the sets of data.
type setLink struct {
	Name, Data string
	Number     string // from 1; Data of the first is empty
	Chosen     bool
}

// notice is what has just happened.
type notice struct {
	Bad  bool
	Text string
	Undo int // the line that can be taken back; 0: none
}

func (s *Server) newView(r *http.Request, title string) *view {
	return &view{Title: title, Here: r.URL.Path}
}

// dataPage is a page about a set of data, the one that the address names.
func (s *Server) dataView(r *http.Request, title string) (*view, *dataset, error) {
	p := s.newView(r, title)
	p.Data = r.FormValue("data")
	s.mu.RLock()
	defer s.mu.RUnlock()
	at := 0
	if p.Data != "" {
		n, err := strconv.Atoi(p.Data)
		if err != nil || n < 1 || n > len(s.sets) {
			return nil, nil, fmt.Errorf("there are no data of number %q; they are gone when the server stops", p.Data)
		}
		at = n - 1
	}
	for i, d := range s.sets {
		link := setLink{Name: d.Name, Chosen: i == at, Number: strconv.Itoa(i + 1)}
		if i > 0 {
			link.Data = strconv.Itoa(i + 1)
		}
		p.Sets = append(p.Sets, link)
	}
	return p, s.sets[at], nil
}

// show writes a page. It is made in memory first, so that an error is an error
// and not half a page.
func (s *Server) show(w http.ResponseWriter, r *http.Request, status int, name string, p *view) {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, p); err != nil {
		http.Error(w, "allwrong: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

// fail says what went wrong.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, status int, err error) {
	s.refuse(w, r, status, err.Error())
}

// address is a path with a query, without what is empty.
func address(path string, pairs ...string) string {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}
