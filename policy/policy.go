package policy

import (
	"github.com/allwrong/allwrong/outcome"
)

// Data are what policies are scored on. Only the matrix of the first attempt has
// to be there; what is missing takes the policies that need it out of the table,
// and a warning says so.
type Data struct {
	Attempts []*outcome.Matrix            // first attempt first; of patterns with weights only the first is taken, and single queries are drawn from it
	Details  []*outcome.Detail            // of the same attempts: answers and costs; nil: not known
	Text     func(query string) string    // what was asked; "" or nil: not known. Called once for each query
	Value    func(answer string) string   // a form in which answers that say the same are the same; nil: they are compared as recorded
	Vector   func(query string) []float64 // an embedding of the query, of one length for all; nil: none

	// Confidence of a model in its own answer, higher is surer; ok is false where
	// it is not known. Nil: of no model; then the agreement of a model's attempts
	// stands in where there are several.
	Confidence func(query, model string) (c float64, ok bool)
	Own        []Choices // policies of files
}

// Choices are somebody's own policy: what it does for each query.
type Choices struct {
	Name string
	Of   func(query string) (c Choice, ok bool)
}

// Choice sends a query to a model, or answers it.
type Choice struct {
	Model   string   // the model to ask; "" when Answer is given
	Answer  string   // what the policy answered itself
	CostUSD *float64 // of deciding, or of answering; nil: nothing, or not known
}

// Options of Measure. A zero field means its default.
type Options struct {
	Folds       int          // 5
	Repeats     int          // divisions into folds; 0: as many as make the division's own noise small
	Slices      []string     // labels by which to route; nil takes each one with 2 to 60 values
	Cluster     string       // label of queries that are not independent of each other
	Cascades    [][]string   // models to ask, in order; nil: chosen on the parts learnt from
	Certificate *Certificate // what package certify says of the same queries
	Confidence  float64      // of each statement, in (0, 1); 0.95
	Seed        uint64

	// Progress is told how many of all fits are done.
	Progress func(done, of int)
}
