package sandbox

import (
	"bytes"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// watch measures a program's process tree and ends it at its limits.
type watch struct {
	*spec
	program int           // the program's process number
	before  time.Duration // processor time that the second stage used before it became the program
	start   time.Time
	cores   time.Duration

	last time.Time
	busy time.Duration // running or ready to run, as of last
	idle time.Duration

	reaped time.Duration // processor time of processes that have ended
	maxRSS int64
}

func newWatch(s *spec, pid int, before time.Duration, start time.Time) *watch {
	return &watch{spec: s, program: pid, before: before, start: start, last: time.Now(), cores: time.Duration(runtime.NumCPU())}
}

// ended is a process of the tree that has ended.
type ended struct {
	pid    int
	status syscall.WaitStatus
	usage  unix.Rusage
}

// reap waits for every process that ends, as the first process of a namespace
// must, until there are none.
func reap(c chan<- ended) {
	for {
		var e ended
		var status unix.WaitStatus
		pid, err := unix.Wait4(-1, &status, unix.WALL, &e.usage)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			close(c)
			return
		}
		e.pid, e.status = pid, syscall.WaitStatus(status)
		c <- e
	}
}

// follow watches until the program ends or reaches a limit, then ends whatever
// is left of it.
func (w *watch) follow(abandoned <-chan struct{}) report {
	deaths := make(chan ended, 64)
	go reap(deaths)
	var r report
	var main *ended
	timer := time.NewTimer(w.pause(tree{}))
	for main == nil && r.End == "" {
		select {
		case e := <-deaths:
			w.count(&e)
			if e.pid == w.program {
				main = &e
			}
		case <-abandoned:
			r.End = OutputLimit // or nobody will read it
		case <-timer.C:
			var t tree
			if !w.Without.has(layerProcesses) { // the numbers of everybody's processes are not ours to add
				t = readTree()
			}
			r.End = w.judge(t)
			timer.Reset(w.pause(t))
		}
	}
	w.idleUntil(time.Now(), w.busy)
	r.Wall = time.Since(w.start)
	if !w.Without.has(layerProcesses) {
		w.killAll(deaths, &main)
	}
	r.CPU, r.Idle, r.MaxRSS = max(0, w.reaped-w.before), w.idle, w.maxRSS
	w.conclude(&r, main)
	return r
}

func (w *watch) count(e *ended) {
	w.reaped += cpuOf(&e.usage)
	w.maxRSS = max(w.maxRSS, e.usage.Maxrss<<10)
}

// killAll ends the whole tree and waits for it, so that its processor time is
// known and nothing outlives the run.
func (w *watch) killAll(deaths <-chan ended, main **ended) {
	for {
		unix.Kill(-1, unix.SIGKILL)
		e, more := <-deaths
		if !more {
			return
		}
		w.count(&e)
		if e.pid == w.program {
			*main = &e
		}
	}
}

// conclude says how the run ended. What the program used decides before how it
// left: a limit that it passed between two measurements was passed.
func (w *watch) conclude(r *report, main *ended) {
	switch {
	case r.End != "":
	case r.CPU > w.Limits.CPU && !w.Without.has(layerCPU):
		r.End = CPULimit
	case w.maxRSS > w.Limits.Memory && !w.Without.has(layerMemory):
		r.End = MemoryLimit
	case main.status.Signaled():
		r.End, r.Signal = Signaled, unix.SignalName(main.status.Signal())
	default:
		r.End, r.ExitCode = Exited, main.status.ExitStatus()
	}
}

// tree is what the living processes use.
type tree struct {
	processes int
	cpu       time.Duration // since each began
	ran       time.Duration // running or ready to run; cpu where the kernel does not say
	rss       int64         // bytes; shared files are not counted
}

func readTree() tree {
	var t tree
	dir, err := os.Open("/proc")
	if err != nil {
		return t
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil || pid == os.Getpid() {
			continue
		}
		var ts unix.Timespec
		if unix.ClockGettime(int32(^pid<<3|2), &ts) != nil { // the clock of process pid
			continue
		}
		cpu := time.Duration(ts.Nano())
		t.processes++
		t.cpu += cpu
		t.ran += cpu + waited(name)
		t.rss += resident(name)
	}
	return t
}

// waited is how long the threads of a process were ready to run and did not:
// the second number of schedstat.
func waited(pid string) time.Duration {
	dir, err := os.Open("/proc/" + pid + "/task")
	if err != nil {
		return 0
	}
	defer dir.Close()
	var sum time.Duration
	threads, _ := dir.Readdirnames(-1)
	for _, thread := range threads {
		b, _ := os.ReadFile("/proc/" + pid + "/task/" + thread + "/schedstat")
		if f := bytes.Fields(b); len(f) == 3 {
			ns, _ := strconv.ParseInt(string(f[1]), 10, 64)
			sum += time.Duration(ns)
		}
	}
	return sum
}

func resident(pid string) int64 {
	b, _ := os.ReadFile("/proc/" + pid + "/statm")
	f := bytes.Fields(b)
	if len(f) < 3 {
		return 0
	}
	all, _ := strconv.ParseInt(string(f[1]), 10, 64)
	shared, _ := strconv.ParseInt(string(f[2]), 10, 64)
	return (all - shared) * int64(os.Getpagesize())
}

// judge says whether a limit is passed.
func (w *watch) judge(t tree) End {
	now := time.Now()
	w.idleUntil(now, w.reaped+t.ran)
	switch without := w.Without; {
	case w.reaped+t.cpu-w.before > w.Limits.CPU && !without.has(layerCPU):
		return CPULimit
	case t.rss > w.Limits.Memory && !without.has(layerMemory):
		return MemoryLimit
	case w.idle > w.Limits.Idle && !without.has(layerIdle):
		return IdleLimit
	case now.Sub(w.start) > w.Limits.Wall:
		return WallLimit
	}
	return ""
}

// idleUntil adds what of the time since the last look no process ran or was
// ready to run.
func (w *watch) idleUntil(now time.Time, busy time.Duration) {
	if gone := now.Sub(w.last) - max(0, busy-w.busy); gone > 0 {
		w.idle += gone
	}
	w.last, w.busy = now, busy
}

// pause is how long no limit can be passed: processor time goes by no faster
// than the clock times the number of processors. Memory can, so that a look is
// never far away.
func (w *watch) pause(t tree) time.Duration {
	left := (w.Limits.CPU - (w.reaped + t.cpu - w.before)) / w.cores
	left = min(left, w.Limits.Idle-w.idle)
	return min(max(left, 5*time.Millisecond), 50*time.Millisecond)
}
