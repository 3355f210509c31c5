package agreement

import "fmt"

// Alpha is Krippendorff's α for nominal labels: labels[rater][unit], an empty one
// missing. A unit with fewer than two labels says nothing of agreement and is
// left out. It is an error when raters have not the same number of units.
func Alpha(labels [][]string, o Options) (Statistic, error) {
	level, err := o.level()
	if err != nil {
		return Statistic{}, err
	}
	for r := range labels {
		if len(labels[r]) != len(labels[0]) {
			return Statistic{}, fmt.Errorf("rater %d has %d units and rater 1 has %d: want the same units in the same order", r+1, len(labels[r]), len(labels[0]))
		}
	}
	c := coincide(labels)
	s := Statistic{Units: len(c.units), Labels: len(c.total), Level: level, Warnings: []Warning{}}
	if len(c.units) == 0 {
		s.warn("no-units", "no unit was labelled by two raters or more")
		return s, nil
	}
	observed, chance := c.agreement()
	s.settle(observed, chance, c.variance())
	return s, nil
}

// coincidences are what α is made of: how often each label was given, and by unit
// how far its labels agree.
type coincidences struct {
	units []unit
	total []float64 // by label: how often it was given
	n     float64   // labels given in all
	agree float64   // Σ over units of agree
	sq    float64   // Σ total²
}

type unit struct {
	labels, counts []int   // the labels it was given, and how often each
	n              float64 // how many it was given
	agree          float64 // ordered pairs that agree ÷ (n − 1)
}

func coincide(labels [][]string) coincidences {
	var c coincidences
	if len(labels) == 0 {
		return c
	}
	numbers := map[string]int{}
	for i := range labels[0] {
		u := one(labels, i, numbers)
		if u.n < 2 {
			continue
		}
		for k, label := range u.labels {
			for len(c.total) <= label {
				c.total = append(c.total, 0)
			}
			c.total[label] += float64(u.counts[k])
		}
		c.n += u.n
		c.agree += u.agree
		c.units = append(c.units, u)
	}
	for _, t := range c.total {
		c.sq += t * t
	}
	return c
}

// one reads a unit; labels are numbered as they appear on units that count.
func one(labels [][]string, i int, numbers map[string]int) (u unit) {
	given := 0
	for r := range labels {
		if labels[r][i] != "" {
			given++
		}
	}
	if given < 2 {
		return u
	}
	u.n = float64(given)
	place := map[int]int{}
	for r := range labels {
		if labels[r][i] == "" {
			continue
		}
		number, ok := numbers[labels[r][i]]
		if !ok {
			number = len(numbers)
			numbers[labels[r][i]] = number
		}
		k, ok := place[number]
		if !ok {
			k = len(u.labels)
			place[number] = k
			u.labels, u.counts = append(u.labels, number), append(u.counts, 0)
		}
		u.counts[k]++
	}
	for _, k := range u.counts {
		u.agree += float64(k) * float64(k-1) / (u.n - 1)
	}
	return u
}

// agreement is the share of pairs within units that agree, and the same share if
// all labels were dealt out to the units anew.
func (c *coincidences) agreement() (observed, chance float64) {
	return share(c.agree, c.n, c.sq)
}

func share(agree, n, sq float64) (observed, chance float64) {
	return agree / n, (sq - n) / (n * (n - 1))
}

// variance is the jackknife variance of α: what it becomes when units are left out
// one at a time. 0 when it cannot be had.
func (c *coincidences) variance() float64 {
	var sum, sum2, k float64
	for _, u := range c.units {
		sq := c.sq
		for j, label := range u.labels {
			d := float64(u.counts[j])
			sq += d*d - 2*d*c.total[label]
		}
		n := c.n - u.n
		if n < 2 {
			continue
		}
		observed, chance := share(c.agree-u.agree, n, sq)
		if chance >= 1 {
			continue // without this unit there is one label alone
		}
		a := (observed - chance) / (1 - chance)
		k++
		sum += a
		sum2 += a * a
	}
	if k < 2 {
		return 0
	}
	mean := sum / k
	return max(sum2-k*mean*mean, 0) * (k - 1) / k
}
