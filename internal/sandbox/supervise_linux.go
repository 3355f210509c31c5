package sandbox

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// supervise is the first process of the sandbox. It builds the file system,
// starts the program, measures it, ends it, and reports.
func supervise() int {
	job, out := os.NewFile(3, "job"), os.NewFile(4, "report")
	r, err := superviseJob(job, out)
	if err != nil {
		json.NewEncoder(out).Encode(report{Error: err.Error()})
		return 1
	}
	json.NewEncoder(out).Encode(r.report)
	out.Write(r.data)
	return 0
}

type supervised struct {
	report
	data []byte
}

func superviseJob(job, out *os.File) (*supervised, error) {
	in := bufio.NewReader(job)
	s, err := readSpec(in)
	if err != nil {
		return nil, err
	}
	if err := closeInherited(s.Without); err != nil {
		return nil, err
	}
	if err := protectSelf(s.Without); err != nil {
		return nil, err
	}
	if err := buildRoot(s); err != nil {
		return nil, err
	}
	// Until the pipe ends the one who asked is alive and wants the run to go on.
	abandoned := make(chan struct{})
	go func() { io.Copy(io.Discard, in); close(abandoned) }()
	start := time.Now()
	pid, before, inForce, err := startConfined(s)
	if err != nil {
		return nil, err
	}
	w := newWatch(s, pid, before, start)
	r := &supervised{report: w.follow(abandoned)}
	r.InForce = inForce
	r.Collected = -1
	if s.Collect != "" {
		if r.data, err = collect(s); err != nil {
			return nil, err
		}
		if r.data != nil {
			r.Collected = len(r.data)
		}
	}
	return r, nil
}

// closeInherited keeps the supervisor's files from the program, and those too that
// whoever started the caller left open: a shell, a container, a test.
func closeInherited(without layer) error {
	unix.CloseOnExec(3)
	unix.CloseOnExec(4)
	if without.has(layerInherited) {
		return nil
	}
	return step("close inherited files", unix.CloseRange(5, math.MaxInt32, unix.CLOSE_RANGE_CLOEXEC))
}

// protectSelf closes the supervisor to the program: its memory, its files under
// /proc, and its death by signals, all of which the kernel would else allow to a
// process of the same user.
func protectSelf(without layer) error {
	if !without.has(layerSignals) {
		signal.Notify(make(chan os.Signal, 1)) // every signal is caught, and dropped
	}
	if without.has(layerCapabilities) {
		return nil
	}
	return step("close the supervisor's memory", unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0))
}

func step(what string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// startConfined starts the second stage and waits until it has become the
// program. It gives the processor time that the stage itself used.
func startConfined(s *spec) (pid int, before time.Duration, inForce []string, err error) {
	stdin, err := inputFile(s.stdin)
	if err != nil {
		return 0, 0, nil, err
	}
	defer stdin.Close()
	r, w, err := os.Pipe()
	if err != nil {
		return 0, 0, nil, step("open a pipe", err)
	}
	defer r.Close()
	arg, err := json.Marshal(confinement{Args: s.Args, Env: env(s), Allow: s.allowed(), Limits: s.Limits, Without: s.Without})
	if err != nil {
		return 0, 0, nil, err
	}
	pid, err = syscall.ForkExec("/proc/self/exe", []string{confineArg, string(arg)}, &syscall.ProcAttr{
		Dir: Dir, Env: []string{"GOMAXPROCS=1", "GOGC=off"}, Files: []uintptr{stdin.Fd(), 1, 2, w.Fd()},
		Sys: &syscall.SysProcAttr{Setsid: true},
	})
	w.Close()
	if err != nil {
		return 0, 0, nil, step("start the second stage", err)
	}
	said, err := io.ReadAll(r)
	if err != nil {
		return 0, 0, nil, step("hear from the second stage", err)
	}
	return readReady(pid, string(said))
}

// readReady reads what the second stage said before it became the program: a
// line "ready", nanoseconds, and the limits in force; anything else, or anything
// after it, is an error that kept it from doing so.
func readReady(pid int, said string) (int, time.Duration, []string, error) {
	line, after, whole := strings.Cut(said, "\n")
	words := strings.Fields(line)
	if !whole || after != "" || len(words) < 2 || words[0] != "ready" {
		if after != "" {
			line = after
		}
		if line == "" {
			line = "it ended without a word"
		}
		return 0, 0, nil, fmt.Errorf("confine the program: %s", strings.TrimSpace(line))
	}
	ns, err := strconv.ParseInt(words[1], 10, 64)
	return pid, time.Duration(ns), words[2:], err
}

func env(s *spec) []string {
	if s.Without.has(layerEnvironment) {
		return append(os.Environ(), s.Env...)
	}
	return s.Env
}

// inputFile holds standard input: a file that the program can read again, seek
// and map, and that has no name.
func inputFile(data []byte) (*os.File, error) {
	fd, err := unix.MemfdCreate("stdin", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, step("hold the input", err)
	}
	f := os.NewFile(uintptr(fd), "stdin")
	if _, err := f.Write(data); err != nil {
		return nil, step("hold the input", err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, step("hold the input", err)
	}
	if _, err := unix.FcntlInt(f.Fd(), unix.F_ADD_SEALS, unix.F_SEAL_WRITE|unix.F_SEAL_GROW|unix.F_SEAL_SHRINK|unix.F_SEAL_SEAL); err != nil {
		return nil, step("hold the input", err)
	}
	return f, nil
}

// collect reads the file that the program was to make. Nothing runs any more;
// links are not followed, so that only what the program wrote itself can be handed out.
func collect(s *spec) ([]byte, error) {
	f, err := os.OpenFile(Dir+"/"+s.Collect, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil // the program's own doing: it has made no such file
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, nil
	}
	data, err := io.ReadAll(io.LimitReader(f, s.Limits.Disk))
	return data, step("read the collected file", err)
}
