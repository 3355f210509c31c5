package budget

import (
	"cmp"
	"slices"
)

// Result is the money table.
type Result struct {
	Basis   Basis `json:"basis"`
	Queries int64 `json:"queries"` // answered by every model, with a known cost each

	Models []Model `json:"models"`

	Oracle  []Point `json:"oracle"`  // frontier of policies that know who is right; at most MaxCorners corners
	Corners int     `json:"corners"` // that the oracle's frontier has
	Mix     []Point `json:"mix"`     // frontier of mixing single models at random

	Routers []Realised `json:"routers"` // what routers really get when they weigh cost, on queries they have not learnt from

	Saving   Saving    `json:"saving"`
	Envelope []Line    `json:"envelope"` // no policy is more accurate at any budget than the least of these lines says, all together at Confidence; empty where nothing could be certified
	Vote     *VoteSize `json:"vote"`     // nil unless the value of a right answer is given

	Confidence float64   `json:"confidence"`
	Seed       uint64    `json:"seed"`
	Warnings   []Warning `json:"warnings"`
}

// MaxCorners bounds the corners of a frontier that a result lists.
const MaxCorners = 200

// Realised is what one router gets as the price of money falls: it asks the model
// of the highest chance to be right less λ times the cost, λ from infinity to 0.
type Realised struct {
	Name   string   `json:"name"`
	Points []Bought `json:"points"` // at most MaxCorners
}

// Bought is what is got for what is spent.
type Bought struct {
	CostUSD  float64 `json:"cost_usd"` // a query
	Accuracy float64 `json:"accuracy"`
}

// Basis says where costs come from.
type Basis string

// The bases.
const (
	Logged Basis = "logged" // every answer states what it cost
	Prices Basis = "prices" // one price a model: as given, or the mean of the answers that state a cost
)

// Model is what one model costs and gives.
type Model struct {
	Model    string   `json:"model"`
	Accuracy float64  `json:"accuracy"`
	CostUSD  float64  `json:"cost_usd"`      // mean of one query
	PerRight *float64 `json:"usd_per_right"` // dollars for a right answer; nil when it is never right
	OnMix    bool     `json:"on_mix"`        // no mixture of other models is as accurate for less
}

// Saving compares the model in use with policies that are as accurate.
type Saving struct {
	Over     string  `json:"over"` // the model in use, or the most accurate one, the cheapest among equals
	Accuracy float64 `json:"accuracy"`
	CostUSD  float64 `json:"cost_usd"`

	OracleUSD float64  `json:"oracle_usd"` // least cost at which an oracle is as accurate on these queries
	Share     *float64 `json:"share"`      // of CostUSD that it saves; nil where that is 0
	Lambda    float64  `json:"lambda"`     // shadow price there

	Certified *Floor `json:"certified"` // nil where nothing could be certified; a warning says why
}

// Floor is a certified lower limit on what a policy costs.
type Floor struct {
	Over    string   `json:"over"`         // a policy at least as accurate as this model
	CostUSD float64  `json:"cost_lower"`   // costs at least this a query, one-sided at Confidence
	Share   *float64 `json:"saving_upper"` // so that it saves at most this part of what that model cost; nil where that is 0
	Lambda  float64  `json:"lambda"`       // the price of the bound, chosen on other queries
	Queries int      `json:"queries"`      // that the statement rests on
	Named   bool     `json:"named"`        // Over was named beforehand, not picked on other queries
}

// Line bounds the accuracy of every policy: at most Lambda·B + Upper at a budget
// of B dollars a query.
type Line struct {
	Lambda float64 `json:"lambda"`
	Upper  float64 `json:"upper"`
}

// Warning is something that a reader of the numbers must know.
type Warning struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// ByAccuracy lists the models, the most accurate first and the cheaper among
// equals.
func (r *Result) ByAccuracy() []Model {
	list := slices.Clone(r.Models)
	slices.SortStableFunc(list, func(a, b Model) int {
		return cmp.Or(cmp.Compare(b.Accuracy, a.Accuracy), cmp.Compare(a.CostUSD, b.CostUSD))
	})
	return list
}
