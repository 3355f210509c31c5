package pool

// Result says which models are worth keeping.
type Result struct {
	Queries  int64   `json:"queries"`   // answered by every model
	AllWrong int64   `json:"all_wrong"` // of the whole pool
	Ceiling  float64 `json:"ceiling"`   // of the whole pool: 1 − β

	Objective Objective `json:"objective"`
	K         int       `json:"k"`
	Pools     []Pool    `json:"pools"` // the best found of each size, smallest first

	Selection *Selection  `json:"selection"` // how much of the chosen pool's ceiling is owed to choosing; nil with fewer than five queries
	Certified []Certified `json:"certified"` // what holds of a chosen pool, each at Confidence
	Next      []Addition  `json:"next"`      // what each model left out would add to the pool of K, the most first
	New       *Addition   `json:"new"`       // what the model named would add to all others; nil unless asked for

	Models  []Model   `json:"models"`
	Rescues [][]int64 `json:"rescues"` // [i][j] queries on which model i is wrong and model j right; nil for more than MaxRescues models

	Confidence float64   `json:"confidence"`
	Seed       uint64    `json:"seed"`
	Warnings   []Warning `json:"warnings"`
}

// Chosen is the pool of the size that was asked for.
func (r *Result) Chosen() Pool {
	for _, p := range r.Pools {
		if p.K == r.K {
			return p
		}
	}
	return r.Pools[len(r.Pools)-1]
}

// MaxRescues is up to how many models the table of who rescues whom is given.
const MaxRescues = 128

// Pool is the best pool found of at most K models.
type Pool struct {
	K        int      `json:"k"`
	Models   []string `json:"models"`
	AllWrong int64    `json:"all_wrong"` // queries on which every member is wrong
	Ceiling  float64  `json:"ceiling"`
	Gain     float64  `json:"gain"`      // ceiling less the accuracy of its best member
	PriceUSD *float64 `json:"price_usd"` // of asking every member one query; nil when unknown

	Proved bool  `json:"proved"` // no pool of this size does better
	Least  int64 `json:"least"`  // no pool of this size leaves fewer queries all wrong

	Greedy    int64   `json:"greedy"`    // all-wrong queries of the pool that adding one model at a time gives
	Guarantee float64 `json:"guarantee"` // share of the most that any pool of this size covers which that one covers at least; 0 for other objectives
}

// Model is one model's part in the whole pool.
type Model struct {
	Model    string  `json:"model"`
	Accuracy float64 `json:"accuracy"`
	OnlyIt   int64   `json:"only_it"` // queries on which it alone is right
	Shapley  float64 `json:"shapley"` // its share of the ceiling: mean over queries of 1/(number right) where it is right; shares add up to the ceiling

	RescuesBest int64    `json:"rescues_best"`     // queries on which the best model is wrong and it is right
	Nearest     string   `json:"nearest"`          // the model that is right on most of what it is right on; empty if it is never right
	Shared      *float64 `json:"shared"`           // that part of its right answers; nil if it has none
	PriceUSD    *float64 `json:"price_usd"`        // mean over its priced answers of one query; nil when unknown
	PerRescue   *float64 `json:"usd_per_rescue"`   // dollars, if asked wherever the best model is wrong, for each query rescued; nil when unknown or none
	In          []int    `json:"in_pools_of_size"` // the sizes whose best pool it is in
}

// Addition is what one model would change for a pool that lacks it.
type Addition struct {
	Model   string   `json:"model"`
	Rescues int64    `json:"rescues"` // queries that defeat the whole pool, and not it
	Rate    float64  `json:"rate"`    // the same as a share of all queries: by how much the ceiling rises
	Lower   float64  `json:"lower"`   // limits on that rate, two-sided, for all models of the list together, for a pool that was named beforehand
	Upper   float64  `json:"upper"`
	Best    bool     `json:"best"`      // it would be the best member
	Gain    float64  `json:"gain"`      // gain of the pool with it over its best member
	Change  float64  `json:"gain_diff"` // less the gain without it
	Queries []string `json:"queries"`   // the queries that it rescues, at most 100; nil where they have no names
}

// Selection compares what a chosen pool covers on the queries it was chosen on
// with what pools chosen the same way cover on others.
type Selection struct {
	K        int     `json:"k"`
	Folds    int     `json:"folds"`
	Repeats  int     `json:"repeats"`
	InSample float64 `json:"in_sample"` // ceiling of the pools on the parts they were chosen on
	HeldOut  float64 `json:"held_out"`  // on the parts that they were not
	Optimism float64 `json:"optimism"`
	Stable   float64 `json:"stable"` // mean share of members that two such pools have in common
}

// Certified is a statement about one pool that takes into account that the
// pool was chosen on these data.
type Certified struct {
	Method   string   `json:"method"` // fixed, split, every-pool
	Models   []string `json:"models"`
	Queries  int64    `json:"queries"` // that the statement rests on
	AllWrong int64    `json:"all_wrong"`
	Ceiling  float64  `json:"ceiling_lower"` // the pool's ceiling is at least this
	Gain     float64  `json:"gain_lower"`    // its ceiling less the best accuracy of any model, of the pool or not, is at least this; may be negative
}

// Warning is something that a reader of the numbers must know.
type Warning struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}
