package parquetscan

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
)

var wide = Limits{Page: 64 << 20, Row: 16 << 20, Expanded: 1 << 30, Ratio: 200, Grace: 64 << 20}

// inner and row hold one of everything that the files of other tools hold.
type inner struct {
	Name  string             `parquet:"name" json:"name"`
	Score *float64           `parquet:"score,optional" json:"score"`
	Texts []string           `parquet:"texts,list" json:"texts"`
	Deep  [][]int64          `parquet:"deep,list" json:"deep"`
	Map   map[string]float64 `parquet:"map" json:"map"`
}

type row struct {
	ID     string   `parquet:"id,dict" json:"id"`
	Flag   bool     `parquet:"flag" json:"flag"`
	N      int32    `parquet:"n" json:"n"`
	U      uint64   `parquet:"u" json:"u"`
	F      float32  `parquet:"f" json:"f"`
	Maybe  *string  `parquet:"maybe,optional" json:"maybe"`
	Rep    []int64  `parquet:"rep" json:"rep"`
	Doc    *inner   `parquet:"doc,optional" json:"doc"`
	Inners []inner  `parquet:"inners,list" json:"inners"`
	Other  []string `parquet:"other,list" json:"other"`
}

func randomRow(r *rand.Rand, i int) row {
	text := func() string { return strings.Repeat(string(rune('a'+r.IntN(26)))+"é\"\\\n\x01 ", r.IntN(4)) }
	in := func() inner {
		x := inner{Name: text(), Texts: []string{}, Deep: [][]int64{}, Map: map[string]float64{}}
		if r.IntN(2) == 0 {
			s := float64(r.IntN(5)) / 4
			x.Score = &s
		}
		for range r.IntN(3) {
			x.Texts = append(x.Texts, text())
			d := []int64{}
			for range r.IntN(3) {
				d = append(d, r.Int64N(1<<60))
			}
			x.Deep = append(x.Deep, d)
			x.Map["k"+text()] = r.Float64()
		}
		return x
	}
	x := row{ID: fmt.Sprint("q", i), Flag: r.IntN(2) == 0, N: -r.Int32N(100), U: math.MaxUint64 - uint64(i), F: float32(i) / 3, Rep: []int64{}, Inners: []inner{}, Other: []string{}}
	if r.IntN(2) == 0 {
		s := text()
		x.Maybe = &s
		d := in()
		x.Doc = &d
	}
	for range r.IntN(4) {
		x.Rep = append(x.Rep, r.Int64())
		x.Inners = append(x.Inners, in())
	}
	return x
}

func write[T any](t testing.TB, rows []T, options ...parquet.WriterOption) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b, options...)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func lines(data []byte, limits Limits, columns ...string) ([]string, error) {
	f, err := Open(bytes.NewReader(data), int64(len(data)), limits)
	if err != nil {
		return nil, err
	}
	if columns == nil {
		columns = f.Columns()
	}
	var out []string
	err = f.Each(context.Background(), columns, func(raw []byte, n int64) error {
		if out = append(out, string(raw)); n != int64(len(out)) {
			return fmt.Errorf("row %d is given as %d", len(out), n)
		}
		return nil
	})
	return out, err
}

// What a row says comes back as it went in, for each packing, across pages and
// row groups.
func TestRowsComeBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var rows []row
	for i := range 3000 {
		rows = append(rows, randomRow(r, i))
	}
	for _, codec := range []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Gzip, &parquet.Zstd, &parquet.Brotli} {
		for _, version := range []int{1, 2} {
			data := write(t, rows, parquet.Compression(codec), parquet.DataPageVersion(version), parquet.PageBufferSize(4<<10), parquet.MaxRowsPerRowGroup(700))
			got, err := lines(data, wide)
			if err != nil || len(got) != len(rows) {
				t.Fatalf("%v, version %d: %d rows, %v", codec, version, len(got), err)
			}
			for i, line := range got {
				var back row
				if err := json.Unmarshal([]byte(line), &back); err != nil {
					t.Fatalf("row %d: %v\n%s", i+1, err, line)
				}
				if !reflect.DeepEqual(back, rows[i]) {
					t.Fatalf("%v, row %d: %+v\nwant %+v\n%s", codec, i+1, back, rows[i], line)
				}
			}
		}
	}
}

func TestColumnsAreChosen(t *testing.T) {
	data := write(t, []row{{ID: "a", N: 3}, {ID: "b", N: 4}})
	got, err := lines(data, wide, "n", "id", "none")
	if want := []string{`{"id":"a","n":3}`, `{"id":"b","n":4}`}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v %v", got, err)
	}
}

func TestOddNumbers(t *testing.T) {
	type odd struct {
		X   float64  `parquet:"x"`
		D   int64    `parquet:"d,decimal(3:18)"`
		B   [4]byte  `parquet:"b,decimal(5:9)"`
		Bad string   `parquet:"bad"`
		P   *float32 `parquet:"p,optional"`
	}
	nan := float32(math.NaN())
	data := write(t, []odd{{X: math.NaN(), D: -5, B: [4]byte{0xff, 0xff, 0xff, 0xfe}, Bad: "a\xffb", P: &nan}, {X: math.Inf(-1), D: 1234567, B: [4]byte{0, 1, 0x86, 0xa1}}})
	got, err := lines(data, wide)
	want := []string{`{"x":null,"d":-0.005,"b":-0.00002,"bad":"a` + "\ufffd" + `b","p":null}`, `{"x":null,"d":1234.567,"b":1.00001,"bad":"","p":null}`}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\n%q\n%q", err, got, want)
	}
}

