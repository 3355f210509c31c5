package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/report"
)

const packHelp = `Pack writes the questions that raters are to answer: all-wrong queries, near misses
and the random control, in an order that says nothing. There is no reference in it
and nothing that a model said.

It also fixes, before any label is read, the rule that turns labels into classes:
the file named with --rule, made with the usual rule if it is not there, whose digest
goes into the ledger.`

func newAuditPack() *cobra.Command {
	var r reading
	var o audit.Options
	var w writing
	var out, rule string
	cmd := &cobra.Command{
		Use:     "pack PATH… -o PACK",
		Short:   "Write the questions for blind raters, and fix the rule",
		Long:    packHelp,
		Example: "  allwrong audit pack results/ -o pack.json\n  allwrong audit rate pack.json --rater ada -o ada.jsonl\n  allwrong audit take ada.jsonl results/",
		RunE: func(cmd *cobra.Command, paths []string) error {
			if out == "" {
				return usagef("no output: say where to write the pack with -o")
			}
			doc, err := runAudit(cmd, &r, paths, o, nil)
			if err != nil {
				return err
			}
			_, sum, err := fixRule(rule)
			if err != nil {
				return err
			}
			p, bare := doc.evidence.NewPack([]audit.Group{audit.AllWrong, audit.NearMiss, audit.Control}, sum)
			if len(p.Items) == 0 {
				return errors.New("no question to ask: the files have no prompts for what is queued")
			}
			if err := writeFile(out, p); err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s\n", out, number(len(p.Items), "question", "questions"))
			if len(bare) > 0 {
				fmt.Fprintf(cmd.ErrOrStderr(), "%s without a prompt: %s\n", number(len(bare), "query", "queries"), some(bare, 5))
			}
			w.ledger = cmpOr(r.Ledger, defaultLedger)
			return w.add(cmd, func(l *audit.Ledger) ([]audit.Entry, error) {
				if _, ok := l.State().FixedRule(sum); ok {
					return nil, nil
				}
				return []audit.Entry{{Who: w.name(), Kind: audit.KindRule, Digest: sum, Why: rule}}, nil
			})
		},
	}
	r.flags(cmd)
	triageFlags(cmd, &o)
	f := cmd.Flags()
	f.StringVarP(&out, "output", "o", "", "write the pack to `FILE`")
	f.StringVar(&rule, "rule", "rule.json", "`FILE` of the rule")
	f.StringVar(&w.who, "who", "", "who fixes the rule: `NAME` (default: the user's)")
	f.BoolVar(&w.json, "json", false, "print JSON")
	return cmd
}

// fixRule reads the rule, which is made if it is not there.
func fixRule(path string) (audit.Rule, string, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := writeFile(path, audit.DefaultRule()); err != nil {
			return audit.Rule{}, "", err
		}
		raw, err = os.ReadFile(path)
	}
	if err != nil {
		return audit.Rule{}, "", err
	}
	return audit.ReadRule(bytes.NewReader(raw), path)
}

func writeFile(path string, v any) error {
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(raw, '\n'), 0o644)
}

const rateHelp = `Rate asks the questions of a pack one by one and writes a line for each answer, so
that you can stop at any time (Ctrl-D) and go on later.

With --models, the models of a run file rate in your place, as allwrong collect init
writes one (it needs no queries), each under its id. They see the question alone.
What they said is kept beside the file and never asked again, and the file's
spending cap holds. Models that failed on a question are poor raters of it: take
others, or people.`

// ratings is what the flags of audit rate ask for.
type ratings struct{ rater, models, out string }

func newAuditRate() *cobra.Command {
	var x ratings
	cmd := &cobra.Command{
		Use:     "rate PACK --rater NAME -o LABELS",
		Short:   "Answer the questions of a pack, blind",
		Long:    rateHelp,
		Example: "  allwrong audit rate pack.json --rater ada -o ada.jsonl\n  allwrong audit rate pack.json --models raters.toml -o models.jsonl",
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) != 1:
				return usagef("want one pack")
			case x.models != "" && x.rater != "":
				return usagef("--rater names a person, --models the models that rate: choose one")
			case x.models == "" && strings.TrimSpace(x.rater) == "":
				return usagef("--rater: say who you are; or let models rate: --models RUN.toml")
			case x.out == "":
				return usagef("no output: say where to write the labels with -o")
			}
			raw, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			p, err := audit.ReadPack(bytes.NewReader(raw), args[0])
			if err != nil {
				return err
			}
			if x.models != "" {
				return x.byModels(cmd, p)
			}
			_, err = x.rate(cmd, p, x.rater, audit.Ask(cmd.InOrStdin(), cmd.ErrOrStderr()))
			return err
		},
	}
	cmd.Flags().StringVar(&x.rater, "rater", "", "`NAME` under which the labels are kept")
	cmd.Flags().StringVar(&x.models, "models", "", "let the models of `RUN.toml` rate")
	cmd.Flags().StringVarP(&x.out, "output", "o", "", "add the labels to `FILE`")
	return cmd
}

