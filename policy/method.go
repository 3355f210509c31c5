package policy

import "math"

// method is one policy before it is scored.
type method struct {
	name  string
	kind  Kind
	bound Bound

	act func(p *part, acts []act) // learns on p.train, says what it does on each query of p.test
}

// act is what a policy does on one query.
type act struct {
	value    float64 // chance that what it returns is right
	cost     float64 // US dollars; NaN when not known
	control  float64 // chance of the control; NaN: that of asking the same models as often, at random
	final    int     // the model whose answer is returned; −1 when it is no single one's
	asked    []int   // the models asked; nil: final alone
	tied     bool
	believed []float32 // [model]; nil when it believes nothing
}

// ask is asking one model.
func (b *bench) ask(model, place int) act {
	return act{value: b.right[model][place], cost: b.price(model, place), control: math.NaN(), final: model}
}

// askAll is asking several models; the value is for the caller to say.
func (b *bench) askAll(models []int, place int) act {
	out := act{control: math.NaN(), final: -1, asked: models}
	for _, i := range models {
		out.cost += b.price(i, place)
	}
	return out
}

// sheet is what one policy did on one part, with the control filled in.
type sheet struct {
	acts        []act
	controlCost []float64
}

// play lets a policy learn and act on a part.
func (m *method) play(p *part) sheet {
	s := sheet{make([]act, len(p.test)), make([]float64, len(p.test))}
	m.act(p, s.acts)
	if m.kind == Vote {
		return s
	}
	share, cost := make([]float64, len(p.models)), 0.0
	for _, a := range s.acts {
		if a.final >= 0 {
			share[a.final] += 1 / float64(len(s.acts))
		}
		cost += a.cost / float64(len(s.acts))
	}
	for at, q := range p.test {
		if !math.IsNaN(s.acts[at].control) {
			s.controlCost[at] = cost // random mixing spends as much
			continue
		}
		value, spent := 0.0, 0.0
		for i, w := range share {
			if w > 0 {
				value, spent = value+w*p.right[i][q], spent+w*p.price(i, q)
			}
		}
		s.acts[at].control, s.controlCost[at] = value, spent
	}
	return s
}

// own scores a policy of a file. Where it says nothing, the single best is asked.
func (b *bench) own(c Choices) *method {
	silent, unknown, foreign := 0, 0, 0
	model := map[string]int{}
	for i, name := range b.models {
		model[name] = i
	}
	made := make([]*act, len(b.columns))
	for q, id := range b.ids {
		choice, ok := c.Of(id)
		i, known := model[choice.Model]
		switch {
		case !ok:
			silent++
			continue
		case choice.Model == "":
			value, graded := b.grade(q, choice.Answer)
			if !graded {
				unknown++
			}
			made[q] = &act{value: value, cost: math.NaN(), control: math.NaN(), final: -1, asked: []int{}}
			if choice.CostUSD != nil {
				made[q].cost = *choice.CostUSD
			}
			continue
		case !known:
			foreign++
			continue
		}
		a := b.ask(i, q)
		if choice.CostUSD != nil {
			a.cost += *choice.CostUSD
		}
		made[q] = &a
	}
	if silent > 0 {
		b.warn("own-silent", "%s says nothing of %d queries: there the single best is asked.", c.Name, silent)
	}
	if foreign > 0 {
		b.warn("own-foreign", "%s names models that are not among the %d on %d queries: there the single best is asked.", c.Name, len(b.models), foreign)
	}
	if unknown > 0 {
		b.warn("own-unknown", "%s gives %d answers that no model gave: they count as wrong, since nothing says that they are right.", c.Name, unknown)
	}
	return &method{name: c.Name, kind: Own, act: func(p *part, acts []act) {
		for at, q := range p.test {
			if acts[at] = p.ask(p.single, q); made[q] != nil {
				acts[at] = *made[q]
			}
		}
	}}
}

// grade looks an answer up among those that models gave to the same query.
func (b *bench) grade(place int, answer string) (right float64, known bool) {
	text := answer
	if b.Value != nil {
		text = b.Value(text)
	}
	number, ok := b.said[text]
	if !ok {
		return 0, false
	}
	votes := 0.0
	for a, table := range b.answers {
		for i, row := range table {
			if row[place] == number {
				votes++
				if b.Attempts[a].Right(i, b.columns[place]) {
					right++
				}
			}
		}
	}
	if votes == 0 {
		return 0, false
	}
	return right / votes, true
}
