package parquetscan

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
)

// plain has a column of each kind that is flat, and one that is not.
type plain struct {
	ID   string   `parquet:"id"`
	Word *string  `parquet:"word,optional,dict"`
	N    int32    `parquet:"n"`
	Big  *int64   `parquet:"big,optional"`
	F    float32  `parquet:"f"`
	X    *float64 `parquet:"x,optional"`
	Yes  *bool    `parquet:"yes,optional"`
	Many []int64  `parquet:"many"`
	U    uint64   `parquet:"u"`
}

// cell gives a value of a table as JSON writes it.
func cell(c *Column, row int) any {
	switch {
	case c.Null[row]:
		return nil
	case c.Kind == Text:
		return c.Texts[row]
	case c.Kind == Number:
		return c.Numbers[row]
	case c.Kind == Truth:
		return c.Wholes[row] == 1
	}
	return float64(c.Wholes[row])
}

// Columns read as they are say what they say as JSON, in each way of packing.
func TestFlatSaysWhatJSONSays(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	var rows []plain
	for i := range 20_000 {
		p := plain{ID: fmt.Sprint("q", i/3), N: r.Int32N(9) - 4, F: float32(r.IntN(10)) / 10, Many: []int64{1}}
		if r.IntN(3) > 0 {
			s, n, x, y := []string{"", "a\xff\xfeb", "ü\u2028", "zz"}[r.IntN(4)], r.Int64N(1<<50), r.Float64(), r.IntN(2) == 0
			p.Word, p.Big, p.X, p.Yes = &s, &n, &x, &y
		}
		if i == 5 {
			nan := math.NaN()
			p.X = &nan
		}
		rows = append(rows, p)
	}
	columns := []string{"id", "word", "n", "big", "f", "x", "yes"}
	for _, options := range [][]parquet.WriterOption{
		{parquet.Compression(&parquet.Zstd), parquet.MaxRowsPerRowGroup(7001)},
		{parquet.DataPageVersion(1), parquet.PageBufferSize(3000)},
	} {
		data := write(t, rows, options...)
		want, err := lines(data, wide, columns...)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Open(bytes.NewReader(data), int64(len(data)), wide)
		if err != nil {
			t.Fatal(err)
		}
		next := int64(1)
		err = Tables(context.Background(), f, columns, func(t Table) Table { return t }, func(table Table) error {
			if table.First != next {
				return fmt.Errorf("rows from %d, want %d", table.First, next)
			}
			for row := range table.Rows {
				var said map[string]any
				if err := json.Unmarshal([]byte(want[next-1]), &said); err != nil {
					return err
				}
				for i, name := range columns {
					if got := cell(&table.Columns[i], row); got != said[name] {
						return fmt.Errorf("row %d: %s is %v, want %v", next, name, got, said[name])
					}
				}
				next++
			}
			return nil
		})
		if err != nil || next != int64(len(rows)+1) {
			t.Fatalf("%d rows: %v", next-1, err)
		}
		for name, want := range map[string]Kind{"id": Text, "yes": Truth, "many": NotFlat, "u": NotFlat, "none": NotFlat} {
			if got := f.Kind(name); got != want {
				t.Errorf("%s is of kind %v, want %v", name, got, want)
			}
		}
	}
}

func TestDays(t *testing.T) {
	type row struct {
		Day int32 `parquet:"day,date"`
	}
	want := []string{"2026-01-31", "1969-12-31"}
	var rows []row
	for _, s := range want {
		day, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row{int32(day.Unix() / 86400)})
	}
	data := write(t, rows)
	f, err := Open(bytes.NewReader(data), int64(len(data)), wide)
	if err != nil {
		t.Fatal(err)
	}
	err = Tables(context.Background(), f, []string{"day"}, func(t Table) Table { return t }, func(table Table) error {
		if got := strings.Join(table.Columns[0].Texts, " "); got != strings.Join(want, " ") {
			t.Errorf("%s, want %v", got, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEmptyColumns(t *testing.T) {
	s := "x"
	data := write(t, []plain{{ID: "a", Word: &s}, {ID: "b"}})
	f, err := Open(bytes.NewReader(data), int64(len(data)), wide)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"id": false, "word": false, "big": true, "x": true} {
		if got := f.Empty(name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// Damage anywhere is an error or other values, and never a panic.
func TestFlatDamage(t *testing.T) {
	s, n := "word", int64(7)
	var rows []plain
	for i := range 200 {
		rows = append(rows, plain{ID: fmt.Sprint(i), Word: &s, Big: &n})
	}
	data := write(t, rows, parquet.Compression(&parquet.Zstd))
	r := rand.New(rand.NewPCG(9, 9))
	for range 300 {
		bad := bytes.Clone(data)
		for range 1 + r.IntN(4) {
			bad[4+r.IntN(len(bad)-12)] ^= byte(1 + r.IntN(255))
		}
		f, err := Open(bytes.NewReader(bad), int64(len(bad)), Limits{Page: 1 << 20, Row: 1 << 16, Expanded: 1 << 22, Ratio: 200, Grace: 1 << 20})
		if err != nil {
			continue
		}
		var flat []string
		for _, c := range f.Columns() {
			if f.Kind(c) != NotFlat {
				flat = append(flat, c)
			}
		}
		_ = Tables(context.Background(), f, flat, func(t Table) Table { return t }, func(table Table) error {
			for _, c := range table.Columns {
				if len(c.Null) != table.Rows {
					return fmt.Errorf("a column of %d rows of %d", len(c.Null), table.Rows)
				}
			}
			return nil
		})
	}
}
