package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/certify"
)

// The exit codes; they are part of what the program promises.
const (
	exitDone   = 0 // done; with --gate: the gate holds
	exitFailed = 1 // input that cannot be read or does not suffice
	exitUsage  = 2 // a request that makes no sense
	exitNo     = 3 // done, and the answer is no: a gate that does not hold, a certificate that does not verify
)

// errNo ends a command whose answer, already printed, is no.
var errNo = errors.New("the answer is no")

// usageError is a request that makes no sense, with the command's help to point to.
type usageError struct{ error }

func usagef(format string, a ...any) error { return usageError{fmt.Errorf(format, a...)} }

// run is the program: arguments in, exit code out.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	var bad *certify.UsageError
	var use usageError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errNo):
		return exitNo
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "allwrong: stopped")
		return exitFailed
	case errors.As(err, &bad), errors.As(err, &use):
		fmt.Fprintf(stderr, "allwrong: %s\nHelp: %s --help\n", withoutPasswords(err.Error()), cmd.CommandPath())
		return exitUsage
	}
	fmt.Fprintf(stderr, "allwrong: %s\n", withoutPasswords(err.Error()))
	return exitFailed
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "allwrong",
		Short: "How much could any LLM router, vote or cascade gain over your best model?",
		Long: `allwrong reads graded results and certifies, from one query set and before anything
is built, the most that any router, vote or cascade over those models could gain
over the one model that you already have.

Start with:  allwrong certify results/ --overhead 0.02

Exit codes: 0 done · 1 failed · 2 usage · 3 done, and the answer is no`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("there is no command %q", args[0])
			}
			return cmd.Help()
		},
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(newCertify(), newPlan(), newAudit(), newPool(), newCompare(), newPolicy(), newExplain(), newReport(), newPlot(), newServe(), newWatch(), newCollect(), newReplay(), newGrade(), newDescribe(), newConvert(), newSimulate(), newVerify(), newVersion(), newMan())
	group(root)
	complete(root)
	return root
}
