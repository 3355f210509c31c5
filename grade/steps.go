package grade

// maxStep bounds, in bytes, the text that a step keeps.
const maxStep = 300

// Add notes a step of the pipeline; a long text is cut.
func (g *Grade) Add(step, rule, text string) {
	if len(text) > maxStep {
		n := maxStep
		for n > 0 && text[n]&0xc0 == 0x80 { // not within a rune
			n--
		}
		text = text[:n] + "…"
	}
	g.Steps = append(g.Steps, Step{step, rule, text})
}

// End notes the comparison and gives the grade with its verdict. An answer that
// was not found has no comparison.
func (g *Grade) End(v Verdict, rule string) Grade {
	if v != NoAnswer {
		g.Steps = append(g.Steps, Step{"compare", rule, v.String()})
	}
	g.Verdict, g.Rule = v, rule
	return *g
}
