package collect

import (
	"context"

	"github.com/allwrong/allwrong/collect/money"
	"github.com/allwrong/allwrong/collect/runfile"
	"github.com/allwrong/allwrong/collect/store"
)

// ModelEstimate is what asking one model everywhere takes.
type ModelEstimate struct {
	Model    string  `json:"model"`
	Cells    int64   `json:"cells"`         // to be answered, at most
	Calls    int64   `json:"calls"`         // at most: every answer cut off at every budget but the last
	Input    int64   `json:"input_tokens"`  // expected, a call a cell
	Output   int64   `json:"output_tokens"` // expected
	Expected float64 `json:"expected_usd"`
	Worst    float64 `json:"worst_usd"` // for all calls, each at the most that it can cost
	Certain  bool    `json:"certain"`   // all cells are asked, whatever comes of others
	Known    int64   `json:"known"`     // answers on record, by which output is expected; 0: a quarter of the first budget is
}

// Estimate is what a run takes, reckoned before anything is sent. What is on
// record already is not taken off.
type Estimate struct {
	Queries  int64           `json:"queries"`
	Models   []ModelEstimate `json:"models"`
	Expected float64         `json:"expected_usd"` // of the cells that are asked for certain
	Most     float64         `json:"most_usd"`     // expected of the full matrix
	Worst    float64         `json:"worst_usd"`
	Cap      float64         `json:"cap_usd"`
}

// Rules of thumb, for what is expected only; what may be spent rests on bounds.
const (
	bytesPerToken = 4 // of English text
	usualShare    = 4 // of the first budget, one part in so many is used
)

// Reckon says what a run takes. Used is what its folder has on record, by model;
// nil for a run that was never started.
func Reckon(ctx context.Context, run *runfile.Run, how store.Schedule, used []store.ModelTotals) (*Estimate, error) {
	e := &Estimate{Cap: run.CapUSD.Dollars(), Models: make([]ModelEstimate, len(run.Models))}
	worst := make([]money.Nano, len(run.Models))
	var bytes int64
	err := run.EachQuery(ctx, func(q *runfile.Query) error {
		e.Queries++
		size, messages := len(q.System)+len(q.Prompt), 1
		if q.System != "" {
			messages = 2
		}
		bytes += int64(size)
		for i := range run.Models {
			for _, budget := range run.Ladder(&run.Models[i]) {
				worst[i] = worst[i].Add(run.Models[i].Price.Worst(messages, size, budget))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	attempts := int64(run.Attempts)
	if how.For != store.ForMatrix && how.For != "" {
		attempts = 1
	}
	for i := range run.Models {
		m := &run.Models[i]
		x := ModelEstimate{Model: m.ID, Cells: e.Queries * attempts, Calls: e.Queries * attempts * int64(len(run.Ladder(m))),
			Input: bytes / bytesPerToken * attempts, Worst: worst[i].Dollars() * float64(attempts),
			Certain: how.For == store.ForMatrix || how.For == "" || how.For == store.ForCertificate && m.ID == how.Incumbent && how.Until == ""}
		each := run.Budgets[0] / usualShare
		if i < len(used) && used[i].Answers > 0 {
			each, x.Known = used[i].Output/used[i].Answers, used[i].Answers
		}
		x.Output = x.Cells * each
		// Per call and in floating point: the sum of all calls may be more tokens than one call can have.
		if x.Cells > 0 {
			one := m.Price.Cost(money.Usage{Input: x.Input / x.Cells, Output: each})
			x.Expected = one.Dollars() * float64(x.Cells)
		}
		e.Most, e.Worst = e.Most+x.Expected, e.Worst+x.Worst
		if x.Certain {
			e.Expected += x.Expected
		}
		e.Models[i] = x
	}
	return e, nil
}
