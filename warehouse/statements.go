package warehouse

// Statements gives the SQL of Profile and of Patterns, as it would be run, with
// the values that are bound in comments below each.
func (w *Warehouse) Statements(o PatternsOptions) ([]string, error) {
	p, err := w.newPlan(o)
	if err != nil {
		return nil, err
	}
	first, second := &builder{w: w}, &builder{w: w}
	profile := first.explained(first.profile(o.threshold()))
	return []string{profile, second.explained(p.perPattern(second))}, nil
}
