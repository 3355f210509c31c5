package certify

// Tally is the question without files: three counts and the size of the pool.
type Tally struct {
	AllWrong int64 `json:"all_wrong"` // queries on which every model is wrong
	Queries  int64 `json:"queries"`
	Best     int64 `json:"best"` // right answers of the best model
	Pool     int   `json:"pool"` // models; 0 means that the best model was named before looking
}

// CertifyTally bounds the gain from counts alone. Of the other models it knows
// only that none is right more often than the best, so that each stays a
// contender. Without a pool size the statement is about the one model, named
// before looking; with one, Direct is the default.
func CertifyTally(t Tally, o Options) (Certificate, error) {
	if err := t.check(); err != nil {
		return Certificate{}, err
	}
	if o.Method == "" {
		if o.Method = Direct; t.Pool <= 1 {
			o.Method = Incumbent
		}
	}
	o.Incumbent = "the best model"
	o, err := o.withDefaults()
	if err != nil {
		return Certificate{}, err
	}
	law, err := drawn(t.Queries, o.Population)
	if err != nil {
		return Certificate{}, err
	}
	pool := max(t.Pool, 1)
	k, some := t.Queries-t.AllWrong-t.Best, t.Queries-t.AllWrong
	ev := evidence{law: law, allWrong: span{t.AllWrong, t.AllWrong},
		rescued: []span{{k, k}}, right: []span{{t.Best, t.Best}}}
	for range pool - 1 {
		ev.rescued, ev.right = append(ev.rescued, span{k, some}), append(ev.right, span{0, t.Best})
	}
	ev = ev.asked(o)
	ev.alone = o.Method == Incumbent || t.Pool <= 1
	n := float64(t.Queries)
	b := base{queries: t.Queries, allWrong: t.AllWrong, measure: ev,
		kinds:     Kinds{BestRight: t.Best, Resolvable: k, AllWrong: t.AllWrong},
		betaPoint: ptr(float64(t.AllWrong) / n), accuracy: ptr(float64(t.Best) / n), gain: ptr(float64(k) / n)}
	c, err := b.certificate([]string{o.Incumbent}, o)
	if err != nil {
		return Certificate{}, err
	}
	c.Models = t.Pool
	c.Missing = Missing{Rule: Complete, ByModel: []Sparse{}, TradeOff: []PoolSize{}}
	c.PerModel = []ModelLine{}
	if t.Pool <= 1 {
		c.warn("named-before", "Holds for a model that was named before looking at these counts. If it was picked as the best of m models on them, say --pool m.")
	}
	c.warn("counts-only", "Counts only: all_right is counted in with best_right, and the other models' counts are unknown, so every one of them stays a contender.")
	c.commonNotes()
	return c, nil
}

func (t Tally) check() error {
	switch {
	case t.Queries <= 0:
		return usage("queries: %d; want the number of graded queries", t.Queries)
	case t.AllWrong < 0 || t.AllWrong > t.Queries:
		return usage("all-wrong: %d is not between 0 and the %d queries", t.AllWrong, t.Queries)
	case t.Best < 0 || t.Best > t.Queries:
		return usage("best: %d right answers of %d queries", t.Best, t.Queries)
	case t.AllWrong+t.Best > t.Queries:
		return usage("all-wrong %d and best %d add to more than the %d queries: where all are wrong the best is not right", t.AllWrong, t.Best, t.Queries)
	case t.Pool < 0:
		return usage("pool: %d models", t.Pool)
	case t.Queries > maxQueries:
		return usage("queries: %d; at most %d", t.Queries, int64(maxQueries))
	}
	return nil
}

// maxQueries is how far the limits are checked.
const maxQueries = 1_000_000_000
