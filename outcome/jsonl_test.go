package outcome

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"testing"
)

const fullLine = `{"query":"aime-7","model":"o3","attempt":2,"verdict":"right","score":0.75,"answer":"204","response":"so \"204\"\n","prompt":"How many?","reference":"204","kind":"number","options":4,"finish":"stop","input_tokens":512,"output_tokens":1033,"max_output_tokens":4096,"cost_usd":0.0123,"seconds":4.25,"slices":{"dataset":"aime","level":"5"},"family":"openai","source":"a.eval:3","grader":"number/1","x_run":{"id":[1,2]}}`

func TestParseRecordKeepsAll(t *testing.T) {
	var r Record
	if err := ParseRecord([]byte(fullLine), WantAll, &r); err != nil {
		t.Fatal(err)
	}
	if got := string(r.AppendJSON(nil)); got != fullLine {
		t.Errorf("written back as\n%s\nwant\n%s", got, fullLine)
	}
	if err := ParseRecord([]byte(fullLine), 0, &r); err != nil {
		t.Fatal(err)
	}
	if r.Answer+r.Response+r.Prompt != "" || len(r.Extra) > 0 || r.Reference != "204" {
		t.Errorf("fields that were not wanted: %+v", r)
	}
}

// A record that is used again must not keep anything of the record before.
func TestParseRecordForgets(t *testing.T) {
	short := `{"model":"b","verdict":"no_answer","reason":"refused","query":"q","slices":{"level":"5"},"score":null}`
	var used, fresh Record
	if err := errors.Join(ParseRecord([]byte(fullLine), WantAll, &used), ParseRecord([]byte(short), WantAll, &used), ParseRecord([]byte(short), WantAll, &fresh)); err != nil {
		t.Fatal(err)
	}
	got, want := string(used.AppendJSON(nil)), string(fresh.AppendJSON(nil))
	if got != want || used.Score != nil || len(used.Extra) > 0 || len(used.Slices) != 1 {
		t.Errorf("a used record reads as %s, a fresh one as %s", got, want)
	}
}

func TestParseRecordErrors(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{`{"model":"a","verdict":"right"}`, "query: missing or empty"},
		{`{"query":"a","verdict":"right"}`, "model: missing or empty"},
		{`{"query":null,"model":"a","verdict":"right"}`, "query: missing or empty"},
		{`{"query":"q","model":"a"}`, "neither verdict nor score is given"},
		{`{"query":"q","model":"a","verdict":"maybe"}`, `verdict: "maybe" is not a verdict (want right, wrong, no_answer or not_run)`},
		{`{"query":"q","model":"a","verdict":true}`, `verdict: true: want right, wrong, no_answer or not_run`},
		{`{"query":7,"model":"a","verdict":"right"}`, `query: 7: want a string`},
		{`{"query":"q","query":"r","model":"a","verdict":"right"}`, `query: given twice`},
		{`{"query":"q","model":"a","verdict":"right","x":1,"x":2}`, `"x": given twice`},
		{`{"query":"q","model":"a","verdict":"right","slices":{"s":"1","s":"2"}}`, `slices: "s": given twice`},
		{`{"query":"q","model":"a","verdict":"right","slices":{"level":5}}`, `slices: "level": 5: want a string`},
		{`{"query":"q","model":"a","verdict":"right","slices":{"level":[]}}`, `slices: want an object of strings`},
		{`{"query":"q","model":"a","verdict":"right","slices":["x"]}`, `slices: ["x"]: want an object of strings`},
		{`{"query":"q","model":"a","score":"1"}`, `score: "1": want a number`},
		{`{"query":"q","model":"a","score":NaN}`, `byte 34: NaN is not a number that JSON has; write null where there is none`},
		{`{"query":"q","model":"a","score":1e999}`, `score: 1e999: want a number from 0`},
		{`{"query":"q","model":"a","score":1,"attempt":-1}`, `attempt: -1: want a whole number from 0`},
		{`{"query":"q","model":"a","score":1,"attempt":99999999999}`, `attempt: 99999999999 is too large`},
		{`{"query":"q","model":"a","score":1,"input_tokens":1.5}`, `input_tokens: 1.5: want a whole number from 0`},
		{`{"query":"q","model":"a","score":1,"reason":"tired"}`, `reason: "tired" is not a reason (want refused, unparsed, truncated, empty, error or unscored)`},
		{`{"query":"q","model":"a","score":1,"schema":"allwrong/outcomes/2"}`, `schema: "allwrong/outcomes/2" is newer than what is read here, "allwrong/outcomes/1": update allwrong`},
		{`{"query":"q","model":"a","score":1,"schema":"mine"}`, `schema: "mine" is not "allwrong/outcomes/1"`},
		{`{"schema":"allwrong/outcomes/1"}`, ErrHeader.Error()},
		{`{"query":"q","model":"a","score":1`, "byte 35: the value ends too early"},
		{`[]`, "byte 1: want an object"},
	} {
		var r Record
		err := ParseRecord([]byte(c.line), WantAll, &r)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s\n got %v\nwant %s", c.line, err, c.want)
		}
	}
}

