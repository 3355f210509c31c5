package runfile

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// variable is the name of an environment variable: a key is not one, since keys
// mix letters of both cases with digits and dashes, or are long.
var variable = regexp.MustCompile(`^[A-Z_][A-Z0-9_]{0,99}$`)

// secret knows keys by the marks that those who hand them out give them.
var secret = regexp.MustCompile(`(?i:\bbearer\s+[a-z0-9._~+/-]{8,})` +
	`|\b(sk|pk|rk|gsk|xai|fw|nvapi|csk|pplx|tgp|r8)[-_][A-Za-z0-9_-]{16,}` +
	`|\bhf_[A-Za-z0-9]{16,}|\bAIza[A-Za-z0-9_-]{20,}|\bgh[a-z]_[A-Za-z0-9]{20,}|\bAKIA[A-Z0-9]{12,}` +
	`|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}|-----BEGIN [A-Z ]*PRIVATE KEY`)

// sensitive are the headers that carry keys.
var sensitive = regexp.MustCompile(`(?i)^(authorization|proxy-authorization|cookie|.*(api[-_]?key|token|secret|password).*)$`)

// opaque is a word that no person would have chosen.
var opaque = regexp.MustCompile(`^[A-Za-z0-9+/=_-]{24,}$`)

// secrets refuses every text of the file that looks like a key. The text is not
// said: errors are printed, and printed things are kept.
func (d *document) secrets(path string, v any) {
	switch v := v.(type) {
	case string:
		if secret.MatchString(v) {
			d.fault(path, "looks like a secret key, which a run file must not hold: set an environment variable, name it here, and change the key if this file was ever shared")
		}
	case []any:
		for i, x := range v {
			d.secrets(fmt.Sprintf("%s[%d]", path, i+1), x)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if secret.MatchString(key) {
				d.fault(path, "one of its keys looks like a secret, which a run file must not hold")
				continue
			}
			d.secrets(join(path, key), v[key])
		}
	}
}

// header refuses headers whose value may be a secret, and is no variable.
func (t *table) header(name, value string) {
	key := "headers." + name
	if v, named := strings.CutPrefix(value, "$"); named {
		if !variable.MatchString(v) {
			t.fault(key, "after $ comes the name of an environment variable, such as $MY_HEADER")
		}
		return
	}
	digits, letters := strings.ContainsAny(value, "0123456789"), strings.ContainsAny(strings.ToLower(value), "abcdefghijklmnopqrstuvwxyz")
	if sensitive.MatchString(name) || opaque.MatchString(value) && digits && letters {
		t.fault(key, "may be a secret, which a run file must not hold: set an environment variable and write its name after $, such as \"$MY_HEADER\"")
	}
}
