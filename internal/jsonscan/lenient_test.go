package jsonscan

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestLenient(t *testing.T) {
	long := strings.Repeat("x", 70<<10)
	for in, want := range map[string]string{
		`{"a":NaN,"b":[Infinity,-Infinity,-1]}`: `{"a":null,"b":[null,null,-1]}`,
		`["NaN","\"NaN","\\",NaN]`:              `["NaN","\"NaN","\\",null]`,
		`NaN`:                                   `null`,
		`-Infinit`:                              `-Infinit`,
		`["` + long + `",NaN]`:                  `["` + long + `",null]`,
		`[` + strings.Repeat("NaN,\n", 20000) + `"\u00e9"]`: `[` + strings.Repeat("null,\n", 20000) + `"\u00e9"]`,
		``: ``,
	} {
		for name, wrap := range map[string]func(io.Reader) io.Reader{
			"whole": func(r io.Reader) io.Reader { return r }, "bytes": iotest.OneByteReader, "data with EOF": iotest.DataErrReader,
		} {
			got, err := io.ReadAll(Lenient(wrap(strings.NewReader(in))))
			if err != nil || string(got) != want {
				t.Errorf("%s, %.40q: %.60q, %v; want %.60q", name, in, got, err, want)
			}
		}
	}
}

func TestMembersWith(t *testing.T) {
	read := func(in string) (string, error) {
		got := ""
		err := MembersWith(strings.NewReader(in), 100, "rows",
			func(key string, raw []byte, line int64) error {
				got += fmt.Sprintf("%d:%s=%s ", line, key, raw)
				return nil
			},
			func(raw []byte, line int64) error { got += fmt.Sprintf("%d:%s ", line, raw); return nil })
		return got, err
	}
	long := strings.Repeat(`"abcdefg",`, 100)
	for in, want := range map[string]string{
		"{\"a\":1,\n\"rows\":[1,\n{\"rows\":[2]}],\"b\":[3]}": `1:a=1 2:1 3:{"rows":[2]} 3:b=[3] `,
		`{"rows":[]}`:                    ``,
		`{"rows":null}`:                  `1:rows=null `,
		`{"rows":[` + long + `1],"z":1}`: strings.Repeat(`1:"abcdefg" `, 100) + `1:1 1:z=1 `,
	} {
		if got, err := read(in); err != nil || got != want {
			t.Errorf("%.40s: %.80s, %v; want %.80s", in, got, err, want)
		}
	}
	for in, want := range map[string]string{
		`{"rows":[1`:   "line 1: the array ends too early",
		`{"rows":[1 2`: "line 1: want ',' or ']'",
		`{"rows":[1]`:  "line 1: the object ends too early",
	} {
		if _, err := read(in); text(err) != want {
			t.Errorf("%s: %v, want %s", in, err, want)
		}
	}
}

func TestMembersWithin(t *testing.T) {
	for in, want := range map[string]string{
		"{\"a\":1,\"o\":{\"v\":2,\n\"rows\":[3,\n[4]],\"w\":{\"rows\":[5]}},\"rows\":[6]}": "1:a=1 1:o= 1:o.v=2 2:o.rows= 2:3 3:[4] 3:o.w={\"rows\":[5]} 3:rows=[6] ",
		`{"o":{"rows":[]},"o":{"rows":7}}`:                                                 `1:o= 1:o.rows= 1:o= 1:o.rows=7 `,
		`{"o":[1],"o.rows":[2],"x":{"o":{}}}`:                                              `1:o=[1] 1:o.rows=[2] 1:x={"o":{}} `,
		`{"o":{"o":{"rows":[1]}},"rows":null}`:                                             `1:o= 1:o.o={"rows":[1]} 1:rows=null `,
	} {
		got := ""
		err := MembersWithin(strings.NewReader(in), 100, "o", "rows",
			func(key string, raw []byte, line int64) error {
				got += fmt.Sprintf("%d:%s=%s ", line, key, raw)
				return nil
			},
			func(raw []byte, line int64) error { got += fmt.Sprintf("%d:%s ", line, raw); return nil })
		if err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", in, got, err, want)
		}
	}
}
