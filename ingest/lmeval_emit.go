package ingest

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/allwrong/allwrong/outcome"
)

// Filters and metrics in the order in which they are taken. A file of another
// model has the same filters and metrics, and takes the same of them.
var (
	lmEvalFilterOrder = []string{"strict-match", "none", "score-first"}
	lmEvalMetricOrder = []string{"exact_match", "acc", "accuracy", "pass@1", "pass_at_1", "prompt_level_strict_acc", "acc_norm", "em"}
)

// emit settles filter and metric and hands on the records.
func (r *lmEvalReader) emit() error {
	if len(r.filters) == 0 {
		return r.to.errorAt(0, errors.New("no row"))
	}
	filter, err := r.filter()
	if err != nil {
		return r.to.errorAt(0, err)
	}
	metric, err := r.metric(r.filters[filter])
	if err != nil {
		return r.to.errorAt(0, err)
	}
	return r.records(r.filters[filter], filter, metric)
}

// filter settles whose rows count. Rows of old files name no filter.
func (r *lmEvalReader) filter() (string, error) {
	names := slices.Sorted(maps.Keys(r.filters))
	if len(names) == 1 && names[0] == "" {
		return "", nil
	}
	filter, err := r.to.choose("filter", names, lmEvalFilterOrder)
	if err != nil {
		return "", err
	}
	for _, name := range names {
		for _, row := range r.filters[name].rows {
			if name != filter {
				r.to.leaveOut("of another filter", row.line)
			}
		}
	}
	return filter, nil
}

// metric settles what counts among the metrics whose every value is a number
// from 0 to 1. By itself it takes none of which neither its name nor the
// results say that more of it is better, as rows do not tell a rate from an
// error; and one of which less is better nobody can choose.
func (r *lmEvalReader) metric(f *lmEvalFilter) (string, error) {
	var have, known, why []string
	order := slices.Clone(lmEvalMetricOrder)
	for _, name := range slices.Sorted(maps.Keys(f.metrics)) {
		better, told := r.results.higherIsBetter[name]
		no := ""
		switch {
		case f.metrics[name].bad != "":
			no = f.metrics[name].bad
		case told && !better:
			no = "less of it is better"
		case told || slices.Contains(lmEvalMetricOrder, name):
			known = append(known, name)
		default:
			why = append(why, name+" (nothing says that more of it is better)")
		}
		if no == "" {
			have = append(have, name)
			continue
		}
		why = append(why, fmt.Sprintf("%s (%s)", name, no))
		if slices.Contains(r.to.opt.Metrics, name) {
			return "", fmt.Errorf("metric %s cannot count: %s", outcome.Quote(name), no)
		}
	}
	asked := slices.ContainsFunc(have, func(name string) bool { return slices.Contains(r.to.opt.Metrics, name) })
	if len(known) == 0 && !asked {
		if len(why) == 0 {
			why = []string{"there is none"}
		}
		return "", fmt.Errorf("no metric says of each row whether it is right: %s; lay the results file beside the samples, evaluate with a metric such as exact_match or acc, or choose one that does with --metric NAME",
			strings.Join(why, ", "))
	}
	if len(known) == 1 {
		order = append(order, known[0])
	}
	return r.to.choose("metric", have, order)
}

// lmEvalDocs names the documents of a task. Two of them may be the same word for
// word: from the second on they are numbered, in the order of the data set.
type lmEvalDocs struct {
	first map[string]string   // doc_id by hash
	same  map[string][]string // all doc_ids of a hash that has several, in order
	n     int
}

func (f *lmEvalFilter) docs() *lmEvalDocs {
	d := &lmEvalDocs{first: map[string]string{}, same: map[string][]string{}}
	for _, row := range f.rows {
		first, ok := d.first[row.hash]
		switch list := d.same[row.hash]; {
		case !ok:
			d.first[row.hash] = row.doc
		case row.doc == first || slices.Contains(list, row.doc):
			continue
		case list == nil:
			d.same[row.hash] = []string{first, row.doc}
		default:
			d.same[row.hash] = append(list, row.doc)
		}
		d.n++
	}
	for _, list := range d.same {
		slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) })
	}
	return d
}

// id names the document of a row.
func (d *lmEvalDocs) id(task string, row *lmEvalRow) string {
	if n := slices.Index(d.same[row.hash], row.doc); n > 0 {
		return fmt.Sprintf("%s/%s#%d", task, row.hash, n+1)
	}
	return task + "/" + row.hash
}

func (r *lmEvalReader) records(f *lmEvalFilter, filter, metric string) error {
	var bad faults
	docs, values, plain := f.docs(), f.metrics[metric].values, true
	for i, row := range f.rows {
		if err := r.to.stopped(); err != nil {
			return err
		}
		value := float64(lmEvalNone)
		if i < len(values) {
			value = values[i]
		}
		rec := outcome.Record{Query: docs.id(r.task, &row), Model: r.results.model, Slices: row.labels, Grader: strings.TrimSuffix(metric+","+filter, ",")}
		if err := r.texts.give(row.texts, &rec.Reference, &rec.Answer, &rec.Response, &rec.Prompt); err != nil {
			return r.to.errorAt(row.line, err)
		}
		switch {
		case value == lmEvalNone:
			rec.Verdict, rec.Reason, plain = outcome.NotRun, outcome.Unscored, false
		case value == 1:
			rec.Verdict = outcome.Right
		case value == 0 && row.nothing != outcome.NoReason:
			rec.Verdict, rec.Reason = outcome.NoAnswer, row.nothing
		case value == 0:
			rec.Verdict = outcome.Wrong
		default:
			rec.Score, plain = &value, false
		}
		if row.options > 0 && strings.HasPrefix(metric, "acc") {
			if rec.Kind = "choice"; f.metrics["acc_mutual_info"] == nil { // which weighs every option twice
				rec.Options = row.options
			}
		}
		if err := r.to.record(&rec, row.line); err != nil {
			bad.add(err)
		}
	}
	if n := r.results.documents; n > 0 && n != int64(docs.n) {
		r.to.warn("documents", "%s: the results speak of %s, and the rows are of %d", r.to.place(0), plural(n, "document"), docs.n)
	}
	if rate := r.results.rate(metric, filter); plain && rate != nil {
		r.to.stated(r.results.model, *rate)
	}
	return bad.err()
}