// rate adds the labels of one rater to the output, and gives how many there are
// now that were not there before.
func (x *ratings) rate(cmd *cobra.Command, p *audit.Pack, name string, rater audit.Rater) (n int, err error) {
	done, err := alreadyDone(x.out, name)
	if err != nil {
		return 0, err
	}
	f, err := os.OpenFile(x.out, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return 0, err
	}
	n, err = audit.Rate(cmd.Context(), p, name, rater, func(q string) bool { return done[q] }, f)
	if err = errors.Join(err, f.Close()); err != nil {
		return n, err
	}
	left := 0
	for _, item := range p.Items {
		if !done[item.Query] {
			left++
		}
	}
	who := ""
	if x.models != "" {
		who = name + ": "
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %s%s more, %d left\n", x.out, who, number(n, "label", "labels"), left-n)
	return n, err
}

// byModels lets models rate. All prompts are asked at once, as far as the run
// file allows; the labels are then written in the order of the pack.
func (x *ratings) byModels(cmd *cobra.Command, p *audit.Pack) error {
	a, err := openAsking(cmd, x.models, ".raters")
	if err != nil {
		return err
	}
	defer a.close()
	if err := x.warm(cmd, p, a); err != nil {
		return err
	}
	for _, m := range a.run.Models {
		rater := audit.ModelRater(
			func(ctx context.Context, prompt string) (string, error) { return a.ask.Ask(ctx, m.ID, prompt) },
			func(query string, err error) {
				a.fail(fmt.Sprintf("%s, query %s: %v", m.ID, outcome.Quote(query), err))
			})
		if _, err := x.rate(cmd, p, m.ID, rater); err != nil {
			return err
		}
	}
	s, err := a.said(cmd.Context())
	if err != nil {
		return err
	}
	fmt.Fprintln(cmd.ErrOrStderr(), s.line())
	for _, w := range s.warnings("there is no label") {
		fmt.Fprintln(cmd.ErrOrStderr(), "warning: "+w.Message)
	}
	return nil
}

// warm asks what is not labelled yet. What fails is met again when it is written.
func (x *ratings) warm(cmd *cobra.Command, p *audit.Pack, a *asking) error {
	var wg sync.WaitGroup
	slots := make(chan struct{}, a.run.Concurrency)
	for _, m := range a.run.Models {
		done, err := alreadyDone(x.out, m.ID)
		if err != nil {
			return err
		}
		for _, item := range p.Items {
			if done[item.Query] {
				continue
			}
			slots <- struct{}{}
			wg.Go(func() {
				defer func() { <-slots }()
				_, _ = a.ask.Ask(cmd.Context(), m.ID, audit.RaterPrompt(item))
			})
		}
	}
	wg.Wait()
	return cmd.Context().Err()
}

// alreadyDone are the queries that a rater has labelled in a file.
func alreadyDone(path, rater string) (map[string]bool, error) {
	done := map[string]bool{}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return done, nil
	}
	if err != nil {
		return nil, err
	}
	list, err := audit.ReadLabels(bytes.NewReader(raw), path)
	for _, l := range list {
		if l.Rater == rater {
			done[l.Query] = true
		}
	}
	return done, err
}

const takeHelp = `Take puts a rater's labels on record. The rule must have been fixed before: its digest
has to be in the ledger. With PATH, which has the references, every query with enough
labels gets its class by the rule, and Cohen's κ says how far raters agree.`

