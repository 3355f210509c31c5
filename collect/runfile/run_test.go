package runfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/allwrong/allwrong/collect/money"
	"github.com/allwrong/allwrong/grade/kinds"
)

// TestExample: the file that is written for a start parses, with what is in
// comments and without.
func TestExample(t *testing.T) {
	r, err := Parse([]byte(Example()), "dir/run.toml")
	if err != nil {
		t.Fatal(err)
	}
	large, ok := r.Model("large")
	if !ok || large.Name != "example/large-2026-10" || large.Price != (money.Price{Input: 3 * money.Dollar, CachedInput: 3 * money.Dollar / 10, Output: 15 * money.Dollar, Reasoning: 15 * money.Dollar}) ||
		large.PricedOn != "2026-11-25" || string(large.Parameters["temperature"]) != "0" {
		t.Errorf("%+v", large)
	}
	if small, _ := r.Model("small"); !small.Price.Free() || small.Name != "small" {
		t.Errorf("%+v", small)
	}
	if r.Name != "run" || r.Seed != 1 || r.Attempts != 1 || !slices.Equal(r.Budgets, []int64{2048, 8192, 32768}) || r.CapUSD != 5*money.Dollar ||
		r.Queries.Path != filepath.Join("dir", "questions.jsonl") || r.Graders["math"] != "math/1" || len(r.SHA256) != 64 {
		t.Errorf("%+v", r)
	}
	// What stands in comments as a field is one too.
	var all []string
	for line := range strings.Lines(Example()) {
		code := strings.TrimPrefix(line, "# ")
		if field, _, ok := strings.Cut(code, " = "); code != line && ok && !strings.Contains(field, " ") && field != "prompt" {
			line = code
		} else if strings.HasPrefix(code, "[[endpoint]]") {
			line = code
		}
		all = append(all, line)
	}
	r, err = Parse([]byte(strings.Join(all, "")), "run.toml")
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Endpoints) != 3 || r.Endpoints[2].Protocol != Anthropic || r.Endpoints[0].Headers["X-Team"] != "$TEAM_TOKEN" || r.Endpoints[0].Limits.TokensPerMinute != 400_000 ||
		r.Models[0].Limits.Context != 200_000 || r.Models[0].BudgetName != "max_completion_tokens" || len(r.Queries.Slices) != 1 || r.Queries.System == "" {
		t.Errorf("%+v", r)
	}
}

const (
	top   = "cap_usd = 1\n"
	ends  = "[[endpoint]]\nname = \"e\"\nbase_url = \"https://h.example/v1\"\nprotocol = \"openai\"\n"
	model = "[[model]]\nid = \"m\"\nendpoint = \"e\"\nprice = 0\n"
	asks  = "[queries]\npath = \"q.jsonl\"\nkind = \"math\"\n"
	least = top + ends + model + asks
)

func TestLeast(t *testing.T) {
	r, err := Parse([]byte(least), "run.toml")
	if err != nil {
		t.Fatal(err)
	}
	if r.Queries.Fields != (Fields{ID: "id", Prompt: "prompt", Reference: "reference"}) {
		t.Errorf("%+v", r.Queries.Fields)
	}
	// A model's context takes the rungs that it has no room for.
	m := r.Models[0]
	for context, want := range map[int64]int{0: 3, 100: 1, 8192: 1, 8193: 2, 1 << 20: 3} {
		m.Limits.Context = context
		if got := r.Ladder(&m); len(got) != want {
			t.Errorf("context %d: %v", context, got)
		}
	}
}

