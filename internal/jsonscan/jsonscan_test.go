package jsonscan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

func TestSkip(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`{"a":[1,2.5e-3,{"b":"\u00e9\\"}],"c":null} `, ""},
		{` "abcdefgh\"ijkl"`, ""},
		{`-0.0`, ""},
		{`NaN`, "byte 1: NaN is not a number that JSON has; write null where there is none"},
		{`[1,-Infinity]`, "byte 4: -Infinity is not a number that JSON has; write null where there is none"},
		{`01`, "byte 3: not a number as JSON writes it"},
		{`1.`, "byte 3: not a number as JSON writes it"},
		{`-`, "byte 2: not a number as JSON writes it"},
		{"\"a\x01\"", "byte 3: a control character inside a string has to be escaped"},
		{"\"abc\xff\"", "byte 1: the string that begins here is not valid UTF-8"},
		{`"\x"`, "byte 2: not an escape that JSON knows"},
		{`"abc`, "byte 1: the string that begins here has no end"},
		{`{"a" 1}`, "byte 6: want ':' after a member's name"},
		{`{a:1}`, "byte 2: want a member's name in double quotes"},
		{`[1 2]`, "byte 4: want ',' or ']'"},
		{`{"a":1`, "byte 7: the value ends too early"},
		{``, "byte 1: the value ends too early"},
		{`nil`, "byte 1: not a JSON value"},
		{strings.Repeat("[", 300) + strings.Repeat("]", 300), "byte 257: nested too deeply"},
	} {
		_, err := Skip([]byte(c.in), MaxDepth)
		if got := text(err); got != c.want {
			t.Errorf("Skip(%.40q): %q, want %q", c.in, got, c.want)
		}
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestObject(t *testing.T) {
	var got []string
	err := Object([]byte(` {"a":1, "b\u0041" : {"x":[ ]},"":"\n"} `), 3, func(key, raw []byte) error {
		got = append(got, string(key)+"="+string(raw))
		return nil
	})
	if want := `[a=1 bA={"x":[ ]} ="\n"]`; err != nil || fmt.Sprint(got) != want {
		t.Errorf("members %v, %v; want %s", got, err, want)
	}
	for in, want := range map[string]string{
		`[1]`:         "byte 1: want an object",
		`{"a":1} x`:   "byte 9: something follows the value",
		`{"a":[[]]}`:  "byte 7: nested too deeply",
		`{"a":1,}`:    "byte 8: want a member's name in double quotes",
		`{"a":1,"b"}`: "byte 11: want ':' after a member's name",
	} {
		if err := Object([]byte(in), 2, func(_, _ []byte) error { return nil }); text(err) != want {
			t.Errorf("Object(%q): %v, want %s", in, err, want)
		}
	}
	mine := errors.New("mine")
	if err := Object([]byte(`{"a":1}`), 1, func(_, _ []byte) error { return mine }); err != mine {
		t.Errorf("an error of f came back as %v", err)
	}
}

func TestUnquote(t *testing.T) {
	for _, in := range []string{`""`, `"abc"`, `"\"\\\/\b\f\n\r\t"`, `"\u00e9\ud83d\ude00"`, `"\ud83d"`, `"\ud83dx"`,
		`"\ude00\ud83d"`, `"\ud83d\u0041"`, `"\ud83d\ud83d\ude00"`, `"é€😀"`} {
		var want string
		if err := json.Unmarshal([]byte(in), &want); err != nil {
			t.Fatal(err)
		}
		if got, err := Unquote([]byte(in)); err != nil || got != want {
			t.Errorf("Unquote(%s) = %q, %v; encoding/json has %q", in, got, err, want)
		}
	}
	if _, err := Unquote([]byte(`17`)); text(err) != "byte 1: want a string" {
		t.Errorf("Unquote(17): %v", err)
	}
}

func TestElements(t *testing.T) {
	in := "\n[ {\"a\":1},\n\n\"two\",3 ,[4,\n5],-1234567890.1234567890]\n"
	want := `2:{"a":1} 4:"two" 4:3 4:[4,` + "\n" + `5] 5:-1234567890.1234567890 `
	for name, wrap := range map[string]func(io.Reader) io.Reader{
		"whole": func(r io.Reader) io.Reader { return r }, "bytes": iotest.OneByteReader, "data with EOF": iotest.DataErrReader,
	} {
		got := ""
		err := Elements(wrap(strings.NewReader(in)), 100, func(raw []byte, line int64) error {
			got += fmt.Sprintf("%d:%s ", line, raw)
			return nil
		})
		if err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
	}
	for in, want := range map[string]string{
		"":                                     "line 1: want an array",
		`{}`:                                   "line 1: want an array",
		`[`:                                    "line 1: the array ends too early",
		"[1\n,":                                "line 2: the array ends too early",
		`[1] 2`:                                "line 1: something follows the array",
		"[1,\n2 3]":                            "line 2: want ',' or ']'",
		"[1,\n[2,\nNaN]":                       "line 3: NaN is not a number that JSON has; write null where there is none",
		"[1,\n\"abc":                           "line 2: the string that begins here has no end",
		`["` + strings.Repeat("x", 100) + `"]`: "line 1: the element that begins here is longer than 100 bytes",
	} {
		err := Elements(strings.NewReader(in), 100, func([]byte, int64) error { return nil })
		if text(err) != want {
			t.Errorf("Elements(%.20q): %v, want %s", in, err, want)
		}
	}
	broken := errors.New("cable cut")
	err := Elements(io.MultiReader(strings.NewReader("[1,"), iotest.ErrReader(broken)), 100, func([]byte, int64) error { return nil })
	if !errors.Is(err, broken) {
		t.Errorf("a read error came back as %v", err)
	}
}

// endless begins an array whose first element never ends.
type endless struct{ n int64 }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	if e.n == 0 {
		copy(p, `["`)
	}
	e.n += int64(len(p))
	return len(p), nil
}

