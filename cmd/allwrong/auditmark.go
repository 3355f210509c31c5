package main

import (
	"fmt"
	"os/user"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/report"
)

// writing is what the commands have in common that add to a ledger.
type writing struct {
	ledger, who string
	json        bool
}

func (w *writing) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&w.ledger, "ledger", defaultLedger, "add to `FILE`")
	cmd.Flags().StringVar(&w.who, "who", "", "who decides: `NAME` (default: the user's)")
	cmd.Flags().BoolVar(&w.json, "json", false, "print JSON")
}

// add puts entries on record and says so.
func (w *writing) add(cmd *cobra.Command, say func(l *audit.Ledger) ([]audit.Entry, error)) error {
	before := 0
	l, err := audit.Update(w.ledger, time.Now(), func(l *audit.Ledger) ([]audit.Entry, error) {
		before = len(l.Lines)
		return say(l)
	})
	if err != nil {
		return err
	}
	return w.said(cmd, l, before)
}

// said prints what was added.
func (w *writing) said(cmd *cobra.Command, l *audit.Ledger, before int) error {
	if w.json {
		added := []map[string]any{}
		for _, line := range l.Lines[before:] {
			added = append(added, map[string]any{"line": line.Number, "id": line.ID, "hash": line.Hash, "entry": line.Entry})
		}
		return writeJSON(cmd.OutOrStdout(), map[string]any{"schema": "allwrong/ledger-change/1", "ledger": l.Path, "digest": l.Digest(),
			"lines": len(l.Lines), "added": added, "mended": l.Note})
	}
	if l.Note != "" {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s\n", l.Path, l.Note)
	}
	return report.LedgerLines(cmd.OutOrStdout(), l, before)
}

// name is who decides.
func (w *writing) name() string {
	if w.who != "" {
		return w.who
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "unknown"
}

const markHelp = `Mark puts a decision about one query on record.

  genuine          question and reference are sound: the verdicts stand
  unresolved       it cannot be told; counts as genuine
  ambiguous        the question has no single defensible answer
  reference-error  the reference is wrong; --reference gives the right one
  grader-error     right answers were graded wrong, or wrong ones right
  multi-answer     several answers are right and the grader knows one
  truncation       answers were cut off at their budget
  no-answer        nothing that could be graded came back
  corrupt          calls failed, or a run is broken

A query with one of the last seven leaves the data until its cells are corrected:
by --cell here, or by audit regrade. With PATH what you saw is named by its digest,
and verdicts before a correction are looked up.`

func newAuditMark() *cobra.Command {
	var w writing
	var r reading
	var class, why, reference string
	var cells []string
	cmd := &cobra.Command{
		Use:     "mark QUERY [PATH…]",
		Short:   "Put a decision about a query on record",
		Long:    markHelp,
		Example: "  allwrong audit mark q46 --class reference-error --why 'the sum is −3' --reference -3\n  allwrong audit mark q7 results/ --class grader-error --cell gpt-5=wrong --why '12 is not 13'",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("no query: name the one that you read")
			}
			e := audit.Entry{Who: w.name(), Kind: audit.KindMark, Query: args[0], Why: why, Reference: reference}
			var err error
			if e.Class, err = audit.ParseClass(class); err != nil {
				return usagef("--class: %v", err)
			}
			if strings.TrimSpace(why) == "" {
				return usagef("--why: say what you saw")
			}
			if e.Cells, err = parseCells(cells); err != nil {
				return err
			}
			if len(args) > 1 {
				if err := seen(cmd, &r, args[1:], &e); err != nil {
					return err
				}
			}
			return w.add(cmd, func(*audit.Ledger) ([]audit.Entry, error) { return []audit.Entry{e}, nil })
		},
	}
	w.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&class, "class", "", "the `CLASS`; see above")
	f.StringVar(&why, "why", "", "`REASON`, in a sentence")
	f.StringVar(&reference, "reference", "", "the right `ANSWER`, where the reference is wrong")
	f.StringArrayVar(&cells, "cell", nil, "correct the verdict of one model: `MODEL=right|wrong|no_answer|not_run` (may be repeated; MODEL#2=… for attempt 2)")
	return cmd
}

