package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/replay"
	"github.com/allwrong/allwrong/report"
)

const replayHelp = `Replay serves recorded answers as if the models were there: chat completions and
the list of models as OpenAI has them, messages as Anthropic has them, whole or
streamed. Try a run of collect for nothing, or test whatever asks models, against
real answers and against all that servers do wrong.

An answer is found by its prompt and its model; what was not recorded is refused,
and nothing is made up. A token is four bytes. Several attempts are told apart by
the request's seed, modulo their number.

--faults names shares of the requests that go wrong:
  429       too many requests       half   half a body, then the end
  429-wait  with Retry-After: 1     json   a body that is not JSON
  500       an error of the server  empty  an answer without content
  slow      2 seconds late          usage  usage that is missing or cannot be
  hung      nothing comes           reset  the connection is reset
They hang on --seed, on the request's content and on how often it came. One
request asks for one fault by the header X-Replay-Fault. --rate is a limit:
what comes faster is refused with 429 and Retry-After.

It listens on this machine only, unless told otherwise, to whoever has the token.
Ctrl-C ends it, and what was served is printed.`

func newReplay() *cobra.Command {
	var r reading
	p := replaying{}
	cmd := &cobra.Command{
		Use:     "replay OUTCOMES…",
		Short:   "Recorded answers, served as an endpoint",
		Long:    replayHelp,
		Example: "  allwrong replay results/\n  allwrong replay results/ --latency 50ms --rate 100/s --faults 429=.05,reset=.01",
		RunE:    func(cmd *cobra.Command, paths []string) error { return p.run(cmd, &r, paths) },
	}
	r.readFlags(cmd)
	f := cmd.Flags()
	f.StringVar(&p.Listen, "listen", "127.0.0.1:0", "`ADDRESS` to listen on; port 0 takes a free one")
	f.StringVar(&p.TokenEnv, "token-env", "", "the environment variable `NAME` holds the token (default: a new one)")
	f.DurationVar(&p.latency, "latency", 0, "`TIME` before each answer")
	f.StringVar(&p.Rate, "rate", "", "the most requests in a time, such as `100/s` or 600/m")
	f.StringVar(&p.Faults, "faults", "", "shares of the requests that go wrong, such as `429=.05,reset=.01`")
	f.Uint64Var(&p.Seed, "seed", 1, "`NUMBER` from which the faults are drawn")
	f.BoolVar(&p.Check, "check", false, "say what can be served, and end")
	f.BoolVar(&p.json, "json", false, "print JSON, at the end")
	return cmd
}

// replaying is what the flags of replay ask for.
type replaying struct {
	Listen   string  `json:"listen"`
	TokenEnv string  `json:"token_env,omitempty"`
	Latency  float64 `json:"latency"` // seconds
	Rate     string  `json:"rate,omitempty"`
	Faults   string  `json:"faults,omitempty"`
	Seed     uint64  `json:"seed"`
	Check    bool    `json:"check"`

	latency time.Duration
	json    bool
}

// replayDocument is the JSON of replay.
type replayDocument struct {
	Schema   string            `json:"schema"`
	Recorded replay.Recorded   `json:"recorded"`
	Models   []replay.Model    `json:"models"`
	Served   *replay.Served    `json:"served"` // null with --check
	Inputs   []ingest.Input    `json:"inputs"`
	Options  replayOptions     `json:"options"`
	Warnings []certify.Warning `json:"warnings"`
}

type replayOptions struct {
	reading
	replaying
}

// options checks the flags.
func (p *replaying) options() (o replay.Options, err error) {
	if o.Rate, err = replay.ParseRate(p.Rate); err != nil {
		return o, usagef("--rate: %w", err)
	}
	if o.Faults, err = replay.ParseFaults(p.Faults); err != nil {
		return o, usagef("--faults: %w", err)
	}
	if p.latency < 0 {
		return o, usagef("--latency: %v is negative", p.latency)
	}
	if _, _, err := net.SplitHostPort(p.Listen); err != nil {
		return o, usagef("--listen: %q: want a host and a port, such as 127.0.0.1:8080", p.Listen)
	}
	p.Latency, o.Latency, o.Seed, o.Token = p.latency.Seconds(), p.latency, p.Seed, rand.Text()
	if p.TokenEnv != "" {
		if o.Token = strings.TrimSpace(os.Getenv(p.TokenEnv)); o.Token == "" {
			return o, usagef("--token-env: the environment variable %s is not set", p.TokenEnv)
		}
	}
	return o, nil
}

