package ingest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/allwrong/allwrong/outcome"
)

// promptfoo holds the rows of one file until all are there: which columns there
// are, which of two rows of one test came first, and whether two tests share
// their variables is known at the end only.
type promptfoo struct {
	to       *sink
	columns  map[promptfooColumn]int
	list     []promptfooColumn
	rows     []promptfooRow
	outcomes [3]int64 // successes, failures, errors: as promptfoo counts them
	metrics  map[string]bool
	texts    hoard
}

// promptfooColumn is one column of promptfoo's table: a provider with a prompt.
// The index keeps apart two providers that differ in their configuration only.
type promptfooColumn struct {
	index             int64
	id, label, prompt string
}

// promptfooRow is what is kept of a row.
type promptfooRow struct {
	vars, asserts string // hashes
	column        int
	test, line    int64
	cell          outcome.Cell
	score         *float64
	named         map[string]*float64 // of the metrics that are asked for; nil for what is no rate
	nothing       outcome.Reason      // why a row that is not right has no answer
	cost, seconds *float64
	in, out       *int64
	labels        map[string]string

	finish string
	texts  *promptfooTexts // until they are put aside
	kept   kept
}

// promptfooTexts are the texts of a row, the last two as far as they are wanted.
type promptfooTexts struct{ reference, response, prompt string }

func newPromptfoo(to *sink) *promptfoo {
	to.joinedBy(joinedByContent)
	return &promptfoo{to: to, columns: map[promptfooColumn]int{}, metrics: map[string]bool{}}
}

// promptfooFields are the fields of a row that are looked at, as written.
type promptfooFields struct {
	test, column, promptID, provider, prompt, vars, testCase, response, success, score,
	failure, message, cost, latency, tokens, named, grading []byte
}

func (p *promptfoo) row(raw []byte, line int64) error {
	var x promptfooFields
	err := fieldsOf(raw, map[string]*[]byte{"testIdx": &x.test, "promptIdx": &x.column, "promptId": &x.promptID,
		"provider": &x.provider, "prompt": &x.prompt, "vars": &x.vars, "testCase": &x.testCase, "response": &x.response,
		"success": &x.success, "score": &x.score, "failureReason": &x.failure, "error": &x.message, "cost": &x.cost,
		"latencyMs": &x.latency, "tokenUsage": &x.tokens, "namedScores": &x.named, "gradingResult": &x.grading})
	if err != nil {
		return err
	}
	r := promptfooRow{line: line, texts: &promptfooTexts{}}
	if says(x.test) {
		if r.test, err = countField("testIdx", x.test); err != nil {
			return err
		}
	}
	if err := p.identify(&x, &r); err != nil {
		return err
	}
	if err := p.grade(&x, &r); err != nil {
		return err
	}
	p.rows = append(p.rows, r)
	return nil
}

// putAside takes the texts of the row that came last out of memory.
func (p *promptfoo) putAside() (err error) {
	r := &p.rows[len(p.rows)-1]
	r.kept, err = p.texts.keep(r.texts.reference, r.texts.response, r.texts.prompt)
	r.texts = nil
	return err
}

// runtimeVar names variables that promptfoo sets while it runs: they differ
// between two runs of one test.
func runtimeVar(name string) bool { return name == "sessionId" || strings.HasPrefix(name, "_") }

func (p *promptfoo) identify(x *promptfooFields, r *promptfooRow) error {
	var asserts []byte
	if says(x.testCase) {
		var inner, metadata []byte
		if err := fieldsOf(x.testCase, map[string]*[]byte{"assert": &asserts, "vars": &inner, "metadata": &metadata}); err != nil {
			return fmt.Errorf("testCase: %w", err)
		}
		if begins(metadata, '{') {
			err := groupLabels(metadata, func(name, value string) {
				if r.labels == nil {
					r.labels = map[string]string{}
				}
				r.labels[name] = value
			})
			if err != nil {
				return fmt.Errorf("testCase.metadata: %w", err)
			}
		}
		if !says(x.vars) {
			x.vars = inner
		}
	}
	if !begins(x.vars, '{') {
		return badField("vars", x.vars, "an object: the test is known by its variables")
	}
	vars, err := canonical(nil, x.vars, runtimeVar)
	if err != nil {
		return fmt.Errorf("vars: %w", err)
	}
	if asserts, err = canonical(nil, asserts, nil); err != nil {
		return fmt.Errorf("testCase.assert: %w", err)
	}
	r.vars, r.asserts = contentID(vars), contentID(asserts)
	c, err := promptfooColumnOf(x)
	if err != nil {
		return err
	}
	r.column = p.columnOf(c)
	return nil
}

func (p *promptfoo) columnOf(c promptfooColumn) int {
	at, ok := p.columns[c]
	if !ok {
		at = len(p.list)
		p.columns[c], p.list = at, append(p.list, c)
	}
	return at
}

