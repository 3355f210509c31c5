package collect

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/allwrong/allwrong/collect/runfile"
	"github.com/allwrong/allwrong/collect/schedule"
	"github.com/allwrong/allwrong/collect/store"
)

// Options say what is collected, and who watches.
type Options struct {
	Run   *runfile.Run
	Store *store.Store
	How   store.Schedule // For: empty means all cells

	// Decided reports whether a tally decides; the run then stops. Nil settles
	// every query. With How.Until.
	Decided func(schedule.Tally) bool

	Getenv func(name string) string // of keys; nil means os.Getenv
	Tries  int                      // how often a broken answer is asked for in all, at each budget; 0 means 3

	// Stop asks, once closed, to finish the calls in flight and to make no others.
	Stop <-chan struct{}

	// Watch is told how far the run is, now and then and at its end, from one
	// goroutine. Nil: nobody watches.
	Watch func(Progress)
	Every time.Duration // between two looks; 0 means a quarter of a second
}

func (o Options) withDefaults() (Options, error) {
	if o.How.For == "" {
		o.How.For = store.ForMatrix
	}
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	if o.Tries == 0 {
		o.Tries = 3
	}
	if o.Every == 0 {
		o.Every = 250 * time.Millisecond
	}
	switch {
	case o.Run == nil || o.Store == nil:
		return o, errors.New("collect: no run, or no store")
	case o.Tries < 1:
		return o, fmt.Errorf("collect: %d tries; want at least one", o.Tries)
	case o.How.For == store.ForCertificate && o.How.Incumbent == "":
		return o, errors.New("for certificate: name the model in use, before looking at its answers")
	case (o.How.Until != "") != (o.Decided != nil):
		return o, errors.New("collect: until decided needs a judge of tallies, and a judge something to decide")
	case o.How.Until != "" && o.How.For != store.ForCertificate:
		return o, fmt.Errorf("until decided: there is nothing to decide for %s, only for certificate", o.How.For)
	}
	return o, nil
}

// incumbent is the number of the model in use.
func (o *Options) incumbent() int {
	return slices.IndexFunc(o.Run.Models, func(m runfile.Model) bool { return m.ID == o.How.Incumbent })
}
