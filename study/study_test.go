package study

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/dependence"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/policy"
	"github.com/allwrong/allwrong/pool"
)

// drawn gives records of a pool: difficulty is common, some cells are missing,
// some answers were not to be read.
func drawn(models, queries int) []outcome.Record {
	rng := rand.New(rand.NewPCG(3, 7))
	var out []outcome.Record
	for q := range queries {
		hard := rng.NormFloat64()
		for m := range models {
			r := outcome.Record{Query: fmt.Sprintf("q%04d", q), Model: fmt.Sprintf("m%02d", m), Verdict: outcome.Wrong, Answer: fmt.Sprint(rng.IntN(4)),
				Prompt: fmt.Sprint("What is ", strings.TrimLeft(fmt.Sprintf("%04d", q), "0"), "?"), Reference: "7", Kind: "number", Family: fmt.Sprint("f", m%3),
				Slices: map[string]string{"subject": fmt.Sprint("s", q%3), "one": "only"}}
			cost := 0.001 * float64(m+1)
			r.CostUSD = &cost
			switch x := hard + rng.NormFloat64(); {
			case x < 0.4+float64(m)/float64(models):
				r.Verdict, r.Answer = outcome.Right, "7"
			case x > 2.6:
				r.Verdict, r.Reason = outcome.NoAnswer, outcome.Unparsed
			}
			if q%40 == 3 && m == 1 {
				continue
			}
			out = append(out, r)
		}
	}
	return out
}

func source(t testing.TB, records []outcome.Record) Source {
	t.Helper()
	set := outcome.NewSet()
	set.KeepAnswers, set.KeepCosts = true, true
	for i := range records {
		if err := set.Add(&records[i], nil); err != nil {
			t.Fatal(err)
		}
	}
	return Source{Set: set, Records: func(ctx context.Context, _ outcome.Fields, visit func(*outcome.Record) error) error {
		for _, r := range records {
			if err := visit(&r); err != nil {
				return err
			}
		}
		return ctx.Err()
	}}
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	a, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if string(a) != string(b) {
		t.Errorf("%s: got\n%.2000s\nwant\n%.2000s", what, a, b)
	}
}

// A study says what the measures say of a matrix that is made the usual way, for
// all models and for some of them.
func TestEqualsTheMeasures(t *testing.T) {
	src := source(t, drawn(7, 200))
	for _, models := range [][]string{nil, {"m00", "m02", "m05", "m06"}} {
		keep := func(name string) bool { return models == nil || slices.Contains(models, name) }
		how := outcome.MatrixOptions{Keep: keep}
		m, d := src.Set.Matrix(how), src.Set.Detail(how)
		s := New(src, nil, Options{Certify: certify.Options{Overhead: 0.02, Seed: 1}, Replicates: 50, Seed: 1})
		s, err := s.With(Choice{Models: models})
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.All(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		c, err := certify.Certify(certify.Options{Overhead: 0.02, Seed: 1}, m)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "certificate", got.Certificate, c)
		sliced, err := certify.Certify(certify.Options{Overhead: 0.02, Seed: 1, Slice: "subject"}, m)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "slices", got.Cuts, []Cut{{"subject", sliced.Slices}})
		x, err := dependence.Explain(context.Background(), m, d, dependence.ExplainOptions{Options: dependence.Options{Seed: 1, Replicates: 50}})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "explanation", got.Explanation, x)
		for i, p := range x.PoolSize {
			at := got.Curve[i]
			at.Pools, at.Zero, at.Median, at.Low, at.High = p.Pools, p.Zero, p.Median, p.Low, p.High
			same(t, "curve", at, p)
		}
		p, err := pool.Find(context.Background(), m, pool.Options{Seed: 1, Prices: s.Prices()})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "pools", got.Pools.Result, p)
		if len(s.Prices()) != len(m.Models()) {
			t.Errorf("%d prices of %d models", len(s.Prices()), len(m.Models()))
		}
		e, err := audit.Gather(m, d, audit.Options{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		if err := src.Records(context.Background(), 0, func(r *outcome.Record) error { e.Note(r); return nil }); err != nil {
			t.Fatal(err)
		}
		same(t, "audit", got.Audit.Report, e.Triage())
		if k := c.Kinds; len(got.Queries) != m.Columns() || count(got.Queries, AllWrong) != k.AllWrong || count(got.Queries, Resolvable) != k.Resolvable ||
			count(got.Queries, BestRight) != k.BestRight || count(got.Queries, AllRight) != k.AllRight || count(got.Queries, Open) != c.Missing.Queries {
			t.Errorf("%d queries of %d columns; kinds %+v", len(got.Queries), m.Columns(), k)
		}
		for query, x := range got.Audit.Questions {
			if x.Reference != "7" || len(x.Values) == 0 {
				t.Fatalf("%s: %+v", query, x)
			}
		}
	}
}

// Policies are those of package policy, given the same texts, answers and costs.
func TestPolicies(t *testing.T) {
	src := source(t, drawn(4, 60))
	m, d := src.Set.Matrix(outcome.MatrixOptions{}), src.Set.Detail(outcome.MatrixOptions{})
	got, err := New(src, nil, Options{Policies: true, Replicates: 5, Seed: 1}).All(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.Policies == nil {
		t.Fatal(got.Warnings)
	}
	texts := policy.Data{Attempts: []*outcome.Matrix{m}, Details: []*outcome.Detail{d}, Value: audit.Value,
		Text: func(query string) string { return fmt.Sprint("What is ", strings.TrimLeft(query, "q0"), "?") }}
	whole, err := certify.Certify(certify.Options{}, m)
	if err != nil {
		t.Fatal(err)
	}
	y, err := policy.Measure(context.Background(), texts, policy.Options{Seed: 1,
		Certificate: &policy.Certificate{Over: whole.Gain.Over, Point: *whole.Gain.Point, Lower: whole.Gain.Lower, Upper: whole.Gain.Upper}})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "policies", got.Policies.Policies, y.Policies)
	if money := got.Policies.Money; money == nil || money.Saving.Over == "" || len(money.Models) != len(m.Models()) {
		t.Errorf("money: %+v", money)
	}
}

