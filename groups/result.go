package groups

// Result is the study of all groups of K models.
type Result struct {
	Queries int64 `json:"queries"` // answered by every model
	Models  int   `json:"models"`  // right on some of them and wrong on others
	K       int   `json:"k"`
	Groups  int64 `json:"groups"` // of K models that there are
	Studied int   `json:"studied"`

	Constant []string `json:"constant"` // models left out: never or always wrong, so without a correlation

	Verdicts Votes  `json:"verdicts"` // right when most members are; half right when half are
	Answers  *Votes `json:"answers"`  // the answer that most members gave; nil where answers are not known

	Confidence float64   `json:"confidence"`
	Seed       uint64    `json:"seed"`
	Warnings   []Warning `json:"warnings"`
}

// Votes is what one rule gives over all groups.
type Votes struct {
	Gain    Mean     `json:"gain"`          // of the vote over its best member, picked on the same queries
	HeldOut *Mean    `json:"held_out"`      // over a best member picked on other queries; nil with fewer than five
	Curse   *float64 `json:"winners_curse"` // mean accuracy of the best member where it was picked, less where it was not

	Loses        float64  `json:"loses"` // share of groups whose vote is worse than its best member
	Ties         float64  `json:"ties"`
	LosesHeldOut *float64 `json:"loses_held_out"`

	Slope *Slope `json:"slope"` // nil where groups do not determine it

	Best  Group `json:"best"` // most gain
	Worst Group `json:"worst"`
}

// Mean is a mean over groups. The interval comes from leaving out one model at a
// time and is nil with fewer than three models to leave out.
type Mean struct {
	Point    float64     `json:"point"`
	SE       *float64    `json:"se"`
	Interval *[2]float64 `json:"interval"`
	Without  [2]float64  `json:"without_one"` // least and most of it when a model is left out
}

// Slope is gain = const + Rho·ρ + Headroom·headroom, by least squares over groups.
type Slope struct {
	Rho      float64    `json:"rho"`
	Headroom float64    `json:"headroom"`
	SE       float64    `json:"se"`       // of Rho, leaving out one model at a time
	Interval [2]float64 `json:"interval"` // Rho ± z·SE
	Naive    float64    `json:"naive_se"` // as if groups were independent, which they are not
	Range    [2]float64 `json:"rho_range"`
}

// Group is one group of models.
type Group struct {
	Models []string `json:"models"`
	Rho    float64  `json:"rho"`  // mean correlation of errors of its pairs
	Best   float64  `json:"best"` // accuracy of its best member
	Vote   float64  `json:"vote"`
}

// Warning is something that a reader of the numbers must know.
type Warning struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}
