package chat

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"
)

// Endpoint is a server and how it is spoken to. Zero fields mean the default.
type Endpoint struct {
	Name     string   // in errors; "" takes the host
	BaseURL  string   // such as https://openrouter.ai/api/v1; without a path, /v1 is added
	Protocol Protocol // "" is OpenAI
	KeyEnv   string   // name of the environment variable that holds the key; "" for a server without one

	Headers    map[string]string // sent with each request
	HeadersEnv map[string]string // the same, by name of the environment variable that holds the value, which is kept as secret as a key

	Timeout     time.Duration // for one request, from its sending to the last byte of its answer; 10 minutes
	MaxBody     int64         // bytes of one answer, unpacked; 16 MiB
	KeepRaw     int           // bytes kept in Answer.Raw and Error.Raw; 1 MiB
	Connections int           // connections kept open between requests; 256
}

// complete puts defaults in place of zeros, refuses what makes no sense, and
// gives the address that requests go to.
func (e Endpoint) complete() (Endpoint, string, error) {
	e.Protocol = cmp.Or(e.Protocol, OpenAI)
	w, known := wires[e.Protocol]
	if !known {
		return e, "", fmt.Errorf("endpoint %s: protocol: %q is neither %s nor %s", e.Name, e.Protocol, OpenAI, Anthropic)
	}
	u, err := base(e.BaseURL)
	if err != nil {
		return e, "", fmt.Errorf("endpoint %s: base URL: %w", e.Name, err)
	}
	if e.Timeout < 0 || e.MaxBody < 0 || e.KeepRaw < 0 || e.Connections < 0 {
		return e, "", fmt.Errorf("endpoint %s: timeout, body and connections may not be negative", e.Name)
	}
	e.Name = cmp.Or(e.Name, u.Host)
	e.Timeout = cmp.Or(e.Timeout, 10*time.Minute)
	e.MaxBody = cmp.Or(e.MaxBody, 16<<20)
	e.KeepRaw = cmp.Or(e.KeepRaw, 1<<20)
	e.Connections = cmp.Or(e.Connections, 256)
	return e, u.String() + w.path, nil
}

// base checks a base URL. What is wrong with one is said without printing it:
// people put keys into addresses.
func base(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, errors.New("not an address; want one such as https://api.openai.com/v1")
	case u.Scheme != "https" && u.Scheme != "http" || u.Host == "":
		return nil, errors.New("want http:// or https:// and a host, such as https://api.openai.com/v1")
	case u.User != nil:
		return nil, errors.New("holds a user or a password; name the variable that holds the key instead")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("holds a query or a fragment; want the part before the path of the call, such as https://api.openai.com/v1")
	}
	u = u.JoinPath()
	if u.Path = strings.TrimRight(u.Path, "/"); u.Path == "" {
		u.Path = "/v1"
	}
	u.RawPath = ""
	return u, nil
}

// shortSecret is the length, in bytes, under which a value is no secret: local
// servers take "none" or "EMPTY" for a key, and such words stand in answers.
const shortSecret = 8

// hidden stands where a secret stood.
const hidden = "[secret]"

// reserved are the headers that are not the caller's to set.
var reserved = []string{"Accept-Encoding", "Connection", "Content-Encoding", "Content-Length", "Content-Type", "Expect", "Host", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

// replaceable are the headers that have a value of our own, for want of another.
var replaceable = []string{"Accept", "User-Agent", "Anthropic-Version"}

// secure reads the key and the headers' values, and closes over them.
func (c *Client) secure(getenv func(string) string) error {
	header := http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}, "User-Agent": {"allwrong"}}
	maps.Copy(header, c.wire.header)
	var secrets, values []string
	if name := c.endpoint.KeyEnv; name != "" {
		key, err := valueOf(name, getenv)
		if err != nil {
			return fmt.Errorf("key: %w", err)
		}
		c.wire.key(header, key)
		secrets = append(secrets, key)
	}
	set := func(name, value string) error {
		own := http.CanonicalHeaderKey(name)
		switch {
		case !httpguts.ValidHeaderFieldName(name):
			return fmt.Errorf("headers: %.60q is no name of a header", name)
		case slices.Contains(reserved, own):
			return fmt.Errorf("headers: %s is not to be set", own)
		case !httpguts.ValidHeaderFieldValue(value):
			return fmt.Errorf("headers: the value of %s holds a character that no header may hold", own)
		case len(header[own]) > 0 && !slices.Contains(replaceable, own):
			return fmt.Errorf("headers: %s is set twice, or by the key already", own)
		}
		values = append(values, value)
		header[own] = []string{value}
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(c.endpoint.Headers)) {
		if err := set(name, c.endpoint.Headers[name]); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.endpoint.HeadersEnv)) {
		value, err := valueOf(c.endpoint.HeadersEnv[name], getenv)
		if err == nil {
			err = set(name, value)
		}
		if err != nil {
			return fmt.Errorf("headers: %s: %w", name, err)
		}
		secrets = append(secrets, value)
	}
	c.decorate = func(h http.Header) { maps.Copy(h, header) }
	c.redact = hide(secrets)
	conceal := hide(append(values, secrets...))
	c.conceal = func(s string) string { return string(conceal([]byte(s))) }
	// Values stand in the closures alone from here on.
	c.endpoint.Headers = nil
	return nil
}

// valueOf reads an environment variable, without the white space around it
// that $(cat file) and editors leave.
func valueOf(name string, getenv func(string) string) (string, error) {
	value := strings.TrimSpace(getenv(name))
	switch {
	case value == "":
		return "", fmt.Errorf("the environment variable %s is not set", name)
	case !httpguts.ValidHeaderFieldValue(value):
		return "", fmt.Errorf("the environment variable %s holds a character that no header may hold", name)
	}
	return value, nil
}

// hide makes the function that takes values out of a text, the longest first,
// so that one that holds another leaves no rest.
func hide(values []string) func([]byte) []byte {
	var long [][]byte
	for _, v := range values {
		for _, part := range append(strings.Fields(v), v) { // "Bearer abc" is echoed as "abc"
			if len(part) < shortSecret {
				continue
			}
			long = append(long, []byte(part))
			if escaped := strings.ReplaceAll(part, "/", `\/`); escaped != part {
				long = append(long, []byte(escaped))
			}
		}
	}
	slices.SortFunc(long, func(a, b []byte) int { return len(b) - len(a) })
	return func(text []byte) []byte {
		for _, v := range long {
			if bytes.Contains(text, v) {
				text = bytes.ReplaceAll(text, v, []byte(hidden))
			}
		}
		return text
	}
}