func (p *replaying) run(cmd *cobra.Command, r *reading, paths []string) error {
	if err := r.usable(paths); err != nil {
		return err
	}
	o, err := p.options()
	if err != nil {
		return err
	}
	answers, err := replay.NewAnswers("")
	if err != nil {
		return err
	}
	defer answers.Close()
	doc, err := p.read(cmd, r, paths, answers)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	said := out // what is said while it serves
	if p.json {
		said = cmd.ErrOrStderr()
	}
	if !p.json || !p.Check {
		if err := report.Replayed(said, replayable(doc), brief(doc.Warnings, doc.Inputs)); err != nil {
			return err
		}
	}
	if !p.Check {
		served, err := p.serve(cmd.Context(), said, answers, o)
		if err != nil {
			return err
		}
		doc.Served = &served
		if err := servedText(said, served); err != nil {
			return err
		}
	}
	if p.json {
		return writeJSON(out, doc)
	}
	return nil
}

// read takes up all answers that can be served.
func (p *replaying) read(cmd *cobra.Command, r *reading, paths []string, answers *replay.Answers) (*replayDocument, error) {
	how, done := r.options(cmd)
	how.Want = outcome.WantPrompt | outcome.WantResponse
	result, err := ingest.Stream(cmd.Context(), paths, how, answers.Add)
	done()
	if err == nil {
		err = answers.Seal()
	}
	if err != nil {
		return nil, err
	}
	if err := r.matched(modelNames(result.Set)); err != nil {
		return nil, err
	}
	n := answers.Counts
	if n.Answers == 0 {
		return nil, fmt.Errorf("nothing can be served: of %d records, %d hold no prompt and %d no text of an answer", n.NoPrompt+n.NoResponse, n.NoPrompt, n.NoResponse)
	}
	doc := &replayDocument{Schema: "allwrong/replay/1", Recorded: n, Models: answers.Models(), Inputs: result.Inputs, Options: replayOptions{*r, *p}, Warnings: r.readWarnings(result)}
	for _, w := range []struct {
		n    int64
		code string
		text string
	}{
		{n.NoPrompt, "no-prompt", " without the prompt: nobody can ask for it."},
		{n.NoResponse, "no-response", " without the text of the answer: who asks for it is refused."},
		{n.Repeated, "repeated", " of an attempt that was there before: the first counts."},
		{n.SamePrompt, "same-prompt", " of a query whose prompt another query has: the answers of the first query count."},
	} {
		if w.n > 0 {
			doc.Warnings = append(doc.Warnings, certify.Warning{Code: w.code, Message: report.Plural(w.n, "record", "records") + w.text})
		}
	}
	return doc, nil
}

// serve answers until the context ends.
func (p *replaying) serve(ctx context.Context, out io.Writer, answers *replay.Answers, o replay.Options) (replay.Served, error) {
	l, err := net.Listen("tcp", p.Listen)
	if err != nil {
		return replay.Served{}, fmt.Errorf("--listen: %w; port 0 takes a free port", err)
	}
	key := o.Token
	if p.TokenEnv != "" {
		key = "that of " + p.TokenEnv
	}
	if _, err := fmt.Fprintf(out, "\n  base URL  http://%s/v1\n  key       %s\n\nAnthropic's own clients want the base URL without /v1. Ctrl-C ends it.\n", l.Addr(), key); err != nil {
		return replay.Served{}, err
	}
	s := replay.New(answers, o)
	h := &http.Server{Handler: s, ReadHeaderTimeout: 30 * time.Second, MaxHeaderBytes: 64 << 10, ErrorLog: log.New(io.Discard, "", 0)}
	ended := make(chan error, 1)
	go func() { ended <- h.Serve(l) }()
	select {
	case err := <-ended:
		return s.Served(), err
	case <-ctx.Done():
	}
	s.Close() // who hangs is let go
	calm, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if err := h.Shutdown(calm); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return s.Served(), err
	}
	return s.Served(), h.Close()
}

// replayable is what can be served, to be shown.
func replayable(doc *replayDocument) report.Replayable {
	r := report.Replayable{Answers: doc.Recorded.Answers, Prompts: int64(doc.Recorded.Prompts)}
	for _, m := range doc.Models {
		r.Models = append(r.Models, report.Tallied{Name: m.Model, Count: m.Answers})
	}
	return r
}

// servedText shows what was served.
func servedText(w io.Writer, n replay.Served) error {
	got := []report.Tallied{{Name: "answered", Count: n.Answers}, {Name: "of them cut at the budget", Count: n.Cut}, {Name: "not recorded", Count: n.Unknown}, {Name: "recorded without text", Count: n.NoResponse},
		{Name: "malformed", Count: n.Malformed}, {Name: "without the token", Count: n.Unauthorized}, {Name: "over the rate", Count: n.Limited}, {Name: "left before the answer", Count: n.Left}}
	var faults []report.Tallied
	for _, f := range slices.Sorted(maps.Keys(n.Faults)) {
		faults = append(faults, report.Tallied{Name: string(f), Count: n.Faults[f]})
	}
	return report.Served(w, n.Requests, got, faults)
}
