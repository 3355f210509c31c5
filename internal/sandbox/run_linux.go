package sandbox

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// run starts the supervisor in new namespaces, feeds it the job, and reads what
// the program writes and what the supervisor reports.
func run(ctx context.Context, j *Job) (*Result, error) {
	// The kernel ends the supervisor with the thread that started it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	slot := takeSlot()
	defer freeSlot(slot)
	s := newSpec(j)
	p, err := newPipes(slot)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	defer p.close()
	cmd, err := command(j.without, slot)
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = p.out[1], p.err[1]
	cmd.ExtraFiles = []*os.File{p.job[0], p.report[1]}
	if err := cmd.Start(); err != nil {
		return nil, unavailable(err)
	}
	p.job[0].Close()
	p.report[1].Close()
	p.out[1].Close()
	p.err[1].Close()
	r := follow(ctx, cmd, s, p)
	return r.result(ctx)
}

// command is the supervisor: this binary, in namespaces of its own.
func command(without layer, slot int) (*exec.Cmd, error) {
	uid, gid, root, err := identity(slot)
	if err != nil {
		return nil, err
	}
	flags := uintptr(syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS | unix.CLONE_NEWCGROUP)
	if !without.has(layerNetwork) {
		flags |= syscall.CLONE_NEWNET
	}
	if !without.has(layerProcesses) {
		flags |= syscall.CLONE_NEWPID
	}
	cmd := &exec.Cmd{Path: "/proc/self/exe", Args: []string{superviseArg}, Env: []string{"GOMAXPROCS=1"}}
	if without.has(layerEnvironment) {
		cmd.Env = append(os.Environ(), cmd.Env...)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:                 flags,
		UidMappings:                []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}},
		GidMappings:                []syscall.SysProcIDMap{{ContainerID: 0, HostID: gid, Size: 1}},
		GidMappingsEnableSetgroups: root, // so that root's own groups can be dropped
		Credential:                 &syscall.Credential{Uid: 0, Gid: 0, NoSetGroups: !root},
		Setsid:                     true,
		Pdeathsig:                  syscall.SIGKILL,
	}
	return cmd, nil
}

func unavailable(err error) error {
	hint := ""
	switch {
	case errors.Is(err, syscall.EPERM), errors.Is(err, syscall.EACCES):
		hint = "; user namespaces seem to be forbidden here: see kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns, or the container's own profile"
	case errors.Is(err, syscall.ENOSPC):
		hint = "; the number of user namespaces is limited to none: see user.max_user_namespaces"
	case errors.Is(err, syscall.EINVAL), errors.Is(err, syscall.ENOSYS):
		hint = "; this kernel lacks a kind of namespace"
	}
	return fmt.Errorf("%w: cannot create namespaces: %w%s", ErrUnavailable, err, hint)
}

// pipes join the two sides; [0] is read, [1] is written.
type pipes struct{ job, report, out, err [2]*os.File }

// newPipes opens them. Those that the program holds belong to its own user, so
// that it can open /dev/stdout again.
func newPipes(slot int) (*pipes, error) {
	p := new(pipes)
	for _, pair := range []*[2]*os.File{&p.job, &p.report, &p.out, &p.err} {
		var err error
		if pair[0], pair[1], err = os.Pipe(); err != nil {
			p.close()
			return nil, err
		}
	}
	if uid, gid, root, err := identity(slot); err == nil && root {
		p.out[1].Chown(uid, gid)
		p.err[1].Chown(uid, gid)
	}
	return p, nil
}

func (p *pipes) close() {
	for _, pair := range [][2]*os.File{p.job, p.report, p.out, p.err} {
		for _, f := range pair {
			if f != nil {
				f.Close()
			}
		}
	}
}

// ending is what both sides know when a run is over.
type ending struct {
	report    report
	collected []byte
	reportErr error
	waitErr   error
	flooded   bool
	stdout    []byte
	stderr    []byte
	unread    error // the backstop's own: the supervisor did not answer
}

// follow sees a run through. Closing the job's pipe tells the supervisor to end
// it; if that does not help, the kernel does.
func follow(ctx context.Context, cmd *exec.Cmd, s *spec, p *pipes) *ending {
	e := new(ending)
	stop := sync.OnceFunc(func() { p.job[1].Close() })
	var readers sync.WaitGroup
	readers.Go(func() {
		limit := s.Limits.Output
		if s.Without.has(layerOutput) {
			limit = 1 << 40
		}
		e.stdout, e.flooded = readUpTo(p.out[0], limit, stop)
	})
	readers.Go(func() { e.stderr, _ = readUpTo(p.err[0], maxStderr, func() {}) })
	readers.Go(func() { e.report, e.collected, e.reportErr = readReport(p.report[0]) })
	go s.write(p.job[1]) // ends with the pipe; a job that cannot be written is reported by the supervisor
	done := make(chan struct{})
	go func() { readers.Wait(); close(done) }()
	backstop := time.NewTimer(s.Limits.Wall + 10*time.Second)
	defer backstop.Stop()
	select {
	case <-done:
	case <-ctx.Done():
	case <-backstop.C:
		e.unread = errors.New("the supervisor did not answer in time")
	}
	stop()
	if !within(done, 2*time.Second) {
		cmd.Process.Kill()
		<-done
	}
	e.waitErr = cmd.Wait()
	return e
}

func within(done <-chan struct{}, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-done:
		return true
	case <-t.C:
		return false
	}
}

// readUpTo reads r to its end, keeps the first limit bytes, and calls over once when there
// are more.
func readUpTo(r io.Reader, limit int64, over func()) ([]byte, bool) {
	var kept bytes.Buffer
	io.Copy(&kept, io.LimitReader(r, limit))
	more, _ := io.CopyN(io.Discard, r, 1)
	if more > 0 {
		over()
		io.Copy(io.Discard, r)
	}
	return kept.Bytes(), more > 0
}

func readReport(f io.Reader) (report, []byte, error) {
	var r report
	b := bufio.NewReader(f)
	line, err := b.ReadBytes('\n')
	if err != nil {
		return r, nil, err
	}
	if err := json.Unmarshal(line, &r); err != nil {
		return r, nil, err
	}
	if r.Collected < 0 {
		return r, nil, nil
	}
	data := make([]byte, r.Collected)
	_, err = io.ReadFull(b, data)
	return r, data, err
}

func (e *ending) result(ctx context.Context) (*Result, error) {
	switch r := e.report; {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case e.unread != nil:
		return nil, fmt.Errorf("sandbox: %w", e.unread)
	case e.reportErr != nil:
		return nil, fmt.Errorf("sandbox: the supervisor ended without a report (%v); does main call sandbox.Main first?", e.waitErr)
	case r.Error != "":
		return nil, fmt.Errorf("%w: %s", ErrUnavailable, r.Error)
	default:
		if e.flooded {
			r.End = OutputLimit
		}
		return &Result{End: r.End, ExitCode: r.ExitCode, Signal: r.Signal, Stdout: e.stdout, Stderr: e.stderr, Collected: e.collected,
			CPU: r.CPU, Idle: r.Idle, Wall: r.Wall, MaxRSS: r.MaxRSS, InForce: r.InForce}, nil
	}
}
