package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/report"
)

func newAuditShow() *cobra.Command {
	var r reading
	var o audit.Options
	var asJSON, responses bool
	cmd := &cobra.Command{
		Use:     "show QUERY PATH…",
		Short:   "The question, its reference, what each model said, and what speaks for a defect",
		Example: "  allwrong audit show q46 results/",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usagef("want a query and the files that it is in")
			}
			x := &audit.Question{Query: args[0]}
			doc, err := runAudit(cmd, &r, args[1:], o, func(rec *outcome.Record) { x.Note(rec, r.ScoreThreshold) })
			if err != nil {
				return err
			}
			if x.Settle(); len(x.Values) == 0 {
				return fmt.Errorf("no query is named %s in these files", outcome.Quote(x.Query))
			}
			var item *audit.Item
			if i := slices.IndexFunc(doc.Queue, func(y audit.Item) bool { return y.Query == x.Query }); i >= 0 {
				item = &doc.Queue[i]
			}
			mark := r.ledger.state.Mark(x.Query)
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), map[string]any{"schema": "allwrong/audit-show/1", "question": x, "item": item, "mark": mark,
					"inputs": doc.Inputs, "options": doc.Options, "warnings": doc.Warnings})
			}
			return report.Question(cmd.OutOrStdout(), x, item, mark, responses)
		},
	}
	r.flags(cmd)
	triageFlags(cmd, &o)
	cmd.Flags().BoolVar(&responses, "responses", false, "print what each model wrote, whole")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func newAuditReport() *cobra.Command {
	var r reading
	var o audit.Options
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "report PATH…",
		Short:   "What was decided: β before and after, and a table of what to fix",
		Example: "  allwrong audit report results/ > errata.md",
		RunE: func(cmd *cobra.Command, paths []string) error {
			references := map[string]string{}
			if r.findLedger(); r.Ledger == "" {
				return usagef("no ledger: name one with --ledger, or make one with audit mark")
			}
			doc, err := runAudit(cmd, &r, paths, o, func(rec *outcome.Record) {
				if _, have := references[rec.Query]; !have && rec.Reference != "" && r.ledger.state.Audited(rec.Query) {
					references[rec.Query] = rec.Reference
				}
			})
			if err != nil {
				return err
			}
			marks := r.ledger.state.Marks()
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), map[string]any{"schema": "allwrong/audit-report/1", "range": doc.Range, "marks": marks, "references": references,
					"inputs": doc.Inputs, "options": doc.Options, "warnings": doc.Warnings})
			}
			return report.Errata(cmd.OutOrStdout(), doc.view(), marks, references)
		},
	}
	r.flags(cmd)
	triageFlags(cmd, &o)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

const regradeHelp = `Regrade grades again the answers on queries that the ledger calls a grader-error or
a reference-error with a corrected reference, and puts every verdict that changes
on record, in both directions. What the grader cannot tell stays as it is. A query
on which nothing changes is on record as graded again, and stays in the data.`

func newAuditRegrade() *cobra.Command {
	var w writing
	var r reading
	var only []string
	cmd := &cobra.Command{
		Use:     "regrade PATH…",
		Short:   "Grade the answers on marked queries again, and record what changes",
		Long:    regradeHelp,
		Example: "  allwrong audit regrade results/",
		RunE: func(cmd *cobra.Command, paths []string) error {
			l, err := audit.Read(w.ledger)
			if err != nil {
				return err
			}
			want := map[string]string{} // by query: the reference that holds
			for _, m := range l.State().Marks() {
				named := slices.Contains(only, m.Query)
				ready := !m.Settled && (m.Class == audit.GraderError || m.Class == audit.ReferenceError && m.Reference != "")
				if named || len(only) == 0 && ready {
					want[m.Query] = m.Reference
				}
			}
			for _, query := range only {
				if _, ok := want[query]; !ok {
					return fmt.Errorf("%s: nobody has marked %s", w.ledger, outcome.Quote(query))
				}
			}
			if len(want) == 0 {
				fmt.Fprintln(cmd.OutOrStdout(), "Nothing to grade again: no query is marked grader-error, or reference-error with a reference.")
				return nil
			}
			entries, err := regraded(cmd, &r, paths, want, w.name())
			if err != nil {
				return err
			}
			return w.add(cmd, func(*audit.Ledger) ([]audit.Entry, error) { return entries, nil })
		},
	}
	w.flags(cmd)
	cmd.Flags().StringArrayVar(&only, "query", nil, "only `QUERY` (may be repeated)")
	return cmd
}

// regraded grades the queries again.
func regraded(cmd *cobra.Command, r *reading, paths []string, want map[string]string, who string) ([]audit.Entry, error) {
	queries := map[string]bool{}
	for query := range want {
		queries[query] = true
	}
	all, _, err := lookUpAll(cmd, r, paths, queries)
	if err != nil {
		return nil, err
	}
	var names []string
	for query := range all {
		names = append(names, query)
	}
	slices.Sort(names)
	var out []audit.Entry
	for _, query := range names {
		x := all[query]
		g := graderFor(x.Kind, x.Options)
		if g == nil {
			fmt.Fprintf(cmd.ErrOrStderr(), "%s: there is no grader for kind %s; correct its cells with audit mark --cell\n", query, outcome.Quote(x.Kind))
			continue
		}
		changes, open := x.Regrade(g, want[query])
		why := fmt.Sprintf("graded again by %s against %s", g.Name(), outcome.Quote(cmpOr(want[query], x.Reference)))
		if open > 0 {
			why += fmt.Sprintf("; of %d answers it cannot tell", open)
		}
		out = append(out, audit.Entry{Who: who, Kind: audit.KindRegrade, Query: query, Cells: changes, Digest: x.Evidence, Why: why})
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: nothing was graded again", os.Args[0])
	}
	return out, nil
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
