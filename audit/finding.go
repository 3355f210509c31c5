package audit

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/allwrong/allwrong/grade"
)

// Kinds of finding, in the order in which they are looked for.
const (
	FindCorrupt   = "corrupt"   // calls without usage or text; a broken run
	FindCutOff    = "cut-off"   // outputs that ended at their budget
	FindNoAnswer  = "no-answer" // refused, or nothing was found in the text
	FindGrader    = "grader"    // an answer that says what the reference says was graded wrong, or one that does not right
	FindReference = "reference" // families of models agree on one other answer; references that contradict each other
	FindQuestion  = "question"  // the statement admits several answers, or lacks a part
	FindNone      = "none"
)

// Finding is one thing that speaks for a defect.
type Finding struct {
	Finding  string   `json:"finding"`
	Class    Class    `json:"class"`    // that it suggests
	P        *float64 `json:"p_value"`  // chance of the like by accident; nil for what is no matter of chance
	Evidence string   `json:"evidence"` // in words
	Answer   string   `json:"answer,omitempty"`
	Models   []string `json:"models"` // that show it

	right []bool // by model: what would be right if it is true; nil: the query would leave the data
}

// findings looks at one query.
func (e *Evidence) findings(x *queued, base [3][]float64, s *spreads) []Finding {
	var out []Finding
	add := func(f *Finding) {
		if f != nil {
			out = append(out, *f)
		}
	}
	add(e.flagged(x, base[0], flagCorrupt, FindCorrupt, Corrupt, "came back without text or usage"))
	add(e.repeated(x))
	add(e.flagged(x, base[1], flagCut, FindCutOff, Truncation, "ended at its token budget"))
	add(e.extraction(x))
	add(e.flagged(x, base[2], flagNone, FindNoAnswer, NoAnswer, "holds no answer that could be read"))
	add(e.strict(x))
	add(e.lenient(x))
	if e.conflicts[e.m.ID(x.column)] {
		add(&Finding{Finding: FindReference, Class: ReferenceError, Evidence: "the files give more than one reference", Models: []string{}})
	}
	add(e.consensus(x, s))
	add(e.open(x))
	return out
}

// flagged compares the unusable answers on a query with how often each model
// gives one: a pool in which one model is often cut off is no finding.
func (e *Evidence) flagged(x *queued, base []float64, flag flags, name string, class Class, what string) *Finding {
	f := &Finding{Finding: name, Class: class, Models: []string{}}
	var chances []float64
	for i, model := range e.models {
		if !e.m.Observed(i, x.column) {
			continue
		}
		chances = append(chances, base[i])
		if e.cells[i][x.column] == flag {
			f.Models = append(f.Models, model)
		}
	}
	k := len(f.Models)
	if k == 0 {
		return nil
	}
	p := atLeast(k, chances)
	best := x.group == BestUnusable && e.cells[e.best][x.column] == flag
	if p > e.o.Level && !best {
		return nil
	}
	f.P = &p
	f.Evidence = fmt.Sprintf("%d of %d answers %s", k, len(chances), plural(k, what))
	if best {
		f.Evidence = fmt.Sprintf("the answer of %s, the best model, %s; %d of %d do", e.models[e.best], what, k, len(chances))
		f.right = e.verdicts(x.column)
		f.right[e.best] = true
	}
	return f
}

// plural puts a verb in the third person, with which what begins, into the plural.
func plural(n int, what string) string {
	if n == 1 {
		return what
	}
	verb, rest, _ := strings.Cut(what, " ")
	switch verb {
	case "holds":
		verb = "hold"
	}
	return strings.NewReplacer("its token budget", "their token budget").Replace(verb + " " + rest)
}

// verdicts copies what is on record for a query.
func (e *Evidence) verdicts(q int) []bool {
	out := make([]bool, len(e.models))
	for i := range out {
		out[i] = e.m.Right(i, q)
	}
	return out
}

// repeated finds answers of a form that its model repeats and fails with.
func (e *Evidence) repeated(x *queued) *Finding {
	list := e.patternsOn[x.column]
	if len(list) == 0 {
		return nil
	}
	f := &Finding{Finding: FindCorrupt, Class: Corrupt, Models: []string{}}
	for _, p := range list {
		f.Models = append(f.Models, e.models[p.Model])
	}
	one := list[0]
	for _, p := range list {
		if p.Model == e.best {
			one = p
		}
	}
	f.P = &one.P
	f.Evidence = fmt.Sprintf("%s answers in a form that it repeats on %d queries: %s", e.models[one.Model], one.Answers, quote(one.Text))
	f.right = e.verdicts(x.column)
	for _, p := range list {
		f.right[p.Model] = true
	}
	return f
}

