package policy

import "math"

// logistic is one model P(right) = 1/(1 + e^−(bias + w·x)), fitted by minimising
//
//	½|w|² + c·Σ ln(1 + e^−y(bias + w·x)),  y = ±1,
//
// as usual with the bias free of the penalty. The loss is convex, and strictly so
// where both classes occur; L-BFGS (Liu and Nocedal 1989) finds its minimum.
type logistic struct {
	weight []float64 // [column]; the last is the bias
}

// probability of being right of row r.
func (l *logistic) probability(x *rows, r int) float64 { return sigmoid(l.margin(x, r)) }

func (l *logistic) margin(x *rows, r int) float64 {
	z := l.weight[x.columns]
	for k := x.start[r]; k < x.start[r+1]; k++ {
		z += l.weight[x.column[k]] * x.value[k]
	}
	return z
}

func sigmoid(z float64) float64 {
	if z >= 0 {
		return 1 / (1 + math.Exp(-z))
	}
	e := math.Exp(z)
	return e / (1 + e)
}

// softplus is ln(1 + e^z).
func softplus(z float64) float64 { return max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))) }

// fit moves the weights to the minimum for penalty 1/c, from where they are.
// right has one value 0 or 1 a row. Stops once no part of the gradient exceeds
// tolerance·c, or after the given number of steps.
func (l *logistic) fit(x *rows, right []float64, c, tolerance float64, steps int) {
	if l.weight == nil {
		l.weight = make([]float64, x.columns+1)
		l.weight[x.columns] = logOdds(right)
	}
	z := make([]float64, x.len())
	for r := range z {
		z[r] = l.margin(x, r)
	}
	gradient := make([]float64, len(l.weight))
	l.gradient(x, right, c, z, gradient)
	var memory secants
	dz := make([]float64, len(z))
	direction := logistic{make([]float64, len(l.weight))}
	for range steps {
		if largest(gradient) <= tolerance*c {
			return
		}
		memory.direction(gradient, direction.weight)
		for r := range dz {
			dz[r] = direction.margin(x, r)
		}
		step := l.step(right, c, z, dz, direction.weight, x.columns)
		if step == 0 {
			return // rounding is all that is left
		}
		before := append([]float64(nil), gradient...)
		for j, d := range direction.weight {
			l.weight[j] += step * d
		}
		for r, d := range dz {
			z[r] += step * d
		}
		l.gradient(x, right, c, z, gradient)
		memory.note(direction.weight, step, before, gradient)
	}
}

// logOdds of the mean, half a query added to either side.
func logOdds(right []float64) float64 {
	sum := 0.0
	for _, y := range right {
		sum += y
	}
	return math.Log((sum + 0.5) / (float64(len(right)) - sum + 0.5))
}

func largest(v []float64) float64 {
	most := 0.0
	for _, x := range v {
		most = max(most, math.Abs(x))
	}
	return most
}

func (l *logistic) gradient(x *rows, right []float64, c float64, z, out []float64) {
	copy(out, l.weight)
	out[x.columns] = 0
	for r, y := range right {
		e := c * (sigmoid(z[r]) - y)
		for k := x.start[r]; k < x.start[r+1]; k++ {
			out[x.column[k]] += e * x.value[k]
		}
		out[x.columns] += e
	}
}

// step minimises the loss along a direction by Newton's method, guarded by
// bisection: margins change linearly, so that each trial is one pass over them.
func (l *logistic) step(right []float64, c float64, z, dz, d []float64, bias int) float64 {
	wd, dd := 0.0, 0.0
	for j, x := range d[:bias] {
		wd, dd = wd+l.weight[j]*x, dd+x*x
	}
	slope := func(t float64) (first, second float64) {
		first, second = wd+t*dd, dd
		for r, y := range right {
			p := sigmoid(z[r] + t*dz[r])
			first += c * (p - y) * dz[r]
			second += c * p * (1 - p) * dz[r] * dz[r]
		}
		return first, second
	}
	at0, _ := slope(0)
	if at0 >= 0 {
		return 0
	}
	low, high, t := 0.0, math.Inf(1), 1.0
	for range 30 {
		first, second := slope(t)
		if math.Abs(first) <= 1e-3*-at0 {
			return t
		}
		if first < 0 {
			low = t
		} else {
			high = t
		}
		next := t - first/second
		if !(next > low && next < high) {
			if next = (low + high) / 2; math.IsInf(high, 1) {
				next = 2 * t
			}
		}
		t = next
	}
	return low
}

// secants are the last steps and what they did to the gradient, from which L-BFGS
// guesses the inverse Hessian.
type secants struct {
	step, change [][]float64
	inner        []float64 // step·change
}

const remembered = 10

func (m *secants) note(direction []float64, step float64, before, after []float64) {
	s, y, sy := make([]float64, len(direction)), make([]float64, len(direction)), 0.0
	for j := range s {
		s[j], y[j] = step*direction[j], after[j]-before[j]
		sy += s[j] * y[j]
	}
	if !(sy > 0) {
		return
	}
	if len(m.step) == remembered {
		m.step, m.change, m.inner = m.step[1:], m.change[1:], m.inner[1:]
	}
	m.step, m.change, m.inner = append(m.step, s), append(m.change, y), append(m.inner, sy)
}

// direction is minus the guessed inverse Hessian times the gradient.
func (m *secants) direction(gradient, out []float64) {
	for j, g := range gradient {
		out[j] = -g
	}
	if len(m.step) == 0 {
		return
	}
	alpha := make([]float64, len(m.step))
	for k := len(m.step) - 1; k >= 0; k-- {
		alpha[k] = dot(m.step[k], out) / m.inner[k]
		addTo(out, -alpha[k], m.change[k])
	}
	last := len(m.step) - 1
	scale := m.inner[last] / dot(m.change[last], m.change[last])
	for j := range out {
		out[j] *= scale
	}
	for k := range m.step {
		addTo(out, alpha[k]-dot(m.change[k], out)/m.inner[k], m.step[k])
	}
}

func dot(x, y []float64) float64 {
	sum := 0.0
	for j, v := range x {
		sum += v * y[j]
	}
	return sum
}

func addTo(x []float64, by float64, y []float64) {
	for j, v := range y {
		x[j] += by * v
	}
}
