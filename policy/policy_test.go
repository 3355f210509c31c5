package policy

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// world is a data set under construction.
type world struct {
	records []outcome.Record
	text    map[string]string
}

func (w *world) add(query, model string, attempt int, right bool, more func(*outcome.Record)) {
	r := outcome.Record{Query: query, Model: model, Attempt: attempt, Verdict: outcome.Wrong}
	if right {
		r.Verdict = outcome.Right
	}
	if more != nil {
		more(&r)
	}
	w.records = append(w.records, r)
}

// data gives the records in some order.
func (w *world) data(t testing.TB, order []int) Data {
	t.Helper()
	s := outcome.NewSet()
	s.KeepAnswers, s.KeepCosts = true, true
	attempts := 1
	for k := range w.records {
		r := w.records[k]
		if order != nil {
			r = w.records[order[k]]
		}
		attempts = max(attempts, r.Attempt+1)
		if err := s.Add(&r, nil); err != nil {
			t.Fatal(err)
		}
	}
	d := Data{}
	for a := range attempts {
		o := outcome.MatrixOptions{Attempt: a}
		d.Attempts, d.Details = append(d.Attempts, s.Matrix(o)), append(d.Details, s.Detail(o))
	}
	if w.text != nil {
		d.Text = func(query string) string { return w.text[query] }
	}
	return d
}

func measure(t testing.TB, d Data, o Options) *Result {
	t.Helper()
	r, err := Measure(context.Background(), d, o)
	if err != nil {
		t.Fatal(err)
	}
	sound(t, r)
	return r
}

// sound holds of every result.
func sound(t testing.TB, r *Result) {
	t.Helper()
	text, err := json.Marshal(r) // refuses NaN and infinities
	if err != nil {
		t.Fatalf("%v in %+v", err, r)
	}
	for _, bad := range []string{"NaN", "Inf"} {
		if strings.Contains(string(text), bad) {
			t.Errorf("%s in %s", bad, text)
		}
	}
	in := func(what string, x Estimate) {
		if !(x.Lower <= x.Point && x.Point <= x.Upper && x.Lower >= -1 && x.Upper <= 1) {
			t.Errorf("%s: %+v", what, x)
		}
	}
	in("oracle", r.Oracle.Gain)
	if r.Oracle.Gain.Point < 0 {
		t.Errorf("an oracle loses %v", r.Oracle.Gain.Point)
	}
	for _, p := range r.Policies {
		in(p.Name, p.Gain)
		if math.Abs(p.Accuracy-p.Gain.Point-r.SingleBest.HeldOut) > 1e-12 {
			t.Errorf("%s: %v right, a gain of %v over %v", p.Name, p.Accuracy, p.Gain.Point, r.SingleBest.HeldOut)
		}
		if p.Kind != Own && p.Accuracy > r.Oracle.Accuracy+1e-12 {
			t.Errorf("%s: %v right, an oracle %v", p.Name, p.Accuracy, r.Oracle.Accuracy)
		}
		if p.Together.Lower > p.Gain.Lower || p.Together.Upper < p.Gain.Upper {
			t.Errorf("%s: limits for all %+v are narrower than %+v", p.Name, p.Together, p.Gain)
		}
		if (p.Control == nil) != (p.Kind == Vote) {
			t.Errorf("%s: control %+v", p.Name, p.Control)
		}
		if l := p.CapturedLimits; l != nil && p.Captured != nil && l.Lower > l.Upper {
			t.Errorf("%s: captured %+v", p.Name, l)
		}
	}
}

func find(t testing.TB, r *Result, name string) Policy {
	t.Helper()
	for _, p := range r.Policies {
		if strings.HasPrefix(p.Name, name) {
			return p
		}
	}
	t.Fatalf("no policy %q among %d", name, len(r.Policies))
	return Policy{}
}

