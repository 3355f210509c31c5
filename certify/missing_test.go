package certify

import (
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// A point is stated only where no completion changes it: of the gain over an
// incumbent where its own queries are settled, of the single best only where no
// missing verdict can make another model better.
func TestMissingPointsAreCertain(t *testing.T) {
	// Model a is right on 2 of 4, b on 1 of its 2: it may be right on 3.
	right := [][]uint64{{0b0011}, {0b0100}}
	seen := [][]uint64{{0b1111}, {0b1100}}
	m, err := outcome.NewMatrix([]string{"a", "b"}, 4, right, seen, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Certify(Options{Method: Incumbent, Incumbent: "a", Missing: Bounds}, m)
	if err != nil {
		t.Fatal(err)
	}
	if c.Gain.Point == nil || *c.Gain.Point != 0.25 {
		t.Errorf("gain over a: %v, want 0.25 whatever b does on the first two", c.Gain.Point)
	}
	if c.Best.Accuracy != nil {
		t.Errorf("single best %v: b may be right on three", *c.Best.Accuracy)
	}
	c, err = Certify(Options{Method: Direct, Missing: Bounds}, m)
	if err != nil {
		t.Fatal(err)
	}
	if c.Gain.Point != nil {
		t.Errorf("gain %v: it hangs on what b does", *c.Gain.Point)
	}
}
