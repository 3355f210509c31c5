package ingest

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// spent runs f and says how long it took and how much it allocated.
func spent(f func()) (time.Duration, uint64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	f()
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	return took, after.TotalAlloc - before.TotalAlloc
}

// members are so many members of an object.
func membersOf(n int) string {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, `"%x":0,`, i)
	}
	return b.String()
}

// Nesting that is deep, and objects that are broad, cost no more than others.
// One specimen of each form has a million members, the others fewer: what they
// cost must not grow faster than they do.
func TestDeepAndBroad(t *testing.T) {
	const depth = 100_000
	fewer, million := membersOf(50_000), membersOf(1_000_000)
	tried := map[string]bool{}
	deep := map[string]string{
		"arrays":  strings.Repeat("[", depth) + strings.Repeat("]", depth),
		"objects": strings.Repeat(`{"a":`, depth) + "1" + strings.Repeat("}", depth),
		"open":    strings.Repeat("[", depth),
	}
	eachSpecimen(t, func(t *testing.T, s *specimen, _ *Result) {
		if s.grade == "" || s.form == csvForm {
			return
		}
		broad, most := fewer, 5*time.Second
		if !tried[s.form] {
			broad, most, tried[s.form] = million, 20*time.Second, true
		}
		try := func(name, doc string, may bool) {
			took, used := spent(func() {
				r, err := readFolder(t, s.folder(doc), Options{AllowMismatch: true})
				if err == nil && !may && statusOf(r, s.path).Status == StatusRead {
					t.Errorf("%s: taken", name)
				}
			})
			if took > most || used > 1<<30 {
				t.Errorf("%s: %v, %d MiB", name, took, used>>20)
			}
		}
		before, value := s.value()
		for name, v := range deep {
			try(name, s.regraded(before+v), false)
			try(name+" beside", s.regraded(`"zz": `+v+", "+s.grade), false)
		}
		try("broad", s.regraded(before+"{"+broad+`"x":0}`), false)
		if before != "" && s.format != mlflowTable.name {
			try("broad beside", s.regraded(broad+before+value), true)
		}
	})
}

// A table with very many columns is read, or refused, and does no harm.
func TestBroadTables(t *testing.T) {
	eachSpecimen(t, func(t *testing.T, s *specimen, _ *Result) {
		if s.form != csvForm {
			return
		}
		before, value := s.value()
		for name, doc := range map[string]string{
			"row":     s.regraded(before + strings.Repeat(value+",", 100_000) + value),
			"columns": "x" + strings.Repeat(",x", 100_000) + "\n" + s.doc,
			"names":   strings.Replace(s.doc, "\n", manyColumns(100_000)+"\n", 1),
		} {
			took, used := spent(func() {
				r, err := readFolder(t, s.folder(doc), Options{})
				if err == nil && statusOf(r, s.path).Status == StatusRead {
					t.Errorf("%s: taken", name)
				}
			})
			if took > 20*time.Second || used > 1<<30 {
				t.Errorf("%s: %v, %d MiB", name, took, used>>20)
			}
		}
	})
}

func manyColumns(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ",c%d", i)
	}
	return b.String()
}

// What holds of archives holds of those that are one file, too.
func TestHostileBundles(t *testing.T) {
	header := `{"version":2,"status":"success","eval":` + inspectEvalPart + `}`
	list := "[" + inspected("1", `"C"`) + "]"
	for name, c := range map[string]struct {
		entries []string
		want    string
	}{
		"out":   {[]string{"header.json", header, "summaries.json", list, "../x.json", "{}"}, `entry "../x.json" leads out of the archive`},
		"twice": {[]string{"header.json", header, "summaries.json", list, "summaries.json", list}, `two entries are named "summaries.json"`},
		"bomb":  {[]string{"header.json", header, "summaries.json", "[" + strings.Repeat(" ", 2<<20) + list[1:]}, "unpacks to more than 1 MiB"},
		"deep":  {[]string{"header.json", header, "summaries.json", strings.Repeat("[", 100_000)}, "summaries.json:1: "},
		"cut":   {[]string{"header.json", header, "summaries.json", list[:len(list)-1]}, "summaries.json"},
	} {
		_, err := readFolder(t, map[string]string{"log.eval": evalFile(t, false, c.entries...)}, Options{Limits: Limits{Expanded: 1 << 20}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}
