package number

import (
	"math/big"
	"strings"
)

var currencies = []struct{ sign, unit string }{
	{"US$", "dollar"}, {"A$", "dollar"}, {"C$", "dollar"}, {"$", "dollar"}, {"€", "euro"}, {"£", "pound sterling"}, {"¥", "yen"}, {"₹", "rupee"},
	{"USD", "dollar"}, {"EUR", "euro"}, {"GBP", "pound sterling"}, {"Rs.", "rupee"}, {"Rs", "rupee"},
}

// measure is a unit: what it measures, and how many of its first unit it is.
type measure struct{ kind, size string }

// measures are the units that are converted into each other. A unit that is not
// among them says nothing about the number.
var measures = map[string]measure{
	"mm": {"length", "1/1000"}, "cm": {"length", "1/100"}, "m": {"length", "1"}, "km": {"length", "1000"},
	"millimeter": {"length", "1/1000"}, "centimeter": {"length", "1/100"}, "meter": {"length", "1"}, "kilometer": {"length", "1000"},
	"millimetre": {"length", "1/1000"}, "centimetre": {"length", "1/100"}, "metre": {"length", "1"}, "kilometre": {"length", "1000"},
	"inch": {"length", "0.0254"}, "inche": {"length", "0.0254"}, "foot": {"length", "0.3048"}, "feet": {"length", "0.3048"}, "ft": {"length", "0.3048"},
	"yard": {"length", "0.9144"}, "mile": {"length", "1609.344"},
	"mg": {"mass", "1/1000"}, "g": {"mass", "1"}, "gram": {"mass", "1"}, "kg": {"mass", "1000"}, "kilogram": {"mass", "1000"},
	"tonne": {"mass", "1000000"}, "ounce": {"mass", "28.349523125"}, "oz": {"mass", "28.349523125"}, "lb": {"mass", "453.59237"},
	"ms": {"time", "1/1000"}, "millisecond": {"time", "1/1000"}, "second": {"time", "1"}, "sec": {"time", "1"}, "minute": {"time", "60"}, "min": {"time", "60"},
	"hour": {"time", "3600"}, "hr": {"time", "3600"}, "day": {"time", "86400"}, "week": {"time", "604800"},
	"ml": {"volume", "1/1000"}, "milliliter": {"volume", "1/1000"}, "millilitre": {"volume", "1/1000"}, "liter": {"volume", "1"}, "litre": {"volume", "1"}, "l": {"volume", "1"},
	"dollar": {"dollars", "1"}, "cent": {"dollars", "1/100"}, "euro": {"euros", "1"}, "yen": {"yen", "1"}, "rupee": {"rupees", "1"}, "pound sterling": {"pounds", "1"},
}

var scales = map[string]int{"thousand": 3, "million": 6, "billion": 9, "trillion": 12}

// suffix reads a percent sign, a scale such as million and a unit behind the
// number that ends at i, and returns where they end.
func (r *reader) suffix(v *Value, i int) (end int) {
	j := r.spaces(i)
	if word, stop := r.term(j); scales[word] > 0 {
		p := power10(scales[word])
		v.Rat.Mul(v.Rat, p)
		if v.Last != nil {
			v.Last = new(big.Rat).Mul(v.Last, p)
		}
		i, j = stop, r.spaces(stop)
	}
	if r.at(j) == '$' && v.Unit == "dollar" {
		v.Unit = "" // the signs are those of a formula
		return i
	}
	if r.at(j) == '%' {
		v.Percent = true
		return j + 1
	}
	if strings.HasPrefix(r.s[min(j, len(r.s)):], "¢") {
		v.Unit = "cent"
		return j + len("¢")
	}
	word, stop := r.term(j)
	switch {
	case word == "percent" || word == "pct":
		v.Percent = true
		return stop
	case word == "per" && strings.HasPrefix(r.s[stop:], " cent"):
		v.Percent = true
		return stop + len(" cent")
	case v.Unit != "" || r.at(stop) == '/' || r.at(stop) == '^' || strings.HasPrefix(r.s[stop:], " per ") || strings.HasPrefix(r.s[stop:], " squared"):
		return i // a unit made of others
	}
	for _, name := range []string{word, strings.TrimSuffix(word, "s")} {
		if _, known := measures[name]; known {
			v.Unit = name
			return stop
		}
	}
	return i
}

// term is the word at i in small letters.
func (r *reader) term(i int) (word string, end int) {
	end = i
	for letter(r.at(end)) {
		end++
	}
	if i >= end || end-i > 24 {
		return "", min(end, len(r.s))
	}
	return strings.ToLower(r.s[i:end]), end
}

// inBase gives both values in one unit. Units that are not known, or that only one
// of the two has, say nothing; ok is false when they measure different things.
func inBase(a, b Value) (x, y Value, ok bool) {
	ma, mb := measures[a.Unit], measures[b.Unit]
	if a.Unit == "" || b.Unit == "" || ma == mb {
		return a, b, true
	}
	if ma.kind != mb.kind {
		return a, b, false
	}
	return a.times(ma.size), b.times(mb.size), true
}

func (v Value) times(size string) Value {
	f, _ := new(big.Rat).SetString(size)
	v.Rat = new(big.Rat).Mul(v.Rat, f)
	if v.Last != nil {
		v.Last = new(big.Rat).Mul(v.Last, f)
	}
	return v
}
