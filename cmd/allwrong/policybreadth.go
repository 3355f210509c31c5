package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/budget"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/report"
)

const breadthHelp = `Breadth looks back at a list of releases and says what it was worth to be able to
change models: against whoever had committed to the best model of the first days,
and in the closed form of an option on the next release.

The registry is a CSV with a header: model, released (2025-11-24), accuracy (a
fraction) and price_usd (dollars a query). Accuracy and price may be left out when
result files are given: they are then taken from there, and models that are in one
of the two only are left out. Lines that begin with # are skipped.`

func newBreadth() *cobra.Command {
	var r reading
	var o budget.BreadthOptions
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "breadth REGISTRY.csv [PATH…]",
		Short:   "What is it worth to be able to change models?",
		Long:    breadthHelp,
		Example: "  allwrong policy breadth releases.csv\n  allwrong policy breadth releases.csv results/ --value-usd 50000 --build-usd 20000",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("no registry: name a CSV of model, released, accuracy, price_usd")
			}
			doc, err := lookBack(cmd, &r, args[0], args[1:], o)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), doc)
			}
			return report.Breadth(cmd.OutOrStdout(), doc.Breadth)
		},
	}
	r.flags(cmd)
	f := cmd.Flags()
	f.IntVar(&o.Days, "days", 90, "after the first release, `NUMBER` of days in which one would have committed")
	f.Float64Var(&o.ValueUSD, "value-usd", 0, "what a year is worth in `DOLLARS` if every answer is right")
	f.Float64Var(&o.BuildUSD, "build-usd", 0, "what committing costs at once, in `DOLLARS`")
	f.Float64Var(&o.Discount, "discount", 0.1, "discount a year, as a `FRACTION`")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// breadthDocument is the JSON of policy breadth.
type breadthDocument struct {
	Schema string `json:"schema"`
	*budget.Breadth
	Inputs   []ingest.Input   `json:"inputs"`
	Options  breadthOptions   `json:"options"`
	Warnings []budget.Warning `json:"warnings"`
}

type breadthOptions struct {
	reading
	Registry string  `json:"registry"`
	Days     int     `json:"days"`
	ValueUSD float64 `json:"value_usd"`
	BuildUSD float64 `json:"build_usd"`
	Discount float64 `json:"discount"`
}

func lookBack(cmd *cobra.Command, r *reading, registry string, paths []string, o budget.BreadthOptions) (*breadthDocument, error) {
	data, err := readRegistry(registry)
	if err != nil {
		return nil, err
	}
	doc := &breadthDocument{Schema: "allwrong/policy-breadth/1", Inputs: []ingest.Input{},
		Options: breadthOptions{*r, registry, o.Days, o.ValueUSD, o.BuildUSD, o.Discount}}
	var warnings []budget.Warning
	if len(paths) > 0 {
		result, err := r.load(cmd, paths)
		if err != nil {
			return nil, err
		}
		doc.Inputs = result.Inputs
		var left int
		if data, left = measured(data, result.Set.Summary(), r.keep); left > 0 {
			warnings = append(warnings, budget.Warning{Code: "unmatched", Message: fmt.Sprintf("%d models are in the registry or in the results only, and left out.", left)})
		}
		for _, w := range r.warnings(result) {
			warnings = append(warnings, budget.Warning(w))
		}
	}
	list := make([]budget.Release, 0, len(data))
	for _, x := range data {
		if x.accuracy == nil {
			return nil, fmt.Errorf("%s:%d: accuracy: %s has none; give the column, or result files", registry, x.line, outcome.Quote(x.Model))
		}
		x.Accuracy = *x.accuracy
		list = append(list, x.Release)
	}
	if doc.Breadth, err = budget.FollowReleases(list, o); err != nil {
		return nil, fmt.Errorf("%s: %w", registry, err)
	}
	doc.Breadth.Warnings = append(doc.Breadth.Warnings, warnings...)
	doc.Warnings = doc.Breadth.Warnings
	return doc, nil
}

// registered is a line of a registry.
type registered struct {
	budget.Release
	accuracy *float64 // nil when the line has none
	line     int
}

// measured takes accuracies and mean costs from results, where there are any.
func measured(list []registered, models []outcome.ModelSummary, keep func(string) bool) (out []registered, left int) {
	for _, m := range models {
		at := slices.IndexFunc(list, func(x registered) bool { return x.Model == m.Model })
		if at < 0 || m.Accuracy == nil || !keep(m.Model) {
			left++
			continue
		}
		x := list[at]
		x.accuracy = m.Accuracy
		if m.Priced > 0 {
			price := *m.CostUSD / float64(m.Priced)
			x.PriceUSD = &price
		}
		out = append(out, x)
	}
	return out, left + len(list) - len(out)
}

// maxRegistry bounds the size of a registry, in bytes.
const maxRegistry = 16 << 20

// registryColumns are the columns that are read, with the names they go by.
var registryColumns = map[string][]string{
	"model":     {"model", "model_id"},
	"released":  {"released", "created_date", "date"},
	"accuracy":  {"accuracy"},
	"price_usd": {"price_usd", "cost_usd"},
}

func readRegistry(path string) ([]registered, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxRegistry+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxRegistry {
		return nil, fmt.Errorf("%s: larger than %d MB", path, maxRegistry>>20)
	}
	r := csv.NewReader(bufio.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff")))))
	r.Comment = '#'
	head, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("%s: %v; want a CSV with a header", path, err)
	}
	at := map[string]int{}
	for name, known := range registryColumns {
		at[name] = slices.IndexFunc(head, func(h string) bool { return slices.Contains(known, strings.ToLower(strings.TrimSpace(h))) })
	}
	for _, name := range []string{"model", "released"} {
		if at[name] < 0 {
			return nil, fmt.Errorf("%s: no column %s; it has %s", path, name, outcome.Quote(some(head, 12)))
		}
	}
	var out []registered
	for {
		row, err := r.Read()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %v", path, err)
		}
		line, _ := r.FieldPos(0)
		x, err := registryLine(row, at)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, line, err)
		}
		x.line = line
		out = append(out, x)
	}
}

func registryLine(row []string, at map[string]int) (x registered, err error) {
	field := func(name string) string {
		if at[name] < 0 {
			return ""
		}
		return strings.TrimSpace(row[at[name]])
	}
	number := func(name string) (*float64, error) {
		s := field(name)
		if s == "" {
			return nil, nil
		}
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return nil, fmt.Errorf("%s: %s is not a number", name, outcome.Quote(s))
		}
		return &v, nil
	}
	x.Model = field("model")
	if err := outcome.CheckName("model", x.Model); err != nil {
		return x, err
	}
	if x.Day, err = time.Parse(time.DateOnly, field("released")); err != nil {
		return x, fmt.Errorf("released: %s is no date like 2025-11-24", outcome.Quote(field("released")))
	}
	if x.accuracy, err = number("accuracy"); err != nil {
		return x, err
	}
	x.PriceUSD, err = number("price_usd")
	return x, err
}