// extraction finds answers that stand in the text and were not found there.
func (e *Evidence) extraction(x *queued) *Finding {
	if len(x.found) == 0 {
		return nil
	}
	f := &Finding{Finding: FindGrader, Class: GraderError, Models: x.found, right: e.verdicts(x.column),
		Evidence: fmt.Sprintf("no answer was found in %d of the texts, and the reference is there", len(x.found))}
	for _, model := range x.found {
		f.right[e.number[model]] = true
	}
	return f
}

// strict finds wrong answers that say what the reference says.
func (e *Evidence) strict(x *queued) *Finding {
	f := &Finding{Finding: FindGrader, Class: GraderError, Models: []string{}, right: e.verdicts(x.column)}
	rules := map[uint32]string{}
	for i, model := range e.models {
		if !e.m.Observed(i, x.column) || e.m.Right(i, x.column) || e.value(i, x.column) == 0 {
			continue
		}
		number := e.d.Answers[i][x.column]
		rule, known := rules[number]
		if !known {
			text := e.d.AnswerText(number)
			if rule = alike(x.reference, text); rule == "" && e.grade(x, text, true) == grade.Right {
				rule = "equal"
			}
			rules[number] = rule
		}
		if rule == "" {
			continue
		}
		if f.Evidence == "" {
			f.Answer = e.d.AnswerText(number)
			f.Evidence = rule
			if rule == "one of the values of the reference" {
				f.Class = MultiAnswer
			}
		}
		f.Models, f.right[i] = append(f.Models, model), true
	}
	if len(f.Models) == 0 {
		return nil
	}
	f.Evidence = fmt.Sprintf("%d graded wrong with the answer %s; the reference is %s (%s)", len(f.Models), quote(f.Answer), quote(x.reference), f.Evidence)
	return f
}

// lenient finds right answers that do not say what the reference says.
func (e *Evidence) lenient(x *queued) *Finding {
	f := &Finding{Finding: FindGrader, Class: GraderError, Models: []string{}, right: e.verdicts(x.column)}
	for i, model := range e.models {
		if !e.m.Right(i, x.column) || e.value(i, x.column) == 0 {
			continue
		}
		text := e.d.AnswerText(e.d.Answers[i][x.column])
		if !differs(x.reference, text) && e.grade(x, text, true) != grade.Wrong {
			continue
		}
		if f.Answer == "" {
			f.Answer = text
		}
		f.Models, f.right[i] = append(f.Models, model), false
	}
	if len(f.Models) == 0 {
		return nil
	}
	f.Evidence = fmt.Sprintf("%d graded right with the answer %s; the reference is %s", len(f.Models), quote(f.Answer), quote(x.reference))
	return f
}

// differs reports whether two texts are two different letters or numbers. Any
// other difference is for a grader to tell.
func differs(reference, answer string) bool {
	if reference == "" || len(reference) > longValue || len(answer) > longValue || alike(reference, answer) != "" {
		return false
	}
	a, b := plain(reference), plain(answer)
	if option.MatchString(a) && option.MatchString(b) {
		return true
	}
	_, first := number(a)
	_, second := number(b)
	return first && second
}

// consensus finds one other answer on which families of models agree more than
// the wrong answers of this pool do. It does not look at who is right elsewhere
// on the query, and a family counts once.
func (e *Evidence) consensus(x *queued, s *spreads) *Finding {
	p, value := e.wrongParts(x.column)
	if len(p.counts) == 0 || p.counts[0] < 2 {
		return nil
	}
	law := s.of(p.options)
	if law == nil {
		return nil
	}
	chance := law.chance(p.counts[0], p.families(), p.options)
	if chance > e.o.Level {
		return nil
	}
	f := &Finding{Finding: FindReference, Class: ReferenceError, P: &chance, Models: []string{}, right: make([]bool, len(e.models))}
	wrong := 0
	for i, model := range e.models {
		if e.value(i, x.column) == value {
			f.Models, f.right[i] = append(f.Models, model), true
			f.Answer = e.d.AnswerText(e.d.Answers[i][x.column])
		}
		if e.m.Observed(i, x.column) && !e.m.Right(i, x.column) {
			wrong++
		}
	}
	f.Evidence = fmt.Sprintf("%d of %d wrong models, %d of %d families, agree on %s", len(f.Models), wrong, p.counts[0], p.families(), quote(f.Answer))
	if x.reference != "" {
		f.Evidence += "; the reference is " + quote(x.reference)
	}
	return f
}

