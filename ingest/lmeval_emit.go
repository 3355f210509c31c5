package ingest

import (
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

// ids names the documents. Two documents of one task may be the same word for
// word: from the second on they are numbered, in the order of the data set.
func (f *lmEvalFilter) ids(task string) []string {
	docs := map[string][]string{}
	for _, row := range f.rows {
		if !slices.Contains(docs[row.hash], row.doc) {
			docs[row.hash] = append(docs[row.hash], row.doc)
		}
	}
	for _, list := range docs {
		slices.SortFunc(list, func(a, b string) int {
			if len(a) != len(b) {
				return len(a) - len(b)
			}
			return strings.Compare(a, b)
		})
	}
	out := make([]string, len(f.rows))
	for i, row := range f.rows {
		out[i] = task + "/" + row.hash
		if n := slices.Index(docs[row.hash], row.doc); n > 0 {
			out[i] += fmt.Sprintf("#%d", n+1)
		}
	}
	return out
}

func (r *lmEvalReader) records(f *lmEvalFilter, filter, metric string) error {
	var bad faults
	ids, values := f.ids(r.task), f.metrics[metric].values
	distinct, plain := map[string]bool{}, true
	for i, row := range f.rows {
		value := float64(lmEvalNone)
		if i < len(values) {
			value = values[i]
		}
		rec := outcome.Record{Query: ids[i], Model: r.results.model, Slices: row.labels, Grader: strings.TrimSuffix(metric+","+filter, ",")}
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
		distinct[ids[i]] = true
	}
	if n := r.results.documents; n > 0 && n != int64(len(distinct)) {
		r.to.warn("documents", "%s: the results speak of %s, and the rows are of %d", r.to.place(0), plural(n, "document"), len(distinct))
	}
	if rate := r.results.rate(metric, filter); plain && rate != nil {
		r.to.stated(r.results.model, *rate)
	}
	return bad.err()
}
