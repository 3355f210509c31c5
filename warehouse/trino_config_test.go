package warehouse

import (
	"strings"
	"testing"
	"time"
)

// Who asks, and how it is proved, comes from the URL and the environment; what
// proves it never goes where others can read it.
func TestConfigOfTrino(t *testing.T) {
	for _, c := range []struct {
		url, env, want, refused string
	}{
		{"trino://me@host:8080/hive/grades", "", "http://me@host:8080 hive grades", ""},
		{"trino://host:8080", "TRINO_USER=you", "http://you@host:8080  ", ""},
		{"trino://me@host:8080/hive/", "TRINO_USER=you", "http://me@host:8080 hive ", ""},
		{"trino://me@host:443/hive/grades", "TRINO_PASSWORD=s3:c@ret", "https://me:s3%3Ac%40ret@host:443 hive grades", ""},
		{"trino+https://me@host/hive/grades", "TRINO_TOKEN=abc", "https://me@host hive grades token", ""},
		{"trino://me@host:8080/hive", "TRINO_TOKEN=abc", "", "for anyone to read: write trino+https://"},
		{"trino://me@host:8080/hive", "TRINO_PASSWORD=abc", "", "for anyone to read: write trino+https://"},
		{"trino+https://me@host/hive", "TRINO_PASSWORD=abc TRINO_TOKEN=x", "", "both set: unset one"},
		{"trino://host:8080/hive", "", "", "nobody is named who asks"},
		{"trino://me@host/a/b/c", "", "", "too many parts"},
		{"trino://me@host/a/b?SSL=true", "", "", "nothing that follows ?"},
		{"trino://", "", "", "cannot be read"},
		{"trino://me@:8080/x", "", "", "cannot be read"},
	} {
		env := map[string]string{}
		for _, pair := range strings.Fields(c.env) {
			key, value, _ := strings.Cut(pair, "=")
			env[key] = value
		}
		got, err := configTrino(Source{URL: c.url, Timeout: 1500 * time.Millisecond}, func(key string) string { return env[key] })
		if c.refused != "" {
			if err == nil || !strings.Contains(err.Error(), c.refused) {
				t.Errorf("%s, %s: %v, want %s", c.url, c.env, err, c.refused)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s, %s: %v", c.url, c.env, err)
			continue
		}
		said := got.ServerURI + " " + got.Catalog + " " + got.Schema
		if got.AccessToken != "" {
			said += " token"
		}
		if said != c.want || got.SessionProperties["query_max_run_time"] != "1500ms" {
			t.Errorf("%s, %s: %q and %v, want %q and 1500ms", c.url, c.env, said, got.SessionProperties, c.want)
		}
	}
}

// Passwords in the URL are refused before anyone connects, and not repeated.
func TestTrinoURLWithPassword(t *testing.T) {
	_, err := Open(t.Context(), Source{URL: "trino://me:s3cret@127.0.0.1:1/hive/grades", Table: "t"})
	if err == nil || strings.Contains(err.Error(), "s3cret") || !strings.Contains(err.Error(), "TRINO_PASSWORD") {
		t.Errorf("%v", err)
	}
}
