package runfile

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// table is a table of the document, read key by key. What is wrong is noted in
// the document, and the zero value is given for it.
type table struct {
	d    *document
	path string
	m    map[string]any
	read map[string]bool
}

func (t *table) fault(key, format string, a ...any) { t.d.fault(join(t.path, key), format, a...) }

func (t *table) get(key string) (v any, given bool) {
	t.read[key] = true
	v, given = t.m[key]
	return v, given
}

// has reports whether a key is there.
func (t *table) has(key string) bool { _, given := t.m[key]; return given }

func (t *table) str(key string) string {
	v, given := t.get(key)
	s, ok := v.(string)
	if given && !ok {
		t.fault(key, "want a text in quotes, not %s", kindOf(v))
	}
	return s
}

// need is str for a text that has to be there.
func (t *table) need(key, what string) string {
	s := t.str(key)
	if v, given := t.m[key]; !given || v == "" {
		t.fault(key, "missing: give %s", what)
	}
	return s
}

// integer reads a whole number within bounds; standard when it is not given.
func (t *table) integer(key string, standard, least, most int64) int64 {
	v, given := t.get(key)
	if !given {
		return standard
	}
	n, ok := v.(int64)
	if !ok || n < least || n > most {
		t.fault(key, "want a whole number from %d to %d, not %s", least, most, show(v))
		return standard
	}
	return n
}

// number reads a number from 0 up to most.
func (t *table) number(key string, most float64) (x float64, given bool) {
	v, given := t.get(key)
	if !given {
		return 0, false
	}
	x, ok := float(v)
	if !ok || !(x >= 0 && x <= most) {
		t.fault(key, "want a number from 0 to %s, not %s", strconv.FormatFloat(most, 'f', -1, 64), show(v))
		return 0, true
	}
	return x, true
}

func float(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	}
	return 0, false
}

// sub gives a table below, an empty one if there is none.
func (t *table) sub(key string) *table {
	v, given := t.get(key)
	m, ok := v.(map[string]any)
	if given && !ok {
		t.fault(key, "want a table, not %s", kindOf(v))
	}
	return &table{d: t.d, path: join(t.path, key), m: m, read: map[string]bool{}}
}

// subs gives an array of tables.
func (t *table) subs(key string) []*table {
	v, given := t.get(key)
	list, ok := v.([]any)
	if given && !ok {
		t.fault(key, "want [[%s]], a table for each, not %s", key, kindOf(v))
	}
	var out []*table
	for i, x := range list {
		path := fmt.Sprintf("%s[%d]", join(t.path, key), i+1)
		m, ok := x.(map[string]any)
		if !ok {
			t.d.fault(path, "want a table, not %s", kindOf(x))
			continue
		}
		out = append(out, &table{d: t.d, path: path, m: m, read: map[string]bool{}})
	}
	return out
}

// texts gives a table of texts, sorted names.
func (t *table) texts(key string) map[string]string {
	sub := t.sub(key)
	if len(sub.m) == 0 {
		return nil
	}
	out := map[string]string{}
	for _, k := range slices.Sorted(maps.Keys(sub.m)) {
		out[k] = sub.str(k)
	}
	return out
}

// done refuses the keys that nobody has read.
func (t *table) done() {
	known := slices.Sorted(maps.Keys(t.read))
	for _, key := range slices.Sorted(maps.Keys(t.m)) {
		if !t.read[key] {
			t.fault(key, "no such field; %s", suggest(key, known))
		}
	}
}

// suggest names the known key that is meant, if one is close, or all.
func suggest(key string, known []string) string {
	for _, k := range known {
		if distance(key, k) <= 1+len(k)/5 {
			return "did you mean " + k + "?"
		}
	}
	return "the fields here are " + strings.Join(known, ", ")
}

// distance is how many letters have to be added, taken away or changed.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := corner
			if a[i] != b[j] {
				change++
			}
			corner = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "a text"
	case int64, float64:
		return "a number"
	case bool:
		return "true or false"
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	}
	return "a date"
}

// show prints a value that cannot be a secret.
func show(v any) string {
	switch v := v.(type) {
	case int64, float64, bool:
		return fmt.Sprint(v)
	}
	return kindOf(v)
}
