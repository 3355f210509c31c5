package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/collect"
	"github.com/allwrong/allwrong/report"
)

// interrupted splits an interrupt in two: the first one closes stop, the second
// one ends the context.
func interrupted(cmd *cobra.Command) (ctx context.Context, stop <-chan struct{}, end func()) {
	// The command's own context ends with the first interrupt.
	ctx, cancel := context.WithCancel(context.WithoutCancel(cmd.Context()))
	asked := make(chan struct{})
	more := make(chan os.Signal, 1)
	signal.Notify(more, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-cmd.Context().Done():
			close(asked)
		case <-ctx.Done():
			return
		}
		select {
		case <-more: // the first one, which the command's context has seen, too
		case <-time.After(time.Second):
		case <-ctx.Done():
			return
		}
		select {
		case <-more:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, asked, func() {
		signal.Stop(more)
		cancel()
	}
}

// screen shows how far a run is: lines that are drawn over on a terminal, and
// one line now and then elsewhere.
type screen struct {
	w        io.Writer
	c        *collecting
	terminal bool
	drawn    int // lines
	last     time.Time
	stopping bool
}

// apart is the time between two lines where there is no terminal.
const apart = 10 * time.Second

// modelRows bounds how many models a terminal shows.
const modelRows = 12

func newScreen(stderr io.Writer, c *collecting) *screen {
	s := &screen{w: stderr, c: c, last: time.Now()}
	if f, ok := stderr.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			s.terminal = true
		}
	}
	return s
}

func (s *screen) show(p collect.Progress) {
	if p.End {
		return
	}
	if p.Stopping && !s.stopping {
		s.stopping = true
		s.clear()
		fmt.Fprintf(s.w, "finishing %s in flight …\n", report.Plural(int64(p.InFlight), "call", "calls"))
	}
	view := s.c.progress(p)
	if s.terminal {
		lines := report.Progress(view, modelRows)
		s.clear()
		fmt.Fprintln(s.w, strings.Join(lines, "\n"))
		s.drawn = len(lines)
		return
	}
	if now := time.Now(); now.Sub(s.last) >= apart {
		s.last = now
		fmt.Fprintln(s.w, report.ProgressLine(view))
	}
}

func (s *screen) clear() {
	if s.drawn > 0 {
		fmt.Fprintf(s.w, "\x1b[%dA\x1b[J", s.drawn)
		s.drawn = 0
	}
}

// end takes the display away.
func (s *screen) end() { s.clear() }