// TestRefusals: each mistake is refused at its place, by name, and with what to do.
func TestRefusals(t *testing.T) {
	priced := func(price string) string {
		return top + ends + "[[model]]\nid = \"m\"\nendpoint = \"e\"\n" + price + "\n" + asks
	}
	endpoint := func(lines string) string { return top + ends + lines + "\n" + model + asks }
	for _, c := range []struct{ file, want string }{
		{"a = [1, 2\nb = 3", "run.toml:2:1: not TOML"},
		{least + "[queries]\n", "not TOML"},
		{strings.Repeat("x", maxFile+1), "a run file has at most"},
		{"x = " + strings.Repeat("[", 50) + strings.Repeat("]", 50), "nested more than"},
		{ends + model + asks, "run.toml: cap_usd: missing"},
		{"cap_usd = -1\n" + ends + model + asks, "run.toml:1:1: cap_usd: want a number from 0"},
		{"cap_usd = nan\n" + ends + model + asks, "run.toml:1:1: cap_usd: want a number"},
		{"cap_usd = \"5\"\n" + ends + model + asks, "cap_usd: want a number from 0 to 1000000, not a text"},
		{"capusd = 5\n" + least, "run.toml:1:1: capusd: no such field; did you mean cap_usd?"},
		{"zzz = 5\n" + least, "zzz: no such field; the fields here are attempts,"},
		{"store = \"postgres://db.example/runs\"\n" + least, "run.toml:1:1: store: needs a name beside it"},
		{"name = \"r\"\nstore = \"mysql://db.example/runs\"\n" + least, "run.toml:2:1: store: want the address of a PostgreSQL database"},
		{"name = \"r\"\nstore = \"postgres://u:p@db.example/runs\"\n" + least, "store: holds a password"},
		{"name = \"r\"\nstore = \"postgres://db.example/runs?PASSWORD=p\"\n" + least, "store: holds a password"},
		{"name = \"r\"\nstore = \"postgres://db.example/runs?run=r\"\n" + least, "store: holds the name of a run"},
		{"attempts = 0\n" + least, "attempts: want a whole number from 1 to 1000, not 0"},
		{"attempts = 1.5\n" + least, "attempts: want a whole number"},
		{"budgets = []\n" + least, "budgets: want a list"},
		{"budgets = [10, 10]\n" + least, "run.toml:1:1: budgets[2]: 10 is not above 10"},
		{"budgets = [\"a\"]\n" + least, "budgets[1]: want a whole number of tokens"},
		{"endpoint = 3\n" + top + model + asks, "endpoint: want [[endpoint]], a table for each, not a number"},
		{top + model + asks, `run.toml:2:3: model[1].endpoint`}, // see below
		{top + ends + ends + model + asks, `run.toml:7:1: endpoint[2].name: "e" is the name of endpoint 1 too, at run.toml:3:1`},
		{top + ends + model + model + asks, `run.toml:11:1: model[2].id: "m" is the id of model 1 too, at run.toml:7:1`},
		{top + ends + asks, "no model"},
		{top + asks, "no endpoint"},
		{least + "[graders]\nmath = \"number/1\"\n", `graders.math: "number/1" is no version`},
		{least + "[graders]\nmath = \"math\"\n", "graders.math"},
		{least + "[graders]\nmaths = \"maths/1\"\n", `graders.maths: "maths" is no kind of question`},

		{priced(""), "model[1].price: missing"},
		{priced("price = 3"), "model[1].price: one number does for a free model only"},
		{priced("price = { input = 3 }"), "model[1].price.output: missing"},
		{priced("price = { input = 3, output = -1 }"), "model[1].price.output: want a number from 0"},
		{priced("price = { input = 3, output = inf }"), "model[1].price.output: want a number from 0"},
		{priced("price = { input = 3, output = 1e9 }"), "model[1].price.output"},
		{priced("price = { input = 3, output = 1e-12 }"), "less than a nano-dollar"},
		{priced("price = { input = 3, output = 4, cached = 1 }"), "run.toml:9:"},
		{priced("price = { input = 3, output = 4, cached = 1 }"), "model[1].price.cached: no such field"},
		{priced("price = { input = 3, output = 4 }"), "model[1].priced_on: missing"},
		{priced("price = { input = 3, output = 4 }\npriced_on = \"soon\""), "model[1].priced_on: want a date"},
		{priced("price = 0\nparameters = { max_tokens = 5 }"), "model[1].parameters.max_tokens: is not to be set here: budgets says it"},
		{priced("price = 0\nparameters = { stream = true }"), "model[1].parameters.stream: is not to be set"},
		{priced("price = 0\nparameters = { temperature = 3 }"), "model[1].parameters.temperature: want a number from 0 to 2"},
		{priced("price = 0\nparameters = { seed = 1.5 }"), "model[1].parameters.seed: want a whole number"},
		{priced("price = 0\nparameters = { since = 2026-01-01 }"), "model[1].parameters.since: a date cannot be sent"},
		{priced("price = 0\nparameters = { x = [nan] }"), "model[1].parameters.x"},
		{priced("price = 0\nbudget_name = \"n\""), "model[1].budget_name"},
		{top + ends + strings.Replace(model, `"e"`, `"f"`, 1) + asks, `model[1].endpoint: no [[endpoint]] has the name "f"`},
		{top + ends + strings.Replace(model, `"m"`, "\"a\\u0000b\"", 1) + asks, "model[1].id"},
		{top + ends + strings.Replace(model, `"m"`, `""`, 1) + asks, "model[1].id: missing"},

		{strings.Replace(least, `"openai"`, `"grpc"`, 1), `endpoint[1].protocol: "grpc" is neither`},
		{strings.Replace(least, "https://h.example/v1", "h.example", 1), "endpoint[1].base_url: want http"},
		{strings.Replace(least, "https://h.example/v1", "https://u:pw12345@h.example", 1), "endpoint[1].base_url: holds a user"},
		{strings.Replace(least, "https://h.example/v1", "https://h.example/?key=1", 1), "endpoint[1].base_url: holds a user, a query"},
		{endpoint("limits = { context = 5 }"), "endpoint[1].limits.context: is a limit of models"},
		{endpoint("limits = { concurrency = 0 }"), "endpoint[1].limits.concurrency: want a whole number from 1"},
		{strings.Replace(endpoint("key_env = \"KEY\""), "https:", "http:", 1), "base_url: http:// would send the key in the open"},

		{strings.Replace(least, "kind = \"math\"", "", 1), "queries.kind: missing"},
		{least + "kind_field = \"k\"\n", "queries.kind_field: stands beside kind"},
		{least + "tests = \"t\"\nreference = \"r\"\n", "queries.tests: stands beside reference"},
		{least + "template = \"{{.a}}\"\nprompt = \"p\"\n", "queries.template: stands beside prompt"},
		{least + "template = \"no field\"\n", "queries.template: names no field"},
		{least + "slices = [3]\n", "queries.slices[1]: want the name of a field"},
		{top + ends + model, "queries.path: missing"},
	} {
		_, err := Parse([]byte(c.file), "run.toml")
		if c.want == "run.toml:2:3: model[1].endpoint" {
			c.want = `model[1].endpoint: no [[endpoint]] has the name "e"`
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.200s\ngives: %v\nwant: %s", c.file, err, c.want)
		}
	}
}