// parseCells reads corrections as they are typed.
func parseCells(list []string) ([]audit.Change, error) {
	var out []audit.Change
	for _, s := range list {
		at := strings.LastIndexByte(s, '=')
		if at <= 0 {
			return nil, usagef("--cell: %q: want MODEL=right, wrong, no_answer or not_run", s)
		}
		c := audit.Change{Model: s[:at], New: s[at+1:]}
		if name, attempt, found := strings.Cut(c.Model, "#"); found {
			if n, err := strconv.Atoi(attempt); err == nil {
				c.Model, c.Attempt = name, n
			}
		}
		if _, err := outcome.ParseVerdict(c.New); err != nil {
			return nil, usagef("--cell: %v", err)
		}
		out = append(out, c)
	}
	return out, nil
}

// seen looks up the query: it names the evidence, and fills in what verdicts were.
func seen(cmd *cobra.Command, r *reading, paths []string, e *audit.Entry) error {
	x, _, err := lookUp(cmd, r, paths, e.Query)
	if err != nil {
		return err
	}
	e.Digest = x.Evidence
	for i := range e.Cells {
		c := &e.Cells[i]
		if c.Old = x.Verdict(c.Model, c.Attempt); c.Old == "" {
			return fmt.Errorf("no verdict of %s on %s is on file", outcome.Quote(c.Model), outcome.Quote(e.Query))
		}
	}
	return nil
}

// lookUp gathers one query from files, as they are.
func lookUp(cmd *cobra.Command, r *reading, paths []string, query string) (*audit.Question, *ingest.Result, error) {
	all, result, err := lookUpAll(cmd, r, paths, map[string]bool{query: true})
	if err != nil {
		return nil, nil, err
	}
	return all[query], result, nil
}

// lookUpAll gathers several.
func lookUpAll(cmd *cobra.Command, r *reading, paths []string, want map[string]bool) (map[string]*audit.Question, *ingest.Result, error) {
	if r.Prefer == "" {
		r.Prefer, r.NoAnswer, r.ScoreThreshold = "none", "wrong", 1
	}
	if err := r.usable(paths); err != nil {
		return nil, nil, err
	}
	out := map[string]*audit.Question{}
	for query := range want {
		out[query] = &audit.Question{Query: query}
	}
	o, done := r.options(cmd)
	o.Want = outcome.WantAnswer | outcome.WantResponse | outcome.WantPrompt
	result, err := ingest.Records(cmd.Context(), paths, o, func(rec *outcome.Record) error {
		if x := out[rec.Query]; x != nil {
			x.Note(rec, r.ScoreThreshold)
		}
		return nil
	})
	done()
	if err != nil {
		return nil, nil, err
	}
	for query, x := range out {
		if _, ok := result.Set.FindQuery(query); !ok {
			return nil, nil, fmt.Errorf("no query is named %s in these files", outcome.Quote(query))
		}
		x.Settle()
	}
	return out, result, nil
}

func newAuditUndo() *cobra.Command {
	var w writing
	var why string
	cmd := &cobra.Command{
		Use:     "undo LINE",
		Short:   "Take a line of the ledger back, by another line",
		Example: "  allwrong audit undo 12 --why 'read the wrong question'",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("want one line of the ledger, by its number")
			}
			n, err := strconv.Atoi(args[0])
			if err != nil {
				return usagef("line: %q is not a number", args[0])
			}
			return w.add(cmd, func(l *audit.Ledger) ([]audit.Entry, error) {
				if n < 1 || n > len(l.Lines) {
					return nil, fmt.Errorf("%s has no line %d; it has %d", l.Path, n, len(l.Lines))
				}
				if !l.State().Stands(n) {
					return nil, fmt.Errorf("%s:%d was taken back already", l.Path, n)
				}
				line := l.Lines[n-1]
				return []audit.Entry{{Who: w.name(), Kind: audit.KindUndo, Undoes: line.ID, Query: line.Query, Why: why}}, nil
			})
		},
	}
	w.flags(cmd)
	cmd.Flags().StringVar(&why, "why", "", "`REASON`")
	return cmd
}

func newAuditMerge() *cobra.Command {
	var w writing
	cmd := &cobra.Command{
		Use:     "merge OTHER",
		Short:   "Add the lines of another ledger, or name what the two decide differently",
		Example: "  allwrong audit merge bob.jsonl --ledger ada.jsonl",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("want one other ledger")
			}
			other, err := audit.Read(args[0])
			if err != nil {
				return err
			}
			l, added, err := audit.Merge(w.ledger, other, time.Now())
			if err != nil {
				return err
			}
			return w.said(cmd, l, len(l.Lines)-added)
		},
	}
	w.flags(cmd)
	return cmd
}