func TestAppendJSONLeavesOutWhatJSONHasNot(t *testing.T) {
	nan := math.NaN()
	r := Record{Query: "q\x01\xff\u2028", Model: "m", Verdict: Wrong, Score: &nan,
		Extra: map[string]json.RawMessage{"query": []byte("1"), "bad": []byte("{"), "z": []byte(" [1,\n2] ")}}
	if got, want := string(r.AppendJSON(nil)), "{\"query\":\"q\\u0001\ufffd\u2028\",\"model\":\"m\",\"verdict\":\"wrong\",\"z\":[1,2]}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestParseRecordDoesNotAllocate(t *testing.T) {
	line := []byte(fullLine)
	var r Record
	if n := testing.AllocsPerRun(100, func() {
		if err := ParseRecord(line, 0, &r); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations for a record like the one before, want 0", n)
	}
}

// FuzzParseRecord: what is read is written, and what is written is read as the same.
func FuzzParseRecord(f *testing.F) {
	f.Add([]byte(fullLine))
	f.Add([]byte(`{"query":"q","model":"m","score":1e-7,"z":" ","a":{ "b" : null }}`))
	f.Add([]byte(`{"schema":"allwrong/outcomes/1"}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		var r, again Record
		if ParseRecord(line, WantAll, &r) != nil {
			return
		}
		if !json.Valid(line) {
			t.Fatalf("%q was taken, and is not JSON", line)
		}
		first := r.AppendJSON(nil)
		if bytes.IndexByte(first, '\n') >= 0 {
			t.Fatalf("%q: more than one line", first)
		}
		if err := ParseRecord(first, WantAll, &again); err != nil {
			t.Fatalf("%s: %v", first, err)
		}
		if second := again.AppendJSON(nil); !bytes.Equal(first, second) {
			t.Fatalf("does not survive a round trip:\n%s\n%s", first, second)
		}
		if len(r.Slices) != len(again.Slices) || len(r.Extra) != len(again.Extra) {
			t.Fatalf("%s: %d labels and %d unknown fields, then %d and %d", first, len(r.Slices), len(r.Extra), len(again.Slices), len(again.Extra))
		}
		if len(r.Slices) == 0 { // nil and empty say the same
			r.Slices, again.Slices = nil, nil
		}
		r.Extra, again.Extra = nil, nil // equal but for white space, by the bytes above
		if !reflect.DeepEqual(r, again) {
			t.Fatalf("%+v\n%+v", r, again)
		}
	})
}

func BenchmarkParseRecord(b *testing.B) {
	line := []byte(`{"query":"mmlu-pro/physics/000123","model":"claude-opus-4.8","verdict":"right","answer":"C","finish":"stop","input_tokens":512,"output_tokens":1033,"cost_usd":0.0123,"seconds":4.25}`)
	var r Record
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		if err := ParseRecord(line, 0, &r); err != nil {
			b.Fatal(err)
		}
	}
}
