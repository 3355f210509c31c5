package certify

import "github.com/allwrong/allwrong/prob"

// Watch is what is known of an incumbent while verdicts still come in: of the
// queries taken up so far, those on which it is wrong and another model is right
// number at least Least and at most Most, whatever the missing verdicts are.
type Watch struct {
	Queries int64 `json:"queries"`
	Least   int64 `json:"least"`
	Most    int64 `json:"most"`
}

// Watched is what may be said at that moment.
type Watched struct {
	Lower      float64 `json:"lower"` // one-sided limits on the incumbent's gain, at Confidence
	Upper      float64 `json:"upper"`
	Overhead   float64 `json:"overhead"`
	Confidence float64 `json:"confidence"`
	Verdict    Verdict `json:"verdict"`
}

// Look bounds the incumbent's gain by the method Anytime, as Certify does when
// missing cells may be anything: one may look after each verdict, at any number
// of queries, and stop because of what one sees. Zero confidence means 0.95.
func (w Watch) Look(overhead, confidence float64) (Watched, error) {
	o, err := Options{Overhead: overhead, Confidence: confidence, Method: Anytime}.withDefaults()
	if err != nil {
		return Watched{}, err
	}
	if w.Least < 0 || w.Most < w.Least || w.Queries < w.Most {
		return Watched{}, usage("%d to %d of %d queries: want counts that rise", w.Least, w.Most, w.Queries)
	}
	out := Watched{Upper: 1, Overhead: overhead, Confidence: o.Confidence, Verdict: Undecided}
	if w.Queries > 0 {
		out.Lower = prob.MixtureLower(w.Least, w.Queries, o.delta())
		out.Upper = prob.MixtureUpper(w.Most, w.Queries, o.delta())
	}
	c := Certificate{Gain: Gain{Lower: out.Lower, Upper: out.Upper}, Overhead: overhead}
	c.decide()
	out.Verdict = c.Verdict
	return out, nil
}
