package certify

// Seen is what is known of a pool while queries still come in, each of which
// every model has answered.
type Seen struct {
	Queries   int64
	AllWrong  int64   // no model right
	Right     []int64 // by model
	Incumbent int     // the model in use, named beforehand; −1: none, the statement is about the pool
}

// Look bounds the gain by the method Anytime, as Certify does for the same
// queries: one may look after each, and stop because of what one sees. Zero
// confidence means 0.95.
func (s Seen) Look(overhead, confidence float64) (Watched, error) {
	o, err := Options{Overhead: overhead, Confidence: confidence, Method: Anytime}.withDefaults()
	if err != nil {
		return Watched{}, err
	}
	if err := s.check(); err != nil {
		return Watched{}, err
	}
	out := Watched{Upper: 1, Overhead: overhead, Confidence: o.Confidence, Verdict: Undecided}
	if s.Queries > 0 {
		e := s.evidence().asked(o)
		out.Lower, out.Upper = e.gainLower(o.delta()), e.anytime(o.delta())
	}
	c := Certificate{Gain: Gain{Lower: out.Lower, Upper: out.Upper}, Overhead: overhead}
	c.decide()
	out.Verdict = c.Verdict
	return out, nil
}

// Rescued is the number of queries behind the gain: those on which the incumbent,
// or the best model so far, is wrong and another is right.
func (s Seen) Rescued() int64 {
	e := s.evidence()
	e.alone = s.Incumbent >= 0
	return e.least().least
}

func (s Seen) evidence() evidence {
	e := evidence{law: binomial{s.Queries}, allWrong: span{s.AllWrong, s.AllWrong}, incumbent: s.Incumbent}
	for _, r := range s.Right {
		k := s.Queries - s.AllWrong - r
		e.rescued, e.right = append(e.rescued, span{k, k}), append(e.right, span{r, r})
	}
	return e
}

func (s Seen) check() error {
	if len(s.Right) < 2 || s.Incumbent < -1 || s.Incumbent >= len(s.Right) {
		return usage("a pool of %d models, model %d in use: want two or more, and one of them", len(s.Right), s.Incumbent)
	}
	if s.AllWrong < 0 || s.AllWrong > s.Queries {
		return usage("%d of %d queries all wrong: want a part of them", s.AllWrong, s.Queries)
	}
	for _, r := range s.Right {
		if r < 0 || r > s.Queries-s.AllWrong {
			return usage("%d of %d queries right, %d all wrong: want parts of them", r, s.Queries, s.AllWrong)
		}
	}
	return nil
}