// wrongParts are the families that err on a query, by the answer of their best
// model that gave one; value is the answer of most. A family that has a model
// that is right is divided, and passed over.
func (e *Evidence) wrongParts(q int) (p parts, value uint32) {
	spokesman := make([]int, e.families) // model + 1; 0 none yet, −1 divided
	for i := range e.models {
		f := &spokesman[e.family[i]]
		switch {
		case *f < 0:
		case e.m.Right(i, q):
			*f = -1
		case !e.m.Observed(i, q) || e.value(i, q) == 0:
		case *f == 0 || e.accuracy[i] > e.accuracy[*f-1]:
			*f = i + 1
		}
	}
	votes := map[uint32]int{}
	for _, f := range spokesman {
		if f > 0 {
			votes[e.value(f-1, q)]++
		}
	}
	most := 0
	for v, n := range votes {
		if p.counts = append(p.counts, n); n > most || n == most && e.texts[v] < e.texts[value] {
			most, value = n, v
		}
	}
	byCount(p.counts)
	if n := e.m.Options(q); n > 1 {
		p.options = max(n-1, len(p.counts))
	}
	return p, value
}

// spreads are the laws of wrong answers, of multiple choice and of the rest.
type spreads struct{ choice, open, all *spread }

func (s *spreads) of(options int) *spread {
	if law := map[bool]*spread{true: s.choice, false: s.open}[options > 0]; law != nil {
		return law
	}
	return s.all
}

// spread fits the laws to the queries on which some model is right.
func (e *Evidence) spread() *spreads {
	var choice, open []parts
	for q := range e.m.Columns() {
		right, seen := e.right(q)
		if right == 0 || seen-right < 2 {
			continue
		}
		if p, _ := e.wrongParts(q); p.options > 0 {
			choice = append(choice, p)
		} else if len(p.counts) > 0 {
			open = append(open, p)
		}
	}
	return &spreads{fitSpread(choice), fitSpread(open), fitSpread(slices.Concat(choice, open))}
}

var (
	severalWays = regexp.MustCompile(`(?i)\b(?:print|output|return|give|report|find|you (?:may|can) (?:print|output|return)) (?:any|one) (?:of|valid|such|possible|correct|one)\b|\bif there (?:are|is|exist) (?:multiple|several|many|more than one|various)\b|\b(?:multiple|several) (?:valid |correct |possible )?(?:solutions|answers|outputs) (?:are|may|exist|is)|\bany of them\b|\bany valid\b|\bin any order\b`)
	missingPart = regexp.MustCompile(`(?i)\b(?:in|from|see|shown in|using) the (?:figure|diagram|picture|graph|image|table) (?:below|above|shown)|\b(?:figure|diagram|picture|image) (?:below|above)\b|\bas shown (?:below|above|in the (?:figure|diagram|picture|image))`)
	drawing     = regexp.MustCompile(`\[asy\]|\\begin\{(?:tikzpicture|array|tabular)\}|!\[|<img|\|`)
)

// open finds statements that admit several answers, or that lack what they refer to.
func (e *Evidence) open(x *queued) *Finding {
	f := &Finding{Finding: FindQuestion, Class: MultiAnswer, Models: []string{}}
	if words := severalWays.FindString(x.prompt); words != "" {
		f.Evidence = "the statement admits several answers: " + quote(words)
		return f
	}
	if words := missingPart.FindString(x.prompt); words != "" && !drawing.MatchString(x.prompt) {
		f.Class, f.Evidence = Ambiguous, "the statement refers to what is not in it: "+quote(words)
		return f
	}
	return nil
}

// quote shows a text of unknown origin, shortened.
func quote(s string) string {
	const most = 40
	r := []rune(s)
	if len(r) > most {
		r = append(r[:most-1:most-1], '…')
	}
	return fmt.Sprintf("%q", string(r))
}
