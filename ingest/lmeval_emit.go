package ingest

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/allwrong/allwrong/outcome"
)

// Filters and metrics in the order in which they are taken. A file of another
// model has the same filters and metrics, and takes the same of them.
var (
	lmEvalFilterOrder = []string{"strict-match", "none"}
	lmEvalMetricOrder = []string{"exact_match", "acc", "accuracy", "pass@1", "pass_at_1", "prompt_level_strict_acc", "acc_norm", "em"}
)

// emit chooses filter and metric and hands on the records.
func (r *lmEvalReader) emit() error {
	if len(r.filters) == 0 {
		return r.to.errorAt(0, errors.New("no row"))
	}
	filter, others := preferred(r.filters, lmEvalFilterOrder)
	if len(others) > 0 {
		r.to.warn("filters", "%s: rows of several filters; those of %s count, and not those of %s", r.to.place(0), filter, strings.Join(others, ", "))
		for _, name := range others {
			for _, row := range r.filters[name].rows {
				r.to.leaveOut("of another filter", row.line)
			}
		}
	}
	f := r.filters[filter]
	metric, others, err := r.choose(f)
	if err != nil {
		return r.to.errorAt(0, err)
	}
	if len(others) > 0 {
		r.to.warn("metrics", "%s: several metrics; %s counts, and not %s", r.to.place(0), metric, strings.Join(others, ", "))
	}
	return r.records(f, filter, metric)
}

// preferred gives the first of order that is there, else the first by name, and
// the others.
func preferred[T any](from map[string]T, order []string) (string, []string) {
	names := make([]string, 0, len(from))
	for name := range from {
		names = append(names, name)
	}
	slices.Sort(names)
	first := names[0]
	for _, name := range slices.Backward(order) {
		if _, ok := from[name]; ok {
			first = name
		}
	}
	return first, slices.DeleteFunc(names, func(s string) bool { return s == first })
}

// choose takes the first metric of the order whose every value is a number from
// 0 to 1; one that is not of the order only when the results say that more of
// it is better: rows do not tell a rate from an error.
func (r *lmEvalReader) choose(f *lmEvalFilter) (string, []string, error) {
	useful := map[string]bool{}
	var why []string
	for name, m := range f.metrics {
		better, known := r.results.higherIsBetter[name]
		switch {
		case m.bad != "":
			why = append(why, fmt.Sprintf("%s (%s)", name, m.bad))
		case known && !better:
			why = append(why, name+" (less of it is better)")
		case !known && !slices.Contains(lmEvalMetricOrder, name):
			why = append(why, name+" (nothing says that more of it is better)")
		default:
			useful[name] = true
		}
	}
	sort.Strings(why)
	if len(useful) == 0 {
		if len(why) == 0 {
			why = []string{"there is none"}
		}
		return "", nil, fmt.Errorf("no metric says of each row whether it is right: %s; lay the results file beside the samples, or evaluate with a metric such as exact_match or acc",
			strings.Join(why, ", "))
	}
	metric, others := preferred(useful, lmEvalMetricOrder)
	return metric, append(others, why...), nil
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
	labels := map[string]string{"task": r.task}
	distinct, plain := map[string]bool{}, true
	for i, row := range f.rows {
		value := float64(lmEvalNone)
		if i < len(values) {
			value = values[i]
		}
		rec := outcome.Record{Query: ids[i], Model: r.results.model, Reference: row.reference, Slices: labels, Grader: strings.TrimSuffix(metric+","+filter, ",")}
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
