package dependence

import (
	"math"
	"sync"

	"github.com/allwrong/allwrong/prob"
)

// logBoth gives ln Φ(a) and ln Φ(−a).
func logBoth(table *logTable, a float64) (below, above float64) {
	away := math.Abs(a)
	var small, large float64
	if away < logTableTo {
		at := away * logTableCells
		k := int(at)
		u := at - float64(k)
		s, l := &table.small[k], &table.large[k]
		small = ((s[3]*u+s[2])*u+s[1])*u + s[0]
		large = ((l[3]*u+l[2])*u+l[1])*u + l[0]
	} else {
		small = prob.NormalLogCDF(-away)
	}
	if a < 0 {
		return small, large
	}
	return large, small
}

// A fit asks for ln Φ some hundred thousand times. Cubics between the values and slopes at 128 places to a
// unit are good to 1e-11; beyond 12 ln Φ(a) is above −1e-32.
const (
	logTableTo    = 12
	logTableCells = 128
)

type logTable struct {
	small, large [logTableTo * logTableCells][4]float64 // ln Φ(−a), ln Φ(a)
}

var logTables = sync.OnceValue(func() *logTable {
	t := new(logTable)
	const h = 1.0 / logTableCells
	at := func(sign, a float64) (value, slope float64) { // the slope along a cell
		value = prob.NormalLogCDF(sign * a)
		return value, sign * h * math.Exp(-0.5*a*a-0.5*math.Log(2*math.Pi)-value)
	}
	cubic := func(sign, a float64) [4]float64 {
		y0, s0 := at(sign, a)
		y1, s1 := at(sign, a+h)
		return [4]float64{y0, s0, 3*(y1-y0) - 2*s0 - s1, s0 + s1 - 2*(y1-y0)}
	}
	for k := range t.small {
		t.small[k], t.large[k] = cubic(-1, float64(k)*h), cubic(1, float64(k)*h)
	}
	return t
})
