package warehouse

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// noSecret refuses a password in a URL: URLs are printed, and kept in files.
func noSecret(s string) error {
	if !hasSecret(s) {
		return nil
	}
	return fmt.Errorf("%s: a password stands in the URL, and URLs are printed and kept: take it out and say it by the environment (PGPASSWORD or ~/.pgpass, TRINO_PASSWORD)", withoutSecret(s))
}

// Shown is a URL as it may be printed: without the password that should not
// stand in it.
func Shown(url string) string { return withoutSecret(url) }

// hasSecret looks at the text, because drivers read in their own way what
// net/url refuses or takes for something else: a password that holds a /, ? or #
// ends the host for one of them, and a ; parts parameters for another.
func hasSecret(s string) bool {
	_, rest, ok := strings.Cut(s, "://")
	if !ok {
		return false // a file's name
	}
	host := rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		host = rest[:i]
	}
	if _, err := url.Parse(s); err != nil || !strings.Contains(rest, "?") {
		rest = strings.ReplaceAll(rest, "=", " ") // no parameters there
	}
	for at, c := range rest {
		// user:password@, wherever the @ stands but in the value of a parameter
		if c == '@' && strings.Contains(rest[:min(at, len(host))], ":") && !strings.Contains(rest[strings.LastIndexAny(rest[:at], "?&;#")+1:at], "=") {
			return true
		}
	}
	_, rest, _ = strings.Cut(s, "://")
	for _, pair := range strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune("?&;#", r) }) {
		key, _, _ := strings.Cut(pair, "=")
		if k, err := url.QueryUnescape(key); err == nil {
			key = k
		}
		if strings.HasSuffix(strings.ToLower(strings.TrimSpace(key)), "password") && strings.Contains(pair, "=") {
			return true
		}
	}
	return false
}

// withoutSecret is a URL as it may be shown: of one that holds a secret, what
// certainly is none.
func withoutSecret(s string) string {
	if !hasSecret(s) {
		return s
	}
	scheme, _, _ := strings.Cut(s, "://")
	u, err := url.Parse(s)
	if err != nil || strings.Contains(u.Path+u.Fragment+u.RawQuery, "@") {
		return scheme + "://…"
	}
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	if name := u.User.Username(); name != "" {
		shown.User = url.User(name)
	}
	return shown.String()
}

// printable makes one line of what an engine says, whatever it says: it goes to
// terminals, which obey some characters.
func printable(s string) string {
	const most = 600
	var b strings.Builder
	for i, r := range s {
		switch {
		case i >= most:
			b.WriteString("…")
			return b.String()
		case r == '\n' || r == '\r' || r == '\t':
			b.WriteByte(' ')
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			q := strconv.QuoteRuneToASCII(r)
			b.WriteString(q[1 : len(q)-1])
		}
	}
	return b.String()
}
