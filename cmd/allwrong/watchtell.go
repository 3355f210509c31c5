package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/watch"
	"github.com/allwrong/allwrong/watch/tell"
)

// outlets are the ways in which others are told.
type outlets struct {
	webhook  string
	tokenEnv string
	metrics  string

	token string
	hook  *tell.Hook
	board *tell.Board
}

// lastDelivery is how long the end of the command waits for a webhook.
const lastDelivery = 30 * time.Second

func (o *outlets) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.webhook, "webhook", "", "post each alarm, a line of JSON, to `URL`; env:NAME takes it from the environment")
	f.StringVar(&o.tokenEnv, "webhook-token-env", "", "the environment variable `NAME` holds a bearer token for it")
	f.StringVar(&o.metrics, "metrics", "", "answer Prometheus on `ADDRESS`; a port alone is one of this machine only")
}

// check takes secrets from the environment.
func (o *outlets) check() error {
	if name, ok := strings.CutPrefix(o.webhook, "env:"); ok {
		if o.webhook = strings.TrimSpace(os.Getenv(name)); o.webhook == "" {
			return usagef("--webhook: the environment variable %s is not set", name)
		}
	}
	if o.tokenEnv == "" {
		return nil
	}
	if o.webhook == "" {
		return usagef("--webhook-token-env goes with --webhook")
	}
	if o.token = strings.TrimSpace(os.Getenv(o.tokenEnv)); o.token == "" {
		return usagef("--webhook-token-env: the environment variable %s is not set", o.tokenEnv)
	}
	return nil
}

// start opens them, with alarms that were not delivered before; stop closes them.
func (o *outlets) start(cmd *cobra.Command, waiting []json.RawMessage) (stop func(), err error) {
	stop = func() {
		o.finish()
		if o.board != nil {
			o.board.Close()
		}
	}
	if o.metrics != "" {
		l, err := tell.Listen(o.metrics)
		if err != nil {
			return nil, err
		}
		o.board = tell.Serve(l)
		fmt.Fprintf(cmd.ErrOrStderr(), "Metrics: http://%s/metrics\n", l.Addr())
	}
	if o.webhook != "" {
		lines := make([][]byte, len(waiting))
		for i, l := range waiting {
			lines[i] = append([]byte(l), '\n')
		}
		o.hook, err = tell.NewHook(o.webhook, o.token, lines, func(text string) { fmt.Fprintf(cmd.ErrOrStderr(), "allwrong: %s\n", text) })
		if err != nil {
			stop()
			return nil, usageError{err}
		}
	}
	return stop, nil
}

func (o *outlets) send(line []byte) {
	if o.hook != nil {
		o.hook.Send(line)
	}
}

func (o *outlets) show(s watch.Summary, h tell.Health) {
	if o.board != nil {
		o.board.Show(s, h)
	}
}

// finish waits a while for what is not delivered yet.
func (o *outlets) finish() {
	if o.hook != nil {
		ctx, cancel := context.WithTimeout(context.Background(), lastDelivery)
		defer cancel()
		o.hook.Close(ctx)
	}
}

// undelivered are the alarms to be sent by a later watch with the same state.
func (o *outlets) undelivered() []json.RawMessage {
	out := []json.RawMessage{}
	if o.hook == nil {
		return out
	}
	for _, l := range o.hook.Undelivered() {
		out = append(out, json.RawMessage(strings.TrimSpace(string(l))))
	}
	return out
}
