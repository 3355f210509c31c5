// Package money answers one question: what does this call cost, and what can it
// cost at most?
//
// Money is counted in whole nano-dollars, so that sums are exact and a cap is a
// comparison of integers. A price is per million tokens, as providers print it;
// what does not come out even is rounded up, once per call.
//
// Cached input tokens are part of the input tokens, and reasoning tokens part of
// the output tokens: that is how usage is counted here, whatever an endpoint's
// own way may be.
package money

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strings"
)

// Nano is an amount in nano-dollars, 10⁻⁹ US dollars.
type Nano int64

// Dollar is one US dollar.
const Dollar Nano = 1e9

// Max is the largest amount that is counted, a million dollars. Whatever would
// be more stays there, so that no sum of amounts overflows.
const Max = 1_000_000 * Dollar

// Dollars converts an amount in US dollars, rounded to the nearest nano-dollar.
// It refuses negative amounts, what is no number and what is more than Max.
func Dollars(x float64) (Nano, error) {
	if !(x >= 0 && x <= float64(Max/Dollar)) {
		return 0, fmt.Errorf("%v is not an amount from 0 to %d dollars", x, Max/Dollar)
	}
	return Nano(math.Round(x * float64(Dollar))), nil
}

// Dollars gives the amount in US dollars.
func (n Nano) Dollars() float64 { return float64(n) / float64(Dollar) }

// String gives the amount to the cent, and smaller amounts in full.
func (n Nano) String() string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	if n >= Dollar/100 || n == 0 {
		cents := (n + Dollar/200) / (Dollar / 100)
		return fmt.Sprintf("%s$%d.%02d", sign, cents/100, cents%100)
	}
	return sign + "$0." + strings.TrimRight(fmt.Sprintf("%09d", n), "0")
}

// Price is what a million tokens cost. The zero value is free of charge.
type Price struct {
	Input       Nano `json:"input"`
	CachedInput Nano `json:"cached_input"`
	Output      Nano `json:"output"`
	Reasoning   Nano `json:"reasoning"`
}

// Free reports whether nothing is charged.
func (p Price) Free() bool { return p == Price{} }

// Usage is what a call used, in tokens.
type Usage struct {
	Input       int64 `json:"input"`        // all of the input, cached or not
	CachedInput int64 `json:"cached_input"` // part of Input
	Output      int64 `json:"output"`       // all that was written, reasoning or answer
	Reasoning   int64 `json:"reasoning"`    // part of Output
}

// MaxTokens bounds each count of a usage; more is a mistake of the endpoint.
const MaxTokens = 1_000_000_000

// ErrUsage is a usage that cannot be: a negative count, one beyond MaxTokens, a
// part larger than the whole, or nothing at all.
var ErrUsage = errors.New("usage cannot be")

// Check refuses a usage that cannot be.
func (u Usage) Check() error {
	for _, n := range []int64{u.Input, u.CachedInput, u.Output, u.Reasoning} {
		if n < 0 || n > MaxTokens {
			return fmt.Errorf("%w: a count of %d tokens", ErrUsage, n)
		}
	}
	switch {
	case u.CachedInput > u.Input:
		return fmt.Errorf("%w: %d cached tokens of %d of input", ErrUsage, u.CachedInput, u.Input)
	case u.Reasoning > u.Output:
		return fmt.Errorf("%w: %d reasoning tokens of %d of output", ErrUsage, u.Reasoning, u.Output)
	case u.Input == 0 || u.Output == 0:
		return fmt.Errorf("%w: %d tokens in, %d out", ErrUsage, u.Input, u.Output)
	}
	return nil
}

// Cost is what a usage costs, rounded up to a nano-dollar, at most Max. The
// usage has passed Check.
func (p Price) Cost(u Usage) Nano {
	var s sum
	s.add(u.Input-u.CachedInput, p.Input)
	s.add(u.CachedInput, p.CachedInput)
	s.add(u.Output-u.Reasoning, p.Output)
	s.add(u.Reasoning, p.Reasoning)
	return s.perMillion()
}

// Worst is the most that a call can cost whose messages hold so many bytes and
// whose output is held to budget tokens, at whichever of the two prices is higher
// for each side. It rests on InputBound, and on the endpoint's keeping to the
// budget, reasoning included; one that bills more is found when the call is settled.
func (p Price) Worst(messages, bytes int, budget int64) Nano {
	var s sum
	s.add(InputBound(messages, bytes), max(p.Input, p.CachedInput))
	s.add(budget, max(p.Output, p.Reasoning))
	return s.perMillion()
}

// InputBound bounds the input tokens of so many messages with so many bytes of
// text in all. A byte-level vocabulary writes no text with more tokens than bytes;
// a chat template adds its marks and, with some models, a preamble of its own.
func InputBound(messages, bytes int) int64 {
	const perMessage, preamble = 32, 256
	return int64(bytes) + perMessage*int64(messages) + preamble
}

// Add gives the sum, held to Max.
func (n Nano) Add(m Nano) Nano { return min(n+m, Max) }

// sum is a count of token·nano-dollars in 128 bits.
type sum struct{ hi, lo uint64 }

func (s *sum) add(tokens int64, price Nano) {
	hi, lo := bits.Mul64(uint64(tokens), uint64(price))
	var carry uint64
	s.lo, carry = bits.Add64(s.lo, lo, 0)
	s.hi, _ = bits.Add64(s.hi, hi, carry)
}

// perMillion divides by a million and rounds up.
func (s sum) perMillion() Nano {
	const million = 1_000_000
	if s.hi >= million {
		return Max
	}
	q, r := bits.Div64(s.hi, s.lo, million)
	if q >= uint64(Max) {
		return Max
	}
	if r > 0 {
		q++
	}
	return Nano(q)
}
