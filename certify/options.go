package certify

import (
	"fmt"
	"slices"
)

// Method names an upper bound on the gain. It is to be chosen before looking at
// the data: the smallest of several valid bounds is not a valid bound.
type Method string

// The methods; docs/method.md has the definition and the proof of each.
const (
	Screened  Method = "screened"  // two steps: models that are clearly worse stop costing anything
	Direct    Method = "direct"    // Clopper–Pearson on the least rescued count, δ shared by all models
	Incumbent Method = "incumbent" // for one model named before looking, no sharing
	Paper     Method = "paper"     // of arXiv:2606.27288: β and the best accuracy bounded apart
	Split     Method = "split"     // the best model picked on a part, certified on the rest
	Anytime   Method = "anytime"   // holds at every number of queries at once
	Scores    Method = "scores"    // for graded scores, clusters and repeats: bets on bounded means
)

// Methods lists all methods, the default first.
var Methods = []Method{Screened, Direct, Incumbent, Paper, Split, Anytime, Scores}

// MissingRule says what becomes of queries that some model did not answer.
type MissingRule string

// The rules.
const (
	Complete MissingRule = "complete" // use the queries that every model answered
	Bounds   MissingRule = "bounds"   // use all queries; limits hold whatever the missing cells are
)

// AttemptRule says what becomes of several attempts of one model at one query.
type AttemptRule string

// The rules.
const (
	AttemptsFirst AttemptRule = "first" // use the first
	AttemptsAll   AttemptRule = "all"   // use all: rates over fresh draws, by method Scores
)

// Options say what is to be certified. The zero value means: the gain over the
// single best model, screened, at 95 %, against no overhead.
type Options struct {
	Confidence float64            // of each one-sided statement, in (0, 1); 0 means 0.95
	Method     Method             // empty means Incumbent when one is named, else Screened
	Incumbent  string             // the model in use, named before looking at these data
	Overhead   float64            // what orchestration costs, in accuracy as a fraction: 0.02 is two points
	Missing    MissingRule        // empty means Complete
	Attempts   AttemptRule        // empty means AttemptsFirst
	Slice      string             // label by which to certify parts, each with the number of parts priced in
	Weights    map[string]float64 // production mix over the values of Slice, or weights of query ids when Slice is empty
	Cluster    string             // label that names the independent unit, when queries are not
	Population int64              // size of the finite benchmark these queries are drawn from; 0 means unbounded
	Seed       uint64             // for the methods that draw: split, weights

	// Audited reports whether somebody has read a query and decided about it;
	// nil: nobody has. It is counted and changes no limit.
	Audited func(query string) bool
}

// Shares of the total error and other constants of the methods.
const (
	screenShare = 0.02 // of δ, spent on finding models that are clearly worse (BASELINES 4.1: δ/50)
	splitShare  = 0.15 // of the queries, spent on picking the model
	planPower   = 0.80 // chance with which "queries needed" is to decide
	maxSlices   = 1000
)

// UsageError is a request that makes no sense, whatever the data.
type UsageError struct{ msg string }

func (e *UsageError) Error() string { return e.msg }

func usage(format string, a ...any) error { return &UsageError{fmt.Sprintf(format, a...)} }

// withDefaults fills in the documented defaults and refuses the rest.
func (o Options) withDefaults() (Options, error) {
	if o.Confidence == 0 {
		o.Confidence = 0.95
	}
	if o.Missing == "" {
		o.Missing = Complete
	}
	if o.Attempts == "" {
		o.Attempts = AttemptsFirst
	}
	if o.Method == "" {
		switch {
		case o.Cluster != "" || o.Attempts == AttemptsAll:
			o.Method = Scores
		case o.Incumbent != "":
			o.Method = Incumbent
		default:
			o.Method = Screened
		}
	}
	switch {
	case !(o.Confidence > 0 && o.Confidence < 1):
		return o, usage("confidence: %v is outside (0, 1); 0.95 is usual", o.Confidence)
	case !(o.Overhead >= 0 && o.Overhead <= 1):
		return o, usage("overhead: %v is not an accuracy between 0 and 1; 0.02 is two points", o.Overhead)
	case !slices.Contains(Methods, o.Method):
		return o, usage("method: %q is none of %v", string(o.Method), Methods)
	case o.Missing != Complete && o.Missing != Bounds:
		return o, usage("missing: %q is neither complete nor bounds", string(o.Missing))
	case o.Attempts != AttemptsFirst && o.Attempts != AttemptsAll:
		return o, usage("attempts: %q is neither first nor all", string(o.Attempts))
	case o.Method == Incumbent && o.Incumbent == "":
		return o, usage("method incumbent needs the model in use: name it with --incumbent")
	case o.Population < 0:
		return o, usage("population: %d is negative", o.Population)
	}
	return o, o.combine()
}

// combine refuses options that contradict each other.
func (o Options) combine() error {
	finite := o.Population > 0
	switch {
	case o.Cluster != "" && o.Method != Scores:
		return usage("method %s takes queries as independent; clusters need method scores", o.Method)
	case o.Cluster != "" && (len(o.Weights) > 0 || finite || o.Missing == Bounds):
		return usage("clusters cannot be combined with weights, a population or missing bounds")
	case o.Attempts == AttemptsAll && (o.Method != Scores || o.Cluster != "" || o.Slice != ""):
		return usage("all attempts need method scores, and cannot be combined with clusters, slices or weights")
	case finite && (o.Method == Split || o.Method == Anytime || o.Method == Scores):
		return usage("method %s has no form for a finite population; use screened, direct, incumbent or paper", o.Method)
	case finite && len(o.Weights) > 0:
		return usage("weights describe an unbounded production stream; they cannot be combined with a population")
	case o.Missing == Bounds && (o.Method == Scores || o.Method == Split):
		return usage("method %s has no form for missing bounds; use screened, direct, incumbent, paper or anytime", o.Method)
	case len(o.Weights) > 0 && o.Missing == Bounds:
		return usage("weights cannot be combined with missing bounds")
	case len(o.Weights) > 0 && o.Method == Scores:
		return usage("method scores cannot be combined with weights")
	}
	return nil
}

// delta is the error probability of each one-sided statement.
func (o Options) delta() float64 { return 1 - o.Confidence }