func TestHalf(t *testing.T) {
	for bits, want := range map[uint16]float64{0: 0, 0x3c00: 1, 0xc000: -2, 0x0001: math.Ldexp(1, -24), 0x7bff: 65504, 0x3555: 0.333251953125} {
		if got := half([]byte{byte(bits), byte(bits >> 8)}); got != want {
			t.Errorf("%#x: %v, want %v", bits, got, want)
		}
	}
}

// A file is refused, and never unpacked, when it would take more than it may.
func TestLimits(t *testing.T) {
	type one struct {
		S string `parquet:"s"`
	}
	big := write(t, []one{{strings.Repeat("x", 10<<20)}}, parquet.Compression(&parquet.Zstd))
	rows := make([]one, 1000)
	for i := range rows {
		rows[i].S = strings.Repeat("y", 5000)
	}
	many := write(t, rows, parquet.Compression(&parquet.Snappy), parquet.PageBufferSize(100<<10))
	packed := write(t, rows, parquet.Compression(&parquet.Zstd), parquet.PageBufferSize(1<<20))
	lim := func(change func(l *Limits)) Limits { l := wide; change(&l); return l }
	for _, c := range []struct {
		data   []byte
		limits Limits
		want   string
	}{
		{big, lim(func(l *Limits) { l.Page = 1 << 20 }), `column "s": a page unpacks to`},
		{big, lim(func(l *Limits) { l.Row = 1 << 20 }), "row 1: longer than 1048576 bytes"},
		{packed, lim(func(l *Limits) { l.Grace, l.Ratio = 1<<20, 20 }), "it unpacks to more than 20 times its size"},
		{many, lim(func(l *Limits) { l.Expanded = 1 << 20 }), "it unpacks to more than 1048576 bytes, the limit"},
	} {
		if _, err := lines(c.data, c.limits); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}

func TestDamaged(t *testing.T) {
	data := write(t, []row{randomRow(rand.New(rand.NewPCG(3, 4)), 1)}, parquet.Compression(&parquet.Zstd))
	for _, c := range []struct{ name, data, want string }{
		{"half", string(data[:len(data)/2]), "no schema at its end"},
		{"short", "PAR1", "too short"},
		{"lz4", string(write(t, []row{{ID: "a"}}, parquet.Compression(&parquet.Lz4Raw))), "packed in a way that is not read"},
		{"encrypted", string(data[:len(data)-4]) + "PARE", "encrypted"},
		{"schema beyond the file", string(data[:len(data)-8]) + "\xff\xff\xff\x7fPAR1", "its schema is said to take"},
		{"zeros", "PAR1" + strings.Repeat("\x00", 100) + string(data[104:]), "damaged"},
	} {
		if _, err := lines([]byte(c.data), wide); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

func FuzzFile(f *testing.F) {
	r := rand.New(rand.NewPCG(5, 6))
	rows := []row{randomRow(r, 1), randomRow(r, 2), randomRow(r, 3)}
	for _, codec := range []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Zstd} {
		f.Add(write(f, rows, parquet.Compression(codec)))
		f.Add(write(f, rows, parquet.Compression(codec), parquet.DataPageVersion(1)))
	}
	tight := Limits{Page: 1 << 16, Row: 1 << 16, Expanded: 1 << 20, Ratio: 200, Grace: 1 << 16}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := lines(data, tight)
		if err != nil {
			return
		}
		for _, line := range got {
			if !json.Valid([]byte(line)) {
				t.Fatalf("no JSON: %q", line)
			}
		}
	})
}

// Sparse rows lack what is null in them, and say the same otherwise.
func TestSparse(t *testing.T) {
	type row struct {
		Query  string            `parquet:"query"`
		Score  *float64          `parquet:"score,optional"`
		Never  *string           `parquet:"never,optional"`
		Slices map[string]string `parquet:"slices,optional"`
		Last   *string           `parquet:"last,optional"`
	}
	x, s := 0.5, "z"
	var b bytes.Buffer
	w := parquet.NewGenericWriter[row](&b)
	if _, err := w.Write([]row{{Query: "a", Score: &x, Last: &s}, {Query: "b"}, {Query: "c", Slices: map[string]string{"k": "v"}}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := Open(bytes.NewReader(b.Bytes()), int64(b.Len()), Limits{Page: 1 << 20, Row: 1 << 20, Expanded: 1 << 20, Ratio: 1000, Grace: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	f.Sparse()
	for _, c := range []struct {
		columns []string
		want    string
	}{
		{f.Columns(), `{"query":"a","score":0.5,"last":"z"}` + "\n" + `{"query":"b"}` + "\n" + `{"query":"c","slices":{"k":"v"}}` + "\n"},
		{[]string{"never"}, "{}\n{}\n{}\n"},
	} {
		var got []byte
		err := f.Batches(context.Background(), c.columns, func(b Batch) error { got = append(got, b.Lines...); return nil })
		if err != nil || string(got) != c.want {
			t.Errorf("%v: %v\n%s\nwant\n%s", c.columns, err, got, c.want)
		}
	}
}
