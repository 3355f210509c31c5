package warehouse

// Statements gives the SQL of Profile and of Patterns, as it would be run, with
// the values that are bound in comments below each. Nothing is run: where o does
// not name the models, two stand for those that the first statement would find.
func (w *Warehouse) Statements(o PatternsOptions) ([]string, error) {
	unknown := o.Models == nil
	if unknown {
		o.Models = []string{"(first model)", "(second model)"}
	}
	p, err := w.newPlan(o)
	if err != nil {
		return nil, err
	}
	first, second := &builder{w: w}, &builder{w: w}
	rows := "-- Rows by model and verdict: which models there are, and whether every row can be read.\n" + first.explained(first.profile(o.threshold()))
	patterns := "-- Queries by pattern of verdicts.\n"
	if unknown {
		patterns += "-- The models are those that the statement before finds, one WHEN each.\n"
		if w.Has("attempt") {
			patterns += "-- Where it finds later attempts, and these are compared, each has words of its own.\n"
		}
	}
	return []string{rows, patterns + second.explained(p.perPattern(second))}, nil
}
