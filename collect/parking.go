package collect

import (
	"time"

	"github.com/allwrong/allwrong/collect/schedule"
)

// parking keeps cells that others are asking, or for which money is reserved
// elsewhere, until it is worth looking again.
type parking struct {
	waiting []parkedCell
	ripe    map[int][]schedule.Cell // by model
	count   int
}

type parkedCell struct {
	schedule.Cell
	poor  bool // for want of money
	again time.Time
}

// patience is how long a cell is parked. What another process asks is mostly
// answered within it.
const patience = 500 * time.Millisecond

func (p *parking) add(c schedule.Cell, poor bool, now time.Time) {
	p.waiting = append(p.waiting, parkedCell{c, poor, now.Add(patience)})
	p.count++
}

func (p *parking) empty() bool { return p.count == 0 }

// ripen makes what has waited long enough ready to be asked.
func (p *parking) ripen(now time.Time) {
	p.move(func(c *parkedCell) bool { return !c.again.After(now) })
}

// ripenPoor makes ready what was parked for want of money, once nothing of our
// own is reserved any more: there is enough now, or there will not be. It
// reports whether there was any.
func (p *parking) ripenPoor() bool {
	return p.move(func(c *parkedCell) bool { return c.poor })
}

func (p *parking) move(ready func(*parkedCell) bool) bool {
	kept := p.waiting[:0]
	for i := range p.waiting {
		c := &p.waiting[i]
		if !ready(c) {
			kept = append(kept, *c)
			continue
		}
		if p.ripe == nil {
			p.ripe = map[int][]schedule.Cell{}
		}
		p.ripe[c.Model] = append(p.ripe[c.Model], c.Cell)
	}
	moved := len(kept) < len(p.waiting)
	p.waiting = kept
	return moved
}

// next takes out a cell of a model.
func (p *parking) next(model int) (schedule.Cell, bool) {
	list := p.ripe[model]
	if len(list) == 0 {
		return schedule.Cell{}, false
	}
	p.ripe[model] = list[1:]
	p.count--
	return list[0], true
}

// drop takes out all cells of a model.
func (p *parking) drop(model int) (out []schedule.Cell) {
	out = p.ripe[model]
	delete(p.ripe, model)
	kept := p.waiting[:0]
	for _, c := range p.waiting {
		if c.Model == model {
			out = append(out, c.Cell)
		} else {
			kept = append(kept, c)
		}
	}
	p.waiting = kept
	p.count -= len(out)
	return out
}
