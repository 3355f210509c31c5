package tell

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/watch"
)

// Health is what a summary does not know of its own making.
type Health struct {
	Unreadable int64   // lines or rows that are no record
	Read       float64 // when the source was last read to its end, in seconds since 1970
	Failures   int64   // readings that failed, since the last that did not
}

// Metrics writes a summary in the text format of Prometheus, version 0.0.4.
func Metrics(w io.Writer, s watch.Summary, h Health) error {
	var b exposition
	b.family("allwrong_watch_queries_total", "counter", "Queries counted in this epoch: every model of the pool has a verdict.")
	for _, r := range s.Scopes {
		b.sample(float64(r.Queries), scope(r)...)
	}
	b.family("allwrong_watch_all_wrong_total", "counter", "Counted queries on which every model is wrong.")
	for _, r := range s.Scopes {
		b.sample(float64(r.AllWrong), scope(r)...)
	}
	b.limits("allwrong_watch_beta", "Share of queries on which every model is wrong", s.Scopes, func(r watch.Reading) watch.Limits { return r.Beta })
	b.limits("allwrong_watch_gain", "Share of queries that a perfect choice would gain", s.Scopes, func(r watch.Reading) watch.Limits { return r.Gain })
	b.verdicts(s.Scopes)
	b.evidence(s.Scopes)
	b.alarms(s)
	for _, x := range []struct {
		name, kind, help string
		value            float64
	}{
		{"allwrong_watch_open_queries", "gauge", "Queries that wait for verdicts.", float64(s.Open)},
		{"allwrong_watch_given_up_total", "counter", "Queries that never had all verdicts and were given up.", float64(s.GivenUp)},
		{"allwrong_watch_epoch", "gauge", "How often the watch was begun anew.", float64(s.Epoch)},
		{"allwrong_watch_unreadable_total", "counter", "Lines or rows that are no record.", float64(h.Unreadable)},
		{"allwrong_watch_read_failures", "gauge", "Readings of the source that failed since the last that did not.", float64(h.Failures)},
		{"allwrong_watch_last_read_timestamp_seconds", "gauge", "When the source was last read to its end.", h.Read},
	} {
		b.family(x.name, x.kind, x.help)
		b.sample(x.value)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// exposition collects families of samples.
type exposition struct {
	strings.Builder
	name string
}

// family begins a metric. Help is ours: it holds no line end and no backslash.
func (b *exposition) family(name, kind, help string) {
	b.name = name
	fmt.Fprintf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

// sample writes a value with labels, name and value in turn.
func (b *exposition) sample(value float64, labels ...string) {
	b.WriteString(b.name)
	for i := 0; i+1 < len(labels); i += 2 {
		b.WriteByte(",{"[btoi(i == 0)])
		b.WriteString(labels[i] + `="` + escape.Replace(labels[i+1]) + `"`)
	}
	if len(labels) > 0 {
		b.WriteByte('}')
	}
	b.WriteString(" " + number(value) + "\n")
}

// escape writes what a label's value may not hold as it is.
var escape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func number(x float64) string {
	if math.IsNaN(x) {
		return "NaN"
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// scope labels a reading: the whole stream, or a slice.
func scope(r watch.Reading) []string { return sliced(r.Slice) }

func sliced(slice *string) []string {
	if slice == nil {
		return []string{"scope", "all", "slice", ""}
	}
	return []string{"scope", "slice", "slice", *slice}
}

func (b *exposition) limits(name, help string, scopes []watch.Reading, of func(watch.Reading) watch.Limits) {
	b.family(name, "gauge", help+", as observed.")
	for _, r := range scopes {
		if x := of(r).Observed; x != nil {
			b.sample(*x, scope(r)...)
		}
	}
	b.family(name+"_lower", "gauge", help+", at least, at every moment.")
	for _, r := range scopes {
		b.sample(of(r).Lower, scope(r)...)
	}
	b.family(name+"_upper", "gauge", help+", at most, at every moment.")
	for _, r := range scopes {
		b.sample(of(r).Upper, scope(r)...)
	}
}

func (b *exposition) verdicts(scopes []watch.Reading) {
	b.family("allwrong_watch_verdict", "gauge", "1 for the verdict that is certified.")
	for _, r := range scopes {
		for _, v := range []certify.Verdict{certify.No, certify.Room, certify.Undecided} {
			b.sample(float64(btoi(r.Verdict == v)), append(scope(r), "verdict", string(v))...)
		}
	}
}

func (b *exposition) evidence(scopes []watch.Reading) {
	b.family("allwrong_watch_evidence_ratio", "gauge", "Evidence that a rate lies past its level; 1 raises the alarm.")
	for _, r := range scopes {
		for _, e := range r.Watched {
			if e.Level == nil {
				continue
			}
			labels := append(scope(r), "rate", string(e.Rate), "direction", string(e.Direction), "kind")
			b.sample(e.Change, append(labels, string(watch.Change))...)
			b.sample(e.Ever, append(labels, string(watch.Crossed))...)
		}
	}
	b.family("allwrong_watch_level", "gauge", "The level that a rate is held against.")
	for _, r := range scopes {
		for _, e := range r.Watched {
			if e.Level != nil {
				b.sample(*e.Level, append(scope(r), "rate", string(e.Rate), "direction", string(e.Direction))...)
			}
		}
	}
}

func (b *exposition) alarms(s watch.Summary) {
	b.family("allwrong_watch_alarms", "gauge", "Alarms that stand in this epoch.")
	b.sample(float64(len(s.Alarms)))
	b.family("allwrong_watch_alarm", "gauge", "1 for each alarm that stands.")
	seen := map[string]bool{}
	for _, e := range s.Alarms {
		labels := append(sliced(e.Slice), "kind", string(e.Kind), "rate", string(e.Rate), "direction", string(e.Direction), "verdict", string(e.Verdict))
		if key := strings.Join(labels, "\x00"); !seen[key] { // a verdict may have come and gone
			seen[key] = true
			b.sample(1, labels...)
		}
	}
}
