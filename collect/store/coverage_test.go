//go:build coverage

package store

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/allwrong/allwrong/internal/pgtest"
	"github.com/allwrong/allwrong/outcome"
)

// TestCoverageKilled is TestKilled with a hundred kills.
func TestCoverageKilled(t *testing.T) {
	onEach(t, func(t *testing.T, at place) { killedAndNot(t, at, 100, 1000) })
}

// TestCoverageCapHolds is TestCapHolds with more prices and caps.
func TestCoverageCapHolds(t *testing.T) {
	onEach(t, func(t *testing.T, at place) { capHolds(t, at, 30, 6) })
}

// spentTime is the processor time of this process.
func spentTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestCoverageMillion: a million stored answers are resumed in under five
// seconds of processor time and 300 MB, and new ones take less than half a
// millisecond of it each.
func TestCoverageMillion(t *testing.T) {
	const models = 5
	t.Run("sqlite", func(t *testing.T) { many(t, place{dir: t.TempDir()}, 200_000, models) })
	// The server's time is not in it.
	t.Run("postgres", func(t *testing.T) { many(t, place{t.TempDir(), pgtest.New(t), "many"}, 20_000, models) })
}

func many(t *testing.T, at place, queries, models int) {
	dir := at.dir
	file := strings.NewReplacer("cap_usd = 10", "cap_usd = 100000")
	run := runOf(t, dir, queries, models, file.Replace)
	if err := os.WriteFile(run.Path, []byte(run.Text), 0o666); err != nil {
		t.Fatal(err)
	}
	s := opened(t, at, Options{})
	begin := time.Now()
	begun(t, s, run)
	t.Logf("%d queries put on record in %s", queries, time.Since(begin).Round(time.Millisecond))
	start, before := time.Now(), spentTime(t)
	var wg sync.WaitGroup
	text := strings.Repeat("Let us see. ", 40)
	for g := range 64 {
		wg.Go(func() {
			for q := g; q < queries; q += 64 {
				for m := range models {
					c, err := s.Claim(t.Context(), Place{Query: q, Model: m, Budget: 100})
					if err == nil {
						_, err = s.Settle(t.Context(), c[0], valid(text, 20, 10), &Verdict{Grader: "number/1", Extracted: "3", Verdict: outcome.Wrong})
					}
					if err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	wg.Wait()
	// Processor time, since other work on the machine is not ours.
	n := queries * models
	each := (spentTime(t) - before) / time.Duration(n)
	t.Logf("%s of processor time an answer, %.0f a second on the clock", each, float64(n)/time.Since(start).Seconds())
	if each > 500*time.Microsecond {
		t.Errorf("%s an answer, of which 2,000 a second are to be stored", each)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), resumeEnv+"="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var found, ms int
	if _, err := fmt.Sscan(string(out), &found, &ms); err != nil || found != n {
		t.Fatalf("%s: %v", out, err)
	}
	used := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	most := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss / 1024
	t.Logf("resumed in %s of processor time, %d ms on the clock; resident set %d MB", used, ms, most)
	if used > 5*time.Second || most > 300 {
		t.Errorf("resumed %d answers in %s of processor time with a resident set of %d MB", n, used, most)
	}
}
