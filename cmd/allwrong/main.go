package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/allwrong/allwrong/internal/sandbox"
)

func main() {
	sandbox.Main() // the sandbox runs this binary again, as its own stages
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
