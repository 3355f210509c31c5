package schedule

// takeUp asks the incumbent on the next query of the order.
func (s *Schedule) takeUp() (Cell, bool) {
	for !s.closing() && !s.crowded() {
		at := s.cursor[s.o.Incumbent]
		if at == len(s.order) {
			break
		}
		s.cursor[s.o.Incumbent]++
		q := int(s.order[at])
		s.set(q, taken)
		if c := (Cell{q, s.o.Incumbent, 0}); *s.at(c) == 0 {
			return c, true
		}
		s.review(q, true)
	}
	return Cell{}, false
}

// crowded reports that enough queries are unsettled for now.
func (s *Schedule) crowded() bool {
	if s.o.Ahead == 0 || s.o.Decided == nil || !s.worthSettling() {
		return false
	}
	unsettled := s.flight
	for left := range s.waiting {
		unsettled += s.waiting[left].len()
	}
	return unsettled >= s.o.Ahead
}

// settle gives a model the first open query for which no other is worth more.
// Queries that have few models left to hear come first: they are nearest to
// being settled.
func (s *Schedule) settle(model int) (Cell, bool) {
	if !s.worthSettling() {
		return Cell{}, false
	}
	for left := range s.waiting {
		w := &s.waiting[left]
		for i := 0; i < min(w.len(), lookAhead); {
			q := int(w.at(i))
			best := s.best(q)
			if s.status[q] != open && s.status[q] != lost || best < 0 {
				w.remove(i)
				continue
			}
			if best == model {
				w.remove(i)
				return Cell{q, model, 0}, true
			}
			i++
		}
	}
	return Cell{}, false
}

// lookAhead is how far into a queue a model looks for a query of its own. Most
// queries of a queue want the same model, so looking further finds little.
const lookAhead = 8

// best is the model that is worth asking next about an open query: the least
// price over the chance of being right, the better chance among equals. It is
// -1 when nobody is left.
func (s *Schedule) best(q int) int {
	best, least, chance := -1, 0.0, 0.0
	row := s.cells[q*s.models : (q+1)*s.models]
	for i, state := range row {
		if state != 0 || s.dropped[i] {
			continue
		}
		p, price := s.chance.of(i, s.slice[q]), 1.0
		if s.o.Prices != nil {
			price = s.o.Prices[i]
		}
		if cost := price / p; best < 0 || cost < least || cost == least && p > chance {
			best, least, chance = i, cost, p
		}
	}
	return best
}

// review finds the status of a query that was taken up. With again, an open one
// goes back among those that wait for another model.
func (s *Schedule) review(q int, again bool) {
	left, gap, some := 0, false, false
	row := s.cells[q*s.models : (q+1)*s.models]
	for i, state := range row {
		if s.o.For == Certificate && i == s.o.Incumbent {
			continue
		}
		switch state {
		case 0:
			left++
		case right:
			some = true
		case wrong:
		default: // asked, or missing
			gap = true
		}
	}
	to := open
	if s.o.For == Certificate {
		switch row[s.o.Incumbent] {
		case right:
			s.set(q, held)
			return
		case missing:
			to = lost
		case wrong:
		default:
			return
		}
	}
	switch {
	case some:
		s.set(q, [statuses]status{open: found(s.o.For), lost: doubtful}[to])
	case left == 0 && !gap:
		s.set(q, [statuses]status{open: allWrong, lost: held}[to])
	default:
		s.set(q, to)
		if again && left > 0 && s.idle(row) {
			s.waiting[left].push(int32(q))
		}
	}
}

// found is what a right answer makes of an open query.
func found(p Purpose) status {
	if p == Ceiling {
		return held
	}
	return rescued
}

// idle reports that no model is being asked: one at a time is asked about a query.
func (s *Schedule) idle(row []uint8) bool {
	for _, state := range row {
		if state == asked {
			return false
		}
	}
	return true
}

// set changes a query's status and the tallies.
func (s *Schedule) set(q int, to status) {
	from := s.status[q]
	s.status[q] = to
	s.counts[from]--
	s.counts[to]++
	if int(s.place[q]) < s.front {
		s.frontCounts[from]--
		s.frontCounts[to]++
	}
	for s.front < len(s.order) && s.status[s.order[s.front]] > taken {
		s.frontCounts[s.status[s.order[s.front]]]++
		s.front++
	}
}
