package agreement

import "fmt"

// Kappa is Cohen's κ of two raters, unit by unit; an empty label is missing, and
// its unit is left out. It is an error when the raters have not the same number
// of units.
func Kappa(a, b []string, o Options) (Statistic, error) {
	level, err := o.level()
	if err != nil {
		return Statistic{}, err
	}
	if len(a) != len(b) {
		return Statistic{}, fmt.Errorf("one rater has %d units and the other %d: want the same units in the same order", len(a), len(b))
	}
	t := tabulate(a, b)
	s := Statistic{Units: t.n, Labels: len(t.rows), Level: level, Warnings: []Warning{}}
	if t.n == 0 {
		s.warn("no-units", "no unit was labelled by both raters")
		return s, nil
	}
	observed, chance := t.agreement()
	s.settle(observed, chance, t.variance(observed, chance))
	return s, nil
}

// table counts pairs of labels; labels are numbered in the order of appearance.
type table struct {
	n          int
	cells      map[[2]int]int
	rows, cols []int // by label: units to which the first, and the second, rater gave it
}

func tabulate(a, b []string) table {
	t := table{cells: map[[2]int]int{}}
	numbers := map[string]int{}
	number := func(label string) int {
		n, ok := numbers[label]
		if !ok {
			n = len(numbers)
			numbers[label] = n
			t.rows, t.cols = append(t.rows, 0), append(t.cols, 0)
		}
		return n
	}
	for u := range a {
		if a[u] == "" || b[u] == "" {
			continue
		}
		i, j := number(a[u]), number(b[u])
		t.cells[[2]int{i, j}]++
		t.rows[i]++
		t.cols[j]++
		t.n++
	}
	return t
}

// agreement is the share of the units on which both say the same, and the share
// expected if each kept the habit and chose units at random.
func (t table) agreement() (observed, chance float64) {
	same, product := 0, 0.0
	for i := range t.rows {
		same += t.cells[[2]int{i, i}]
		product += float64(t.rows[i]) * float64(t.cols[i])
	}
	n := float64(t.n)
	return float64(same) / n, product / (n * n)
}

// variance is the large-sample variance of κ (Fleiss, Cohen and Everitt 1969, for
// κ other than 0); 0 where κ is not defined. Sums go over labels in the order of
// their numbers, so that their rounding does not hang on the order of a map.
func (t table) variance(observed, chance float64) float64 {
	room := 1 - chance
	if room <= 0 {
		return 0
	}
	n, sum := float64(t.n), 0.0
	for i := range t.rows {
		for j := range t.cols {
			c := t.cells[[2]int{i, j}]
			if c == 0 {
				continue
			}
			x := -float64(t.cols[i]+t.rows[j]) / n * (1 - observed)
			if i == j {
				x += room
			}
			sum += float64(c) / n * x * x
		}
	}
	mean := observed*chance - 2*chance + observed
	return max(sum-mean*mean, 0) / (n * room * room * room * room)
}
