package allwrong_test

import (
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/allwrong/allwrong/"

// may lists, for each package, the packages of the project that it may reach,
// even through others. ARCHITECTURE.md says why; whoever adds an arrow there
// adds it here.
var may = map[string][]string{
	"internal/jsonscan":          {},
	"internal/parquetscan":       {"internal/jsonscan"},
	"internal/sandbox":           {},
	"internal/pgtest":            {},
	"prob":                       {},
	"agreement":                  {"prob"},
	"grade/number":               {"grade", "grade/extract", "grade/plain"},
	"grade/plain":                {},
	"grade/exact":                {"grade", "grade/extract", "grade/plain"},
	"grade/extract":              {},
	"grade/judge":                {"agreement", "grade", "prob"},
	"grade/kinds":                {"grade", "grade/choice", "grade/code", "grade/exact", "grade/extract", "grade/math", "grade/number", "grade/plain", "internal/sandbox"},
	"grade/math":                 {"grade", "grade/extract"},
	"grade/math/internal/corpus": {},
	"outcome":                    {"internal/jsonscan"},
	"certify":                    {"outcome", "prob", "internal/jsonscan"},
	"dependence":                 {"outcome", "pattern", "prob", "internal/jsonscan"},
	"grade":                      {},
	"grade/choice":               {"grade", "grade/extract", "grade/plain"},
	"grade/code":                 {"grade", "internal/sandbox"},
	"pattern":                    {"outcome", "prob", "internal/jsonscan"},
	"audit":                      {"agreement", "grade", "outcome", "pattern", "prob", "internal/jsonscan"},
	"pool":                       {"outcome", "prob", "internal/jsonscan"},
	"budget":                     {"outcome", "prob", "internal/jsonscan"},
	"compare":                    {"outcome", "prob", "internal/jsonscan"},
	"groups":                     {"outcome", "prob", "internal/jsonscan"},
	"policy":                     {"outcome", "prob", "internal/jsonscan"},
	"simulate":                   {"outcome", "internal/jsonscan"},
	"ingest":                     {"collect/money", "collect/runfile", "collect/store", "outcome", "warehouse", "internal/jsonscan", "internal/parquetscan"},
	"watch":                      {"certify", "outcome", "prob", "internal/jsonscan"},
	"watch/feed":                 {"collect/money", "collect/runfile", "collect/store", "outcome", "warehouse", "internal/jsonscan", "internal/parquetscan"},
	"watch/tell":                 {"certify", "outcome", "prob", "watch", "internal/jsonscan"},
	"warehouse":                  {"outcome", "internal/jsonscan"},
	"export":                     {"outcome", "internal/jsonscan"},
	"collect":                    {"collect/chat", "collect/money", "collect/pace", "collect/runfile", "collect/schedule", "collect/store", "grade", "grade/choice", "grade/code", "grade/exact", "grade/extract", "grade/kinds", "grade/math", "grade/number", "grade/plain", "outcome", "internal/jsonscan", "internal/parquetscan", "internal/sandbox"},
	"collect/chat":               {"internal/jsonscan"},
	"collect/pace":               {},
	"collect/schedule":           {"outcome", "internal/jsonscan"},
	"collect/money":              {},
	"collect/runfile":            {"collect/money", "outcome", "internal/jsonscan", "internal/parquetscan"},
	"collect/store":              {"collect/money", "collect/runfile", "outcome", "internal/jsonscan", "internal/parquetscan"},
	"regrade":                    {"grade", "outcome", "internal/jsonscan"},
	"study":                      {"agreement", "audit", "budget", "certify", "dependence", "grade", "outcome", "pattern", "policy", "pool", "prob", "internal/jsonscan"},
	"replay":                     {"outcome", "internal/jsonscan"},
	"report":                     {"agreement", "audit", "budget", "certify", "compare", "dependence", "grade", "groups", "outcome", "pattern", "policy", "pool", "prob", "regrade", "watch", "internal/jsonscan"},
	"report/figure":              {"agreement", "audit", "budget", "certify", "compare", "dependence", "grade", "groups", "outcome", "pattern", "policy", "pool", "prob", "regrade", "report", "watch", "internal/jsonscan"},
	"report/page":                {"agreement", "audit", "budget", "certify", "compare", "dependence", "grade", "groups", "outcome", "pattern", "policy", "pool", "prob", "regrade", "report", "report/figure", "study", "watch", "internal/jsonscan"},
	"web":                        {"agreement", "audit", "budget", "certify", "compare", "dependence", "grade", "groups", "outcome", "pattern", "policy", "pool", "prob", "regrade", "report", "report/figure", "report/page", "study", "watch", "internal/jsonscan"},
	"cmd/allwrong":               {"agreement", "audit", "budget", "certify", "collect", "collect/chat", "collect/pace", "collect/schedule", "collect/money", "collect/runfile", "collect/store", "compare", "dependence", "export", "grade", "grade/choice", "grade/code", "grade/exact", "grade/extract", "grade/judge", "grade/kinds", "grade/math", "grade/number", "grade/plain", "groups", "ingest", "outcome", "pattern", "policy", "pool", "prob", "regrade", "report", "report/figure", "report/page", "replay", "simulate", "study", "warehouse", "web", "watch", "watch/feed", "watch/tell", "internal/jsonscan", "internal/parquetscan", "internal/sandbox"},
}

// never lists what of the standard library no measure may reach: files,
// networks and clocks would make a result depend on more than its arguments.
var never = map[string][]string{
	"prob":             {"net", "net/http", "os/exec"},
	"agreement":        {"net", "net/http", "os/exec"},
	"outcome":          {"net", "net/http", "os/exec"},
	"watch":            {"net", "net/http", "os/exec"},
	"certify":          {"net", "net/http", "os/exec"},
	"audit":            {"net", "net/http", "os/exec"},
	"grade":            {"net", "net/http", "os/exec"},
	"simulate":         {"net", "net/http", "os/exec"},
	"collect/schedule": {"net", "net/http", "os/exec"},
	"export":           {"outcome", "internal/jsonscan"},
	"report":           {"net", "net/http", "os/exec"},
}

// neverItself lists what a package may not import: libraries for packed files
// and for databases bring a little of the network with them, which nobody calls.
var neverItself = map[string][]string{
	"export":               {"net", "net/http", "os/exec"},
	"ingest":               {"net", "net/http", "os/exec"},
	"internal/parquetscan": {"net", "net/http", "os/exec"},
}

type goPackage struct {
	ImportPath string
	Imports    []string
	Deps       []string
	CgoFiles   []string
	Standard   bool
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports,Deps,CgoFiles,Standard", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); err == io.EOF {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

// TestArrows pins the arrows of ARCHITECTURE.md.
func TestArrows(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range packages(t) {
		name, ours := strings.CutPrefix(p.ImportPath, module)
		if !ours {
			if len(p.CgoFiles) > 0 && !p.Standard {
				t.Errorf("%s needs cgo", p.ImportPath)
			}
			continue
		}
		allowed, known := may[name]
		if !known {
			t.Errorf("package %s is not in the house: add it to ARCHITECTURE.md and to this test", name)
		}
		seen[name] = true
		for _, dep := range p.Imports {
			if slices.Contains(neverItself[name], dep) {
				t.Errorf("%s imports %s", name, dep)
			}
		}
		for _, dep := range p.Deps {
			if other, ours := strings.CutPrefix(dep, module); ours && !slices.Contains(allowed, other) {
				t.Errorf("%s reaches %s; it may reach %v", name, other, allowed)
			}
			if slices.Contains(never[name], dep) {
				t.Errorf("%s reaches %s", name, dep)
			}
		}
	}
	for name := range may {
		if !seen[name] {
			t.Errorf("package %s is gone: take it out of ARCHITECTURE.md and of this test", name)
		}
	}
}
