package math

import (
	"math/big"
	"math/rand/v2"
	"testing"
)

// holds reports whether the ball holds the number written in decimal, to its
// last digit.
func holds(t *testing.T, f *field, b ball, decimal string) bool {
	t.Helper()
	want, ok := new(big.Rat).SetString(decimal)
	if !ok {
		t.Fatalf("%q is no number", decimal)
	}
	lo := new(big.Rat).SetFrac(new(big.Int).Sub(b.m, b.r), f.one)
	hi := new(big.Rat).SetFrac(new(big.Int).Add(b.m, b.r), f.one)
	last := new(big.Rat).Inv(tenTo(48))
	return want.Cmp(lo.Sub(lo, last)) >= 0 && want.Cmp(hi.Add(hi, last)) <= 0
}

// TestConstants holds values against their published digits, 50 behind the point.
func TestConstants(t *testing.T) {
	values := map[string]string{
		`\pi`:                             "3.14159265358979323846264338327950288419716939937510",
		`e`:                               "2.71828182845904523536028747135266249775724709369995",
		`\ln 2`:                           "0.69314718055994530941723212145817656807550013436025",
		`\sqrt2`:                          "1.41421356237309504880168872420969807856967187537694",
		`\sin 1`:                          "0.84147098480789650665250232163029899962256306079837",
		`\cos 1`:                          "0.54030230586813971740093660744297660373231042061792",
		`\ln 10`:                          "2.30258509299404568401799145468436420760110148862877",
		`\frac{1+\sqrt5}2`:                "1.61803398874989484820458683436563811772030917980576",
		`\sqrt[3]{2}`:                     "1.25992104989487316476721060727822835057025146470150",
		`4\arctan\frac12+4\arctan\frac13`: "3.14159265358979323846264338327950288419716939937510",
		`6\arcsin\frac12`:                 "3.14159265358979323846264338327950288419716939937510",
		`\frac32\arccos(-\frac12)`:        "3.14159265358979323846264338327950288419716939937510",
	}
	for s, want := range values {
		n, _, err := parse(s, false)
		if err != nil {
			t.Fatalf("%s: %v", s, err)
		}
		for _, p := range []uint{192, 448, 1600} {
			v, err := evalConstant(n, p)
			if err != nil || v.complex {
				t.Fatalf("%s at %d bits: %v", s, p, err)
			}
			if f := newField(p); !holds(t, f, v.re, want) || !f.tight(v.re, int(p)-40) {
				t.Errorf("%s at %d bits is %v±%v·2^-%d, want %s", s, p, v.re.m, v.re.r, p, want)
			}
		}
	}
}

// TestBallsHold: the ball at few bits holds the value at many, for each function
// at random places, exact or blurred.
func TestBallsHold(t *testing.T) {
	const seed = 5
	rng := rand.New(rand.NewPCG(seed, seed))
	coarse, fine := newField(96), newField(640)
	unary := map[string]func(*field, ball) (ball, error){
		"exp": (*field).exp, "log": (*field).log, "sqrt": (*field).sqrt, "atan": (*field).atan, "asin": (*field).asin, "acos": (*field).acos,
		"sin":     func(f *field, x ball) (ball, error) { s, _, err := f.sincos(x); return s, err },
		"cos":     func(f *field, x ball) (ball, error) { _, c, err := f.sincos(x); return c, err },
		"inverse": func(f *field, x ball) (ball, error) { return f.quo(f.exact(1), x) },
		"square":  func(f *field, x ball) (ball, error) { return f.mul(x, x), nil },
	}
	for k := range 800 {
		x := big.NewRat(rng.Int64N(1<<40)-1<<39, 1<<(20+rng.Int64N(22)))
		if k%2 == 0 {
			x = big.NewRat(rng.Int64N(1<<40)-1<<39, 1<<39+1)
		}
		if k%3 == 0 {
			x.Abs(x)
		}
		for name, f := range unary {
			if name == "exp" && (x.Cmp(big.NewRat(300, 1)) > 0) {
				continue
			}
			a, err1 := f(coarse, coarse.rat(x).widened(rng.Int64N(1000)))
			b, err2 := f(fine, fine.rat(x))
			if err1 != nil || err2 != nil {
				continue // at the edge of the domain
			}
			gap := fine.sub(fine.at(a, coarse), b)
			if gap.apart() {
				t.Errorf("seed %d: %s(%s): the ball at 96 bits misses the value", seed, name, x.RatString())
			}
		}
	}
}

// TestSeparation: the bound is below what is known of real gaps.
func TestSeparation(t *testing.T) {
	// √n + √(n+2) - 2√(n+1) is about -n^(-3/2)/4, and not zero.
	for _, s := range []string{`\sqrt{1000000}+\sqrt{1000002}-2\sqrt{1000001}`, `\sqrt{2}-\frac{665857}{470832}`, `\sqrt2+\sqrt3-\sqrt{5+2\sqrt6}-10^{-60}`, `(\sqrt2-1)^{20}`} {
		n, _, err := parse(s, false)
		if err != nil {
			t.Fatal(err)
		}
		bits, ok := separationBits(n)
		if !ok {
			t.Fatalf("%s: no bound", s)
		}
		v, err := evalConstant(n, uint(bits)+64)
		if err != nil || !v.re.apart() {
			t.Fatalf("%s: %v", s, err)
		}
		if gap := bits + 64 - v.re.m.BitLen(); gap > bits {
			t.Errorf("%s is 2^-%d, below its bound 2^-%d", s, gap, bits)
		}
	}
	// The last is Shanks's identity (1974).
	for _, p := range [][2]string{{`\sqrt{2}+\sqrt{3}`, `\sqrt{5+2\sqrt{6}}`}, {`\sqrt[3]{2+\sqrt5}+\sqrt[3]{2-\sqrt5}`, `1`},
		{`\sqrt{11+2\sqrt{29}}+\sqrt{16-2\sqrt{29}+2\sqrt{55-10\sqrt{29}}}`, `\sqrt5+\sqrt{22+2\sqrt5}`}} {
		if c := Equal(p[0], p[1]); c.Verdict != Same || !c.Exact {
			t.Errorf("%v: %v by %s, want proved equal", p, c.Verdict, c.Rule)
		}
	}
}
