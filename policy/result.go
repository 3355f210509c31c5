package policy

// Result compares policies with the single best, the oracle and the certificate.
type Result struct {
	Queries int64 `json:"queries"` // answered by every model
	Units   int   `json:"units"`   // independent units among them: texts, or clusters
	Folds   int   `json:"folds"`
	Repeats int   `json:"repeats"` // divisions into folds

	SingleBest  Baseline     `json:"single_best"`
	Oracle      Oracle       `json:"oracle"`
	Certificate *Certificate `json:"certificate"` // as given; nil: none
	Policies    []Policy     `json:"policies"`
	Cascades    []Cascade    `json:"cascades"` // the whole curve of each cascade in Policies

	Confidence float64   `json:"confidence"`
	Seed       uint64    `json:"seed"`
	Warnings   []Warning `json:"warnings"`
}

// Baseline is the single best model, chosen on the parts that policies learn from.
type Baseline struct {
	Model    string   `json:"model"`    // most accurate on all queries; the cheaper among equals, then the first by name
	InSample float64  `json:"accuracy"` // its accuracy there
	HeldOut  float64  `json:"held_out"` // accuracy, on queries not chosen on, of whichever model was best on the others
	CostUSD  *float64 `json:"cost_usd"` // of that, a query; nil when some cost is not known
	Chosen   []Share  `json:"chosen"`   // which models that were, the most frequent first

	PerQuery []float64 `json:"-"` // its held-out accuracy by column of the matrix, NaN where not scored; nil where columns are patterns
}

// Share is a part of all queries, or of all divisions, that went to a model.
type Share struct {
	Model string  `json:"model"`
	Share float64 `json:"share"`
}

// Oracle asks a model that is right wherever there is one, the cheapest of those.
type Oracle struct {
	Accuracy float64  `json:"accuracy"` // the ceiling 1 − β
	Gain     Estimate `json:"gain"`     // over the single best chosen on other queries
	CostUSD  *float64 `json:"cost_usd"`
}

// Certificate is what any policy can gain at most, as package certify says.
type Certificate struct {
	Over  string  `json:"over"`
	Point float64 `json:"point"`
	Lower float64 `json:"lower"`
	Upper float64 `json:"upper"`
}

// Kind of a policy.
type Kind string

// The kinds.
const (
	Vote      Kind = "vote"    // asks several models, returns the answer with most votes
	CascadeOf Kind = "cascade" // asks one model after another until one is confident
	Router    Kind = "router"  // looks at the query and asks one model
	Own       Kind = "own"     // of a file
)

// Bound says that a vote is bounded from one side, since its answers are not known.
type Bound string

// The bounds.
const (
	AtLeast Bound = "at least" // as if all wrong answers agreed
	AtMost  Bound = "at most"  // as if no two of them did
)

// Policy is one line of the table.
type Policy struct {
	Name     string   `json:"name"`
	Kind     Kind     `json:"kind"`
	Bound    Bound    `json:"bound,omitempty"` // the numbers bound what the policy gives; empty: they are what it gives
	Accuracy float64  `json:"accuracy"`        // on queries not learnt from
	Gain     Estimate `json:"gain"`            // over the single best, as chosen on the same parts; limits at Confidence for this policy alone
	Together Interval `json:"together"`        // limits on the gain that hold for all policies of the table at once
	Captured *float64 `json:"captured"`        // share of the oracle's gain over the same single best; nil where that is 0

	CapturedLimits  *Interval `json:"captured_limits"`   // at Confidence (Fieller); nil where the data do not bound it
	CapturedOfUpper *float64  `json:"captured_of_upper"` // share of the certificate's upper limit; nil without one

	CostUSD *float64 `json:"cost_usd"` // mean of one query, all models asked; nil when some cost is not known
	Control *Control `json:"control"`  // what its choices are worth without knowing the query; nil for votes
	Asked   []Share  `json:"asked"`    // models asked, by share of queries
	Ties    float64  `json:"ties"`     // share of queries whose outcome is the mean over tied answers

	PerQuery []float64   `json:"-"` // held-out accuracy by column of the matrix, mean over divisions; NaN where not scored; nil where columns are patterns
	Costs    []float64   `json:"-"` // likewise, US dollars; nil when not known
	Believed [][]float64 `json:"-"` // [model][column] held-out probability of being right, of routers that give one; NaN where none; nil otherwise
}

// Estimate is a value with its limits.
type Estimate struct {
	Point float64 `json:"point"`
	Lower float64 `json:"lower"`
	Upper float64 `json:"upper"`
}

// Interval is a pair of limits.
type Interval struct {
	Lower float64 `json:"lower"`
	Upper float64 `json:"upper"`
}

// Control makes the same choices as a policy, as often, at random: it costs the
// same and knows nothing. For a cascade it is random mixing of its models.
type Control struct {
	Accuracy float64  `json:"accuracy"`
	CostUSD  *float64 `json:"cost_usd"`
	Over     Estimate `json:"over"` // accuracy of the policy less that of the control
}

// Cascade is the curve of a cascade of two over all thresholds: the share of
// queries handed on runs from none to all, those with the least confidence first.
type Cascade struct {
	Name   string   `json:"name"`
	Models []string `json:"models"` // in the order in which they are asked
	Weak   float64  `json:"weak"`   // accuracy of the first alone
	Strong float64  `json:"strong"` // of the last
	AUC    *float64 `json:"auc"`    // chance that the first is more confident where it is right than where it is wrong, ties half; nil when it is always one of both

	// Area is the mean over all shares handed on of the accuracy less that of
	// random mixing. It is ByWeak − ByStrong (docs/method.md).
	Area     float64 `json:"area"`
	ByWeak   float64 `json:"by_weak"`   // a(1−a)(AUC−½) of the first model's verdicts
	ByStrong float64 `json:"by_strong"` // the same of the last model's verdicts: hard queries are hard for it, too

	Points []CascadePoint `json:"points"` // at most MaxPoints
}

// MaxPoints bounds the points of a curve.
const MaxPoints = 101

// CascadePoint is one threshold, learnt on other queries than it is scored on.
type CascadePoint struct {
	HandedOn float64  `json:"handed_on"` // share of queries
	Accuracy float64  `json:"accuracy"`
	Mixing   float64  `json:"mixing"`   // accuracy of handing on as many at random
	CostUSD  *float64 `json:"cost_usd"` // nil when some cost is not known
}

// Warning is something that a reader of the numbers must know.
type Warning struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}
