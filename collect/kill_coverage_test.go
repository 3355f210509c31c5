//go:build coverage

package collect_test

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"testing"
	"time"
)

// TestCoverageRecordedAnswers is TestRecordedAnswers over all that is worth asking.
func TestCoverageRecordedAnswers(t *testing.T) {
	thorough = true
	defer func() { thorough = false }()
	TestRecordedAnswers(t)
}

// TestCoverageShared is TestShared with two and with four processes, longer, and
// with an endpoint that does wrong.
func TestCoverageShared(t *testing.T) {
	for _, workers := range []int{2, 4} {
		t.Run(fmt.Sprint(workers, " workers"), func(t *testing.T) {
			sharedRun(t, trouble{workers: workers, queries: 3000, kills: 60, restarts: 12, faults: true, seed: uint64(workers)})
		})
	}
}

// TestCoverageKills kills a run a hundred times, at random moments, alone and
// with two processes at once: in the end every verdict is what it would have
// been, no answer on record was asked for again, and the money adds up at every death.
func TestCoverageKills(t *testing.T) {
	for processes := 1; processes <= 2; processes++ {
		t.Run(fmt.Sprint(processes, " at once"), func(t *testing.T) {
			const n, kills = 3000, 100
			r := rand.New(rand.NewPCG(uint64(processes), 5))
			srv := newServer(t)
			srv.delay = 8 * time.Millisecond
			srv.fault = everything()
			x := newRun(t, srv.URL, n, "concurrency = 6\ntimeout_seconds = 1\ncap_usd = 60.0")
			path := x.write(t)
			onRecord := map[string]int{} // requests with an answer on record → calls that the server had seen by then
			alive := 0                   // kills that met a run at work
			for range kills {
				var children []*exec.Cmd
				for range processes {
					children = append(children, start(t, path))
				}
				time.Sleep(time.Duration(60+r.IntN(500)) * time.Millisecond)
				for _, c := range children {
					c.Process.Kill()
					if c.Wait() != nil {
						alive++
					}
				}
				time.Sleep(10 * time.Millisecond) // what was on the wire arrives
				x.inspect(t, srv, onRecord)
			}
			last := start(t, path)
			if err := last.Wait(); err != nil {
				t.Fatal(err)
			}
			x.inspect(t, srv, onRecord)
			got := x.verdicts(t)
			right(t, got, n, true)
			if len(got) != n*len(models) {
				t.Errorf("%d verdicts of %d", len(got), n*len(models))
			}
			if alive < kills*processes*8/10 {
				t.Errorf("%d of %d kills met a run at work", alive, kills*processes)
			}
			t.Logf("%d calls for %d requests on record, %d kills at work", srv.total, len(onRecord), alive)
		})
	}
}