func newAuditTake() *cobra.Command {
	var r reading
	var w writing
	var path string
	cmd := &cobra.Command{
		Use:     "take LABELS [PATH…]",
		Short:   "Put raters' labels on record, and class the queries by the rule",
		Long:    takeHelp,
		Example: "  allwrong audit take ada.jsonl\n  allwrong audit take bob.jsonl results/",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("no labels: name the file that audit rate wrote")
			}
			rule, sum, err := readRule(path)
			if err != nil {
				return err
			}
			if _, err := takeLabels(w.ledger, args[0], sum, path); err != nil {
				return err
			}
			if len(args) == 1 {
				l, err := audit.Read(w.ledger)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s has labels. Class them with the data: allwrong audit take %s PATH…\n",
					number(l.State().Labels(), "query", "queries"), args[0])
				return err
			}
			return classify(cmd, &r, &w, rule, sum, args[1:])
		},
	}
	w.flags(cmd)
	cmd.Flags().StringVar(&path, "rule", "rule.json", "`FILE` of the rule")
	return cmd
}

func readRule(path string) (audit.Rule, string, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return audit.Rule{}, "", err
	}
	return audit.ReadRule(bytes.NewReader(raw), path)
}

// takeLabels adds the labels of a file that are not on record yet.
func takeLabels(ledger, path, rule, rulePath string) (*audit.Ledger, error) {
	if _, err := os.Stat(ledger); err != nil {
		return nil, fmt.Errorf("%w: the rule is fixed there before labels are read; audit pack does it", err)
	}
	return audit.Update(ledger, time.Now(), func(l *audit.Ledger) ([]audit.Entry, error) {
		s := l.State()
		if _, ok := s.FixedRule(rule); !ok {
			return nil, fmt.Errorf("%s: the rule %s was not fixed before (no line has its digest %.12s); audit pack does it", ledger, rulePath, rule)
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		list, err := audit.ReadLabels(bytes.NewReader(raw), path)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(raw)
		var out []audit.Entry
		for _, x := range list {
			if !s.Labelled(x.Rater, x.Query) {
				label := x.Label
				out = append(out, audit.Entry{Who: x.Rater, Kind: audit.KindLabel, Query: x.Query, Label: &label, Digest: hex.EncodeToString(sum[:])})
			}
		}
		return out, nil
	})
}

// classify gives every query with enough labels its class.
func classify(cmd *cobra.Command, r *reading, w *writing, rule audit.Rule, sum string, paths []string) error {
	l, err := audit.Read(w.ledger)
	if err != nil {
		return err
	}
	s := l.State()
	questions, _, err := lookUpAll(cmd, r, paths, s.LabelledQueries())
	if err != nil {
		return err
	}
	ratings, err := s.Rate(rule, func(query string) string { return questions[query].Reference },
		func(query, a, b string) bool { return sameAnswer(questions[query], a, b) })
	if err != nil {
		return err
	}
	var marks []audit.Entry
	for _, x := range ratings.Rated {
		if m := s.Mark(x.Query); m != nil && m.Class == x.Class {
			continue
		}
		var said []string
		for i, name := range x.Raters {
			posed := ""
			if !x.Labels[i].WellPosed {
				posed = ", not well posed"
			}
			said = append(said, fmt.Sprintf("%s: %s%s", name, outcome.Quote(x.Labels[i].Answer), posed))
		}
		marks = append(marks, audit.Entry{Who: "rule", Kind: audit.KindMark, Query: x.Query, Class: x.Class, Digest: sum,
			Why: fmt.Sprintf("reference %s; %s", outcome.Quote(x.Reference), strings.Join(said, "; "))})
	}
	if _, err := audit.Update(w.ledger, time.Now(), func(*audit.Ledger) ([]audit.Entry, error) { return marks, nil }); err != nil {
		return err
	}
	if w.json {
		return writeJSON(cmd.OutOrStdout(), map[string]any{"schema": "allwrong/audit-take/1", "ratings": ratings, "marked": len(marks)})
	}
	return report.Ratings(cmd.OutOrStdout(), ratings, len(marks))
}

// sameAnswer compares two answers to a question, by its grader where that can tell.
func sameAnswer(x *audit.Question, a, b string) bool {
	if g := graderFor(x.Kind, x.Options); g != nil {
		switch g.Grade(context.Background(), &grade.Query{Reference: a, Extracted: true}, b).Verdict {
		case grade.Right:
			return true
		case grade.Wrong:
			return false
		}
	}
	return audit.SameAnswer(a, b)
}