func codes(r *Result) string {
	var out []string
	for _, w := range r.Warnings {
		out = append(out, w.Code)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

var fillers = strings.Fields("the of and a to in is you that it he was for on are as with his they at be this have from or one had by word but not what all were we when your can said there use an each which she do how their if will up other about out many then them these so some her would make like him into time has look two more write go see number no way could people my than first water been call who oil its now find long down day did get come made may part")

// signal builds queries whose text says which of the models is right: strength is
// the chance that it does.
func signal(n, models int, strength float64, seed uint64) *world {
	w := &world{text: map[string]string{}}
	rng := rand.New(rand.NewPCG(seed, 1))
	for q := range n {
		id := fmt.Sprintf("q%d", q)
		who := rng.IntN(models)
		says := who
		if rng.Float64() >= strength {
			says = rng.IntN(models)
		}
		var words []string
		for range 12 {
			words = append(words, fillers[rng.IntN(len(fillers))])
		}
		words[rng.IntN(len(words))] = [...]string{"algebra", "botany", "chess", "drama", "ethics"}[says]
		w.text[id] = strings.Join(words, " ")
		for m := range models {
			w.add(id, fmt.Sprintf("m%d", m), 0, m == who, nil)
		}
	}
	return w
}

func TestTextThatDecides(t *testing.T) {
	r := measure(t, signal(300, 3, 1, 1).data(t, nil), Options{Repeats: 2})
	for name, least := range map[string]float64{"nearest texts": 0.6, "regression on texts": 0.97} {
		p := find(t, r, name)
		if p.Captured == nil || *p.Captured < least || p.Together.Lower < 0.3 {
			t.Errorf("%s captures %v of the oracle's gain: %+v", name, *p.Captured, p.Gain)
		}
		if p.Control.Over.Lower < 0.3 || p.CapturedLimits == nil || p.CapturedLimits.Lower < least-0.15 {
			t.Errorf("%s: %+v over its control, %+v captured", name, p.Control.Over, p.CapturedLimits)
		}
	}
	// Half of the texts lie: about half of the gain is left, and it is found.
	r = measure(t, signal(400, 3, 0.5, 2).data(t, nil), Options{Repeats: 2})
	if p := find(t, r, "regression on texts"); *p.Captured < 0.25 || *p.Captured > 0.75 || p.Together.Lower <= 0 {
		t.Errorf("half a signal: %v captured, %+v", *p.Captured, p.Gain)
	}
}

// Shuffled texts say nothing: what a router shows then is leakage, or chance. With
// models that are equally right, every gain is 0 in truth.
func TestTextThatSaysNothing(t *testing.T) {
	worse, seen := 0, 0
	for seed := range uint64(12) {
		r := measure(t, signal(200, 3, 0, 100+seed).data(t, nil), Options{Repeats: 2, Seed: seed})
		for _, name := range []string{"nearest texts", "regression on texts"} {
			seen++
			if p := find(t, r, name); p.Gain.Lower > 0 || p.Gain.Upper < 0 {
				worse++
			}
		}
	}
	if worse > 4 { // P(more than 4 of 24 at 5 %) is 0.7 %
		t.Errorf("%d of %d intervals do not hold the truth", worse, seen)
	}
}

// A vocabulary, or its weights, learnt on what is scored would be seen here: the
// same part with other texts to be scored learns the same.
func TestNothingIsLearntFromWhatIsScored(t *testing.T) {
	w := signal(120, 3, 1, 3)
	d := w.data(t, nil)
	learn := func(d Data) (*part, [][]float64) {
		b, err := newBench(context.Background(), d, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var train, test []int
		for q, id := range b.ids {
			if strings.HasSuffix(id, "7") {
				test = append(test, q)
			} else {
				train = append(train, q)
			}
		}
		p := b.newPart(train, test)
		router := b.regression("", func(p *part) (train, test *rows) { return p.text().train, p.text().test })
		return p, router.believe(p, []float64{1})[0]
	}
	p, believed := learn(d)
	shifted := d
	shifted.Text = func(query string) string {
		if strings.HasSuffix(query, "7") {
			return w.text[query] + " zebra zebra quagga"
		}
		return w.text[query]
	}
	q, _ := learn(shifted)
	if !slices.Equal(p.text().train.value, q.text().train.value) || !slices.Equal(p.text().train.column, q.text().train.column) {
		t.Error("texts to be scored change the weights of those learnt from")
	}
	if p.text().test.columns != q.text().test.columns {
		t.Error("texts to be scored add to the vocabulary")
	}
	// And the verdicts of what is scored change nothing.
	flipped := signal(120, 3, 1, 3)
	for k := range flipped.records {
		if r := &flipped.records[k]; strings.HasSuffix(r.Query, "7") {
			r.Verdict = outcome.Right + outcome.Wrong - r.Verdict
		}
	}
	if _, same := learn(flipped.data(t, nil)); fmt.Sprint(same) != fmt.Sprint(believed) {
		t.Error("verdicts of what is scored are learnt from")
	}
}

// Twins in text stay together.
func TestSameTextIsNeverOnBothSides(t *testing.T) {
	w := signal(60, 3, 1, 4)
	texts := maps.Clone(w.text)
	for q := range 60 {
		text := texts[fmt.Sprintf("q%d", q/3)]
		w.text[fmt.Sprintf("q%d", q)] = strings.Repeat(" ", q%2) + strings.ToUpper(text[:q%3]) + text[q%3:]
	}
	b, err := newBench(context.Background(), w.data(t, nil), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(b.units) != 20 {
		t.Fatalf("%d units, want 20", len(b.units))
	}
	for _, p := range append(b.parts(), b.parts()[0].within()...) {
		side := map[int]int{}
		for _, q := range p.train {
			side[b.unit[q]] = 1
		}
		for _, q := range p.test {
			if side[b.unit[q]] == 1 {
				t.Fatal("a text is learnt from and scored on")
			}
		}
	}
	if !strings.Contains(codes(&b.result), "same-text") {
		t.Error(codes(&b.result))
	}
	// Clusters join units further: queries 0 to 9 are one, with the twins of the last.
	for k := range w.records {
		if len(w.records[k].Query) == 2 {
			w.records[k].Slices = map[string]string{"document": "first"}
		}
	}
	if b, err = newBench(context.Background(), w.data(t, nil), Options{Cluster: "document"}); err != nil || len(b.units) != 17 {
		t.Errorf("%d units, want 17: %v", len(b.units), err)
	}
}

// rich has everything: attempts, answers, costs, labels, texts.
func rich(n, models, attempts int, seed uint64) *world {
	w := &world{text: map[string]string{}}
	rng := rand.New(rand.NewPCG(seed, 2))
	for q := range n {
		id := fmt.Sprintf("q%03d", q)
		w.text[id] = fillers[rng.IntN(40)] + " " + fillers[rng.IntN(40)] + " " + fillers[rng.IntN(40)]
		hard := rng.Float64()
		for m := range models {
			skill := 0.35 + 0.5*float64(m)/float64(models)
			for a := range attempts {
				right := rng.Float64() < skill+0.5*(0.5-hard)
				w.add(id, fmt.Sprintf("m%02d", m), a, right, func(r *outcome.Record) {
					r.Answer = "42"
					if !right {
						r.Answer = fmt.Sprint(rng.IntN(3))
					}
					if rng.IntN(15) == 0 {
						r.Verdict, r.Answer, r.Reason = outcome.NoAnswer, "", outcome.Truncated
					}
					usd := 0.001 * math.Pow(4, float64(m)) * (0.5 + rng.Float64())
					r.CostUSD = &usd
					r.Slices = map[string]string{"subject": fmt.Sprint("s", q%4)}
				})
			}
		}
	}
	return w
}

func TestOrderAndProcessorsChangeNothing(t *testing.T) {
	w := rich(90, 6, 4, 5)
	first := ""
	rng := rand.New(rand.NewPCG(9, 9))
	for _, procs := range []int{1, 2, 8} {
		before := runtime.GOMAXPROCS(procs)
		r := measure(t, w.data(t, rng.Perm(len(w.records))), Options{Repeats: 2})
		runtime.GOMAXPROCS(before)
		text, _ := json.Marshal(r)
		if first == "" {
			first = string(text)
		}
		if string(text) != first {
			t.Fatalf("another order, or number of processors, gives\n%s\nwant\n%s", text, first)
		}
	}
	kinds := map[Kind]int{}
	var r Result
	if err := json.Unmarshal([]byte(first), &r); err != nil {
		t.Fatal(err)
	}
	for _, p := range r.Policies {
		kinds[p.Kind]++
		if p.CostUSD == nil {
			t.Errorf("%s has no cost", p.Name)
		}
	}
	if kinds[Vote] != 4 || kinds[CascadeOf] != 2 || kinds[Router] != 3 || len(r.Cascades) != 1 {
		t.Errorf("%v, %d cascades", kinds, len(r.Cascades))
	}
	other := measure(t, w.data(t, nil), Options{Repeats: 2, Seed: 7})
	if text, _ := json.Marshal(other); string(text) == first {
		t.Error("another seed changes nothing")
	}
}

// Options and data are not written to.
func TestNothingIsChanged(t *testing.T) {
	w := rich(40, 3, 2, 6)
	d := w.data(t, nil)
	before := fmt.Sprint(d.Details[0].Answers, d.Details[1].Costs, d.Details[0].Cells)
	measure(t, d, Options{Repeats: 1})
	if fmt.Sprint(d.Details[0].Answers, d.Details[1].Costs, d.Details[0].Cells) != before {
		t.Error("Measure writes to what it is given")
	}
}
