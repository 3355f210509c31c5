package figure

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// axis places numbers on the paper.
type axis struct {
	lo, hi   float64 // numbers
	from, to float64 // places
	log      bool
}

func (a axis) at(v float64) float64 {
	v = min(max(v, a.lo), a.hi)
	lo, hi := a.lo, a.hi
	if a.log {
		v, lo, hi = math.Log(v), math.Log(lo), math.Log(hi)
	}
	if hi == lo {
		return (a.from + a.to) / 2
	}
	return a.from + (v-lo)/(hi-lo)*(a.to-a.from)
}

// ticks are round numbers of the axis, about so many.
func (a axis) ticks(most int) []float64 {
	if a.log {
		return a.logTicks(most)
	}
	step := a.step(most)
	var out []float64
	for i := math.Ceil(a.lo/step - 1e-9); i*step <= a.hi+step*1e-9; i++ {
		out = append(out, i*step+0) // no −0
	}
	return out
}

func (a axis) step(most int) float64 {
	raw := (a.hi - a.lo) / float64(most)
	if !(raw > 0) {
		return 1
	}
	ten := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, f := range []float64{1, 2, 5} {
		if f*ten >= raw*(1-1e-9) {
			return f * ten
		}
	}
	return 10 * ten
}

// logTicks are powers of ten, with their doubles and halves where there are few.
func (a axis) logTicks(most int) []float64 {
	lo, hi := math.Floor(math.Log10(a.lo)), math.Ceil(math.Log10(a.hi))
	every := max(1, math.Ceil((hi-lo)/float64(most)))
	factors := []float64{1}
	if hi-lo <= 3 {
		factors = []float64{1, 2, 5}
	}
	var out []float64
	for e := lo; e <= hi; e += every {
		for _, f := range factors {
			if v := f * math.Pow(10, e); v >= a.lo*(1-1e-9) && v <= a.hi*(1+1e-9) {
				out = append(out, v)
			}
		}
	}
	return out
}

// percentTick writes a round rate as "5 %" or "0.5 %".
func percentTick(v float64) string {
	return strconv.FormatFloat(math.Round(v*1e8)/1e6, 'f', -1, 64) + "\u00a0%"
}

// pointsTick writes a round difference of rates in points, with its sign.
func pointsTick(v float64) string {
	return signed(strconv.FormatFloat(math.Round(v*1e8)/1e6, 'f', -1, 64))
}

// signed puts a sign before a number that is not 0.
func signed(s string) string {
	if s[0] != '-' && strings.Trim(s, "0.") != "" {
		return "+" + s
	}
	return minus(s)
}

// minus writes a sign as long as a plus, and none before 0.
func minus(s string) string {
	if strings.Trim(s, "-0.") == "" {
		return strings.TrimPrefix(s, "-")
	}
	if s[0] == '-' {
		return "−" + s[1:]
	}
	return s
}

// ceilTo rounds up to a round number of the same size.
func ceilTo(v float64) float64 {
	if !(v > 0) {
		return 1
	}
	s := axis{lo: 0, hi: v}.step(4)
	return math.Ceil(v/s-1e-9) * s
}

func floorTo(v, span float64) float64 {
	s := axis{lo: 0, hi: span}.step(4)
	return math.Floor(v/s+1e-9) * s
}

// spread moves places apart until neighbours have a distance, as little as it
// takes, within two ends if there is room. The order stays.
func spread(places []float64, gap, lo, hi float64) []float64 {
	order := make([]int, len(places))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case places[a] < places[b]:
			return -1
		case places[a] > places[b]:
			return 1
		}
		return 0
	})
	out := slices.Clone(places)
	for range 100 {
		moved := false
		for k := 1; k < len(order); k++ {
			a, b := order[k-1], order[k]
			if d := gap - (out[b] - out[a]); d > 1e-6 {
				out[a], out[b], moved = out[a]-d/2, out[b]+d/2, true
			}
		}
		if !moved {
			break
		}
	}
	if len(order) == 0 {
		return out
	}
	for k, at := 0, lo; k < len(order); k++ {
		out[order[k]] = max(out[order[k]], at)
		at = out[order[k]] + gap
	}
	for k, at := len(order)-1, hi; k >= 0; k-- {
		out[order[k]] = min(out[order[k]], at)
		at = out[order[k]] - gap
	}
	return out
}

// room gives the width that names need, up to a limit.
func room(names []string, how style, most float64) float64 {
	w := 0.0
	for _, n := range names {
		w = max(w, how.width(clean(n)))
	}
	return min(math.Ceil(w)+1, most)
}

// pointsLabel writes a round rate in points, without a sign.
func pointsLabel(v float64) string {
	return strconv.FormatFloat(math.Round(v*1e8)/1e6, 'f', -1, 64)
}
