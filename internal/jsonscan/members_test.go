package jsonscan

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func members(r io.Reader, most int) (string, error) {
	var out []string
	err := Members(r, most, func(key string, raw []byte, line int64) error {
		out = append(out, fmt.Sprintf("%d %s=%s", line, key, raw))
		return nil
	})
	return strings.Join(out, "; "), err
}

func TestMembers(t *testing.T) {
	long := strings.Repeat("x", 200_000)
	for _, c := range []struct{ in, want string }{
		{`{}`, ""},
		{" \n{ }\n", ""},
		{`{"a":1}`, "1 a=1"},
		{"{\n \"a\": {\"b\":\n[1]},\n \"c\" :\n null\n}", "2 a={\"b\":\n[1]}; 5 c=null"},
		{`{"a":1,"a":2}`, "1 a=1; 1 a=2"},
		{`{"q\"\u0041":"}"}`, `1 q"A="}"`},
		{`{"a":"` + long + `"}`, `1 a="` + long + `"`},
	} {
		for name, r := range map[string]io.Reader{
			"whole": strings.NewReader(c.in), "byte by byte": iotest.OneByteReader(strings.NewReader(c.in)),
		} {
			if got, err := members(r, 1<<20); err != nil || got != c.want {
				t.Errorf("Members(%.60q) %s = %.80q, %v; want %.80q", c.in, name, got, err, c.want)
			}
		}
	}
}

func TestMembersRefuses(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", "line 1: want an object"},
		{"\n[]", "line 2: want an object"},
		{"{", "line 1: the object ends too early"},
		{`{"a"`, "line 1: want ':' after a member's name"},
		{`{"a" 1}`, "line 1: want ':' after a member's name"},
		{`{"a":`, "line 1: the object ends too early"},
		{`{"a":1`, "line 1: the object ends too early"},
		{"{\"a\":1\n\"b\":2}", "line 2: want ',' or '}'"},
		{`{"a":1,}`, "line 1: want a member's name in double quotes"},
		{`{a:1}`, "line 1: want a member's name in double quotes"},
		{`{"a":1} {}`, "line 1: something follows the object"},
		{"{\"a\":\nNaN}", "line 2: NaN is not a number"},
		{`{"a":"` + strings.Repeat("x", 2000) + `"}`, "longer than 1000 bytes"},
	} {
		if _, err := members(strings.NewReader(c.in), 1000); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Members(%.60q): error %v, want one with %q", c.in, err, c.want)
		}
	}
}

func TestMembersPassesErrorsOn(t *testing.T) {
	mine := errors.New("mine")
	err := Members(strings.NewReader(`{"a":1}`), 100, func(string, []byte, int64) error { return mine })
	if err != mine {
		t.Errorf("error of the callback: got %v", err)
	}
	if _, err := members(iotest.ErrReader(mine), 100); !errors.Is(err, mine) {
		t.Errorf("error of the reader: got %v", err)
	}
}
