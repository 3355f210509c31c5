package runfile

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// asked reads the queries of a file under the settings of [queries].
func asked(t *testing.T, name, content, settings string) ([]Query, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
	r, err := Parse([]byte(top+ends+model+"[queries]\npath = \""+name+"\"\n"+settings), filepath.Join(dir, "run.toml"))
	if err != nil {
		return nil, err
	}
	var out []Query
	err = r.EachQuery(t.Context(), func(q *Query) error {
		q.Place = strings.TrimPrefix(q.Place, dir+"/")
		out = append(out, *q)
		return nil
	})
	return out, err
}

const choiceSettings = `
id = "key"
template = "{{.question}}\n{{.lettered_options}}{{if .hint}}\nHint: {{.hint}}{{end}}"
system = "Be brief."
reference = "answer"
kind = "choice"
options = "choices"
slices = ["subject", "none"]
`

// TestSameFromAll: JSON lines, CSV and Parquet of the same rows are the same queries.
func TestSameFromAll(t *testing.T) {
	lines := `{"key":1,"question":"2 + 2?","choices":["3","4"],"answer":"B","subject":"sums","hint":null}

{"key":"b","question":"\"1, 2\"\nor?","choices":["a"],"answer":"A","subject":"","hint":"look"}
`
	table := "\ufeffkey,question,choices,answer,subject,hint\r\n" +
		`1,2 + 2?,"[""3"",""4""]",B,sums,` + "\r\n" + `b,"""1, 2""` + "\n" + `or?","[""a""]",A,,look` + "\r\n"
	type row struct {
		Key      string   `parquet:"key"`
		Question string   `parquet:"question"`
		Choices  []string `parquet:"choices,list"`
		Answer   string   `parquet:"answer"`
		Subject  string   `parquet:"subject"`
		Hint     *string  `parquet:"hint,optional"`
	}
	look := "look"
	path := filepath.Join(t.TempDir(), "q.parquet")
	if err := parquet.WriteFile(path, []row{{"1", "2 + 2?", []string{"3", "4"}, "B", "sums", nil}, {"b", "\"1, 2\"\nor?", []string{"a"}, "A", "", &look}}); err != nil {
		t.Fatal(err)
	}
	packed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"q.jsonl": lines, "q.csv": table, "q.parquet": string(packed)} {
		settings := choiceSettings
		if name != "q.csv" { // CSV has no null: the empty hint is there, and empty
			settings = strings.Replace(settings, "{{if .hint}}\\nHint: {{.hint}}{{end}}", "", 1)
		}
		list, err := asked(t, name, content, settings)
		if err != nil || len(list) != 2 {
			t.Fatalf("%s: %+v, %v", name, list, err)
		}
		a, b := list[0], list[1]
		if a.ID != "1" || a.Prompt != "2 + 2?\nA. 3\nB. 4" || a.System != "Be brief." || a.Reference != "B" || a.Kind != "choice" || len(a.Options) != 2 || len(a.Slices) != 1 || a.Slices["subject"] != "sums" {
			t.Errorf("%s: %+v", name, a)
		}
		if want := "\"1, 2\"\nor?\nA. a"; !strings.HasPrefix(b.Prompt, want) || b.Slices != nil {
			t.Errorf("%s: %+v", name, b)
		}
		if name == "q.csv" && !strings.HasSuffix(b.Prompt, "Hint: look") {
			t.Errorf("%s: %q", name, b.Prompt)
		}
		if want := map[string]string{"q.jsonl": "q.jsonl:3", "q.csv": "q.csv:3", "q.parquet": "q.parquet:2"}[name]; b.Place != want {
			t.Errorf("%s: place %s", name, b.Place)
		}
	}
}

