package groups

import (
	"math"

	"github.com/allwrong/allwrong/prob"
)

// votes sums up one rule over the groups.
func (s *study) votes(vote func(*row) float64) Votes {
	var v Votes
	const near = 1e-12 // of equal counts in different sums
	best, worst := 0, 0
	held, curse := 0.0, 0.0
	gain := func(g int) float64 { return vote(&s.rows[g]) - s.rows[g].best }
	for g := range s.rows {
		switch x := gain(g); {
		case x < -near:
			v.Loses++
		case x <= near:
			v.Ties++
		}
		if gain(g) > gain(best)+near {
			best = g
		}
		if gain(g) < gain(worst)-near {
			worst = g
		}
		if vote(&s.rows[g])-s.rows[g].held < -near {
			held++
		}
		curse += s.rows[g].best - s.rows[g].held
	}
	n := float64(len(s.rows))
	v.Loses, v.Ties = v.Loses/n, v.Ties/n
	v.Gain = s.mean(gain)
	if s.folds.right != nil {
		mean := s.mean(func(g int) float64 { return vote(&s.rows[g]) - s.rows[g].held })
		share, lucky := held/n, curse/n
		v.HeldOut, v.LosesHeldOut, v.Curse = &mean, &share, &lucky
	}
	v.Slope = s.slope(gain)
	v.Best, v.Worst = s.group(best, vote), s.group(worst, vote)
	return v
}

func (s *study) group(g int, vote func(*row) float64) Group {
	x := Group{Models: []string{}, Rho: s.rows[g].rho, Best: s.rows[g].best, Vote: vote(&s.rows[g])}
	for _, a := range s.members[g*s.K : (g+1)*s.K] {
		x.Models = append(x.Models, s.names[a])
	}
	return x
}

// mean of a value over the groups, with a jackknife over models.
func (s *study) mean(value func(g int) float64) Mean {
	sum, count := 0.0, float64(len(s.rows))
	sums, counts := make([]float64, len(s.models)), make([]float64, len(s.models))
	for g := range s.rows {
		x := value(g)
		sum += x
		for _, a := range s.members[g*s.K : (g+1)*s.K] {
			sums[a], counts[a] = sums[a]+x, counts[a]+1
		}
	}
	m := Mean{Point: sum / count}
	var without []float64
	for a := range s.models {
		if counts[a] < count {
			without = append(without, (sum-sums[a])/(count-counts[a]))
		}
	}
	if len(without) == 0 {
		m.Without = [2]float64{m.Point, m.Point}
		return m
	}
	m.Without = [2]float64{without[0], without[0]}
	for _, x := range without {
		m.Without = [2]float64{math.Min(m.Without[0], x), math.Max(m.Without[1], x)}
	}
	if len(without) > 2 {
		se := jackknife(without)
		interval := s.interval(m.Point, se)
		m.SE, m.Interval = &se, &interval
	}
	return m
}

// jackknife is the standard error from the values without each model.
func jackknife(without []float64) float64 {
	n, mean, squares := float64(len(without)), 0.0, 0.0
	for _, x := range without {
		mean += x / n
	}
	for _, x := range without {
		squares += (x - mean) * (x - mean)
	}
	return math.Sqrt((n - 1) / n * squares)
}

func (s *study) interval(point, se float64) [2]float64 {
	z := -prob.NormalQuantile((1 - s.Confidence) / 2)
	return [2]float64{point - z*se, point + z*se}
}

// moments are the sums of a regression on two variables, taken about fixed
// centres so that little cancels.
type moments struct {
	n, x, z, y, xx, xz, zz, xy, zy, yy float64
}

func (m *moments) add(sign, x, z, y float64) {
	m.n += sign
	m.x, m.z, m.y = m.x+sign*x, m.z+sign*z, m.y+sign*y
	m.xx, m.xz, m.zz = m.xx+sign*x*x, m.xz+sign*x*z, m.zz+sign*z*z
	m.xy, m.zy, m.yy = m.xy+sign*x*y, m.zy+sign*z*y, m.yy+sign*y*y
}

func (m *moments) less(o moments) moments {
	return moments{m.n - o.n, m.x - o.x, m.z - o.z, m.y - o.y, m.xx - o.xx, m.xz - o.xz, m.zz - o.zz, m.xy - o.xy, m.zy - o.zy, m.yy - o.yy}
}

// fit solves for the two slopes, and the usual standard error of the first. ok is
// false where the groups do not determine them.
func (m *moments) fit() (x, z, se float64, ok bool) {
	if m.n < 5 {
		return 0, 0, 0, false
	}
	sxx, sxz, szz := m.xx-m.x*m.x/m.n, m.xz-m.x*m.z/m.n, m.zz-m.z*m.z/m.n
	sxy, szy, syy := m.xy-m.x*m.y/m.n, m.zy-m.z*m.y/m.n, m.yy-m.y*m.y/m.n
	det := sxx*szz - sxz*sxz
	if !(det > 1e-9*sxx*szz) || sxx*szz < 1e-24*m.n*m.n {
		return 0, 0, 0, false
	}
	x, z = (sxy*szz-szy*sxz)/det, (szy*sxx-sxy*sxz)/det
	left := math.Max(0, syy-x*sxy-z*szy)
	return x, z, math.Sqrt(left / (m.n - 3) * szz / det), true
}

// slope regresses the gain on correlation and headroom.
func (s *study) slope(gain func(g int) float64) *Slope {
	var rho, head, mean float64
	n := float64(len(s.rows))
	out := Slope{Range: [2]float64{math.Inf(1), math.Inf(-1)}}
	for g, r := range s.rows {
		rho, head, mean = rho+r.rho/n, head+(1-r.best)/n, mean+gain(g)/n
		out.Range = [2]float64{math.Min(out.Range[0], r.rho), math.Max(out.Range[1], r.rho)}
	}
	var all moments
	with := make([]moments, len(s.models))
	for g, r := range s.rows {
		x, z, y := r.rho-rho, 1-r.best-head, gain(g)-mean
		all.add(1, x, z, y)
		for _, a := range s.members[g*s.K : (g+1)*s.K] {
			with[a].add(1, x, z, y)
		}
	}
	var ok bool
	if out.Rho, out.Headroom, out.Naive, ok = all.fit(); !ok {
		return nil
	}
	var without []float64
	for _, m := range with {
		left := all.less(m)
		if x, _, _, ok := left.fit(); ok {
			without = append(without, x)
		}
	}
	if len(without) < 3 {
		return nil
	}
	out.SE = jackknife(without)
	out.Interval = s.interval(out.Rho, out.SE)
	return &out
}
