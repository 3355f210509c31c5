package math

import "math/big"

// withDots compares lists of which one has "..." in it: written out when they are
// progressions of whole numbers, else item by item.
func withDots(r, a []*node) (Comparison, bool) {
	if !dotted(r) && !dotted(a) {
		return Comparison{}, false
	}
	x, ok1 := writtenOut(r)
	y, ok2 := writtenOut(a)
	if ok1 && ok2 {
		return unordered(x, y, "progression"), true
	}
	if c := ordered(r, a, "ordered"); c.Verdict == Same {
		return c, true
	}
	if match(r[0], a[0]).Verdict == Different || match(r[len(r)-1], a[len(a)-1]).Verdict == Different {
		return different("progression"), true
	}
	return cannotTell("progression"), true
}

func isDots(n *node) bool { return n.op == opVar && n.name == "..." }

func dotted(items []*node) bool {
	for _, n := range items {
		if isDots(n) {
			return true
		}
	}
	return false
}

// writtenOut returns the items with a, b, ..., z in full.
func writtenOut(items []*node) ([]*node, bool) {
	var out []*node
	for i, n := range items {
		if !isDots(n) {
			out = append(out, n)
			continue
		}
		if i < 2 || i+1 >= len(items) {
			return nil, false
		}
		a, ok1 := rationalAt(items[i-2], nil)
		b, ok2 := rationalAt(items[i-1], nil)
		z, ok3 := rationalAt(items[i+1], nil)
		if !ok1 || !ok2 || !ok3 {
			return nil, false
		}
		step := new(big.Rat).Sub(b, a)
		if step.Sign() == 0 {
			return nil, false
		}
		k := new(big.Rat).Quo(new(big.Rat).Sub(z, b), step)
		if !k.IsInt() || !k.Num().IsInt64() || k.Num().Int64() < 1 || k.Num().Int64() > maxItems {
			return nil, false
		}
		for v, left := b, k.Num().Int64()-1; left > 0; left-- {
			v = new(big.Rat).Add(v, step)
			out = append(out, number(v))
		}
	}
	return out, true
}
