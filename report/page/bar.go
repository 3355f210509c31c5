package page

import "github.com/allwrong/allwrong/certify"

// barPart is one part of the bar that narrow screens show in place of the figure,
// in thousandths of its length.
type barPart struct {
	X, Width int64
	Class    string // the colour that the figure gives this part
}

// bar lays the kinds of queries out on a line. What rounding leaves goes to none of
// them.
func bar(k certify.Kinds) []barPart {
	all := k.AllRight + k.BestRight + k.Resolvable + k.AllWrong + k.Unknown
	if all == 0 {
		return nil
	}
	var out []barPart
	before := int64(0)
	for _, x := range []struct {
		n     int64
		class string
	}{{k.AllRight, "f-calm"}, {k.BestRight, "f-slate"}, {k.Resolvable, "f-accent"}, {k.AllWrong, "f-harm"}, {k.Unknown, "f-absent"}} {
		from, to := before*1000/all, (before+x.n)*1000/all
		before += x.n
		if to > from {
			out = append(out, barPart{from, to - from, x.class})
		}
	}
	return out
}