func promptfooColumnOf(x *promptfooFields) (c promptfooColumn, err error) {
	if says(x.column) {
		if c.index, err = countField("promptIdx", x.column); err != nil {
			return c, err
		}
	}
	if begins(x.provider, '"') { // older versions
		c.id, err = textField("provider", x.provider)
	} else {
		var id, label []byte
		if err = fieldsOf(x.provider, map[string]*[]byte{"id": &id, "label": &label}); err != nil {
			return c, badField("provider", x.provider, "an object with an id")
		}
		if c.id, err = textField("provider.id", id); err != nil {
			return c, err
		}
		c.label, err = optionalText("provider.label", label)
	}
	if err != nil {
		return c, err
	}
	if err := outcome.CheckName("provider.id", c.id); err != nil {
		return c, err
	}
	c.prompt, err = promptfooPrompt(x)
	return c, err
}

// promptfooPrompt names the prompt of a row by its label where that is short,
// else by a hash: a label is the text of the whole template unless one was given.
func promptfooPrompt(x *promptfooFields) (string, error) {
	var label []byte
	if begins(x.prompt, '{') {
		if err := fieldsOf(x.prompt, map[string]*[]byte{"label": &label}); err != nil {
			return "", fmt.Errorf("prompt: %w", err)
		}
	}
	text, err := optionalText("prompt.label", label)
	if err == nil && text == "" {
		text, err = optionalText("promptId", x.promptID)
	}
	if err != nil {
		return "", err
	}
	if utf8.RuneCountInString(text) > 40 || text != "" && outcome.CheckName("prompt", text) != nil {
		text = contentID([]byte(text))[:8]
	}
	return text, nil
}

// names gives each column the name of its provider, and as much more as is
// needed to tell it from the others.
func (p *promptfoo) names() []string {
	names := make([]string, len(p.list))
	for i, c := range p.list {
		if names[i] = c.label; c.label == "" {
			names[i] = c.id
		}
	}
	more := []func(i int) string{
		func(i int) string { return " (" + p.list[i].id + ")" },
		func(i int) string { return " | " + p.list[i].prompt },
		func(i int) string { return fmt.Sprintf(" #%d", p.list[i].index) },
		func(i int) string { return fmt.Sprintf(" #%d", i) },
	}
	for _, add := range more {
		count, longer := map[string]int{}, slices.Clone(names)
		differ := map[string]map[string]bool{}
		for i, n := range names {
			count[n]++
			longer[i] = n + add(i)
			if differ[n] == nil {
				differ[n] = map[string]bool{}
			}
			differ[n][longer[i]] = true
		}
		for i, n := range names {
			if count[n] > 1 && len(differ[n]) > 1 {
				names[i] = longer[i]
			}
		}
	}
	return names
}

// promptfooSuccess is the verdict of all assertions together, which counts
// unless one of the named metrics is asked for.
const promptfooSuccess = "success"

// deliver gives the rows to the set: tests with the same variables and other
// assertions are other queries; the same test again is another attempt.
func (p *promptfoo) deliver() error {
	metric, err := p.to.choose("metric", append(slices.Collect(maps.Keys(p.metrics)), promptfooSuccess), []string{promptfooSuccess})
	if err != nil {
		return p.to.errorAt(0, err)
	}
	asserts := map[string]string{}
	shared := map[string]bool{}
	for _, r := range p.rows {
		if before, ok := asserts[r.vars]; ok && before != r.asserts {
			shared[r.vars] = true
		}
		asserts[r.vars] = r.asserts
	}
	// Rows of a log come in the order in which calls ended; the index is that
	// of the plan, in which repeats follow each other.
	slices.SortStableFunc(p.rows, func(a, b promptfooRow) int { return cmp.Compare(a.test, b.test) })
	names := p.names()
	type cell struct {
		query  string
		column int
	}
	attempts := map[cell]int{}
	var bad faults
	for _, r := range p.rows {
		if err := p.to.stopped(); err != nil {
			return err
		}
		query := "promptfoo/" + r.vars
		if shared[r.vars] {
			query += "-" + r.asserts[:8]
		}
		rec := outcome.Record{Query: query, Model: names[r.column], Attempt: attempts[cell{query, r.column}],
			Verdict: r.cell.Verdict(), Reason: r.cell.Reason(), Score: r.score,
			Slices: r.labels, Finish: r.finish, CostUSD: r.cost, Seconds: r.seconds, InputTokens: r.in, OutputTokens: r.out}
		if err := p.texts.give(r.kept, &rec.Reference, &rec.Response, &rec.Prompt); err != nil {
			return p.to.errorAt(r.line, err)
		}
		if metric != promptfooSuccess {
			if err := r.measured(&rec, metric); err != nil {
				bad.add(p.to.errorAt(r.line, err))
				continue
			}
		}
		attempts[cell{query, r.column}]++
		if err := p.to.record(&rec, r.line); err != nil {
			bad.add(err)
		}
	}
	return bad.err()
}
