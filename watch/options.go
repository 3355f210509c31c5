package watch

import (
	"fmt"
	"slices"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/outcome"
)

// Options say what is watched. They do not change while a watch goes on.
type Options struct {
	Models     []string        `json:"models"`     // the pool, two or more
	Incumbent  string          `json:"incumbent"`  // the model in use; "" none
	Slice      string          `json:"slice"`      // label by which parts are watched, too; "" none
	Overhead   float64         `json:"overhead"`   // what orchestration costs, in accuracy as a fraction
	Verdict    certify.Verdict `json:"verdict"`    // certified before the watch began; "" none
	Confidence float64         `json:"confidence"` // of each one-sided limit, in (0, 1); 0 means 0.95

	Beta     Level `json:"beta"`     // of the whole stream; zero: learnt
	Gain     Level `json:"gain"`     // of the incumbent, likewise
	Baseline int64 `json:"baseline"` // queries from which a level is learnt; 0 means 5,000
	Both     bool  `json:"both"`     // learnt levels are watched for a fall, too

	RunLength float64 `json:"run_length"` // queries per false alarm of a change, at least; 0 means 1,000,000
	Alpha     float64 `json:"alpha"`      // chance that a level alarm is ever false, or a learnt level wrong; 0 means 0.05

	NoAnswerMissing bool    `json:"no_answer_missing"` // no answer leaves a query open instead of counting as wrong
	ScoreThreshold  float64 `json:"score_threshold"`   // from which a score is right; 0 means 1
	Open            int     `json:"open"`              // incomplete queries that are kept, at most; 0 means 100,000
	Remember        int     `json:"remember"`          // counted queries of which repeats are recognised; 0 means 10,000, below 0 all
}

// Level is what a rate is held against: it must not rise above High nor, where
// Low is given, fall below Low. Fractions in (0, 1); zero is not given.
type Level struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

func (l Level) stated() bool { return l.High > 0 }

// MaxSlices bounds how many values of the label are watched one by one, in the
// order in which they come. What has another value counts for the whole stream only.
const MaxSlices = 1000

func (o Options) withDefaults() (Options, error) {
	o.Models = slices.Clone(o.Models)
	slices.Sort(o.Models)
	o.Models = slices.Compact(o.Models)
	o.Confidence = or(o.Confidence, 0.95)
	o.Baseline = or(o.Baseline, 5000)
	o.RunLength = or(o.RunLength, 1e6)
	o.Alpha = or(o.Alpha, 0.05)
	o.ScoreThreshold = or(o.ScoreThreshold, 1)
	o.Open = or(o.Open, 100_000)
	o.Remember = or(o.Remember, 10_000)
	return o, o.check()
}

func or[T comparable](given, usual T) T {
	var zero T
	if given == zero {
		return usual
	}
	return given
}

func (o Options) check() error {
	inside := func(x float64) bool { return x > 0 && x < 1 }
	switch {
	case len(o.Models) < 2:
		return fmt.Errorf("models: %d in the pool; a choice needs two or more", len(o.Models))
	case o.Incumbent != "" && !slices.Contains(o.Models, o.Incumbent):
		return fmt.Errorf("incumbent: no model of the pool is named %s", outcome.Quote(o.Incumbent))
	case !(o.Overhead >= 0 && o.Overhead <= 1):
		return fmt.Errorf("overhead: %v is not an accuracy between 0 and 1; 0.02 is two points", o.Overhead)
	case !inside(o.Confidence):
		return fmt.Errorf("confidence: %v is outside (0, 1); 0.95 is usual", o.Confidence)
	case !inside(o.Alpha):
		return fmt.Errorf("alpha: %v is outside (0, 1); 0.05 is usual", o.Alpha)
	case !(o.RunLength >= 1 && o.RunLength <= 1e15):
		return fmt.Errorf("run length: %v is not a number of queries between 1 and 1e15", o.RunLength)
	case o.Baseline < 1 || o.Open < 1:
		return fmt.Errorf("baseline and open are numbers of queries; want 1 or more")
	case !inside(o.ScoreThreshold) && o.ScoreThreshold != 1:
		return fmt.Errorf("score threshold: %v is outside (0, 1]", o.ScoreThreshold)
	case o.Gain.stated() && o.Incumbent == "":
		return fmt.Errorf("gain: a level of the gain is one of the incumbent's; name the model in use")
	}
	switch o.Verdict {
	case "", certify.No, certify.Room, certify.Undecided:
	default:
		return fmt.Errorf("verdict: %q is none of no, room, undecided", o.Verdict)
	}
	for _, l := range []struct {
		name string
		Level
	}{{"beta", o.Beta}, {"gain", o.Gain}} {
		if l.Level == (Level{}) {
			continue
		}
		if !inside(l.High) || l.Low != 0 && !(inside(l.Low) && l.Low <= l.High) {
			return fmt.Errorf("%s: want a level between 0 and 1, or a lower and an upper one", l.name)
		}
	}
	return nil
}

// detectors is how many rates and directions a part of the stream is watched for.
func (o Options) detectors() float64 {
	n := 1.0
	if o.Incumbent != "" {
		n = 2
	}
	if o.Both || o.Beta.Low > 0 || o.Gain.Low > 0 {
		n *= 2
	}
	return n
}

// half is what the whole stream has of a budget, where there are slices.
func (o Options) half() float64 {
	if o.Slice != "" {
		return 0.5
	}
	return 1
}
