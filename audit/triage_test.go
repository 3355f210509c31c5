package audit

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// world is a simulated pool with planted defects: what was planted is known by query.
type world struct {
	set     *outcome.Set
	records []outcome.Record
	planted map[string]string
}

// defects that are planted, and the finding by which triage must name each.
var wantFinding = map[string]string{
	"unmatchable-reference": FindGrader, "wrong-reference": FindReference, "truncation": FindCutOff, "empty": FindCorrupt,
	"several-answers": FindQuestion, "lenient": FindGrader, "refused": FindNoAnswer,
}

// simulate draws a pool of models of some families. Abilities and difficulties
// are logistic; a wrong answer comes from a law with an answer that attracts,
// drawn anew for each query, as the wrong answers of real pools do.
func simulate(t *testing.T, seed uint64, models, queries int, choice bool) *world {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 7))
	w := &world{set: outcome.NewSet(), planted: map[string]string{}}
	w.set.KeepAnswers = true
	kinds := []string{"unmatchable-reference", "wrong-reference", "truncation", "empty", "several-answers", "lenient", "refused"}
	if choice {
		kinds = []string{"wrong-reference", "truncation", "empty", "lenient", "refused"}
	}
	families := max(7, models*2/3)
	ability := make([]float64, models)
	for i := range ability {
		ability[i] = rng.NormFloat64() + 1
	}
	for q := range queries {
		defect := ""
		switch u := rng.Float64(); {
		case u < 0.14:
			defect = kinds[rng.IntN(len(kinds))]
		case u < 0.20:
			defect = "genuine"
		}
		w.query(rng, q, ability, families, choice, defect)
	}
	for i := range w.records {
		if err := w.set.Add(&w.records[i], func() string { return "" }); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func (w *world) query(rng *rand.Rand, q int, ability []float64, families int, choice bool, defect string) {
	id := fmt.Sprintf("q%04d", q)
	truth, options, concentration := fmt.Sprint(100+rng.IntN(900)), 0, 3.0
	wrong := func(k int) string { return fmt.Sprint(10000 + 64*q + k) } // other wrong answers on every query
	space := 60
	if choice {
		options, space, concentration = 10, 9, 4.5
		at := rng.IntN(10)
		truth = string(rune('A' + at))
		wrong = func(k int) string { return string(rune('A' + (at+1+k)%10)) }
	}
	law := dirichlet(rng, space, concentration)
	draw := func() string { return wrong(pickFrom(rng, law)) }
	reference, prompt, kind := truth, "What is it?", "number"
	switch defect {
	case "wrong-reference":
		reference = draw()
	case "unmatchable-reference":
		reference = []string{`x = ` + truth, truth + ` \mbox{ inches}^2`, `\,` + truth + `\text{ cm}`, truth + `\%`, truth + " or " + wrong(1)}[rng.IntN(5)]
	case "several-answers":
		prompt = "Find a permutation. If there are multiple solutions, print any of them."
	}
	if defect != "" {
		w.planted[id] = defect
	}
	difficulty := rng.NormFloat64() * 1.2
	lucky := rng.IntN(len(ability))
	for i, a := range ability {
		tokens, budget := int64(200+rng.IntN(300)), int64(1024)
		r := outcome.Record{Query: id, Model: fmt.Sprintf("model-%02d", i), Family: fmt.Sprintf("family-%d", i%families), Reference: reference, Prompt: prompt, Kind: kind,
			Options: options, Finish: "stop", OutputTokens: &tokens, MaxOutputTokens: &budget, InputTokens: ptr(int64(99)), Response: "so it is"}
		knows := rng.Float64() < logistic(a-difficulty)
		r.Answer, r.Verdict = draw(), outcome.Wrong
		if knows {
			r.Answer, r.Verdict = truth, outcome.Right
		}
		switch defect {
		case "genuine":
			r.Answer, r.Verdict = draw(), outcome.Wrong
		case "wrong-reference": // most know the answer, and none gives the reference
			if rng.Float64() < logistic(a+1.5) || len(ability) < 10 && rng.Float64() < 0.9 {
				r.Answer = truth
			}
			for r.Answer == reference {
				r.Answer = draw()
			}
			r.Verdict = outcome.Wrong
		case "unmatchable-reference":
			if rng.Float64() < logistic(a+1) || i == lucky {
				r.Answer = truth
			}
			r.Verdict = outcome.Wrong
		case "several-answers":
			r.Answer, r.Verdict = fmt.Sprint(5000+rng.IntN(900)), outcome.Wrong
		case "truncation":
			r.Answer, r.Response, r.Verdict = "", "and then", outcome.NoAnswer
			*r.OutputTokens = budget - int64(rng.IntN(8))
			if rng.Float64() < 0.3 {
				r.Answer, r.Verdict, *r.OutputTokens = draw(), outcome.Wrong, 900
			}
		case "empty":
			r.Answer, r.Response, r.Verdict = "", "", outcome.NoAnswer
			if rng.Float64() < 0.3 {
				r.Answer, r.Response, r.Verdict = draw(), "so it is", outcome.Wrong
			}
		case "refused":
			r.Answer, r.Response, r.Verdict, r.Reason = "", "I cannot help with that.", outcome.NoAnswer, outcome.Refused
			if rng.Float64() < 0.3 {
				r.Answer, r.Response, r.Verdict, r.Reason = draw(), "so it is", outcome.Wrong, outcome.NoReason
			}
		case "lenient": // one wrong answer was taken for right
			r.Answer, r.Verdict = draw(), outcome.Wrong
			if i == lucky {
				r.Verdict = outcome.Right
			}
		default: // now and then a model is cut off, or refuses: no defect of the query
			if u := rng.Float64(); u < 0.02 {
				r.Answer, r.Verdict, r.Response = "", outcome.NoAnswer, "and then"
				if u < 0.01 {
					*r.OutputTokens = budget
				} else {
					r.Reason = outcome.Refused
				}
			}
		}
		w.records = append(w.records, r)
	}
}

func (w *world) triage(t *testing.T, o Options) *Report {
	t.Helper()
	e, err := Gather(w.set.Matrix(outcome.MatrixOptions{}), w.set.Detail(outcome.MatrixOptions{}), o)
	if err != nil {
		t.Fatal(err)
	}
	for i := range w.records {
		e.Note(&w.records[i])
	}
	return e.Triage()
}

// TestPlantedDefects counts, over seeded pools, how many planted defects of
// each class are found, and how many planted genuine co-failures raise a false alarm.
func TestPlantedDefects(t *testing.T) {
	for _, pool := range []struct {
		models, queries int
		choice          bool
	}{{8, 800, false}, {8, 800, true}, {20, 600, false}, {20, 600, true}, {67, 300, false}, {67, 300, true}} {
		planted, found, genuine, alarms := map[string]int{}, map[string]int{}, 0, 0
		why := map[string]int{}
		for seed := range uint64(8) {
			w := simulate(t, seed, pool.models, pool.queries, pool.choice)
			queue := map[string]Item{}
			for _, item := range w.triage(t, Options{Seed: 1}).Queue {
				queue[item.Query] = item
			}
			for query, defect := range w.planted {
				item, ok := queue[query]
				if defect == "genuine" {
					if genuine++; !ok || item.Group != AllWrong {
						t.Errorf("seed %d: %s, wrong by all, is not queued", seed, query)
					}
					if item.Finding != FindNone {
						alarms++
						why[item.Finding]++
					}
					continue
				}
				if planted[defect]++; item.Finding == wantFinding[defect] {
					found[defect]++
				}
			}
		}
		for defect, n := range planted {
			t.Logf("%d × %d choice %v: %s %d of %d", pool.models, pool.queries, pool.choice, defect, found[defect], n)
			if float64(found[defect]) < 0.95*float64(n) {
				t.Errorf("%d models, choice %v: %s found %d of %d", pool.models, pool.choice, defect, found[defect], n)
			}
		}
		t.Logf("%d × %d choice %v: false alarms %d of %d %v", pool.models, pool.queries, pool.choice, alarms, genuine, why)
		// At a true rate of 5 % this many or more have a chance below 1 in 200.
		if prob.BinomialTail(int64(alarms), int64(genuine), 0.05) < 0.005 {
			t.Errorf("%d models, choice %v: %d false alarms among %d genuine co-failures", pool.models, pool.choice, alarms, genuine)
		}
	}
}

func dirichlet(rng *rand.Rand, k int, total float64) []float64 {
	out, sum := make([]float64, k), 0.0
	for i := range out {
		out[i] = gamma(rng, total/float64(k))
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

// gamma draws by Marsaglia and Tsang (2000).
func gamma(rng *rand.Rand, a float64) float64 {
	if a < 1 {
		return gamma(rng, a+1) * pow(rng.Float64(), 1/a)
	}
	d := a - 1.0/3
	for {
		x := rng.NormFloat64()
		v := 1 + x/sqrt(9*d)
		if v <= 0 {
			continue
		}
		v = v * v * v
		if u := rng.Float64(); ln(u) < x*x/2+d-d*v+d*ln(v) {
			return d * v
		}
	}
}

func pickFrom(rng *rand.Rand, law []float64) int {
	u := rng.Float64()
	for i, p := range law {
		if u -= p; u < 0 {
			return i
		}
	}
	return len(law) - 1
}

// The order of records and models changes nothing.
func TestTriageHangsOnNames(t *testing.T) {
	w := simulate(t, 3, 9, 200, false)
	want := fmt.Sprintf("%+v", summary(w.triage(t, Options{Seed: 5})))
	slices.Reverse(w.records)
	w.set = outcome.NewSet()
	w.set.KeepAnswers = true
	for i := range w.records {
		if err := w.set.Add(&w.records[i], func() string { return "" }); err != nil {
			t.Fatal(err)
		}
	}
	if got := fmt.Sprintf("%+v", summary(w.triage(t, Options{Seed: 5}))); got != want {
		t.Errorf("in reverse order:\n%.2000s\nwant\n%.2000s", got, want)
	}
}

func summary(r *Report) []string {
	out := slices.Clone(r.Control)
	for _, x := range r.Queue {
		p := "–"
		if x.P != nil {
			p = fmt.Sprintf("%.9g", *x.P)
		}
		out = append(out, strings.Join([]string{x.Query, string(x.Group), x.Finding, p, x.Evidence}, "|"))
	}
	return out
}
