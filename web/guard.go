package web

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"net"
	"net/http"
	"strings"
)

// newToken is a secret of 192 bits.
func newToken() string {
	var b [24]byte
	rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// csp lets a page use our own files and nothing else.
const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard refuses who may not ask, before anything is looked at.
func (s *Server) guard(next http.Handler) http.Handler {
	crossSite := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("Content-Security-Policy", csp)
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Referrer-Policy", "same-origin") // with less, browsers call the origin of our own forms null
		head.Set("Cross-Origin-Opener-Policy", "same-origin")
		head.Set("Cross-Origin-Resource-Policy", "same-origin")
		head.Set("Cache-Control", "no-store")
		switch {
		case !s.ownHost(r.Host):
			s.refuse(w, r, http.StatusMisdirectedRequest, "This address is not ours: open the one that allwrong serve printed.")
		case r.Header.Get("Origin") != "" && r.Header.Get("Origin") != "http://"+r.Host:
			s.refuse(w, r, http.StatusForbidden, "A request from another site is refused.")
		case crossSite.Check(r) != nil:
			s.refuse(w, r, http.StatusForbidden, "A change from another site is refused.")
		case r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost:
			head.Set("Allow", "GET, HEAD, POST")
			s.refuse(w, r, http.StatusMethodNotAllowed, "Only GET and POST are understood.")
		case open(r.URL.Path) || s.known(r):
			next.ServeHTTP(w, r)
		case asksJSON(r) || r.Method == http.MethodPost:
			s.refuse(w, r, http.StatusUnauthorized, "No token: open the link that allwrong serve printed.")
		default:
			s.show(w, r, http.StatusUnauthorized, "enter.html", s.newView(r, "Enter"))
		}
	})
}

// open reports whether a path needs no token: it shows nothing of the data.
func open(path string) bool {
	return path == "/enter" || strings.HasPrefix(path, "/static/") || strings.HasSuffix(path, ".css")
}

// ownHost reports whether a Host header names our own address.
func (s *Server) ownHost(hostport string) bool {
	host, port, err := net.SplitHostPort(hostport)
	return err == nil && port == s.port && (host == "127.0.0.1" || host == "localhost")
}

// cookie is named by the port, since cookies know no ports.
func (s *Server) cookie() string { return "allwrong_" + s.port }

func (s *Server) known(r *http.Request) bool {
	c, err := r.Cookie(s.cookie())
	return err == nil && s.isToken(c.Value)
}

func (s *Server) isToken(given string) bool {
	return subtle.ConstantTimeCompare([]byte(given), []byte(s.token)) == 1
}

// enter turns the token into a cookie. The token stands in the fragment of the
// link, which browsers do not send: the page's script, or whoever pastes it, posts it.
func (s *Server) enter(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	if !s.isToken(r.PostFormValue("token")) {
		p := s.newView(r, "Enter")
		p.Notice = &notice{Bad: true, Text: "This is not the token of this server. It is printed anew each time that allwrong serve starts."}
		s.show(w, r, http.StatusUnauthorized, "enter.html", p)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: s.cookie(), Value: s.token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// asksJSON reports whether an answer is to be JSON.
func asksJSON(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") }

// refuse says why not, in the form in which an answer was asked for.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, status int, why string) {
	if asksJSON(r) {
		writeJSON(w, status, map[string]string{"error": why})
		return
	}
	p := s.newView(r, http.StatusText(status))
	p.Notice = &notice{Bad: true, Text: why}
	s.show(w, r, status, "error.html", p)
}
