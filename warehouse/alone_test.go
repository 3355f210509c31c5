package warehouse

import (
	"database/sql"
	"strings"
	"testing"
)

// TestSomeIsChecked: a list of queries that cannot be one is refused.
func TestSomeIsChecked(t *testing.T) {
	p := &plan{w: &Warehouse{dialect: &trinoDB}, o: PatternsOptions{Models: []string{"a", "b"}, Alone: 2}}
	words := []sql.NullInt64{{Int64: 1<<1 | 1<<perWord, Valid: true}} // b alone is right
	for _, c := range []struct {
		list    string
		queries int64
		fails   bool
	}{
		{`["q1","q\u0032"]`, 2, false},
		{`["q1"]`, 2, false},
		{`["q1","q2"]`, 1, true},
		{`["q1","q2","q3","q4"]`, 4, true},
		{`["q1",2]`, 2, true},
		{`["q1"`, 1, true},
		{``, 1, true},
	} {
		got := newCounting(p)
		err := got.some(words, c.list, c.queries)
		if (err != nil) != c.fails || err != nil && !strings.Contains(err.Error(), "cannot be true") {
			t.Errorf("%s of %d queries: %v", c.list, c.queries, err)
		}
		if err == nil && (got.cut != (c.queries > int64(len(got.out.Alone))) || got.out.Alone[0] != Alone{"q1", "b"}) {
			t.Errorf("%s of %d queries: %v, cut %v", c.list, c.queries, got.out.Alone, got.cut)
		}
	}
}