// TestNoSecrets: what looks like a key is refused wherever it stands, and is not
// said again.
func TestNoSecrets(t *testing.T) {
	for _, secret := range []string{
		"sk-abcdefghijklmnop1234", "sk-ant-api03-AbCdEf_123456789-xyz", "gsk_ABCDEFGHIJKLMNOPQRST", "hf_abcdefghijklmnopqrstuvw",
		"AIzaSyA1234567890abcdefghijkl", "Bearer abcdef123456", "ghp_abcdefghijklmnopqrstuvwxyz0123456789", "AKIAABCDEFGHIJKLMNOP",
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
	} {
		for place, file := range map[string]string{
			"endpoint[1].key_env":    top + ends + "key_env = \"" + secret + "\"\n" + model + asks,
			"endpoint[1].headers.X":  top + ends + "headers = { X = \"" + secret + "\" }\n" + model + asks,
			"endpoint[1].base_url":   strings.Replace(least, "https://h.example/v1", "https://h.example/"+secret, 1),
			"model[1].parameters.u":  top + ends + model + "parameters = { u = \"" + secret + "\" }\n" + asks,
			"model[1].parameters.u[": top + ends + model + "parameters = { u = [\"" + secret + "\"] }\n" + asks,
			"queries.system":         least + "system = \"say " + secret + "\"\n",
			"name":                   "name = \"" + secret + "\"\n" + least,
			"":                       least + "[graders]\n\"" + secret + "\" = \"a/1\"\n",
		} {
			_, err := Parse([]byte(file), "run.toml")
			if err == nil || !strings.Contains(err.Error(), place) || !strings.Contains(err.Error(), "secret") && !strings.Contains(err.Error(), "never the key") {
				t.Errorf("%s at %s: %v", secret, place, err)
			} else if place != "" && strings.Contains(err.Error(), secret) {
				t.Errorf("%s at %s is said again: %v", secret, place, err)
			}
		}
	}
	for header, value := range map[string]string{
		"Authorization": "whatever", "x-api-key": "abc", "Cookie": "a=b", "X-Trace": "a1b2c3d4e5f6a7b8c9d0e1f2a3b4", "X-Auth-Token": "t",
		"X-Var": "$not a name",
	} {
		_, err := Parse([]byte(top+ends+fmt.Sprintf("headers = { %s = %q }\n", header, value)+model+asks), "run.toml")
		if err == nil || !strings.Contains(err.Error(), "endpoint[1].headers."+header) || strings.Contains(err.Error(), "a1b2c3") {
			t.Errorf("%s: %s: %v", header, value, err)
		}
	}
	for _, fine := range []string{`X-Title = "allwrong pilot 2026"`, `HTTP-Referer = "https://example.org/some/page"`, `Authorization = "$OTHER_KEY"`, `OpenAI-Organization = "$ORG"`} {
		if _, err := Parse([]byte(top+ends+"headers = { "+fine+" }\n"+model+asks), "run.toml"); err != nil {
			t.Errorf("%s: %v", fine, err)
		}
	}
	for _, name := range []string{"OPENROUTER_API_KEY", "_K1"} {
		if _, err := Parse([]byte(top+ends+"key_env = \""+name+"\"\n"+model+asks), "run.toml"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestKinds: the kinds are those that there are graders for, and judge.
func TestKinds(t *testing.T) {
	want := append(strings.Split(kinds.Names, ", "), "judge")
	slices.Sort(want)
	if !slices.Equal(Kinds, want) {
		t.Errorf("%v, want %v", Kinds, want)
	}
}

// TestAllFaults: what is wrong is said at once, in the order of the file.
func TestAllFaults(t *testing.T) {
	file := strings.Replace(strings.Replace(least, "cap_usd = 1", "cap_usd = -1", 1), "price = 0", "price = 1", 1)
	_, err := Parse([]byte(file), "run.toml")
	var all Faults
	if !errors.As(err, &all) || len(all) != 2 || all[0].Line != 1 || all[1].Line != 9 || all[1].Field != "model[1].price" {
		t.Errorf("%v", err)
	}
}

func TestLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pilot.toml")
	if _, err := Load(path); !os.IsNotExist(err) {
		t.Errorf("%v", err)
	}
	if err := os.WriteFile(path, []byte(top+ends+model), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err == nil {
		t.Error("a run without queries is taken")
	}
	r, err := LoadModels(path)
	if err != nil || r.Name != "pilot" || len(r.Models) != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	if err := r.EachQuery(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "add [queries]") {
		t.Errorf("%v", err)
	}
	if _, err := r.QueriesDigest(); err == nil {
		t.Error("no queries have a digest")
	}
}

// TestDocumented: the example of the documentation parses, and its table names
// the fields that there are.
func TestDocumented(t *testing.T) {
	raw, err := os.ReadFile("../../docs/runfile.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, ok := strings.Cut(string(raw), "```toml\n")
	block, _, closed := strings.Cut(block, "```")
	if r, err := Parse([]byte(block), "run.toml"); !ok || !closed || err != nil || len(r.Models) != 2 {
		t.Errorf("%+v, %v", r, err)
	}
	for table, file := range map[string]string{
		"":          "zzz = 1\n" + least,
		"endpoint.": top + ends + "zzz = 1\n" + model + asks,
		"model.":    top + ends + model + "zzz = 1\n" + asks,
		"queries.":  least + "zzz = 1\n",
	} {
		_, err := Parse([]byte(file), "run.toml")
		_, fields, ok := strings.Cut(fmt.Sprint(err), "the fields here are ")
		if !ok {
			t.Fatal(err)
		}
		for _, field := range strings.Split(fields, ", ") {
			if field == "endpoint" || field == "model" || field == "queries" {
				continue // tables, with rows of their own
			}
			if !strings.Contains(string(raw), "\n| `"+table+field+"` |") {
				t.Errorf("docs/runfile.md has no row for %s%s", table, field)
			}
		}
	}
}

// TestLargeFiles: a hostile file costs time in proportion to its size.
func TestLargeFiles(t *testing.T) {
	var keys, tables, values strings.Builder
	for i := 0; keys.Len() < maxFile/4; i++ {
		fmt.Fprintf(&keys, "k%d=1\n", i)
	}
	for tables.Len() < maxFile/4 {
		tables.WriteString("[[model]]\n")
	}
	for values.WriteString("budgets = ["); values.Len() < maxFile/4; {
		values.WriteString("1,")
	}
	values.WriteString("]")
	for name, file := range map[string]string{
		"keys": keys.String(), "tables": tables.String(), "values": values.String(),
		"dots":  strings.Repeat("a.", maxFile/8) + "a = 1",
		"texts": least + "template = \"" + strings.Repeat("{{if .a}}", 20_000) + "\"\n",
	} {
		start := time.Now()
		if _, err := Parse([]byte(file), "run.toml"); err == nil {
			t.Errorf("%s: taken", name)
		} else if text := err.Error(); len(text) > 20_000 {
			t.Errorf("%s: %d bytes of errors", name, len(text))
		}
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("%s: %s", name, d)
		} else {
			t.Log(name, d)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(Example()))
	f.Add([]byte(least))
	f.Add([]byte("endpoint = [{name = \"a\", headers = {\"a.b\" = 3}}]\n[model]\n[[model.x]]"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := Parse(raw, "run.toml")
		if err != nil {
			var all Faults
			if !errors.As(err, &all) {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		// What is taken can be collected.
		for i := range r.Models {
			if _, ok := r.Endpoint(r.Models[i].Endpoint); !ok || len(r.Ladder(&r.Models[i])) == 0 {
				t.Fatalf("%+v", r.Models[i])
			}
		}
		if r.CapUSD < 0 || r.Attempts < 1 || r.Queries.Path == "" {
			t.Fatalf("%+v", r)
		}
	})
}