func count(list []Query, k Kind) (n int64) {
	for _, q := range list {
		if q.Kind == k {
			n++
		}
	}
	return n
}

// The study of a slice is the study of its queries alone.
func TestSliceIsItsQueriesAlone(t *testing.T) {
	records := drawn(6, 180)
	alone := slices.DeleteFunc(slices.Clone(records), func(r outcome.Record) bool { return r.Slices["subject"] == "s1" })
	o := Options{Certify: certify.Options{Overhead: 0.02}, Replicates: 20}
	s, err := New(source(t, records), nil, o).With(Choice{Slices: map[string][]string{"subject": {"s0", "s2"}}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.All(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	want, err := New(source(t, alone), nil, o).All(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	got.Choice, want.Choice = Choice{}, Choice{}
	same(t, "slice", got, want)
}

// A decision leaves its query out, as it would in a set that never held it.
func TestLedger(t *testing.T) {
	records := drawn(5, 120)
	s := New(source(t, records), nil, Options{})
	before, err := s.Live()
	if err != nil {
		t.Fatal(err)
	}
	gone := s.Queries(before.Certificate.Gain.Over)[0]
	if gone.Kind != AllWrong {
		t.Fatalf("the first query is %s", gone.Kind)
	}
	l, err := audit.Update(t.TempDir()+"/ledger.jsonl", time.Unix(0, 0), func(*audit.Ledger) ([]audit.Entry, error) {
		return []audit.Entry{{Who: "me", Kind: audit.KindMark, Query: gone.Query, Class: audit.Ambiguous, Why: "two answers"}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	after, err := s.WithLedger(l.State())
	if err != nil {
		t.Fatal(err)
	}
	got, err := after.Live()
	if err != nil {
		t.Fatal(err)
	}
	if got.Certificate.AllWrong != before.Certificate.AllWrong-1 || got.Certificate.Queries != before.Certificate.Queries-1 {
		t.Errorf("%d of %d all wrong after, %d of %d before", got.Certificate.AllWrong, got.Certificate.Queries, before.Certificate.AllWrong, before.Certificate.Queries)
	}
	a, err := after.Audit(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if a.Audited != 1 || a.Range.Graded.AllWrong != before.Certificate.AllWrong || len(a.Marks) != 1 {
		t.Errorf("audit %d of %+v, %d marks", a.Audited, a.Range, len(a.Marks))
	}
	again, err := s.Live()
	if err != nil {
		t.Fatal(err)
	}
	same(t, "the study before", again, before)
}

func TestRefusals(t *testing.T) {
	src := source(t, drawn(3, 20))
	s := New(src, nil, Options{})
	for _, c := range []Choice{{Models: []string{"m00", "nobody"}}, {Slices: map[string][]string{"none": {"x"}}}} {
		if _, err := s.With(c); err == nil {
			t.Errorf("%+v was accepted", c)
		}
	}
	one, err := s.With(Choice{Models: []string{"m01"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := one.Live(); err == nil {
		t.Error("a certificate of one model")
	}
	none, err := s.With(Choice{Slices: map[string][]string{"subject": {}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := none.Live(); err == nil {
		t.Error("a certificate of no query")
	}
	if _, err := New(src, nil, Options{Slices: []string{"nosuch"}}).Live(); err == nil || !strings.Contains(err.Error(), "nosuch") {
		t.Errorf("a label that there is not: %v", err)
	}
	src.Records = nil
	r, err := New(src, nil, Options{Replicates: 5}).All(context.Background(), nil)
	if err != nil || r.Audit != nil || len(r.Warnings) != 1 || r.Warnings[0].Code != "no-audit" {
		t.Errorf("without records: %v, %+v", err, r.Warnings)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := New(source(t, drawn(4, 50)), nil, Options{}).All(ctx, nil); err != context.Canceled {
		t.Errorf("a study that was stopped: %v", err)
	}
}

func BenchmarkWith(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	set := outcome.NewSet()
	for q := range 12_000 {
		hard := rng.NormFloat64()
		id := set.Query(fmt.Sprint("q", q))
		if err := set.Label(id, "subject", fmt.Sprint("s", q%14)); err != nil {
			b.Fatal(err)
		}
		for m := range 67 {
			v := outcome.Wrong
			if hard+rng.NormFloat64() < 1+float64(m)/67 {
				v = outcome.Right
			}
			set.Put(id, set.Model(fmt.Sprintf("m%02d", m)), 0, outcome.MakeCell(v, outcome.NoReason), math.NaN(), nil)
		}
	}
	s := New(Source{Set: set}, nil, Options{Certify: certify.Options{Overhead: 0.02}})
	names := s.AllModels()
	for i := 0; b.Loop(); i++ {
		x, err := s.With(Choice{Models: slices.Concat(names[:i%60], names[i%60+1:])})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := x.Live(); err != nil {
			b.Fatal(err)
		}
	}
}