// TestTests: the tests of a code query are its reference.
func TestTests(t *testing.T) {
	list, err := asked(t, "q.jsonl", `{"id":"a","prompt":"Write f.","tests":["assert f(1) == 2"]}`, "kind = \"code\"\ntests = \"tests\"\n")
	if err != nil || list[0].Reference != `["assert f(1) == 2"]` {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestQueriesRefused(t *testing.T) {
	const plain = "kind = \"math\"\n"
	good := `{"id":"a","prompt":"p","reference":"1"}` + "\n"
	for _, c := range []struct{ name, content, settings, want string }{
		{"q.jsonl", "", plain, "q.jsonl: empty"},
		{"q.jsonl", "\n \n", plain, "no query"},
		{"q.jsonl", "[" + good + "]", plain, "one JSON document"},
		{"q.jsonl", good + "{\"id\":", plain, "q.jsonl:2:"},
		{"q.jsonl", good + good, plain, `q.jsonl:2: id: "a" is the id of the query at `},
		{"q.jsonl", good + strings.Replace(good, `"a"`, `"b","id":"c"`, 1), plain, `q.jsonl:2: "id": given twice`},
		{"q.jsonl", `{"prompt":"p"}`, plain, "q.jsonl:1: id: not there; the fields are prompt"},
		{"q.jsonl", `{"id":"","prompt":"p"}`, plain, "q.jsonl:1: id: empty"},
		{"q.jsonl", `{"id":"a\u0000","prompt":"p"}`, plain, "q.jsonl:1: id: query:"},
		{"q.jsonl", `{"id":"a"}`, plain, "q.jsonl:1: prompt: not there"},
		{"q.jsonl", `{"id":"a","prompt":" \n"}`, plain, "q.jsonl:1: prompt: empty: there is nothing to ask"},
		{"q.jsonl", `{"id":"a","prompt":"` + strings.Repeat("x", maxText+1) + `"}`, plain, "q.jsonl:1: prompt: 1048577 bytes"},
		{"q.jsonl", `{"id":"a","prompt":"p","x":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "}", plain, "q.jsonl:1"},
		{"q.jsonl", `{"id":"a","prompt":"` + "\xff" + `"}`, plain, "not valid UTF-8"},
		{"q.jsonl", `{"id":"a","prompt":"p","o":"A, B"}`, plain + "options = \"o\"\n", "q.jsonl:1: o: want a list of texts"},
		{"q.jsonl", `{"id":"a","prompt":"p","s":"a\u0007"}`, plain + "slices = [\"s\"]\n", "q.jsonl:1: s: slice"},
		{"q.jsonl", good, "kind_field = \"k\"\n", "q.jsonl:1: k: not there"},
		{"q.jsonl", good, "kind_field = \"prompt\"\n", `q.jsonl:1: prompt: "p" is no kind of question; want one of choice, code`},
		{"q.jsonl", good, "kind = \"maths\"\n", `queries.kind: "maths" is no kind of question`},
		{"q.jsonl", "\x1f\x8b\x08", plain, "q.jsonl: packed: unpack it first"},
		{"q.jsonl", good, plain + "template = \"{{.none}}\"\n", `q.jsonl:1: template: the template names the field "none"`},
		{"q.jsonl", good, plain + "template = \"{{.id}} {{.lettered_options}}\"\n", "there are no options"},
		{"q.csv", "id,prompt,id\na,p,b\n", plain, `q.csv:1: two columns have the name "id"`},
		{"q.csv", "id,prompt\na\n", plain, "q.csv:2:"},
		{"q.csv", "id,prompt\na,\"p\nq\n", plain, "q.csv:"},
		{"q.parquet", "PAR1 and then nothing", plain, "q.parquet:"},
	} {
		_, err := asked(t, c.name, c.content, c.settings)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s, %.80q: %v\nwant %s", c.name, c.content, err, c.want)
		}
	}
	// Up to ten are said, and reading ends.
	_, err := asked(t, "q.jsonl", strings.Repeat("{}\n", 5000), plain)
	var all Faults
	if !errors.As(err, &all) || len(all) != mostFaults+1 || !strings.Contains(err.Error(), "and 1 more") {
		t.Errorf("%v", err)
	}
}

// TestTemplates: fields and choices by fields, and nothing that runs.
func TestTemplates(t *testing.T) {
	for text, want := range map[string]string{
		"{{.a}}":             "x",
		"{{ .a }}-{{- .a }}": "x-x",
		"{{if .empty}}yes{{else}}no{{end}}{{.a}}":              "nox",
		"{{if .a}}{{if .empty}}1{{else if .a}}2{{end}}{{end}}": "2",
		"{{/* a remark */}}{{.a}}":                             "x",
		"{{.n}} {{.list}}":                                     `3 [1, "b"]`,
		"{{.code}}":                                            "{{.a}}", // what a field says is text
	} {
		p, err := newPrompts(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		r := jsonRow("q", 1, []byte(`{"a":"x","empty":"","n":3,"list":[1, "b"],"code":"{{.a}}"}`))
		if got, err := p.render(r, nil); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "plain", "{{", "{{.a", "{{.}}", "{{.a.b}}", "{{print .a}}", "{{.a | html}}", "{{len .a}}", "{{call .a}}", "{{$x := .a}}{{$x}}",
		"{{range .a}}{{.}}{{end}}", "{{with .a}}{{.b}}{{end}}", `{{define "x"}}{{.a}}{{end}}{{.a}}`, `{{template "x"}}`, `{{block "x" .}}{{end}}`,
		"{{if eq .a .b}}{{.a}}{{end}}", "{{if not .a}}{{.a}}{{end}}", "{{printf \"%1000000000d\" 1}}{{.a}}", "{{.a}}{{break}}", "{{1}}{{.a}}", "{{nil}}",
		strings.Repeat("{{if .a}}", 40) + "{{.a}}" + strings.Repeat("{{end}}", 40),
	} {
		if p, err := newPrompts(text); err == nil {
			t.Errorf("%.60q is taken: %+v", text, p.fields)
		}
	}
}

// TestDigest: the digest hangs on what is asked, and not on where the files lie.
func TestDigest(t *testing.T) {
	digest := func(content, settings string) string {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "q.jsonl"), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		r, err := Parse([]byte(least+settings), filepath.Join(dir, "run.toml"))
		if err != nil {
			t.Fatal(err)
		}
		d, err := r.QueriesDigest()
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	a := digest("{}", "")
	if a != digest("{}", "") || a == digest("{} ", "") || a == digest("{}", "system = \"s\"\n") || a == digest("{}", "slices = [\"s\"]\n") {
		t.Error("the digest hangs on the wrong things")
	}
}

func TestEachQueryEnds(t *testing.T) {
	dir := t.TempDir()
	var b strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&b, "{\"id\":%d,\"prompt\":\"p\"}\n", i)
	}
	if err := os.WriteFile(filepath.Join(dir, "q.jsonl"), []byte(b.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	r, err := Parse([]byte(least), filepath.Join(dir, "run.toml"))
	if err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	if err := r.EachQuery(t.Context(), func(*Query) error { return stop }); err != stop {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.EachQuery(ctx, func(*Query) error { return nil }); err != context.Canceled {
		t.Errorf("%v", err)
	}
}

func FuzzQueries(f *testing.F) {
	f.Add([]byte(`{"id":"a","prompt":"p","reference":"1","o":["x"]}`))
	f.Add([]byte("id,prompt,reference\na,\"p\n\",1\n"))
	f.Add([]byte("PAR1aaaaaaaaaaaaaaaaPAR1"))
	dir := f.TempDir()
	r, err := Parse([]byte(least+"options = \"o\"\nslices = [\"reference\"]\n"), filepath.Join(dir, "run.toml"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if err := os.WriteFile(r.Queries.Path, raw, 0o666); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		_ = r.EachQuery(t.Context(), func(q *Query) error {
			if q.ID == "" || seen[q.ID] || strings.TrimSpace(q.Prompt) == "" {
				t.Fatalf("%+v", q)
			}
			seen[q.ID] = true
			return nil
		})
	})
}
