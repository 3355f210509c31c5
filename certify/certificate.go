package certify

import "slices"

// Rate is an estimated rate with a two-sided interval at the certificate's
// confidence. Point is nil when missing cells leave it undetermined.
type Rate struct {
	Point *float64 `json:"point"`
	Lower float64  `json:"lower"`
	Upper float64  `json:"upper"`
}

// Best is the single best model on these data.
type Best struct {
	Model    string   `json:"model"`
	Accuracy *float64 `json:"accuracy"`
	Lower    float64  `json:"lower"` // lower limit of the best accuracy, δ/2 shared by all models, as the paper states it
}

// Kinds partitions the queries; the four counts add up to all of them. They are
// taken against the model named by Gain.Over.
type Kinds struct {
	AllRight   int64 `json:"all_right"`
	BestRight  int64 `json:"best_right"` // that model right, some other wrong
	Resolvable int64 `json:"resolvable"` // that model wrong, some other right: the gain
	AllWrong   int64 `json:"all_wrong"`
	Unknown    int64 `json:"unknown"` // left open by missing cells, under the rule Bounds only
}

// Gain is what a perfect choice among the models would add to one of them.
type Gain struct {
	Over       string     `json:"over"`     // the model that it is counted against
	Point      *float64   `json:"point"`    // nil when missing cells leave it undetermined
	Lower      float64    `json:"lower"`    // one-sided, at Confidence
	Upper      float64    `json:"upper"`    // one-sided, at Confidence, by Method
	Interval   [2]float64 `json:"interval"` // two-sided, at Confidence
	Method     Method     `json:"method"`
	Confidence float64    `json:"confidence"`
}

// Audited counts the queries that somebody has read and decided about.
type Audited struct {
	AllWrong int64 `json:"all_wrong"` // of the all-wrong queries
	Fragile  int64 `json:"fragile"`   // of the queries that hang on one model
}

// Verdict answers whether orchestration can pay at the given overhead.
type Verdict string

// The verdicts.
const (
	No        Verdict = "no"        // the upper limit is below the overhead: no selection policy can pay
	Room      Verdict = "room"      // the lower limit is above it: a perfect choice would pay; a real policy may
	Undecided Verdict = "undecided" // neither
)

// Warning is something that a reader of the numbers must know.
type Warning struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// ModelLine is one model of the pool over the certified queries.
type ModelLine struct {
	Model    string   `json:"model"`
	Right    int64    `json:"right"`
	Accuracy *float64 `json:"accuracy"`
	Rescued  int64    `json:"rescued"` // queries on which it is wrong and another model is right
	Missing  int64    `json:"missing"` // queries, of all on file, without a verdict of it
}

// Certificate is the answer. Counts are of queries; rates are fractions.
type Certificate struct {
	Models   int   `json:"models"`
	Queries  int64 `json:"queries"`
	AllWrong int64 `json:"all_wrong"`

	Beta    Rate  `json:"beta"`    // co-failure rate: every model wrong
	Ceiling Rate  `json:"ceiling"` // 1−β: the most that any choice among the answers can be right
	Best    Best  `json:"best"`
	Kinds   Kinds `json:"kinds"`
	Gain    Gain  `json:"gain"`

	Bounds map[Method]*float64 `json:"bounds"` // upper limit by every method, to compare; nil where a method does not apply

	Overhead      float64   `json:"overhead"` // accuracy as a fraction: 0.02 is two points
	Verdict       Verdict   `json:"verdict"`
	QueriesNeeded *int64    `json:"queries_needed"`       // further graded queries that would decide with 80 % chance at the present rate; 0 when decided, nil when none would
	NeededRange   [2]*int64 `json:"queries_needed_range"` // the same at both ends of the gain's interval; nil where none would

	Missing  Missing     `json:"missing"`
	Fragile  *Fragile    `json:"fragile"`           // nil without files
	Audited  *Audited    `json:"audited,omitempty"` // nil unless a record of audits was given
	Guessing *Guessing   `json:"guessing"`          // nil where no query says how many options it has
	Slices   []Slice     `json:"slices"`            // nil unless asked for
	Weighted *Weighted   `json:"weighted"`          // nil unless asked for
	Repeats  *Repeats    `json:"repeats"`           // nil unless asked for
	PerModel []ModelLine `json:"per_model"`

	NotCovered string    `json:"not_covered"`
	Warnings   []Warning `json:"warnings"`
}

const notCovered = "Binds policies that return one member's answer. One that writes a new answer " +
	"(mixture-of-agents, fusion) is not bounded by it."

func (c *Certificate) warn(code, message string) {
	c.Warnings = append(c.Warnings, Warning{code, message})
}

func ptr[T any](x T) *T { return &x }

func sortInts(x []int64) { slices.Sort(x) }
