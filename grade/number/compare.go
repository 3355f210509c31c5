package number

import (
	"math/big"

	"github.com/allwrong/allwrong/grade"
)

// compare says whether an answer is the reference, and by which rule.
//
// A reference with decimals is met by whatever rounds to it; one without is
// exact. What floating-point arithmetic leaves behind (11.9999999) is forgiven: a
// difference below a millionth, of the reference where that is below 1.
func compare(ref, answer Value) (grade.Verdict, string) {
	ref, answer, ok := inBase(ref, answer)
	if !ok {
		return grade.Wrong, "units-differ"
	}
	if ref.Percent == answer.Percent {
		return near(ref, answer)
	}
	asUnit, rule := near(ref, answer)
	asFraction, _ := near(ref.fraction(), answer.fraction())
	switch {
	case asFraction == grade.Right:
		return grade.Right, "percent-as-fraction"
	case asUnit == grade.Right && !ref.Percent && ref.Rat.Cmp(big.NewRat(1, 1)) < 0 && ref.Rat.Sign() > 0:
		// 0.5 may mean half or half a percent, and only the question knows.
		return grade.CannotTell, "percent-or-fraction"
	case asUnit == grade.Right:
		return grade.Right, "percent-as-unit"
	}
	return grade.Wrong, rule
}

// fraction is a percentage as the number that it stands for.
func (v Value) fraction() Value {
	if v.Percent {
		return v.times("1/100")
	}
	return v
}

func near(ref, answer Value) (grade.Verdict, string) {
	d := new(big.Rat).Sub(ref.Rat, answer.Rat)
	if d.Abs(d).Sign() == 0 {
		return grade.Right, "equal"
	}
	// Half a unit of the last digit, when the answer shows at least that digit.
	if ref.Last != nil && (answer.Last == nil || answer.Last.Cmp(ref.Last) < 0) {
		if half := new(big.Rat).Mul(ref.Last, big.NewRat(1, 2)); d.Cmp(half) <= 0 && !isWhole(answer) {
			return grade.Right, "rounds-to-reference"
		}
	}
	size := new(big.Rat).Abs(ref.Rat)
	if one := big.NewRat(1, 1); size.Cmp(one) > 0 {
		size = one
	}
	if dust := size.Mul(size, big.NewRat(1, 1_000_000)); answer.Last != nil && d.Cmp(dust) < 0 {
		return grade.Right, "float-noise"
	}
	return grade.Wrong, "different"
}

// isWhole reports an answer that shows no digit behind the point: 3 is no more
// precise a form of 3.1 or 2.9.
func isWhole(v Value) bool { return v.Last == nil && v.Rat.IsInt() }
