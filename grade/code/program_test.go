package code

import (
	"os"
	"strings"
	"testing"
)

func TestExtract(t *testing.T) {
	python, _ := find("")
	for _, c := range []struct{ name, response, program, rule string }{
		{"no block", "print(1)", "print(1)", "whole-response"},
		{"empty", " \n", "", "empty"},
		{"tagged", "x\n```python\nprint(1)\n```\ny", "print(1)\n", "last-block-in-python"},
		{"py3, capital, CRLF", "```Py3\r\nprint(1)\r\n```\r\n", "print(1)\n", "last-block-in-python"},
		{"attributes", "```{.python .numberLines}\nprint(1)\n```", "print(1)\n", "last-block-in-python"},
		{"title", "```python title=\"a.py\"\nprint(1)\n```", "print(1)\n", "last-block-in-python"},
		{"last of two", "```python\nprint(1)\n```\nbetter:\n```python\nprint(2)\n```", "print(2)\n", "last-block-in-python"},
		{"output behind it", "```python\nprint(1)\n```\nprints\n```\n1\n```", "print(1)\n", "last-block-in-python"},
		{"untagged", "```\nprint(1)\n```", "print(1)\n", "last-block"},
		{"untagged after another language", "```cpp\nint main() {}\n```\n```\nprint(1)\n```", "print(1)\n", "last-block"},
		{"other languages only", "```cpp\nint main() {}\n```", "", "blocks-in-other-languages"},
		{"cut off", "```python\nprint(1)\nprint(2", "print(1)\nprint(2\n", "last-block-in-python"},
		{"tildes", "~~~python\nprint('```')\n~~~", "print('```')\n", "last-block-in-python"},
		{"four backquotes", "````python\ns = '''\n```\n'''\n````", "s = '''\n```\n'''\n", "last-block-in-python"},
		{"in a list", "1. So:\n   ```python\n   if 1:\n       print(1)\n   ```", "if 1:\n    print(1)\n", "last-block-in-python"},
		{"within a line", "use ```x``` and ```python\nprint(1)\n```", "use ```x``` and ```python\nprint(1)\n```", ""},
	} {
		program, rule := extract(c.response, python, false)
		if c.rule == "" {
			continue // pinned by the fuzz target only: it must not panic
		}
		if program != c.program || rule != c.rule {
			t.Errorf("%s: got %q by %s, want %q by %s", c.name, program, rule, c.program, c.rule)
		}
	}
	if program, rule := extract("```python\nx\n```", python, true); program != "```python\nx\n```" || rule != "extracted" {
		t.Errorf("an extracted answer was changed: %q by %s", program, rule)
	}
}

// A block that was fenced comes back as it was.
func FuzzExtract(f *testing.F) {
	f.Add("print(1)\n", "text ```python\nx", true)
	f.Add("", "~~~~", false)
	python, _ := find("python")
	f.Fuzz(func(t *testing.T, program, around string, tag bool) {
		extract(around, python, false)
		lines := strings.ReplaceAll(program, "\r", "") + "\n"
		for strings.Contains(lines, "`````") {
			lines = strings.ReplaceAll(lines, "`````", "`")
		}
		name := ""
		if tag {
			name = "python"
		}
		got, _ := extract("`````"+name+"\n"+lines+"`````\n", python, false)
		if got != lines {
			t.Errorf("got %q, want %q", got, lines)
		}
	})
}

func TestParseTestsRefuses(t *testing.T) {
	for reference, want := range map[string]string{
		``:                                      "want {",
		`3`:                                     "want {",
		`{}`:                                    "no tests",
		`[]`:                                    "no tests",
		`{"tests": []}`:                         "no tests",
		`[3]`:                                   "want {",
		`{"tests": [{"in": "1"}]}`:              `unknown field "in"`,
		`["assert 1"] x`:                        "more than one",
		`{"tests": [{}], "asserts": ["1"]}`:     "one of the two",
		`{"tests": [{}], "time_limit": -1}`:     "time_limit",
		`{"tests": [{}], "time_limit": 1e9}`:    "time_limit",
		`{"tests": [{}], "memory_limit": 1e9}`:  "memory_limit",
		`{"tests": [{}], "float_tolerance": 1}`: "float_tolerance",
		`{"tests": [{}], "setup": "x"}`:         "setup",
		`{"tests": [{}], "checker": {"language": "python"}}`: "no source",
		`{"asserts": ["1"], "checker": {"source": "x"}}`:     "checker",
	} {
		if _, err := ParseTests(reference); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", reference, err, want)
		}
	}
	for _, reference := range []string{`["assert f(1) == 2"]`, ` {"tests":[{"input":"1","output":"2"}],"time_limit":0.5}`} {
		if _, err := ParseTests(reference); err != nil {
			t.Errorf("%s: %v", reference, err)
		}
	}
}

// What parses is within its limits, and parses again from what it prints.
func FuzzParseTests(f *testing.F) {
	f.Add(`{"tests":[{"input":"1","output":"2"}],"time_limit":1,"float_tolerance":1e-6,"checker":{"language":"c++","source":"x"}}`)
	f.Add(`["assert f(1) == 2"]`)
	f.Fuzz(func(t *testing.T, s string) {
		tests, err := ParseTests(s)
		if err != nil {
			return
		}
		if tests.cpu() < 0 || tests.cpu().Seconds() > maxTime || tests.memory() < 0 || tests.memory() > maxMemory<<20 {
			t.Errorf("limits %v, %d", tests.cpu(), tests.memory())
		}
		if _, err := ParseTests(reference(t, tests)); err != nil {
			t.Errorf("does not parse again: %v", err)
		}
	})
}

func TestSeveral(t *testing.T) {
	for prompt, want := range map[string]bool{
		"If there are multiple answers, print any of them.":       true,
		"Print any such permutation.":                             true,
		"If there is more than one solution, output any.":         true,
		"You can print the numbers in any order.":                 true,
		"You may print each letter in any case (upper or lower).": true,
		"Find the number of valid arrays modulo 998244353.":       false,
		"Print the number of ways, or -1 if there are none.":      false,
		"Is there any path from 1 to n? Print YES or NO.":         false,
		"": false,
	} {
		if got := several(prompt); (got != "") != want {
			t.Errorf("several(%q) = %q, want %v", prompt, got, want)
		}
	}
}

// The example of the documentation is a reference.
func TestDocumentedReference(t *testing.T) {
	page, err := os.ReadFile("../../docs/sandbox.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(page), "```json\n")
	example, _, found := strings.Cut(after, "```")
	tests, err := ParseTests(example)
	if !found || err != nil || tests.TimeLimit != 2 || tests.Checker == nil {
		t.Errorf("got %+v, %v", tests, err)
	}
}
