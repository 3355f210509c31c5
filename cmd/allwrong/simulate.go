package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/simulate"
)

const simulateHelp = `Simulate draws graded results from a law that you choose, as a wide CSV table or,
where -o ends in .jsonl, as outcomes. It serves to try the other commands, to plan,
and to see what a certificate says when the truth is known.

  independent    each model fails on its own
  single-factor  all models share one difficulty; --rho is its weight
  common-shock   with probability --shock all fail at once, else single-factor`

func newSimulate() *cobra.Command {
	o := simulate.Options{}
	var accuracy []float64
	var topics, attempts int
	var out string
	cmd := &cobra.Command{
		Use:     "simulate",
		Short:   "Draw graded results from a known law",
		Long:    simulateHelp,
		Example: "  allwrong simulate --law common-shock --models 12 --queries 500 --shock 0.04 -o demo.csv",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(accuracy) != 2 {
				return usagef("--accuracy: want two rates, LOWEST,HIGHEST")
			}
			if topics < 0 || topics > 1000 {
				return usagef("--topics: %d is outside 0…1000", topics)
			}
			o.Lowest, o.Highest = accuracy[0], accuracy[1]
			ms, err := simulate.Attempts(o, attempts)
			if err != nil {
				return usageError{err}
			}
			if out != "" && !strings.HasSuffix(out, ".csv") && !strings.HasSuffix(out, ".jsonl") {
				return usagef("--out: %q ends neither in .csv nor in .jsonl", out)
			}
			if attempts > 1 && !strings.HasSuffix(out, ".jsonl") {
				return usagef("--attempts: a table holds one attempt per cell; name a .jsonl file with -o")
			}
			return writeSimulated(cmd.OutOrStdout(), out, ms, topics)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar((*string)(&o.Law), "law", "single-factor", "`LAW` of joint failure: independent, single-factor or common-shock")
	f.IntVar(&o.Models, "models", 12, "`NUMBER` of models")
	f.IntVar(&o.Queries, "queries", 500, "`NUMBER` of queries")
	f.Float64SliceVar(&accuracy, "accuracy", []float64{0.6, 0.9}, "`LOWEST,HIGHEST` accuracy; the models are spaced evenly")
	f.Float64Var(&o.Rho, "rho", 0.5, "weight of the shared difficulty, in [0, 1]")
	f.Float64Var(&o.Shock, "shock", 0.03, "probability that all models fail at once (common-shock)")
	f.Float64Var(&o.Missing, "missing", 0, "probability that a cell has no verdict")
	f.IntVar(&attempts, "attempts", 1, "`NUMBER` of attempts per cell (-o FILE.jsonl)")
	f.IntVar(&topics, "topics", 0, "label queries with this `NUMBER` of topics, in turn")
	f.Uint64Var(&o.Seed, "seed", 1, "`NUMBER` to draw from")
	f.StringVarP(&out, "out", "o", "", "write to `FILE` (.csv or .jsonl) instead of standard output")
	return cmd
}

func writeSimulated(stdout io.Writer, path string, ms []*outcome.Matrix, topics int) (err error) {
	w := stdout
	if path != "" {
		f, err := os.Create(path)
		if err != nil {
			return err
		}
		defer func() {
			if e := f.Close(); err == nil {
				err = e
			}
		}()
		w = f
	}
	b := bufio.NewWriter(w)
	if strings.HasSuffix(path, ".jsonl") {
		err = writeOutcomes(b, ms, topics)
	} else {
		err = writeTable(b, ms[0], topics)
	}
	if err != nil {
		return err
	}
	return b.Flush()
}

func queryName(m *outcome.Matrix, column int) string {
	return fmt.Sprintf("q%0*d", len(fmt.Sprint(m.Columns())), column+1)
}

func topic(column, topics int) string { return fmt.Sprintf("topic-%d", column%topics+1) }

func writeTable(b *bufio.Writer, m *outcome.Matrix, topics int) error {
	b.WriteString("query")
	if topics > 0 {
		b.WriteString(",slice:topic")
	}
	for _, name := range m.Models() {
		b.WriteString("," + name)
	}
	b.WriteByte('\n')
	for c := range m.Columns() {
		b.WriteString(queryName(m, c))
		if topics > 0 {
			b.WriteString("," + topic(c, topics))
		}
		for i := range m.Models() {
			b.WriteByte(',')
			switch {
			case !m.Observed(i, c):
			case m.Right(i, c):
				b.WriteByte('1')
			default:
				b.WriteByte('0')
			}
		}
		if err := b.WriteByte('\n'); err != nil {
			return err
		}
	}
	return nil
}

func writeOutcomes(b *bufio.Writer, ms []*outcome.Matrix, topics int) error {
	var line []byte
	for c := range ms[0].Columns() {
		for i, name := range ms[0].Models() {
			for a, m := range ms {
				if !m.Observed(i, c) {
					continue
				}
				r := outcome.Record{Query: queryName(m, c), Model: name, Attempt: a, Verdict: outcome.Wrong}
				if m.Right(i, c) {
					r.Verdict = outcome.Right
				}
				if topics > 0 {
					r.Slices = map[string]string{"topic": topic(c, topics)}
				}
				line = append(r.AppendJSON(line[:0]), '\n')
				if _, err := b.Write(line); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
