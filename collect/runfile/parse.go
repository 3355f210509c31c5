package runfile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"github.com/allwrong/allwrong/collect/money"
	"github.com/allwrong/allwrong/outcome"
)

// Limits of a run.
const (
	maxAttempts    = 1000
	maxModels      = 10_000
	maxConcurrency = 100_000
	maxBudget      = 1 << 24 // tokens
	maxPrice       = 100_000 // dollars for a million tokens
	maxText        = 1 << 20 // bytes of a prompt or a reference
)

// Load reads and checks the file of a run. The error holds all that is wrong
// with it, as Faults.
func Load(path string) (*Run, error) { return load(path, true) }

// LoadModels is Load for a file whose models are all that is wanted: it needs no
// queries.
func LoadModels(path string) (*Run, error) { return load(path, false) }

func load(path string, queries bool) (*Run, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFile {
		return nil, &Fault{File: path, Err: fmt.Errorf("%d bytes; a run file has at most %d: queries go into a file of their own", info.Size(), maxFile)}
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return read(raw, path, queries)
}

// Parse reads and checks the text of a run file; path says where it lies.
func Parse(raw []byte, path string) (*Run, error) { return read(raw, path, true) }

func read(raw []byte, path string, queries bool) (*Run, error) {
	d := &document{file: path}
	top := d.parse(raw)
	if top == nil {
		return nil, d.sorted()
	}
	sum := sha256.Sum256(raw)
	base := filepath.Base(path)
	r := &Run{Path: path, SHA256: hex.EncodeToString(sum[:]), Text: string(raw), Name: strings.TrimSuffix(base, filepath.Ext(base))}
	d.secrets("", top.m)
	if name := top.str("name"); name != "" {
		r.Name = name
	}
	r.Store = top.store()
	r.Seed = uint64(top.integer("seed", 1, 0, 1<<62))
	r.Attempts = int(top.integer("attempts", 1, 1, maxAttempts))
	r.Concurrency = int(top.integer("concurrency", 32, 1, maxConcurrency))
	r.Timeout = time.Duration(top.integer("timeout_seconds", 600, 1, 86400)) * time.Second
	r.Budgets = top.budgets()
	r.CapUSD = top.cap()
	for _, t := range top.subs("endpoint") {
		r.Endpoints = append(r.Endpoints, t.endpoint())
	}
	for _, t := range top.subs("model") {
		r.Models = append(r.Models, t.model(r))
	}
	if queries || top.has("queries") {
		r.Queries = top.sub("queries").queries(filepath.Dir(path))
	}
	r.Graders = top.graders()
	top.done()
	d.whole(r)
	if err := d.sorted(); err != nil {
		return nil, err
	}
	return r, nil
}

// whole checks what no field alone shows.
func (d *document) whole(r *Run) {
	names := map[string]int{}
	for i := range r.Endpoints {
		d.twice(names, "endpoint", "name", r.Endpoints[i].Name, i+1)
	}
	ids := map[string]int{}
	for i := range r.Models {
		d.twice(ids, "model", "id", r.Models[i].ID, i+1)
	}
	switch {
	case len(r.Endpoints) == 0:
		d.fault("", "no endpoint: add [[endpoint]] with name, base_url and protocol")
	case len(r.Models) == 0:
		d.fault("", "no model: add [[model]] with id, endpoint and price")
	case len(r.Models) > maxModels:
		d.fault("model", "%d models; at most %d are asked in one run", len(r.Models), maxModels)
	}
}

// twice refuses a name that came before, and says where.
func (d *document) twice(seen map[string]int, table, field, name string, number int) {
	if name == "" {
		return
	}
	if first, known := seen[name]; known {
		where := d.at[fmt.Sprintf("%s[%d].%s", table, first, field)]
		d.fault(fmt.Sprintf("%s[%d].%s", table, number, field), "%s is the %s of %s %d too, at %s:%d:%d: give each its own",
			outcome.Quote(name), field, table, first, d.file, where.line, where.column)
		return
	}
	seen[name] = number
}

// budgets reads the ladder of token budgets.
func (t *table) budgets() []int64 {
	v, given := t.get("budgets")
	if !given {
		return []int64{2048, 8192, 32768}
	}
	list, ok := v.([]any)
	if !ok || len(list) == 0 || len(list) > 16 {
		t.fault("budgets", "want a list of 1 to 16 token budgets, such as [2048, 8192, 32768]")
		return nil
	}
	var out []int64
	for i, x := range list {
		n, ok := x.(int64)
		switch key := fmt.Sprintf("budgets[%d]", i+1); {
		case !ok || n < 1 || n > maxBudget:
			t.fault(key, "want a whole number of tokens from 1 to %d, not %s", maxBudget, show(x))
		case len(out) > 0 && n <= out[len(out)-1]:
			t.fault(key, "%d is not above %d: each budget is larger than the one before", n, out[len(out)-1])
		default:
			out = append(out, n)
		}
	}
	return out
}

// cap reads the most that may be spent.
func (t *table) cap() money.Nano {
	x, given := t.number("cap_usd", float64(money.Max/money.Dollar))
	if !given {
		t.fault("cap_usd", "missing: say the most that may be spent, in US dollars; cap_usd = 0 asks free models only")
	}
	n, _ := money.Dollars(x)
	return n
}

func (t *table) limits() Limits {
	s := t.sub("limits")
	defer s.done()
	return Limits{
		Concurrency:       int(s.integer("concurrency", 0, 1, maxConcurrency)),
		RequestsPerMinute: int(s.integer("requests_per_minute", 0, 1, 1<<30)),
		TokensPerMinute:   s.integer("tokens_per_minute", 0, 1, 1<<40),
		Context:           s.integer("context", 0, 1, 1<<30),
	}
}

// graders reads which grader grades which kind.
func (t *table) graders() map[string]string {
	out := t.texts("graders")
	for _, kind := range slices.Sorted(maps.Keys(out)) {
		name := out[kind]
		if err := checkKind(kind); err != nil {
			t.fault("graders."+kind, "%v", err)
			continue
		}
		k, v, ok := strings.Cut(name, "/")
		if !ok || k != kind || !version.MatchString(v) {
			t.fault("graders."+kind, "%s is no version of a grader of this kind; want %s", outcome.Quote(name), outcome.Quote(kind+"/1"))
		}
	}
	if out == nil {
		out = map[string]string{}
	}
	return out
}

// Kinds are how answers may be graded. Those of kind judge need models to judge
// them, and are graded after the run.
var Kinds = []string{"choice", "code", "exact", "judge", "math", "number"}

func checkKind(kind string) error {
	if slices.Contains(Kinds, kind) {
		return nil
	}
	return fmt.Errorf("%s is no kind of question; want one of %s", outcome.Quote(kind), strings.Join(Kinds, ", "))
}

var version = regexp.MustCompile(`^[1-9][0-9]{0,3}$`)

// name reads a name that outcomes may hold.
func (t *table) name(key, what string) string {
	s := t.need(key, what)
	if s != "" {
		if err := outcome.CheckName(key, s); err != nil {
			t.fault(key, "%v", err)
		}
	}
	return s
}

// date reads a day.
func (t *table) date(key string) string {
	v, given := t.get(key)
	if !given {
		return ""
	}
	if day, ok := v.(toml.LocalDate); ok {
		return day.String()
	}
	if s, ok := v.(string); ok {
		if _, err := time.Parse(time.DateOnly, s); err == nil {
			return s
		}
	}
	t.fault(key, "want a date such as 2026-11-25")
	return ""
}
