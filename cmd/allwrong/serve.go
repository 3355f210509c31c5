package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/study"
	"github.com/allwrong/allwrong/web"
)

const serveHelp = `Serve opens the report as a page on this machine: choose models, slices and an
overhead, and every number follows; read, at the audit desk, what has to be read
before a certificate is worth signing, and mark it with one key.

It answers on 127.0.0.1 only, to whoever has the link that it prints. No file
leaves the machine. What you decide is added to the ledger, as by audit mark, and
nothing else is written. Ctrl-C ends it.`

func newServe() *cobra.Command {
	var r reading
	var o study.Options
	var port int
	var show bool
	var who string
	cmd := &cobra.Command{
		Use:     "serve PATH…",
		Short:   "The report, live, and the audit desk, on this machine",
		Long:    serveHelp,
		Example: "  allwrong serve results/\n  allwrong serve results/ --ledger ledger.jsonl --overhead 0.02 --open",
		RunE: func(cmd *cobra.Command, paths []string) error {
			if port < 0 || port > 65535 {
				return usagef("--port: %d is no port; 0 takes a free one", port)
			}
			ledger := cmpOr(r.Ledger, defaultLedger)
			r.Ledger, r.answers = "", true // the page applies it, and follows it
			o.Audit.Grader, o.Audit.Seed = lookingAt, o.Seed
			data, err := r.served(cmd, paths, o)
			if err != nil {
				return err
			}
			l, err := web.Listen(port)
			if err != nil {
				return fmt.Errorf("%w; --port 0 takes a free port", err)
			}
			s, err := web.New(cmd.Context(), data, web.Options{Ledger: ledger, Who: (&writing{who: who}).name(), Load: dropped(r, o)})
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s\n", s.Link(l)); err != nil {
				return err
			}
			fmt.Fprintln(cmd.ErrOrStderr(), "Open this link. Decisions go to "+ledger+". Ctrl-C ends it.")
			if show {
				openLink(cmd, s.Link(l))
			}
			return s.Serve(cmd.Context(), l)
		},
	}
	r.flags(cmd)
	r.databaseFlags(cmd)
	f := cmd.Flags()
	f.Float64Var(&o.Certify.Overhead, "overhead", 0, "what orchestration costs, in accuracy as a `FRACTION`")
	f.Float64Var(&o.Certify.Confidence, "confidence", 0.95, "of each one-sided statement, as a `FRACTION`")
	f.StringVar(&o.Certify.Incumbent, "incumbent", "", "the `MODEL` in use, named before looking")
	f.IntVar(&o.Audit.Control, "control", 20, "`NUMBER` of queries in the random control; negative for none")
	f.Uint64Var(&o.Seed, "seed", 1, "`NUMBER` from which the control is drawn")
	f.IntVar(&port, "port", 0, "`NUMBER` of the port; 0 takes a free one")
	f.StringVar(&who, "who", "", "who decides: `NAME` (default: the user's)")
	f.BoolVar(&show, "open", false, "open the link in the browser")
	return cmd
}

// served reads files as a page needs them: without a ledger, which the page applies.
func (r *reading) served(cmd *cobra.Command, paths []string, o study.Options) (web.Data, error) {
	o.NoAnswerMissing = r.NoAnswer == "missing"
	s, result, err := r.study(cmd, paths, o)
	if err != nil {
		return web.Data{}, err
	}
	return webData(strings.Join(names(paths), ", "), s, result, r.ScoreThreshold), nil
}

func webData(name string, s *study.Study, result *ingest.Result, threshold float64) web.Data {
	return web.Data{Name: name, Study: s, Formats: formats(result.Inputs), Threshold: threshold, Conflicts: result.Set.ReferenceConflicts(), Records: result.Records,
		Regrade: gradedAgain, Brief: func(w []certify.Warning) []certify.Warning { return brief(w, result.Inputs) }}
}

// names are paths as a title shows them.
func names(paths []string) []string {
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = filepath.Base(p)
	}
	return out
}

// dropped reads a folder of files that were dropped on a page. The folder is gone
// after that: the study cannot read it again.
func dropped(r reading, o study.Options) func(context.Context, string, string) (web.Data, error) {
	r.Models, r.Exclude = nil, nil
	o.Certify.Incumbent, o.NoAnswerMissing = "", r.NoAnswer == "missing"
	return func(ctx context.Context, folder, name string) (web.Data, error) {
		result, err := ingest.Read(ctx, []string{folder}, ingest.Options{Prefer: prefers[r.Prefer], ScoreThreshold: r.ScoreThreshold,
			AllowMismatch: r.AllowMismatch, Transpose: r.Transpose, Metrics: r.Metrics, Filters: r.Filters, KeepAnswers: true})
		if err == nil {
			err = r.whole(result)
		}
		if err != nil {
			return web.Data{}, err
		}
		source := study.Source{Set: result.Set, Notes: r.notes(result)}
		return webData(name, study.New(source, nil, o), result, r.ScoreThreshold), nil
	}
}

// gradedAgain grades the answers to a question again, but runs no program.
func gradedAgain(x *audit.Question, reference string) ([]audit.Change, int, string, bool) {
	g := lookingAt(x.Kind, x.Options)
	if g == nil {
		return nil, 0, "", false
	}
	changes, open := x.Regrade(g, reference)
	return changes, open, g.Name(), true
}

// openLink shows the link in the user's browser. That it could not is no error:
// the link was printed.
func openLink(cmd *cobra.Command, link string) {
	name, args := "xdg-open", []string{link}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", link}
	}
	if err := exec.CommandContext(cmd.Context(), name, args...).Start(); err != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "The browser was not opened: %v\n", err)
	}
}
