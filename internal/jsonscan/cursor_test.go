package jsonscan

import (
	"fmt"
	"strings"
	"testing"
)

func TestCursor(t *testing.T) {
	const doc = ` {"a": 1, "in": {"b\u0042": "x", "e": {}} , "z": [{}]} `
	c := NewCursor([]byte(doc))
	var out []string
	var f func(key []byte) error
	f = func(key []byte) error {
		if k := string(key); k == "in" || k == "e" {
			out = append(out, k+"{")
			err := c.Object(f)
			out = append(out, "}")
			return err
		}
		raw, err := c.Value(2)
		out = append(out, fmt.Sprintf("%s=%s", key, raw))
		return err
	}
	if err := c.Object(f); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(out, " "), `a=1 in{ bB="x" e{ } } z=[{}]`; got != want {
		t.Errorf("walk: got %s, want %s", got, want)
	}
	if err := c.End(); err != nil {
		t.Errorf("End: %v", err)
	}
}

func TestCursorRefuses(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{``, "too early"},
		{`[]`, "want an object"},
		{`{"a":1`, "too early"},
		{`{"a":1 "b":2}`, "want ',' or '}'"},
		{`{"a":[[1]]}`, "nested too deeply"},
		{`{"a":1} x`, "something follows"},
	} {
		cur := NewCursor([]byte(c.in))
		err := cur.Object(func([]byte) error { _, err := cur.Value(1); return err })
		if err == nil {
			err = cur.End()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.in, err, c.want)
		}
	}
}
