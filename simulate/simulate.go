// Package simulate answers: what would graded results look like if their law
// were known? It draws outcome matrices from a few laws of joint failure, for
// examples, for planning and for checking that limits cover what they promise.
//
// The laws are the standard ones of the literature on correlated failure:
// independent models; a single Gaussian factor (Vasicek 1987), in which every
// model fails when √ρ·f + √(1−ρ)·e falls below its threshold; and a common shock
// (Marshall and Olkin 1967), in which all models fail at once with a fixed
// probability and by the single factor otherwise. Draws are by PCG from a seed:
// the same options give the same matrix everywhere.
package simulate

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/allwrong/allwrong/outcome"
)

// Law names a law of joint failure.
type Law string

// The laws.
const (
	Independent  Law = "independent"
	SingleFactor Law = "single-factor"
	CommonShock  Law = "common-shock"
)

// Laws lists them all.
var Laws = []Law{Independent, SingleFactor, CommonShock}

// Options say what to draw.
type Options struct {
	Law     Law
	Models  int
	Queries int
	Lowest  float64 // accuracy of the weakest model; the others are spaced evenly
	Highest float64 // accuracy of the strongest
	Rho     float64 // loading of the factor, in [0, 1]; SingleFactor and CommonShock
	Shock   float64 // probability that all models fail at once; CommonShock
	Missing float64 // probability that a cell has no verdict
	Seed    uint64
}

// Limits of what is drawn in one go.
const (
	MaxModels   = 100_000
	MaxQueries  = 100_000_000
	MaxAttempts = 1000
	maxCells    = 4_000_000_000
)

func (o Options) check() error {
	rate := func(x float64) bool { return x >= 0 && x <= 1 }
	switch {
	case o.Law != Independent && o.Law != SingleFactor && o.Law != CommonShock:
		return fmt.Errorf("law: %q is none of %v", string(o.Law), Laws)
	case o.Models < 1 || o.Models > MaxModels:
		return fmt.Errorf("models: %d is outside 1…%d", o.Models, MaxModels)
	case o.Queries < 1 || o.Queries > MaxQueries:
		return fmt.Errorf("queries: %d is outside 1…%d", o.Queries, MaxQueries)
	case o.Models*o.Queries > maxCells:
		return fmt.Errorf("%d models × %d queries: more than %d cells", o.Models, o.Queries, maxCells)
	case !rate(o.Lowest) || !rate(o.Highest) || o.Lowest > o.Highest:
		return fmt.Errorf("accuracy: %v to %v; want two rates, the lower first", o.Lowest, o.Highest)
	case !rate(o.Rho) || !rate(o.Shock) || !rate(o.Missing):
		return fmt.Errorf("rho %v, shock %v, missing %v: each must lie in [0, 1]", o.Rho, o.Shock, o.Missing)
	case o.Law == CommonShock && 1-o.Highest < o.Shock:
		return fmt.Errorf("shock: %v; the strongest model is wrong only %.3g of the time", o.Shock, 1-o.Highest)
	}
	return nil
}

// Models names the models of a draw, strongest last.
func Models(n int) []string {
	names := make([]string, n)
	digits := len(fmt.Sprint(n))
	for i := range names {
		names[i] = fmt.Sprintf("model-%0*d", digits, i+1)
	}
	return names
}

// Accuracy is the accuracy of model i under the options.
func (o Options) Accuracy(i int) float64 {
	if o.Models == 1 {
		return o.Highest
	}
	return o.Lowest + (o.Highest-o.Lowest)*float64(i)/float64(o.Models-1)
}

// Matrix draws one attempt of every model at every query.
func Matrix(o Options) (*outcome.Matrix, error) {
	list, err := Attempts(o, 1)
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// Attempts draws several attempts. The attempts of a query share its difficulty
// and its shock, and are independent otherwise.
func Attempts(o Options, attempts int) ([]*outcome.Matrix, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	if attempts < 1 || attempts > MaxAttempts {
		return nil, fmt.Errorf("attempts: %d is outside 1…%d", attempts, MaxAttempts)
	}
	right, seen := planes(o, attempts), planes(o, attempts)
	threshold := o.thresholds()
	rho := o.Rho
	if o.Law == Independent {
		rho = 0
	}
	draw := rand.New(rand.NewPCG(o.Seed, 0x616c6c77726f6e67))
	common, own := math.Sqrt(rho), math.Sqrt(1-rho)
	for q := range o.Queries {
		shocked := o.Law == CommonShock && draw.Float64() < o.Shock
		factor := common * draw.NormFloat64()
		for a := range attempts {
			for i := range threshold {
				ok := factor+own*draw.NormFloat64() >= threshold[i] && !shocked
				if o.Missing > 0 && draw.Float64() < o.Missing {
					continue
				}
				outcome.Mask(seen[a][i]).Set(q)
				if ok {
					outcome.Mask(right[a][i]).Set(q)
				}
			}
		}
	}
	out := make([]*outcome.Matrix, attempts)
	for a := range out {
		if o.Missing == 0 {
			seen[a] = nil
		}
		var err error
		if out[a], err = outcome.NewMatrix(Models(o.Models), o.Queries, right[a], seen[a], nil); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func planes(o Options, attempts int) [][][]uint64 {
	out := make([][][]uint64, attempts)
	for a := range out {
		out[a] = make([][]uint64, o.Models)
		for i := range out[a] {
			out[a][i] = outcome.NewMask(o.Queries)
		}
	}
	return out
}

// thresholds are those below which each model fails, set so that its accuracy
// is as asked, shocks included.
func (o Options) thresholds() []float64 {
	t := make([]float64, o.Models)
	for i := range t {
		wrong := 1 - o.Accuracy(i)
		if o.Law == CommonShock && o.Shock < 1 {
			wrong = (wrong - o.Shock) / (1 - o.Shock)
		}
		t[i] = math.Sqrt2 * math.Erfinv(2*wrong-1)
	}
	return t
}
