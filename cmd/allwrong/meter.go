package main

import (
	"fmt"
	"io"
	"os"
	"time"
)

// meter shows how far reading has come, on a terminal and after a second only.
type meter struct {
	w     io.Writer // nil: stay silent
	start time.Time
	last  time.Time
	shown bool
}

func newMeter(stderr io.Writer) *meter {
	m := &meter{start: time.Now()}
	if f, ok := stderr.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			m.w = stderr
		}
	}
	return m
}

func (m *meter) show(read, total int64) {
	now := time.Now()
	if m.w == nil || now.Sub(m.start) < time.Second || now.Sub(m.last) < 100*time.Millisecond {
		return
	}
	m.last, m.shown = now, true
	spent := now.Sub(m.start).Seconds()
	rate := float64(read) / spent
	line := fmt.Sprintf("reading %.0f MB, %.0f MB/s", float64(read)/1e6, rate/1e6)
	if total > 0 && rate > 0 {
		line = fmt.Sprintf("reading %.0f of %.0f MB, %.0f MB/s, %.0f s left",
			float64(read)/1e6, float64(total)/1e6, rate/1e6, float64(total-read)/rate)
	}
	fmt.Fprintf(m.w, "\r\x1b[K%s", line)
}

// part shows how far a part of a computation has come.
func (m *meter) part(name string, done, total int) {
	now := time.Now()
	if m.w == nil || now.Sub(m.start) < time.Second || now.Sub(m.last) < 100*time.Millisecond {
		return
	}
	m.last, m.shown = now, true
	fmt.Fprintf(m.w, "\r\x1b[K%s: %d of %d", name, done, total)
}

func (m *meter) clear() {
	if m.shown {
		fmt.Fprint(m.w, "\r\x1b[K")
	}
}
