//go:build ignore

// Scale writes graded outcomes by the hundred million, the same bytes on every
// run: queries of unequal difficulty, a common shock on which every model is
// wrong, a few answers missing. As Parquet it fills a folder partitioned by day,
// as warehouses keep them; as CSV it writes for COPY of PostgreSQL.
//
//	go run scripts/scale.go -queries 10000000 -models 10 -o DIR
//	go run scripts/scale.go -queries 10000000 -models 10 -csv | psql -c "copy outcomes from stdin csv header"
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/parquet-go/parquet-go"
)

const (
	days     = 16 // of the partitions, each a day's file
	subjects = 20
	group    = 1 << 20 // rows of a row group
)

// row is an outcome without its day, which the folder says.
type row struct {
	Query   string `parquet:"query,zstd"`
	Model   string `parquet:"model,dict,zstd"`
	Verdict string `parquet:"verdict,dict,zstd"`
	Attempt int32  `parquet:"attempt,dict,zstd"`
	Subject string `parquet:"subject,dict,zstd"`
}

func main() {
	queries := flag.Int("queries", 10_000_000, "queries")
	models := flag.Int("models", 10, "models, each asked every query")
	csv := flag.Bool("csv", false, "write CSV to standard output")
	out := flag.String("o", "", "folder of the Parquet files")
	flag.Parse()
	var err error
	switch {
	case *csv == (*out != ""):
		log.Fatal("say -csv or -o FOLDER")
	case *csv:
		err = writeCSV(os.Stdout, *queries, *models)
	default:
		err = writeFolder(*out, *queries, *models)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// bits mixes a query and a purpose into 64 bits that look random (SplitMix64,
// Steele, Lea and Flood 2014).
func bits(query, purpose int) uint64 {
	x := uint64(query)*0x9e3779b97f4a7c15 + uint64(purpose)*0xd1342543de82ef95
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

func uniform(query, purpose int) float64 { return float64(bits(query, purpose)>>11) / (1 << 53) }

// verdict is what a model did on a query.
func verdict(query, model, models int) string {
	switch u := uniform(query, 100+4*model); {
	case u < .001:
		return "not_run"
	case u < .005:
		return "no_answer"
	}
	shock := uniform(query, 1) < .02
	skill := .55 + .2*float64(model)/float64(max(models-1, 1))
	if !shock && (uniform(query, 2)+uniform(query, 101+4*model))/2 < skill {
		return "right"
	}
	return "wrong"
}

func day(n int) string { return time.Date(2026, 1, 1+n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly) }

// rows gives the rows of one day, query by query.
func rows(n, queries, models int, each func(row) error) error {
	names := make([]string, models)
	for m := range names {
		names[m] = fmt.Sprintf("model-%02d", m)
	}
	for q := queries * n / days; q < queries*(n+1)/days; q++ {
		id, subject := fmt.Sprintf("q%08d", q), "s"+strconv.Itoa(int(bits(q, 3)%subjects))
		for m, name := range names {
			if err := each(row{Query: id, Model: name, Verdict: verdict(q, m, models), Subject: subject}); err != nil {
				return err
			}
		}
	}
	return nil
}

func writeCSV(to io.Writer, queries, models int) error {
	w := bufio.NewWriterSize(to, 1<<20)
	fmt.Fprintln(w, "query,model,verdict,attempt,subject,day")
	for n := range days {
		end := ",0,"
		today := "," + day(n) + "\n"
		err := rows(n, queries, models, func(r row) error {
			for _, s := range []string{r.Query, ",", r.Model, ",", r.Verdict, end, r.Subject, today} {
				w.WriteString(s)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return w.Flush()
}

func writeFolder(dir string, queries, models int) error {
	errs := make([]error, days)
	var all sync.WaitGroup
	running := make(chan struct{}, 2)
	for n := range days {
		all.Go(func() {
			running <- struct{}{}
			defer func() { <-running }()
			errs[n] = writeDay(filepath.Join(dir, "day="+day(n)), n, queries, models)
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func writeDay(dir string, n, queries, models int) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(dir, "part-0.parquet"))
	if err != nil {
		return err
	}
	defer f.Close()
	w := parquet.NewGenericWriter[row](f)
	held, written := make([]row, 0, 4096), 0
	flush := func() error {
		_, err := w.Write(held)
		if written += len(held); err == nil && written >= group {
			err, written = w.Flush(), 0
		}
		held = held[:0]
		return err
	}
	err = rows(n, queries, models, func(r row) error {
		if held = append(held, r); len(held) < cap(held) {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	if err == nil {
		err = w.Close()
	}
	if err == nil {
		err = f.Close()
	}
	return err
}
