package schedule

// Tally is what is known of the queries that were taken up; the four counts add
// up to Queries. The queries that the incumbent misses and another model has are
// at least Rescued and at most Rescued + Open, whatever the open ones turn out
// to be.
type Tally struct {
	Queries  int64 `json:"queries"`
	Right    int64 `json:"right"`     // nothing to gain: the incumbent is right (or failed where all others are wrong); for Ceiling, some model is right
	Rescued  int64 `json:"rescued"`   // the incumbent is wrong and another model is right
	AllWrong int64 `json:"all_wrong"` // every model is wrong
	Open     int64 `json:"open"`      // not settled: asked in part, or something failed
}

func tally(counts [statuses]int64) Tally {
	t := Tally{Right: counts[held], Rescued: counts[rescued], AllWrong: counts[allWrong], Open: counts[open] + counts[taken] + counts[lost] + counts[doubtful]}
	t.Queries = t.Right + t.Rescued + t.AllWrong + t.Open
	return t
}

// Tally counts the queries that were taken up. For Matrix it is empty.
func (s *Schedule) Tally() Tally { return tally(s.counts) }

// decisions remembers the last tallies that were judged: judging them costs more
// than all else here.
type decisions struct {
	last    [2]Tally
	closing [2]bool
	about   Tally
	worth   bool
}

// closing reports that no further query is to be taken up: what is settled
// decides. It looks at the queries up to the first on which the incumbent's
// verdict is awaited, so that calls in flight do not hide what is known; whether
// the rest bears it out is seen once they are in, and if it does not, queries
// are taken up again.
func (s *Schedule) closing() bool {
	if s.o.Decided == nil {
		return false
	}
	return s.decided(1, s.Tally()) || s.counts[taken] > 0 && s.decided(0, tally(s.frontCounts))
}

func (s *Schedule) decided(which int, t Tally) bool {
	if v := &s.verdicts; v.last[which] != t {
		v.last[which], v.closing[which] = t, s.o.Decided(t)
	}
	return s.verdicts.closing[which]
}

// worthSettling reports whether settling open queries can change the verdict:
// it is not decided, and it would be if all of them turned out one way.
func (s *Schedule) worthSettling() bool {
	if s.o.Decided == nil {
		return true
	}
	t := s.Tally()
	if v := &s.verdicts; v.about != t {
		none, all := t, t
		none.AllWrong, none.Open = t.AllWrong+t.Open, 0
		all.Rescued, all.Open = t.Rescued+t.Open, 0
		v.about = t
		v.worth = !s.decided(1, t) && (s.o.Decided(none) || s.o.Decided(all))
	}
	return s.verdicts.worth
}