func TestElementsIsBounded(t *testing.T) {
	var e endless
	err := Elements(&e, 1<<20, func([]byte, int64) error { return nil })
	if err == nil || e.n > 4<<20 {
		t.Errorf("%d bytes were read for a limit of %d: %v", e.n, 1<<20, err)
	}
}

// FuzzSkip holds the scanner to encoding/json: it takes what encoding/json
// takes, except text that is not UTF-8, and gives the same strings.
func FuzzSkip(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5e-3,{"b":"\u00e9\\"}]}`, `"\ud83d\ude00"`, `[NaN]`, `-0.0e+1`, "\"\x01\"", `[[[]]`, `"abcdefgh\"" `} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if bytes.Count(b, []byte{'['})+bytes.Count(b, []byte{'{'}) > 200 {
			return // encoding/json nests deeper
		}
		n, err := Skip(b, MaxDepth)
		got := err == nil && space(b, n) == len(b)
		want := json.Valid(b) && utf8.Valid(b)
		if got != want {
			t.Fatalf("%q: taken %v (%v), encoding/json %v", b, got, err, want)
		}
		count := 0
		inner := Elements(iotest.HalfReader(io.MultiReader(strings.NewReader("["), bytes.NewReader(b), strings.NewReader("]"))), 1<<20,
			func([]byte, int64) error { count++; return nil })
		wrapped := append(append([]byte{'['}, b...), ']')
		if taken := inner == nil; taken != (json.Valid(wrapped) && utf8.Valid(wrapped)) {
			t.Fatalf("[%q]: Elements %v", b, inner)
		}
		if !want {
			return
		}
		var v any
		if json.Unmarshal(b, &v) == nil {
			compareValue(t, bytes.TrimSpace(b), v)
		}
	})
}

// compareValue walks a value with the scanner beside encoding/json's tree.
func compareValue(t *testing.T, raw []byte, v any) {
	switch v := v.(type) {
	case string:
		if s, err := Unquote(raw); err != nil || s != v {
			t.Fatalf("Unquote(%q) = %q, %v; want %q", raw, s, err, v)
		}
	case []any:
		i := 0
		if err := Array(raw, MaxDepth, func(raw []byte) error { compareValue(t, raw, v[i]); i++; return nil }); err != nil || i != len(v) {
			t.Fatalf("Array(%q): %d elements, %v; want %d", raw, i, err, len(v))
		}
	case map[string]any:
		last := map[string][]byte{} // of equal keys encoding/json keeps the last
		if err := Object(raw, MaxDepth, func(key, raw []byte) error { last[string(key)] = raw; return nil }); err != nil || len(last) != len(v) {
			t.Fatalf("Object(%q): %d members, %v; want %d", raw, len(last), err, len(v))
		}
		for _, raw := range last {
			var alone any
			if json.Unmarshal(raw, &alone) == nil {
				compareValue(t, raw, alone)
			}
		}
	}
}

var record = []byte(`{"query":"mmlu-pro/physics/000123","model":"claude-opus-4.8","attempt":0,"verdict":"right",` +
	`"answer":"C","input_tokens":512,"output_tokens":1033,"cost_usd":0.0123,"finish":"stop","seconds":4.25}`)

func BenchmarkObject(b *testing.B) {
	b.SetBytes(int64(len(record)))
	b.ReportAllocs()
	for b.Loop() {
		if err := Object(record, 2, func(key, raw []byte) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSkipText(b *testing.B) {
	text := []byte(`"` + strings.Repeat("Let us think step by step. ", 400) + `"`)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := Skip(text, 1); err != nil {
			b.Fatal(err)
		}
	}
}
