package main

import (
	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/groups"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/report"
)

const tripletsHelp = `Triplets lets every group of three models (-k for other sizes) vote, and compares
each vote with the best member of its group: by verdicts, and by answers where the
files state them. It says in how many groups the vote is worse than its best
member, how the gain hangs on the correlation of errors, and what remains when the
best member is picked on other queries than those that score it.`

func newTriplets() *cobra.Command {
	var r reading
	var o groups.Options
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "triplets PATH…",
		Short:   "Do votes of a few models beat their best members?",
		Long:    tripletsHelp,
		Example: "  allwrong policy triplets results/\n  allwrong policy triplets results/ -k 5 --json",
		RunE: func(cmd *cobra.Command, paths []string) error {
			r.answers = true
			result, err := r.load(cmd, paths)
			if err != nil {
				return err
			}
			of := outcome.MatrixOptions{Keep: r.keep, NoAnswerMissing: r.NoAnswer == "missing"}
			found, err := groups.Study(cmd.Context(), result.Set.Matrix(of), result.Set.Detail(of), o)
			if err != nil {
				return err
			}
			for _, w := range r.warnings(result) {
				found.Warnings = append(found.Warnings, groups.Warning(w))
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), tripletsDocument{"allwrong/policy-triplets/1", found, result.Inputs,
					tripletsOptions{r, found.K, found.Confidence, o.Seed}, found.Warnings})
			}
			shown := *found
			shown.Warnings = brief(shown.Warnings, result.Inputs)
			return report.Groups(cmd.OutOrStdout(), &shown, report.Origin{Formats: formats(result.Inputs)})
		},
	}
	r.flags(cmd)
	r.databaseFlags(cmd)
	f := cmd.Flags()
	f.IntVarP(&o.K, "size", "k", 3, "members of a group, `NUMBER` of them")
	f.Uint64Var(&o.Seed, "seed", 1, "what is random comes from this `NUMBER`")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// tripletsDocument is the JSON of policy triplets.
type tripletsDocument struct {
	Schema string `json:"schema"`
	*groups.Result
	Inputs   []ingest.Input   `json:"inputs"`
	Options  tripletsOptions  `json:"options"`
	Warnings []groups.Warning `json:"warnings"`
}

type tripletsOptions struct {
	reading
	K          int     `json:"k"`
	Confidence float64 `json:"confidence"`
	Seed       uint64  `json:"seed"`
}
