package sandbox

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// attempt is one attack: what it is told, the limits that it meets, the layers
// without which it succeeds, and how its success is seen.
type attempt struct {
	name, what string
	args       []string
	limits     Limits
	without    layer
	want       End // the limit that must end it; "" if the attacker is to end by itself
}

// attempts are the attacks of the self-test, the number of each at its full size.
func attempts(t *target) []attempt {
	return []attempt{
		{name: "fork-bomb", what: "start 2,000 processes", args: []string{"2000"}, without: layerProcessCount},
		{name: "memory", what: "take 10 GB of memory", args: []string{"10000000000"}, limits: Limits{Memory: 256 << 20}, without: layerMemory, want: MemoryLimit},
		{name: "output", what: "write without end", args: []string{strconv.Itoa(1 << 50)}, limits: Limits{Output: 1 << 20}, without: layerOutput, want: OutputLimit},
		{name: "disk", what: "fill the disk", args: []string{strconv.Itoa(1 << 40)}, limits: Limits{Disk: 16 << 20}, without: layerDisk},
		{name: "open-files", what: "open 100,000 files", args: []string{"100000"}, without: layerFiles},
		{name: "write", what: "write outside the working directory", without: layerRoot | layerLandlock},
		{name: "host-files", what: "read the machine's files", without: layerRoot | layerLandlock},
		{name: "links", what: "read through symbolic and hard links and /proc", without: layerRoot | layerLandlock},
		{name: "inherited", what: "use files that the caller left open", without: layerInherited},
		{name: "environment", what: "read the caller's environment", without: layerEnvironment},
		{name: "sockets", what: "open a socket of any family", without: layerSeccomp},
		{name: "network", what: "reach a server on this machine", args: []string{t.tcp.Addr().String(), t.unix.Addr().String()}, without: layerNetwork | layerSeccomp | layerLandlock},
		{name: "ptrace", what: "trace a process, read its memory", without: layerSeccomp},
		{name: "supervisor", what: "open the supervisor's memory and files", without: layerCapabilities | layerLandlock | layerSeccomp},
		{name: "privileges", what: "mount, make namespaces, devices and users", without: layerCapabilities | layerSeccomp},
		{name: "kernel", what: "io_uring, bpf, perf, keys and the like", without: layerSeccomp},
		{name: "signals", what: "send every signal to everybody", without: layerSignals | layerLandlock},
		{name: "host-process", what: "see a process of this machine", args: []string{strconv.Itoa(os.Getpid())}, without: layerProcesses},
		{name: "outlive", what: "leave a child behind", without: layerProcesses},
		{name: "sleep", what: "sleep for a minute", args: []string{strconv.Itoa(int(time.Minute))}, limits: Limits{Idle: 300 * time.Millisecond}, without: layerIdle, want: IdleLimit},
		{name: "spin", what: "compute for a minute", args: []string{strconv.Itoa(int(time.Minute))}, limits: Limits{CPU: 300 * time.Millisecond}, without: layerCPU, want: CPULimit},
		{name: "spin-tree", what: "compute for a minute in four processes", args: []string{strconv.Itoa(int(time.Minute))}, limits: Limits{CPU: 300 * time.Millisecond}, without: layerCPU, want: CPULimit},
	}
}

// target is what there is to reach on this machine.
type target struct {
	tcp, unix net.Listener
	open      int // a file that a child would inherit
}

func newTarget() (*target, error) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	abstract, err := net.Listen("unix", fmt.Sprintf("@allwrong-self-test-%d", os.Getpid()))
	if err != nil {
		tcp.Close()
		return nil, err
	}
	t := &target{tcp: tcp, unix: abstract}
	if t.open, err = syscall.Open("/dev/null", syscall.O_RDONLY, 0); err != nil {
		t.close()
		return nil, err
	}
	go greet(tcp)
	go greet(abstract)
	return t, nil
}

func greet(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		c.Write([]byte("hello"))
		c.Close()
	}
}

func (t *target) close() {
	t.tcp.Close()
	t.unix.Close()
	syscall.Close(t.open)
}

// SelfTest attacks the sandbox from inside, each attack in a run of its own, and
// says which it held off. An error means that this machine can isolate nothing,
// ErrUnavailable, or that the test was stopped.
func SelfTest(ctx context.Context) (*SelfTestResult, error) {
	if err := Available(ctx); err != nil {
		return nil, err
	}
	t, err := newTarget()
	if err != nil {
		return nil, fmt.Errorf("sandbox: cannot listen, to be attacked: %w", err)
	}
	defer t.close()
	result := &SelfTestResult{Held: true}
	for _, a := range attempts(t) {
		out, inForce := a.run(ctx, 0)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		result.Attacks = append(result.Attacks, out)
		result.Held = result.Held && out.Held
		if len(inForce) > len(result.InForce) {
			result.InForce = inForce
		}
	}
	return result, nil
}

// run makes the attempt on a sandbox that lacks some layers.
func (a *attempt) run(ctx context.Context, without layer) (Attack, []string) {
	limits := a.limits
	set(&limits.Address, attackerSpace)
	set(&limits.Memory, 512<<20)
	r, err := Run(ctx, &Job{
		Args: append([]string{Dir + "/" + selfName, attackArg, a.name}, a.args...), self: true, Limits: limits, without: without,
	})
	out := Attack{Name: a.name, What: a.what}
	if err != nil { // no run of the self-test may end without a report
		out.Detail = err.Error()
		return out, nil
	}
	said := strings.TrimSpace(string(r.Stdout[:min(len(r.Stdout), 4096)]))
	broken := strings.Contains(string(r.Stdout), "broke: ")
	switch {
	case a.want != "":
		out.Held = r.End == a.want && !broken
	default:
		out.Held = r.End == Exited && r.ExitCode == 0 && !broken && strings.HasSuffix(said, "done")
	}
	out.Detail = detail(r, said, a.name == "output")
	return out, r.InForce
}

func detail(r *Result, said string, flooded bool) string {
	end := string(r.End)
	switch r.End {
	case Signaled:
		end += " " + r.Signal
	case Exited:
		if r.ExitCode != 0 {
			end += " " + strconv.Itoa(r.ExitCode) + " " + strings.TrimSpace(string(r.Stderr[:min(len(r.Stderr), 300)]))
		}
	}
	if flooded {
		return fmt.Sprintf("%d bytes, then %s", len(r.Stdout), end)
	}
	said = strings.TrimSpace(strings.TrimSuffix(said, "done"))
	if said == "" {
		return end
	}
	return strings.ReplaceAll(said, "\n", "; ") + "; " + end
}
