//go:build coverage

package schedule_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/allwrong/allwrong/collect/schedule"
	"github.com/allwrong/allwrong/outcome"
)

// TestCoverageUntilDecided: with the gain exactly at the overhead, a run that
// looks after each verdict and stops as soon as it likes what it sees is wrong
// at most as often as each of its two limits allows, whatever it chose to ask on
// the way. Calls are in flight, and some fail more often where the incumbent is wrong.
func TestCoverageUntilDecided(t *testing.T) {
	const streams, columns = 1500, 400
	for _, x := range []struct {
		name                string
		wrong, saved, fails float64 // of the incumbent; of those, by the others; failures where it is wrong
	}{
		{"weak incumbent", 0.30, 0.50, 0},
		{"strong incumbent", 0.06, 0.80, 0},
		{"failing calls", 0.25, 0.60, 0.03},
	} {
		gain := x.wrong * x.saved
		no, room := 0, 0
		for stream := range uint64(streams) {
			r := rand.New(rand.NewPCG(stream, 21))
			m := drawAt(t, r, columns, x.wrong, x.saved, x.fails)
			o := schedule.Options{For: schedule.Certificate, Seed: stream, Decided: until(gain)}
			got := parallel(t, r, m, o, nil).tally
			switch {
			case !o.Decided(got):
			case float64(got.Rescued)/float64(got.Queries) > gain:
				room++
			default:
				no++
			}
		}
		most := 0.05 + 3*math.Sqrt(0.05*0.95/streams)
		t.Logf("%s, gain %.3f: no %.4f, room %.4f of %d streams", x.name, gain, float64(no)/streams, float64(room)/streams, streams)
		if float64(no)/streams > most || float64(room)/streams > most {
			t.Errorf("%s: a side errs more often than %.4f", x.name, most)
		}
	}
}

// drawAt draws queries on which the first of four models is wrong at one rate,
// and of those some other model is right at another.
func drawAt(t *testing.T, r *rand.Rand, columns int, wrong, saved, fails float64) *outcome.Matrix {
	t.Helper()
	var right, seen [][]uint64
	for range 4 {
		right, seen = append(right, outcome.NewMask(columns)), append(seen, outcome.NewMask(columns))
	}
	for q := range columns {
		is := [4]bool{true, r.Float64() < 0.7, r.Float64() < 0.6, r.Float64() < 0.5}
		if r.Float64() < wrong {
			is = [4]bool{}
			if r.Float64() < saved {
				is[1+r.IntN(3)] = true
				is[3] = is[3] || r.Float64() < 0.5
			}
		}
		for i := range is {
			if !is[0] && r.Float64() < fails {
				continue
			}
			outcome.Mask(seen[i]).Set(q)
			if is[i] {
				outcome.Mask(right[i]).Set(q)
			}
		}
	}
	m, err := outcome.NewMatrix([]string{"a", "b", "c", "d"}, columns, right, seen, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
