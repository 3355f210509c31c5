package store

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/allwrong/allwrong/collect/money"
	"github.com/allwrong/allwrong/collect/runfile"
	"github.com/allwrong/allwrong/outcome"
)

// workerEnv makes the test binary a process that collects: folder and seed.
const workerEnv = "ALLWRONG_STORE_WORKER"

// resumeEnv makes the test binary a process that opens the run of a folder,
// learns what is on record, and prints how many answers and milliseconds that was.
const resumeEnv = "ALLWRONG_STORE_RESUME"

func TestMain(m *testing.M) {
	if dir := os.Getenv(resumeEnv); dir != "" {
		if err := resume(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if job := os.Getenv(workerEnv); job != "" {
		dir, seed, _ := strings.Cut(job, "|")
		n, _ := strconv.ParseUint(seed, 10, 64)
		if err := work(dir, n); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func resume(dir string) error {
	start := time.Now()
	s, _, err := again(dir)
	if err != nil {
		return err
	}
	defer s.Close()
	n := 0
	err = s.States(context.Background(), func(x State) error {
		if x.Status.Final() {
			n++
		}
		return nil
	})
	fmt.Println(n, time.Since(start).Milliseconds())
	return err
}

// placeOf says where the run of a folder lies.
func placeOf(dir string) place {
	at, _ := pointed(filepath.Join(dir, PointerName))
	return place{dir, at.Database, at.Run}
}

// again opens the store of a folder with the run file in it.
func again(dir string) (*Store, *runfile.Run, error) {
	run, err := runfile.Load(filepath.Join(dir, "run.toml"))
	if err != nil {
		return nil, nil, err
	}
	s, err := Open(context.Background(), dir, placeOf(dir).with(Options{Lease: 8 * time.Second}))
	if err != nil {
		return nil, nil, err
	}
	if err := s.Begin(context.Background(), run, Schedule{For: ForMatrix}); err != nil {
		s.Close()
		return nil, nil, err
	}
	return s, run, nil
}

// work collects the run of a folder with eight goroutines until nothing is left
// to do that the cap allows.
func work(dir string, seed uint64) error {
	ctx := context.Background()
	s, run, err := again(dir)
	if err != nil {
		return err
	}
	defer s.Close()
	bills, err := os.OpenFile(filepath.Join(dir, "bills"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	var places []Place
	for q := range s.queries {
		for m := range run.Models {
			places = append(places, Place{Query: q, Model: m, Budget: run.Budgets[0]})
		}
	}
	r := rand.New(rand.NewPCG(seed, 1))
	r.Shuffle(len(places), func(i, j int) { places[i], places[j] = places[j], places[i] })
	errs := make(chan error, 8)
	for g := range 8 {
		w := worker{s: s, bills: bills, r: rand.New(rand.NewPCG(seed, uint64(g+2)))}
		go func() { errs <- w.all(ctx, places, g) }()
	}
	var all []error
	for range 8 {
		all = append(all, <-errs)
	}
	return errors.Join(all...)
}

// worker is an endpoint and whoever asks it. The endpoint bills a call when it
// begins, and that is on file before anything of it is stored.
type worker struct {
	s     *Store
	bills *os.File
	r     *rand.Rand
}

func (w *worker) all(ctx context.Context, places []Place, first int) error {
	left := slices.Clone(places)
	for i := range left {
		left[i] = places[(i+first*len(places)/8)%len(places)]
	}
	for len(left) > 0 {
		var again []Place
		for _, p := range left {
			c, err := w.s.Claim(ctx, p)
			if err != nil {
				return err
			}
			switch c[0].Decision {
			case Answered, OverCap:
			case Held, Wait:
				again = append(again, p)
			case Granted:
				if err := w.call(ctx, c[0]); err != nil {
					return err
				}
				again = append(again, p)
			}
		}
		if left = again; len(left) > 0 {
			time.Sleep(time.Millisecond)
		}
	}
	return nil
}

// call makes a call that ends in one of many ways.
func (w *worker) call(ctx context.Context, c Claim) error {
	u := &money.Usage{Input: 1 + w.r.Int64N(60), Output: 1 + w.r.Int64N(c.Budget)}
	kind := w.r.IntN(20)
	price := w.s.models[c.Model].Price
	if kind != 0 { // what is refused costs nothing
		if _, err := fmt.Fprintf(w.bills, "%d %d\n", c.Call, price.Cost(*u)); err != nil {
			return err
		}
	}
	time.Sleep(time.Duration(w.r.IntN(2000)) * time.Microsecond)
	a := Answer{Status: Valid, Text: answerTo(c.Key), Usage: u, Latency: time.Millisecond}
	var v *Verdict
	switch kind {
	case 0:
		a = Answer{Status: Failed, Why: "refused", Unbilled: true}
	case 1:
		a.Status, a.Text = Empty, ""
	case 2:
		a = Answer{Status: NoUsage, Text: "?"}
	case 3:
		a = Answer{Status: Corrupt, Why: "half a body"}
	case 4:
		return w.s.giveUp(ctx, c)
	default:
		v = &Verdict{Grader: "number/1", Extracted: a.Text, Verdict: outcome.Wrong}
		if a.Text == "1" {
			v.Verdict = outcome.Right
		}
	}
	_, err := w.s.Settle(ctx, c, a, v)
	return err
}

// giveUp settles a call as lost: the caller gave up waiting.
func (s *Store) giveUp(ctx context.Context, c Claim) error {
	_, err := s.Settle(ctx, c, Answer{Status: Lost, Why: "timeout"}, nil)
	return err
}

// answerTo is the endpoint's answer, which hangs on the request alone.
func answerTo(k Key) string { return strconv.FormatUint(binary.BigEndian.Uint64(k[:])%3, 10) }

// scene writes the files of a run.
func scene(t *testing.T, at place, queries int, price, cap string) {
	t.Helper()
	var text string
	if at.url != "" {
		if err := point(at.dir, at.with(Options{})); err != nil {
			t.Fatal(err)
		}
	}
	runOf(t, at.dir, queries, 3, func(s string) string {
		text = strings.NewReplacer("cap_usd = 10", "cap_usd = "+cap, "input = 1.5, output = 6", price).Replace(s)
		return text
	})
	if err := os.WriteFile(filepath.Join(at.dir, "run.toml"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// complaints is what processes say: they have nothing to say.
var complaints strings.Builder

// writer takes what several processes write.
type writer struct{}

var complaining sync.Mutex

func (writer) Write(b []byte) (int, error) {
	complaining.Lock()
	defer complaining.Unlock()
	return complaints.Write(b)
}

// start starts a process that collects.
func start(t *testing.T, dir string, seed uint64) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s|%d", workerEnv, dir, seed))
	cmd.Stderr = writer{}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// sound checks what holds at any moment, and gives the money.
func sound(t *testing.T, at place) Totals {
	t.Helper()
	r := toRead(t, at)
	defer r.Close()
	if err := r.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	m, err := r.Totals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if m.Settled+m.Reserved > m.Cap || m.Overrun != 0 {
		t.Fatalf("%+v is over the cap", m)
	}
	if billed := billed(t, at.dir); billed > m.Settled+m.Reserved {
		t.Fatalf("endpoints billed %s, of which %s are on the books", billed, m.Settled+m.Reserved)
	}
	return m
}

// billed sums the bills; read before the books may only be less.
func billed(t *testing.T, dir string) (sum money.Nano) {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "bills"))
	if os.IsNotExist(err) {
		return 0
	} else if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		var call int64
		var n money.Nano
		if _, err := fmt.Sscan(s.Text(), &call, &n); err != nil {
			t.Fatal(err)
		}
		sum += n
	}
	return sum
}

// outcomesOf lists what a run came to.
func outcomesOf(t *testing.T, at place) map[string]string {
	t.Helper()
	r := toRead(t, at)
	defer r.Close()
	out := map[string]string{}
	err := r.Outcomes(t.Context(), outcome.WantAll, func(x *outcome.Record, _ int64) error {
		out[x.Query+"/"+x.Model] = x.Verdict.String() + " " + x.Response
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// askedAgain counts calls that were made although their request had its answer.
func askedAgain(t *testing.T, at place) (n int) {
	t.Helper()
	r := toRead(t, at)
	defer r.Close()
	if err := r.row(t.Context(), "SELECT count(*) FROM answer JOIN request ON request.key = answer.key WHERE answer.id > request.call", nil, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// killed collects a run by processes, two at a time, of which so many are killed
// at random moments, and lets the last end by itself.
func killed(t *testing.T, at place, kills int, r *rand.Rand) {
	t.Helper()
	var running []*exec.Cmd
	for i := range kills {
		for len(running) < 2 {
			running = append(running, start(t, at.dir, uint64(i*2+len(running))))
		}
		time.Sleep(time.Duration(10+r.IntN(80)) * time.Millisecond)
		victim := r.IntN(2)
		running[victim].Process.Kill()
		running[victim].Wait()
		running = slices.Delete(running, victim, victim+1)
		if r, err := OpenFile(t.Context(), at.path()); err == nil { // else it is not made yet
			if err := r.Check(t.Context()); err != nil && at.begun() {
				t.Fatal(err)
			}
			r.Close()
		}
	}
	defer func() {
		if text := complaints.String(); text != "" {
			t.Errorf("processes complain: %s", text)
			complaints.Reset()
		}
	}()
	running = append(running, start(t, at.dir, 9999))
	for _, cmd := range running {
		if err := cmd.Wait(); err != nil {
			t.Fatal(err)
		}
	}
}

// begun reports whether a place has tables: a file is there before they are.
func (at place) begun() bool {
	info, err := os.Stat(at.path())
	return err == nil && (at.url != "" || info.Size() > 4096)
}

// TestKilled: processes that are killed at random moments change nothing of what
// comes out, nothing that was answered is asked again, and the cap holds.
func TestKilled(t *testing.T) {
	onEach(t, func(t *testing.T, at place) { killedAndNot(t, at, 12, 200) })
}

func killedAndNot(t *testing.T, calm place, kills, queries int) {
	wild := calm.other(t)
	const seed = 5
	r := rand.New(rand.NewPCG(seed, seed))
	for _, at := range []place{calm, wild} {
		scene(t, at, queries, "input = 1.5, output = 6", "10")
	}
	if err := start(t, calm.dir, 1).Wait(); err != nil {
		t.Fatal(err)
	}
	killed(t, wild, kills, r)
	m := sound(t, wild)
	want, got := outcomesOf(t, calm), outcomesOf(t, wild)
	if len(want) != 3*queries || !maps.Equal(got, want) {
		t.Errorf("seed %d: %d cells after %d kills, want the %d of the undisturbed run", seed, len(got), kills, len(want))
	}
	if n := askedAgain(t, wild); n > 0 {
		t.Errorf("%d calls for what was answered", n)
	}
	t.Logf("%d kills: settled %s, of it lost %s, billed %s", kills, m.Settled, m.Lost, billed(t, wild.dir))
}

// TestCapHolds: for random prices and caps, with several processes some of which
// are killed, what endpoints bill is on the books and the books are within the cap.
func TestCapHolds(t *testing.T) {
	onEach(t, func(t *testing.T, at place) { capHolds(t, at, 3, 3) })
}

func capHolds(t *testing.T, at place, rounds, kills int) {
	for round := range rounds {
		r := rand.New(rand.NewPCG(uint64(round), 77))
		at := place{t.TempDir(), at.url, fmt.Sprint("round ", round)}
		price := fmt.Sprintf("input = %.3f, cached_input = %.3f, output = %.3f, reasoning = %.3f", r.Float64()*20, r.Float64()*20, r.Float64()*90, r.Float64()*90)
		cap := fmt.Sprintf("%.4f", 0.02+r.Float64()*r.Float64())
		scene(t, at, 60, price, cap)
		stop := make(chan struct{})
		var watch sync.WaitGroup
		watch.Go(func() { watchBooks(t, at, stop) })
		killed(t, at, kills, r)
		close(stop)
		watch.Wait()
		m := sound(t, at)
		if m.Reserved != 0 {
			t.Errorf("round %d: %s is reserved when all have ended", round, m.Reserved)
		}
		t.Logf("round %d: %s, cap %s: settled %s, of it lost %s, billed %s", round, price, cap, m.Settled, m.Lost, billed(t, at.dir))
	}
}

// watchBooks looks at the money while others spend it.
func watchBooks(t *testing.T, at place, stop chan struct{}) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(5 * time.Millisecond):
		}
		before := billed(t, at.dir)
		r, err := OpenFile(t.Context(), at.path())
		if err != nil {
			continue // not made yet
		}
		m, err := r.Totals(t.Context())
		r.Close()
		if err == nil && (m.Settled+m.Reserved > m.Cap || before > m.Settled+m.Reserved) {
			t.Errorf("billed %s: %+v", before, m)
		}
	}
}
