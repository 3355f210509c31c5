// Package sandbox answers one question: how is a hostile program run?
//
// A program runs in namespaces of its own (user, process, network, mount, IPC,
// host name), as a user who owns nothing outside, in a file system that is built
// for it and thrown away, with an empty environment, without privileges, behind a
// list of permitted system calls (seccomp) and a list of permitted files
// (Landlock), and under limits on processor time, memory, processes, files, disk
// and output. Its whole process tree ends with it.
//
// One binary does all of this by running itself again, twice. The supervisor is
// the first process of the new namespaces: it builds the file system, measures
// and ends the program, and is the only one that reports. The second stage gives
// away what rights are left and becomes the program. Every step that fails ends the
// run with an error: no program ever runs with less than all of its confinement.
// So the binary's main function must call [Main] before anything else.
//
// Processor time decides, never the clock on the wall: waiting for a busy
// machine costs a program nothing. A program that sleeps is told apart by the time in which
// it neither ran nor was ready to run.
//
// What is not defended against: faults of the kernel itself, side channels
// through the processor, and a program that reads what its own tests put into
// its own process.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrUnavailable says that this machine cannot isolate a program. Nothing was run.
var ErrUnavailable = errors.New("no sandbox on this machine")

// Dir is the program's working directory, the only place where it may write.
const Dir = "/tmp"

// Job is a program to be run and what it may see and use.
type Job struct {
	Args     []string          // program, by its full path, and its arguments
	Stdin    []byte            // standard input; a file, so that it can be opened again and mapped
	Files    map[string][]byte // placed in Dir, by base name; executable
	Collect  string            // base name of a file in Dir that is handed back; "" for none
	ReadOnly []string          // paths of this machine that the program may read, besides the system's programs and libraries
	Limits   Limits

	self    bool  // a copy of this binary is put into Dir, to attack from within
	without layer // layers left out, to prove that each is needed; for tests only
}

// Limits bound a run. Zero means the default that is given with each.
type Limits struct {
	CPU       time.Duration // processor time of the whole process tree; 10 s
	Idle      time.Duration // time in which no process ran or was ready to run; CPU + 5 s
	Wall      time.Duration // a backstop in real time that decides nothing; 10 CPU + 60 s
	Memory    int64         // resident memory of the tree, bytes; 1 GiB
	Address   int64         // address space of each process, bytes; Memory + 256 MiB; -1 for none
	Stack     int64         // bytes; 64 MiB
	Disk      int64         // bytes in Dir; 64 MiB
	Output    int64         // bytes on standard output; 16 MiB. Standard error keeps its first 64 KiB
	Processes int           // processes and threads; 32
	OpenFiles int           // in each process; 256
}

func (l Limits) orDefaults() Limits {
	set(&l.CPU, 10*time.Second)
	set(&l.Idle, l.CPU+5*time.Second)
	set(&l.Wall, 10*l.CPU+time.Minute)
	set(&l.Memory, 1<<30)
	set(&l.Address, l.Memory+256<<20)
	set(&l.Stack, 64<<20)
	set(&l.Disk, 64<<20)
	set(&l.Output, 16<<20)
	set(&l.Processes, 32)
	set(&l.OpenFiles, 256)
	return l
}

func set[T comparable](p *T, value T) {
	var zero T
	if *p == zero {
		*p = value
	}
}

// End says how a run ended.
type End string

// The ends of a run.
const (
	Exited      End = "exited"       // by itself, with ExitCode
	Signaled    End = "signaled"     // by the signal in Signal
	CPULimit    End = "cpu-limit"    // used more processor time than Limits.CPU
	IdleLimit   End = "idle-limit"   // slept or waited longer than Limits.Idle
	MemoryLimit End = "memory-limit" // held more memory than Limits.Memory
	OutputLimit End = "output-limit" // wrote more than Limits.Output
	WallLimit   End = "wall-limit"   // the backstop: says nothing of the program
)

// Result is what became of a run.
type Result struct {
	End       End           `json:"end"`
	ExitCode  int           `json:"exit_code"`
	Signal    string        `json:"signal,omitempty"`
	Stdout    []byte        `json:"-"`
	Stderr    []byte        `json:"-"`
	Collected []byte        `json:"-"` // the file named by Job.Collect; nil when there is none
	CPU       time.Duration `json:"cpu_ns"`
	Idle      time.Duration `json:"idle_ns"`
	Wall      time.Duration `json:"wall_ns"`
	MaxRSS    int64         `json:"max_rss"` // bytes, of the largest process
	InForce   []string      `json:"in_force"`
}

// maxStderr bounds what is kept of standard error; the rest is read and dropped.
const maxStderr = 64 << 10

// Run runs the job and waits for its end. An error means that the program was not run, or
// that its end is not known; it says nothing of the program. ErrUnavailable is
// among its causes when this machine cannot isolate a program at all.
func Run(ctx context.Context, j *Job) (*Result, error) {
	if len(j.Args) == 0 {
		return nil, errors.New("sandbox: no program to run")
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return run(ctx, j)
}

// Available reports whether a program can be isolated here, by isolating one:
// nil, or an ErrUnavailable that names what is missing.
func Available(ctx context.Context) error {
	_, err := Run(ctx, &Job{
		Args: []string{Dir + "/" + selfName, attackArg, "nothing"}, self: true,
		Limits: Limits{Address: attackerSpace},
	})
	if err != nil && !errors.Is(err, ErrUnavailable) && ctx.Err() == nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return err
}

// attackerSpace is the address space of an attacker, which is a copy of this
// binary: Go programs reserve more than they use.
var attackerSpace int64 = 4 << 30

// The names by which the binary knows that it runs again, and as what.
const (
	superviseArg = "allwrong-sandbox-supervise"
	confineArg   = "allwrong-sandbox-confine"
	attackArg    = "allwrong-sandbox-attack"
	selfName     = "attacker"
)

// layer is a set of protections; a test removes one to see the attack that it
// holds off succeed.
type layer uint32

const (
	layerEnvironment  layer = 1 << iota // the empty environment
	layerNetwork                        // the network namespace
	layerProcesses                      // the process namespace, and the killing of the tree
	layerRoot                           // the file system of its own, read-only
	layerLandlock                       // the list of permitted files, and the scope of signals
	layerSeccomp                        // the list of permitted system calls
	layerCapabilities                   // privileges given away, the supervisor's memory closed
	layerSignals                        // the supervisor outlives signals
	layerProcessCount                   // RLIMIT_NPROC
	layerMemory                         // RLIMIT_AS and resident memory
	layerDisk                           // size of the file system, RLIMIT_FSIZE
	layerFiles                          // RLIMIT_NOFILE
	layerInherited                      // files that the caller left open are closed
	layerOutput                         // bytes of output
	layerCPU                            // processor time
	layerIdle                           // sleeping
)

func (l layer) has(x layer) bool { return l&x != 0 }
