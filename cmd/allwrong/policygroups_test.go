package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/budget"
	"github.com/allwrong/allwrong/groups"
)

// TestMoneyOfPublishedSets holds what docs/findings.md says of money. The least
// cost of an oracle on SWE-bench is that of HiGHS on the whole program.
func TestMoneyOfPublishedSets(t *testing.T) {
	for _, c := range []struct {
		path                string
		flags               []string
		over                string
		cost, oracle, floor float64
	}{
		{"swebench-bash-only", []string{"--exclude", "*3.7*20250219*"}, "Claude 4.5 Opus medium (20251101)", 0.721244997, 0.0154690206, 0.0121047562},
		{"routerarena/cached_results", nil, "gemini-2.0-flash-001", 4.749e-05, 4.722e-05, 4.47777e-05},
	} {
		var doc struct{ Money *budget.Result }
		asJSON(t, &doc, append([]string{"policy", published(t, c.path), "--repeats", "1", "--json"}, c.flags...)...)
		s := doc.Money.Saving
		if s.Over != c.over || doc.Money.Basis != budget.Logged {
			t.Errorf("%s: over %s, costs %s", c.path, s.Over, doc.Money.Basis)
		}
		for _, x := range [][2]float64{{s.CostUSD, c.cost}, {s.OracleUSD, c.oracle}, {s.Certified.CostUSD, c.floor}} {
			if math.Abs(x[0]/x[1]-1) > 1e-3 {
				t.Errorf("%s: got %v, want %v", c.path, x[0], x[1])
			}
		}
	}
}

// TestTripletsOfPublishedSets holds the table of docs/findings.md.
func TestTripletsOfPublishedSets(t *testing.T) {
	for _, c := range []struct {
		path, exclude                    string
		groups                           int
		gain, loses, answers, slope, low float64
	}{
		{"zeroeval/result_dirs/crux", "", 35, -0.0496, 1, math.NaN(), 0.0894, -0.342},
		{"zeroeval/result_dirs/math-l5", "*hyperbolic*", 35, -0.1138, 1, -0.0572, 0.348, -0.839},
		{"swebench-bash-only", "*3.7*20250219*", 2024, -0.0912, 0.9654, math.NaN(), 0.6209, 0.416},
		{"livecodebench-generation", "", 969, -0.1928, 0.9979, math.NaN(), 0.9817, 0.246},
	} {
		args := []string{"policy", "triplets", published(t, c.path), "--json"}
		if c.exclude != "" {
			args = append(args, "--exclude", c.exclude)
		}
		var r groups.Result
		asJSON(t, &r, args...)
		answers := math.NaN()
		if r.Answers != nil {
			answers = r.Answers.Gain.Point
		}
		if r.Studied != c.groups {
			t.Errorf("%s: %d groups, want %d", c.path, r.Studied, c.groups)
		}
		for _, x := range []struct {
			what      string
			got, want float64
		}{
			{"gain", r.Verdicts.Gain.Point, c.gain}, {"loses", r.Verdicts.Loses, c.loses}, {"gain by answers", answers, c.answers},
			{"slope", r.Verdicts.Slope.Rho, c.slope}, {"its lower limit", r.Verdicts.Slope.Interval[0], c.low},
		} {
			if math.Abs(x.got-x.want) > 6e-4 || (x.got != x.got) != (x.want != x.want) {
				t.Errorf("%s: %s: got %v, want %v", c.path, x.what, x.got, x.want)
			}
		}
	}
}

// asJSON runs a command and reads what it prints.
func asJSON(t *testing.T, into any, args ...string) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(context.Background(), args, strings.NewReader(""), &out, &errs); code != exitDone {
		t.Fatalf("allwrong %s: exit %d: %s", strings.Join(args, " "), code, errs.String())
	}
	if err := json.Unmarshal(out.Bytes(), into); err != nil {
		t.Fatal(err)
	}
}
