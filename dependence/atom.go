package dependence

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/allwrong/allwrong/outcome"
)

// AtomOptions of [Atom]. A zero field means its default.
type AtomOptions struct {
	Seed       uint64
	Replicates int // of the bootstrap; 199, the fewest that tell 0.005

	// Progress is told how many replicates are done. It may be called from several goroutines, never
	// twice at a time.
	Progress func(done, total int)
}

// AtomResult says whether all models fail at once more often than one common difficulty explains.
type AtomResult struct {
	Models     int       `json:"models"`
	Queries    int64     `json:"queries"` // answered by every model, and used
	AllWrong   int64     `json:"all_wrong"`
	Omega      *float64  `json:"omega"`       // probability of the common mode
	Rho        *float64  `json:"rho"`         // correlation of the single factor otherwise
	RhoWithout *float64  `json:"rho_without"` // correlation when ω is 0
	Statistic  *float64  `json:"statistic"`   // twice the log-likelihood ratio against ω = 0
	PValue     *float64  `json:"p_value"`     // from the bootstrap
	Replicates int       `json:"replicates"`  // drawn for the p-value; none are needed when the statistic is 0
	Seed       uint64    `json:"seed"`
	Reason     string    `json:"reason,omitempty"` // why numbers are null
	Warnings   []Warning `json:"warnings"`
}

// Atom fits the common mode: with probability ω all models are wrong at once; otherwise model i is wrong
// when √ρ·z + √(1−ρ)·e_i falls below its threshold, where z is common to all models and e_i is its own
// (a single Gaussian factor, Vasicek 1987, with a common shock, Marshall and Olkin 1967). Thresholds are
// those at which each model has its own wrong rate, given ω; ω and ρ maximise the likelihood of the whole
// patterns of the queries that every model answered.
//
// The statistic is compared with its values on data drawn from the fit with ω = 0, each fitted again, wrong
// rates included; p = (1 + number as large)/(1 + replicates). Half a chi-square with one degree of freedom
// is its law in the limit only.
//
// A small p says that a common mode exists, not what caused it: broken questions, wrong references and a
// grader that rejects everything leave the same trace as questions that are too hard for all. It is a statement
// against equal loadings too: models that depend on the common difficulty to different degrees raise the
// statistic without any common mode.
//
// A fit of 67 models and 330 queries takes some hundredths of a second on one processor, and costs in
// proportion to the different patterns times the models; each replicate is one fit. Of very many queries only
// the number of each pattern is drawn; where patterns are too many for that, the test is on a sample.
//
// Data that cannot tell give null with a reason. The error is that of ctx, or of an option.
func Atom(ctx context.Context, m *outcome.Matrix, o AtomOptions) (*AtomResult, error) {
	if o.Replicates < 0 {
		return nil, fmt.Errorf("replicates: %d; want a positive number", o.Replicates)
	}
	if o.Replicates == 0 {
		o.Replicates = 199
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m, some := singly(m, o.Seed)
	c := m.Count(nil)
	r := &AtomResult{Models: len(m.Models()), Queries: c.Queries, AllWrong: c.AllWrong, Seed: o.Seed, Warnings: []Warning{}}
	if some != nil {
		r.Warnings = append(r.Warnings, *some)
	}
	if c.Queries == 0 {
		r.Reason = fmt.Sprintf("no query was answered by all %d models", r.Models)
		return r, nil
	}
	d, always, never := newFailures(m)
	switch {
	case never != "":
		r.Reason = fmt.Sprintf("model %s is never wrong: no query defeats all models, and a common mode has probability 0 here", outcome.Quote(never))
		return r, nil
	case len(d.wrong) < 3:
		r.Reason = fmt.Sprintf("%d models that are sometimes right: a common mode cannot be told from a correlation with fewer than three", len(d.wrong))
		return r, nil
	}
	if always > 0 {
		w := warnings(r.Warnings)
		w.warn("always-wrong", "%d of the models are always wrong: they say nothing of a common mode and are left out of its fit.", always)
		r.Warnings = w
	}
	fit := d.fit(0.4)
	r.RhoWithout = ptr(fit.without)
	if fit.without > rhoMost-1e-6 {
		r.RhoWithout = nil
		r.Reason = "the models fail almost only together: a common mode cannot be told from a correlation of 1"
		return r, nil
	}
	r.Omega, r.Rho, r.Statistic = ptr(fit.omega), ptr(fit.rho), ptr(fit.statistic)
	if fit.statistic == 0 {
		r.PValue = ptr(1.0)
		return r, nil
	}
	p, err := d.bootstrap(ctx, fit, o)
	if err != nil {
		return nil, err
	}
	r.PValue, r.Replicates = &p, o.Replicates
	return r, nil
}

// bootstrap gives the p-value. Replicates hang on the seed and their number, not on who computes them.
func (d *failures) bootstrap(ctx context.Context, fit atomFit, o AtomOptions) (float64, error) {
	var next, large atomic.Int64
	var mu sync.Mutex
	var wg sync.WaitGroup
	done := 0
	null := d.oneFactor(fit.without)
	for range min(runtime.GOMAXPROCS(0), o.Replicates) {
		wg.Go(func() {
			for ctx.Err() == nil {
				k := next.Add(1)
				if k > int64(o.Replicates) {
					return
				}
				draw := rand.New(rand.NewPCG(o.Seed, 0x61746f6d<<32|uint64(k)))
				if atomStatistic(null.draw(draw), fit.without) >= fit.statistic-1e-6 {
					large.Add(1)
				}
				if o.Progress != nil {
					mu.Lock()
					done++
					o.Progress(done, o.Replicates)
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	return float64(1+large.Load()) / float64(1+o.Replicates), nil
}

// atomStatistic fits a replicate. Where it has a model that is never wrong, ω is 0.
func atomStatistic(m *outcome.Matrix, start float64) float64 {
	d, _, never := newFailures(m)
	if never != "" || len(d.wrong) < 3 {
		return 0
	}
	return d.fit(start).statistic
}
