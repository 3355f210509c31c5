package budget

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/allwrong/allwrong/prob"
)

// Release is a model with the day on which one could first use it.
type Release struct {
	Model    string
	Day      time.Time
	Accuracy float64
	PriceUSD *float64 // a query; nil when unknown
}

// BreadthOptions are what the closed forms need beside the releases. A zero
// field means its default.
type BreadthOptions struct {
	Days     int     // after the first release, in which one would have committed; 90
	ValueUSD float64 // of a right answer on every query of a year: value of a right answer × queries a year; 0: no dollar amounts
	Discount float64 // a year, continuous; 0.1
	BuildUSD float64 // what committing costs at once
}

// Breadth says what it would have been worth to be able to change models.
type Breadth struct {
	Releases  int     `json:"releases"`
	Years     float64 `json:"years"` // from the first release to the last
	Committed string  `json:"committed"`
	Accuracy  float64 `json:"accuracy"`       // of the model committed to
	Last      float64 `json:"last"`           // best accuracy of all
	Advantage float64 `json:"advantage"`      // the difference
	Option    float64 `json:"option_value"`   // sum of all gaps above zero
	Mean      float64 `json:"mean_advantage"` // of following the best model over the one committed to, averaged over the days since; accuracy

	FirstPerRight *float64 `json:"usd_per_right_first"` // dollars for a right answer of the first release that has a price; nil without prices
	LastPerRight  *float64 `json:"usd_per_right_last"`  // of the cheapest of all
	Drop          *float64 `json:"drop"`                // their ratio

	Law      Arrivals     `json:"law"`
	Timeline []ReleaseRow `json:"timeline"`
	Warnings []Warning    `json:"warnings"`
}

// ReleaseRow is the state after a release.
type ReleaseRow struct {
	Day      string   `json:"day"`
	Model    string   `json:"model"`
	Accuracy float64  `json:"accuracy"`
	Gap      float64  `json:"gap"`           // over the best before it; negative when it is no better
	Best     float64  `json:"best"`          // accuracy of the best so far
	PerRight *float64 `json:"usd_per_right"` // cheapest right answer so far; nil without prices
}

// Arrivals is the law behind the closed forms: releases come at a rate of ν a
// year, each better than the best before it by a normal amount.
type Arrivals struct {
	Rate float64 `json:"rate"` // ν, releases a year
	Mu   float64 `json:"mu"`   // mean gap, accuracy
	Eta  float64 `json:"eta"`  // standard deviation of the gap
	Gain float64 `json:"gain"` // E g, what the next release adds on average if one may decline it
	Seen float64 `json:"seen"` // mean of the gaps above zero, the rest as zero, to compare

	Discount  float64  `json:"discount"`
	OptionUSD *float64 `json:"option_usd"`     // V_R, worth today of being able to take the next release; nil without a value
	DeltaUSD  *float64 `json:"break_even_usd"` // δ*, what committing must save a year to be worth it; nil without a value
}

// ExpectedGain is E max(0, X) for X normal with mean mu and standard deviation
// eta ≥ 0: μΦ(μ/η) + ηφ(μ/η).
func ExpectedGain(mu, eta float64) float64 {
	if eta == 0 {
		return math.Max(mu, 0)
	}
	x := mu / eta
	if x > -2 {
		return mu*prob.NormalCDF(x) + eta*density(x)
	}
	// Far out both terms cancel. With t = −x and Mills' ratio as the continued fraction
	// 1/(t + 1/(t + 2/(t + …))) the difference is φ(t)·K/(t + K), K = 1/(t + 2/(t + …)).
	t, k := -x, 0.0
	for j := 300; j >= 1; j-- {
		k = float64(j) / (t + k)
	}
	return eta * density(t) * k / (t + k)
}

// OptionValue is V_R = (v/r)·(ν/(r+ν))·E g: the worth today of being free to
// take the next release, v the worth of accuracy a year, r the discount rate, ν
// the rate of releases. The next one comes after an exponential time, which
// discounts it by ν/(r+ν), and then pays v·E g a year for ever.
func OptionValue(value, discount, rate, gain float64) float64 {
	return value / discount * rate / (discount + rate) * gain
}

// BreakEven is δ* = r·K + v·ν/(r+ν)·E g: what committing to one model, for K at
// once, must save a year to pay for itself and for the option given up.
func BreakEven(build, value, discount, rate, gain float64) float64 {
	return discount*build + value*rate/(discount+rate)*gain
}

// FollowReleases looks back at a list of releases. The error says what is wrong
// with it.
func FollowReleases(list []Release, o BreadthOptions) (*Breadth, error) {
	o, err := o.check(list)
	if err != nil {
		return nil, err
	}
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Release) int { return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.Model, b.Model)) })
	b := &Breadth{Releases: len(list), Years: years(list[0].Day, list[len(list)-1].Day), Warnings: []Warning{}}
	until := list[0].Day.AddDate(0, 0, o.Days)
	b.commit(list, until)
	b.follow(list, until)
	b.law(o)
	return b, nil
}

