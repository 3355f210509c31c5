package math

import (
	"math/big"
	"strings"
)

// dimension holds the powers of length, time, mass, money, angle, temperature,
// charge and amount.
type dimension [8]int8

// measure is what a unit stands for: a factor to the base unit of its dimension,
// or a label that only names what was counted.
type measure struct {
	dim    dimension
	factor *big.Rat
	label  string // words that are no unit we know
}

const (
	length = iota
	duration
	mass
	money
	angle
	temperature
	charge
	amount
)

type unitDef struct {
	dim      dimension
	num, den int64
}

func dim(index int, power int8) (d dimension) {
	d[index] = power
	return d
}

var (
	speed  = dimension{length: 1, duration: -1}
	force  = dimension{length: 1, duration: -2, mass: 1}
	energy = dimension{length: 2, duration: -2, mass: 1}
	watt   = dimension{length: 2, duration: -3, mass: 1}
	press  = dimension{length: -1, duration: -2, mass: 1}
	volt   = dimension{length: 2, duration: -2, mass: 1, charge: -1}
)

// units in metres, seconds, kilograms, dollars, degrees, kelvins, coulombs, moles.
var units = map[string]unitDef{
	"m": {dim(length, 1), 1, 1}, "cm": {dim(length, 1), 1, 100}, "mm": {dim(length, 1), 1, 1000}, "km": {dim(length, 1), 1000, 1}, "dm": {dim(length, 1), 1, 10}, "nm": {dim(length, 1), 1, 1e9},
	"in": {dim(length, 1), 254, 10000}, "ft": {dim(length, 1), 3048, 10000}, "yd": {dim(length, 1), 9144, 10000}, "mi": {dim(length, 1), 1609344, 1000},
	"s": {dim(duration, 1), 1, 1}, "ms": {dim(duration, 1), 1, 1000}, "min": {dim(duration, 1), 60, 1}, "h": {dim(duration, 1), 3600, 1}, "day": {dim(duration, 1), 86400, 1}, "week": {dim(duration, 1), 604800, 1},
	"month": {dim(duration, 1), 2629800, 1}, "year": {dim(duration, 1), 31557600, 1},
	"kg": {dim(mass, 1), 1, 1}, "g": {dim(mass, 1), 1, 1000}, "mg": {dim(mass, 1), 1, 1e6}, "lb": {dim(mass, 1), 45359237, 1e8}, "oz": {dim(mass, 1), 45359237, 16e8}, "ton": {dim(mass, 1), 1000, 1},
	"dollar": {dim(money, 1), 1, 1}, "cent": {dim(money, 1), 1, 100}, "degree": {dim(angle, 1), 1, 1}, "rad": {dim(angle, 1), 0, 1},
	"degC": {dim(temperature, 1), 1, 1}, "degF": {dim(temperature, 2), 1, 1}, "K": {dim(temperature, 3), 1, 1},
	"L": {dim(length, 3), 1, 1000}, "mL": {dim(length, 3), 1, 1e6}, "gal": {dim(length, 3), 3785411784, 1e12}, "acre": {dim(length, 2), 40468564224, 1e7},
	"mph": {speed, 1609344, 3600000}, "Hz": {dim(duration, -1), 1, 1}, "N": {force, 1, 1}, "dyn": {force, 1, 1e5}, "J": {energy, 1, 1}, "kJ": {energy, 1000, 1}, "erg": {energy, 1, 1e7}, "W": {watt, 1, 1}, "kW": {watt, 1000, 1},
	"Pa": {press, 1, 1}, "kPa": {press, 1000, 1}, "C": {dim(charge, 1), 1, 1}, "V": {volt, 1, 1}, "mol": {dim(amount, 1), 1, 1}, "A": {dimension{charge: 1, duration: -1}, 1, 1},
	"nanosecond": {dim(duration, 1), 1, 1e9}, "microsecond": {dim(duration, 1), 1, 1e6},
	"unit": {dimension{}, 1, 1},
}

// unitNames are the other names of units. Plurals in s are found without.
var unitNames = map[string]string{
	"meter": "m", "metre": "m", "centimeter": "cm", "centimetre": "cm", "millimeter": "mm", "millimetre": "mm", "kilometer": "km", "kilometre": "km", "nanometer": "nm", "decimeter": "dm",
	"inch": "in", "inche": "in", "foot": "ft", "feet": "ft", "yard": "yd", "mile": "mi", "second": "s", "sec": "s", "minute": "min", "hour": "h", "hr": "h", "yr": "year",
	"kilogram": "kg", "gram": "g", "milligram": "mg", "pound": "lb", "ounce": "oz", "tonne": "ton", "buck": "dollar", "USD": "dollar", "usd": "dollar", "¢": "cent", "deg": "degree", "radian": "rad",
	"liter": "L", "litre": "L", "l": "L", "milliliter": "mL", "millilitre": "mL", "ml": "mL", "gallon": "gal", "hertz": "Hz", "newton": "N", "joule": "J", "watt": "W", "pascal": "Pa", "coulomb": "C", "volt": "V",
	"mole": "mol", "kelvin": "K", "kph": "km/h", "kmph": "km/h", "Celsius": "degC", "Fahrenheit": "degF", "millisecond": "ms", "ergs": "erg", "dyne": "dyn", "kilojoule": "kJ", "ampere": "A", "amp": "A", "acre": "acre",
}

func unitName(w string) (string, bool) {
	for _, v := range [...]string{w, strings.TrimSuffix(w, "s"), strings.ToLower(w), strings.TrimSuffix(strings.ToLower(w), "s")} {
		if len(v) == 0 || len(v) == 1 && len(w) > 1 {
			continue
		}
		if _, ok := units[v]; ok {
			return v, true
		}
		if u, ok := unitNames[v]; ok {
			return u, true
		}
	}
	return "", false
}

func isUnit(w string) bool { _, ok := unitName(w); return ok }

// measureOf reads the name of an opUnit node: factors such as cm^2 and h^-1,
// and words behind "~".
func measureOf(name string) measure {
	m := measure{factor: big.NewRat(1, 1)}
	for _, f := range strings.Fields(name) {
		if f[0] == '~' {
			if m.label != "" {
				m.label += " "
			}
			m.label += f[1:]
			continue
		}
		base, power := f, 1
		if i := strings.IndexByte(f, '^'); i > 0 {
			base = f[:i]
			power = int(f[len(f)-1] - '0')
			if f[i+1] == '-' {
				power = -power
			}
		}
		if base == "km/h" {
			m.apply(units["km"], power)
			m.apply(units["h"], -power)
			continue
		}
		m.apply(units[base], power)
	}
	return m
}

func (m *measure) apply(u unitDef, power int) {
	for i, p := range u.dim {
		m.dim[i] += p * int8(power)
	}
	f := big.NewRat(u.num, u.den)
	if u.num == 0 { // the radian, whose factor 180/π stands beside
		return
	}
	if power < 0 {
		f.Inv(f)
		power = -power
	}
	for ; power > 0; power-- {
		m.factor.Mul(m.factor, f)
	}
}

func (m measure) none() bool { return m.dim == dimension{} && m.label == "" }
