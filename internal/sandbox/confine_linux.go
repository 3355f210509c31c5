package sandbox

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// confinement is what the second stage is told, as its argument.
type confinement struct {
	Args    []string
	Env     []string
	Allow   allowed
	Limits  Limits
	Without layer
}

// confine is the second stage: it gives away every right that the program is not
// to have, and becomes the program. The report pipe closes with that; whatever
// goes wrong is said there, and the program does not start.
func confine() int {
	runtime.LockOSThread() // privileges and filters belong to a thread; the one that executes passes them on
	pipe := os.NewFile(3, "report")
	unix.CloseOnExec(3)
	fmt.Fprintf(pipe, "%v\n", becomeProgram(pipe))
	return 1
}

func becomeProgram(pipe *os.File) error {
	var c confinement
	if err := json.Unmarshal([]byte(os.Args[1]), &c); err != nil {
		return step("read the confinement", err)
	}
	path, err := syscall.BytePtrFromString(c.Args[0])
	if err != nil {
		return step("read the program's name", err)
	}
	args, err := syscall.SlicePtrFromStrings(c.Args)
	if err != nil {
		return step("read the arguments", err)
	}
	env, err := syscall.SlicePtrFromStrings(c.Env)
	if err != nil {
		return step("read the environment", err)
	}
	inForce, err := restrict(&c)
	if err != nil {
		return err
	}
	var used unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &used); err != nil {
		return step("measure", err)
	}
	ready := []byte(fmt.Sprintf("ready %d %s\n", cpuOf(&used), strings.Join(inForce, " ")))
	limit := unix.Rlimit{Cur: uint64(c.Limits.Address), Max: uint64(c.Limits.Address)}
	limited := c.Limits.Address > 0 && !c.Without.has(layerMemory)
	// From here on nothing may allocate: the address space may be full.
	if _, err := pipe.Write(ready); err != nil {
		return err
	}
	if limited {
		if _, _, e := syscall.RawSyscall6(unix.SYS_PRLIMIT64, 0, unix.RLIMIT_AS, uintptr(unsafe.Pointer(&limit)), 0, 0, 0); e != 0 {
			return step("limit the address space", e)
		}
	}
	_, _, e := syscall.RawSyscall(unix.SYS_EXECVE, uintptr(unsafe.Pointer(path)), uintptr(unsafe.Pointer(&args[0])), uintptr(unsafe.Pointer(&env[0])))
	return step("execute "+c.Args[0], e)
}

// restrict applies every restriction but the one of address space and names them.
func restrict(c *confinement) ([]string, error) {
	inForce := []string{"namespaces", "rlimits"}
	if err := dropCapabilities(c.Without); err != nil {
		return nil, err
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return nil, step("forbid new privileges", err)
	}
	if !c.Without.has(layerLandlock) {
		version, err := restrictFiles(c.Allow)
		if err != nil {
			return nil, err
		}
		inForce = append(inForce, fmt.Sprintf("landlock-%d", version))
	}
	if err := setLimits(c); err != nil {
		return nil, err
	}
	if !c.Without.has(layerSeccomp) {
		if err := loadFilter(); err != nil {
			return nil, step("load the filter of system calls", err)
		}
		inForce = append(inForce, "seccomp")
	}
	if c.Limits.Address > 0 {
		inForce = append(inForce, "address-space")
	}
	return inForce, nil
}

// dropCapabilities gives away all privileges for good: those that it has, those that it could
// get by executing a program as user 0 of the namespace, and those in reserve.
func dropCapabilities(without layer) error {
	if without.has(layerCapabilities) {
		return nil
	}
	const securebits = 1 | 1<<1 | 1<<2 | 1<<3 | 1<<5 | 1<<6 | 1<<7 // NOROOT, NO_SETUID_FIXUP, each locked; KEEP_CAPS locked; NO_CAP_AMBIENT_RAISE, locked
	if err := unix.Prctl(unix.PR_SET_SECUREBITS, securebits, 0, 0, 0); err != nil {
		return step("forbid privileges of user 0", err)
	}
	for i := uintptr(0); ; i++ {
		err := unix.Prctl(unix.PR_CAPBSET_DROP, i, 0, 0, 0)
		if err == unix.EINVAL && i > unix.CAP_AUDIT_READ {
			break // past the last that this kernel knows
		}
		if err != nil {
			return step("drop a privilege", err)
		}
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	return step("drop privileges", unix.Capset(&header, &none[0]))
}

// setLimits sets the limits of each process. Where the supervisor measures too,
// these are the backstop.
func setLimits(c *confinement) error {
	seconds := uint64((c.Limits.CPU + time.Second - 1) / time.Second)
	limits := []struct {
		name       string
		layer      layer
		which      int
		soft, hard uint64
	}{
		{"processor time", layerCPU, unix.RLIMIT_CPU, seconds + 1, seconds + 2},
		{"size of files", layerDisk, unix.RLIMIT_FSIZE, uint64(c.Limits.Disk), uint64(c.Limits.Disk)},
		{"open files", layerFiles, unix.RLIMIT_NOFILE, uint64(c.Limits.OpenFiles), uint64(c.Limits.OpenFiles)},
		{"processes", layerProcessCount, unix.RLIMIT_NPROC, uint64(c.Limits.Processes + supervisorThreads), uint64(c.Limits.Processes + supervisorThreads)},
		{"stack", 0, unix.RLIMIT_STACK, uint64(c.Limits.Stack), unix.RLIM_INFINITY},
		{"core files", 0, unix.RLIMIT_CORE, 0, 0},
		{"message queues", 0, unix.RLIMIT_MSGQUEUE, 0, 0},
		{"locked memory", 0, unix.RLIMIT_MEMLOCK, 64 << 10, 64 << 10},
		{"pending signals", 0, unix.RLIMIT_SIGPENDING, 1024, 1024},
	}
	for _, l := range limits {
		if c.Without.has(l.layer) {
			continue
		}
		if err := lower(l.which, l.soft, l.hard); err != nil {
			return step("limit "+l.name, err)
		}
	}
	return nil
}

// lower sets a limit, never above one that is in force already.
func lower(which int, soft, hard uint64) error {
	var old syscall.Rlimit
	if err := syscall.Getrlimit(which, &old); err != nil {
		return err
	}
	hard = min(hard, old.Max)
	return syscall.Setrlimit(which, &syscall.Rlimit{Cur: min(soft, hard), Max: hard})
}

// supervisorThreads are the threads of the supervisor, which are counted with
// those of the program's user.
const supervisorThreads = 8

func cpuOf(r *unix.Rusage) time.Duration { return time.Duration(r.Utime.Nano() + r.Stime.Nano()) }