func (o BreadthOptions) check(list []Release) (BreadthOptions, error) {
	if o.Days == 0 {
		o.Days = 90
	}
	if o.Discount == 0 {
		o.Discount = 0.1
	}
	switch {
	case len(list) < 2:
		return o, fmt.Errorf("%d release: want at least two", len(list))
	case o.Days < 0:
		return o, fmt.Errorf("days %d: want a positive number", o.Days)
	case !(o.Discount > 0 && o.Discount < math.Inf(1)):
		return o, fmt.Errorf("discount rate %v: want a positive number, 0.1 for 10 %% a year", o.Discount)
	case !(o.ValueUSD >= 0 && o.ValueUSD < math.Inf(1)) || !(o.BuildUSD >= 0 && o.BuildUSD < math.Inf(1)):
		return o, fmt.Errorf("value %v, cost of committing %v: want dollars from 0 upwards", o.ValueUSD, o.BuildUSD)
	}
	seen := map[string]bool{}
	for _, r := range list {
		switch {
		case seen[r.Model]:
			return o, fmt.Errorf("model %q comes twice", r.Model)
		case !(r.Accuracy >= 0 && r.Accuracy <= 1):
			return o, fmt.Errorf("accuracy of %q: %v is outside [0, 1]", r.Model, r.Accuracy)
		case r.PriceUSD != nil && !(*r.PriceUSD >= 0 && *r.PriceUSD < math.Inf(1)):
			return o, fmt.Errorf("price of %q: %v is no price", r.Model, *r.PriceUSD)
		}
		seen[r.Model] = true
	}
	return o, nil
}

// commit takes the best model of the first days.
func (b *Breadth) commit(list []Release, until time.Time) {
	for _, r := range list {
		if !r.Day.After(until) && (b.Committed == "" || r.Accuracy > b.Accuracy) {
			b.Committed, b.Accuracy = r.Model, r.Accuracy
		}
	}
}

// follow goes through the releases in order.
func (b *Breadth) follow(list []Release, until time.Time) {
	best, area := 0.0, 0.0
	var perRight, first *float64
	for i, r := range list {
		row := ReleaseRow{Day: r.Day.Format(time.DateOnly), Model: r.Model, Accuracy: r.Accuracy, Gap: r.Accuracy - best}
		if i == 0 {
			row.Gap = 0 // there was nothing before it
		} else if r.Day.After(until) {
			// The advantage since the day before stood until this release.
			from := maxTime(list[i-1].Day, until)
			area += (best - b.Accuracy) * r.Day.Sub(from).Hours()
		}
		b.Option += math.Max(0, row.Gap)
		best = math.Max(best, r.Accuracy)
		if r.PriceUSD != nil && r.Accuracy > 0 {
			if each := *r.PriceUSD / r.Accuracy; perRight == nil || each < *perRight {
				perRight = &each
			}
		}
		if first == nil {
			first = perRight
		}
		row.Best, row.PerRight = best, perRight
		b.Timeline = append(b.Timeline, row)
	}
	b.Last, b.Advantage = best, best-b.Accuracy
	if whole := list[len(list)-1].Day.Sub(until).Hours(); whole > 0 {
		b.Mean = area / whole
	}
	if b.FirstPerRight, b.LastPerRight = first, perRight; first != nil && *perRight > 0 {
		drop := *first / *perRight
		b.Drop = &drop
	}
}

// law fits the closed forms: all gaps after the first release.
func (b *Breadth) law(o BreadthOptions) {
	l := &b.Law
	l.Discount = o.Discount
	n := float64(len(b.Timeline) - 1)
	for _, row := range b.Timeline[1:] {
		l.Mu += row.Gap / n
		l.Seen += math.Max(0, row.Gap) / n
	}
	for _, row := range b.Timeline[1:] {
		l.Eta += (row.Gap - l.Mu) * (row.Gap - l.Mu) / math.Max(1, n-1)
	}
	l.Eta = math.Sqrt(l.Eta)
	l.Gain = ExpectedGain(l.Mu, l.Eta)
	if b.Years == 0 {
		b.warn("one-day", "All releases are of one day: they have no rate, and the option no worth in dollars.")
		return
	}
	l.Rate = n / b.Years
	if n < 10 {
		b.warn("few-releases", "A law fitted to %.0f gaps is a sketch.", n)
	}
	if o.ValueUSD > 0 {
		option := OptionValue(o.ValueUSD, l.Discount, l.Rate, l.Gain)
		even := BreakEven(o.BuildUSD, o.ValueUSD, l.Discount, l.Rate, l.Gain)
		l.OptionUSD, l.DeltaUSD = &option, &even
	}
}

func (b *Breadth) warn(code, format string, a ...any) {
	b.Warnings = append(b.Warnings, Warning{code, fmt.Sprintf(format, a...)})
}

func years(from, to time.Time) float64 { return to.Sub(from).Hours() / (24 * 365.25) }

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
