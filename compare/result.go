package compare

// Result says what changed from a to b.
type Result struct {
	Queries int64 `json:"queries"` // that every common model answered in both sets
	Models  int   `json:"models"`  // in both sets

	OnlyA      Only  `json:"only_a"`
	OnlyB      Only  `json:"only_b"`
	Incomplete int64 `json:"incomplete"` // queries of both sets that a common model did not answer in one of them

	AllWrong Change `json:"all_wrong"` // the co-failure rate β
	Best     Change `json:"best"`      // accuracy of the best model, or of the incumbent
	Gain     Change `json:"gain"`      // of a perfect choice over it
	BestA    string `json:"best_a"`    // the model that it is in a
	BestB    string `json:"best_b"`

	Entered      []Query `json:"entered"` // queries that defeat every model in b and did not in a; at most MaxListed
	Left         []Query `json:"left"`    // the other way round
	EnteredCount int64   `json:"entered_count"`
	LeftCount    int64   `json:"left_count"`
	McNemar      float64 `json:"all_wrong_p"` // exact p-value of as many entering as leaving

	Gained int64   `json:"cells_gained"` // verdicts wrong in a and right in b
	Lost   int64   `json:"cells_lost"`
	Moved  []Model `json:"per_model"` // the smallest p-value first

	Verdict    Verdict   `json:"verdict"` // about Best
	Margin     float64   `json:"margin"`
	Incumbent  string    `json:"incumbent"`
	Confidence float64   `json:"confidence"`
	Seed       uint64    `json:"seed"`
	Warnings   []Warning `json:"warnings"`
}

// MaxListed bounds lists of queries.
const MaxListed = 500

// Only is what one set has and the other lacks.
type Only struct {
	Models       []string `json:"models"`
	Queries      []string `json:"queries"` // at most MaxListed
	QueriesCount int64    `json:"queries_count"`
}

// Change is a rate in both sets and its paired difference.
type Change struct {
	A          float64    `json:"a"`
	B          float64    `json:"b"`
	Difference float64    `json:"difference"` // b less a
	Interval   [2]float64 `json:"interval"`   // two-sided, at Confidence
}

// Query is one that entered or left the all-wrong set.
type Query struct {
	Query string   `json:"query"`
	Right []string `json:"right"` // models that were right on it in the other set, at most 10
	Count int      `json:"count"` // of those
}

// Model is what one model did in both sets.
type Model struct {
	Model      string     `json:"model"`
	A          float64    `json:"a"`
	B          float64    `json:"b"`
	Difference float64    `json:"difference"`
	Interval   [2]float64 `json:"interval"` // for this model alone
	Gained     int64      `json:"gained"`   // queries wrong in a and right in b
	Lost       int64      `json:"lost"`
	P          float64    `json:"p"`      // McNemar, exact, two-sided
	Holm       float64    `json:"p_holm"` // the same with all models priced in
	Moved      bool       `json:"moved"`  // Holm is at most 1 − Confidence
}

// Verdict is about the best model, or the incumbent, against a margin.
type Verdict string

// The verdicts.
const (
	Better    Verdict = "better"    // the lower limit is above 0
	Worse     Verdict = "worse"     // the upper limit is below 0
	NoWorse   Verdict = "no-worse"  // neither, and the lower limit is above −margin
	Undecided Verdict = "undecided" // none of these
)

// NotWorse reports that the best model lost less than the margin.
func (r *Result) NotWorse() bool { return r.Best.Interval[0] > -r.Margin }

// NoModelWorse reports that no model is shown to have lost.
func (r *Result) NoModelWorse() bool {
	for _, m := range r.Moved {
		if m.Moved && m.Difference < 0 {
			return false
		}
	}
	return true
}

// Unchanged reports that nothing is shown to have changed.
func (r *Result) Unchanged() bool {
	for _, m := range r.Moved {
		if m.Moved {
			return false
		}
	}
	for _, c := range []Change{r.AllWrong, r.Best, r.Gain} {
		if c.Interval[0] > 0 || c.Interval[1] < 0 {
			return false
		}
	}
	return true
}

// Warning is something that a reader of the numbers must know.
type Warning struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}
