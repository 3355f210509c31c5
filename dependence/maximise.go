package dependence

import "math"

// maximise finds the largest value of a function with one peak between low and high, from a start and a step:
// a bracket that grows, then Brent's parabolas (Algorithms for Minimization without Derivatives, 1973).
func maximise(f func(float64) float64, low, high, start, step, tolerance float64) (x, value float64) {
	start = max(low, min(high, start))
	x, value = start, f(start)
	a, b := start, start // the ends of the bracket
	second, third := start, start
	secondValue, thirdValue := math.Inf(-1), math.Inf(-1)
	visit := func(u float64) bool {
		v := f(u)
		if v > value {
			third, thirdValue, second, secondValue, x, value = second, secondValue, x, value, u, v
			return true
		}
		if v > secondValue {
			third, thirdValue, second, secondValue = second, secondValue, u, v
		} else if v > thirdValue {
			third, thirdValue = u, v
		}
		return false
	}
	for by := step; ; by *= 2 { // upwards
		if b = min(high, x+by); b == x || !visit(b) {
			break
		}
		a = second
		if b == high {
			break
		}
	}
	if x == start {
		for by := step; ; by *= 2 { // downwards
			if a = max(low, x-by); a == x || !visit(a) {
				break
			}
			b = second
			if a == low {
				break
			}
		}
	}
	last, before := b-a, b-a // steps
	for range 100 {
		middle := (a + b) / 2
		near := tolerance + 1e-12*math.Abs(x)
		if math.Abs(x-middle) <= 2*near-(b-a)/2 {
			break
		}
		next, good := parabola(x, value, second, secondValue, third, thirdValue)
		if !good || next <= a || next >= b || math.Abs(next-x) >= before/2 {
			if x >= middle {
				next = x + 0.381966*(a-x)
			} else {
				next = x + 0.381966*(b-x)
			}
			before = max(b-x, x-a)
		} else {
			before = last
		}
		if next-a < near || b-next < near {
			next = x + math.Copysign(near, middle-x)
		}
		if math.Abs(next-x) < near {
			next = x + math.Copysign(near, next-x)
		}
		last = math.Abs(next - x)
		old := x
		if visit(next) {
			if next > old {
				a = old
			} else {
				b = old
			}
		} else if next > x {
			b = next
		} else {
			a = next
		}
	}
	return x, value
}

// parabola gives the top of the one through three points.
func parabola(x, fx, w, fw, v, fv float64) (top float64, good bool) {
	if math.IsInf(fw, -1) || math.IsInf(fv, -1) || x == w || x == v || w == v {
		return 0, false
	}
	r := (x - w) * (fx - fv)
	q := (x - v) * (fx - fw)
	down := 2 * (q - r)
	if down == 0 {
		return 0, false
	}
	return x - ((x-v)*q-(x-w)*r)/down, true
}
