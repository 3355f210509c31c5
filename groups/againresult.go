package groups

// AgainResult compares votes of one model with votes of several.
type AgainResult struct {
	Queries  int64   `json:"queries"`  // that every model attempted so often
	Attempts int     `json:"attempts"` // of each model at each query
	Ranking  int     `json:"ranking"`  // of those, attempts that rank the models; the others vote
	Roles    int     `json:"roles"`    // divisions of the attempts into the two
	Rule     string  `json:"rule"`     // plurality of answers, or majority of verdicts
	Within   float64 `json:"within"`

	Pool []Member `json:"pool"` // models of like quality in at least half of the divisions, the best first

	RhoAgain *float64 `json:"rho_again"` // correlation of the errors of two attempts of the best model; nil where it has none
	RhoPool  *float64 `json:"rho_pool"`  // mean correlation of errors over pairs of the pool

	Sizes []Size `json:"sizes"`

	Confidence float64   `json:"confidence"`
	Seed       uint64    `json:"seed"`
	Warnings   []Warning `json:"warnings"`
}

// Member is a model of the pool.
type Member struct {
	Model    string  `json:"model"`
	Accuracy float64 `json:"accuracy"` // over all attempts
	Share    float64 `json:"share"`    // of divisions in which it is of the pool
}

// Size is a vote of K answers.
type Size struct {
	K        int        `json:"k"`
	Again    float64    `json:"again"`    // accuracy of K answers of the best model
	Several  float64    `json:"several"`  // of one answer from each of the best K
	Diff     float64    `json:"diff"`     // the second less the first
	Interval [2]float64 `json:"interval"` // over queries, the models ranked anew for each sample of them
	Roles    int        `json:"roles"`    // divisions in which the pool has K models
}
