package sandbox

import (
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// What follows runs inside the sandbox and tries to get out of it. An attack
// prints a line that begins with broke when it reaches what it must not.

var attacks = map[string]func(args []string){
	"nothing":      func([]string) {},
	"fork-bomb":    forkBomb,
	"memory":       allocate,
	"output":       flood,
	"disk":         fillDisk,
	"open-files":   openFiles,
	"write":        writeEverywhere,
	"host-files":   readHost,
	"inherited":    findOpen,
	"environment":  readEnvironment,
	"sockets":      openSockets,
	"network":      reachHost,
	"ptrace":       trace,
	"supervisor":   readSupervisor,
	"links":        followLinks,
	"privileges":   gainPrivileges,
	"kernel":       askKernel,
	"signals":      signalAll,
	"host-process": seeHost,
	"outlive":      outlive,
	"sleep":        func(args []string) { time.Sleep(time.Duration(number(args))) },
	"spin":         func(args []string) { spin(time.Duration(number(args))) },
	"spin-tree":    spinTree,
}

func attack(name string, args []string) int {
	runtime.LockOSThread()
	try, known := attacks[name]
	if !known {
		return 2
	}
	try(args)
	fmt.Println("done")
	return 0
}

func broke(format string, a ...any) { fmt.Printf("broke: "+format+"\n", a...) }

func number(args []string) int64 {
	n, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}

// fork makes a process without the help of the runtime, which the child must not
// use: it may only make system calls.
func fork() (int, error) {
	pid, _, e := syscall.RawSyscall6(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
	if e != 0 {
		return 0, e
	}
	return int(pid), nil
}

// idle is all that a child of fork does, for so many seconds.
func idle(seconds int64) {
	ts := unix.Timespec{Sec: seconds}
	syscall.RawSyscall(unix.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&ts)), 0, 0)
	syscall.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
}

func forkBomb(args []string) {
	for n := range number(args) {
		pid, err := fork()
		if err != nil {
			fmt.Printf("%d processes, then: %v\n", n, err)
			return
		}
		if pid == 0 {
			idle(60)
		}
	}
	broke("%d processes", number(args))
}

func allocate(args []string) {
	const chunk = 32 << 20
	for n := int64(0); n < number(args); n += chunk {
		b, err := unix.Mmap(-1, 0, chunk, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
		if err != nil {
			fmt.Printf("%d MiB, then: %v\n", n>>20, err)
			return
		}
		for i := 0; i < chunk; i += 4096 {
			b[i] = 1
		}
	}
	time.Sleep(2 * time.Second) // held for a moment only, it would harm nobody
	broke("%d MiB", number(args)>>20)
}

func flood(args []string) {
	line := []byte(strings.Repeat("flood ", 700))
	for n := int64(0); n < number(args); n += int64(len(line)) {
		if _, err := os.Stdout.Write(line); err != nil {
			return
		}
	}
	broke("wrote it all")
}

func fillDisk(args []string) {
	block := make([]byte, 1<<20)
	written := int64(0)
	for i := 0; written < number(args); i++ {
		f, err := os.Create(fmt.Sprintf("%s/fill%d", Dir, i))
		if err != nil {
			fmt.Printf("%d MiB, then: %v\n", written>>20, err)
			return
		}
		n, err := f.Write(block)
		written += int64(n)
		f.Close()
		if err != nil {
			fmt.Printf("%d MiB, then: %v\n", written>>20, err)
			return
		}
	}
	broke("%d MiB in %s", written>>20, Dir)
}

func openFiles(args []string) {
	for n := range number(args) {
		if _, err := unix.Open("/dev/null", unix.O_RDONLY, 0); err != nil {
			fmt.Printf("%d files, then: %v\n", n, err)
			return
		}
	}
	broke("%d open files", number(args))
}

func writeEverywhere([]string) {
	for _, dir := range []string{"/", "/usr", "/usr/bin", "/usr/lib", "/usr/local", "/etc", "/dev", "/proc", "/proc/self", "/proc/sys/kernel",
		"/home", "/root", "/var/tmp", "/var", "/run", "/sys", "/boot", "/opt", "/srv", "/mnt", "/old", "/new", "/dev/mqueue"} {
		name := dir + "/allwrong-was-here"
		if f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600); err == nil {
			f.Close()
			os.Remove(name)
			broke("wrote %s", name)
		}
		if os.Mkdir(name, 0o700) == nil {
			os.Remove(name)
			broke("made the folder %s", name)
		}
	}
	for _, file := range []string{"/usr/bin/env", "/etc/ld.so.cache", "/proc/sys/kernel/hostname", "/proc/sysrq-trigger", "/sys/kernel/uevent_helper"} {
		if f, err := os.OpenFile(file, os.O_WRONLY, 0); err == nil {
			f.Close()
			broke("opened %s to write", file)
		}
	}
}

func readHost([]string) {
	for _, name := range []string{"/etc/passwd", "/etc/shadow", "/etc/hostname", "/etc/hosts", "/proc/meminfo", "/proc/mounts", "/proc/net/dev",
		"/proc/cmdline", "/proc/kallsyms", "/proc/keys", "/old/etc/passwd", "/sys/kernel/notes"} {
		if b, err := os.ReadFile(name); err == nil && len(b) > 0 && name != "/proc/mounts" && name != "/proc/net/dev" {
			broke("read %s", name)
		}
	}
	for _, name := range []string{"/", "/root", "/home", "/var", "/etc", "/sys", "/run", "/old", "/mnt", "/opt"} {
		if _, err := os.ReadDir(name); err == nil {
			broke("listed %s", name)
		}
	}
}

// findOpen looks for files that were open before the program began, but for the
// runtime's own and the folder that is being read.
func findOpen([]string) {
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		broke("cannot look: %v", err)
	}
	for _, fd := range fds {
		n, _ := strconv.Atoi(fd.Name())
		target, err := os.Readlink("/proc/self/fd/" + fd.Name())
		if n > 2 && err == nil && !strings.HasPrefix(target, "anon_inode:") && !strings.HasPrefix(target, "/proc/") {
			broke("file %d is open: %s", n, target)
		}
	}
}

func readEnvironment([]string) {
	allowed := strings.Join(environment, "\n") + "\n"
	for _, entry := range os.Environ() {
		if !strings.Contains(allowed, entry+"\n") {
			name, _, _ := strings.Cut(entry, "=")
			broke("found %s", name)
		}
	}
}

func openSockets([]string) {
	for family := range 47 {
		for _, kind := range []int{unix.SOCK_STREAM, unix.SOCK_DGRAM, unix.SOCK_RAW, unix.SOCK_SEQPACKET} {
			if fd, err := unix.Socket(family, kind, 0); err == nil {
				unix.Close(fd)
				broke("a socket of family %d, type %d", family, kind)
			}
		}
	}
}

func reachHost(args []string) {
	for i, network := range []string{"tcp", "unix"} {
		c, err := net.DialTimeout(network, args[i], time.Second)
		if err != nil {
			fmt.Println(err)
			continue
		}
		b, _ := io.ReadAll(c)
		broke("reached the machine by %s: %s", network, b)
	}
}

func trace([]string) {
	pid, err := fork()
	if err != nil {
		fmt.Println(err)
		return
	}
	if pid == 0 {
		idle(60)
	}
	if err := unix.PtraceAttach(pid); err == nil {
		broke("traced a process")
	}
	if err := unix.PtraceAttach(1); err == nil {
		broke("traced the supervisor")
	}
	var b [8]byte
	local := []unix.Iovec{{Base: &b[0], Len: 8}}
	remote := []unix.RemoteIovec{{Base: uintptr(unsafe.Pointer(&b[0])), Len: 8}}
	if _, err := unix.ProcessVMReadv(pid, local, remote, 0); err == nil {
		broke("read the memory of another process")
	}
}

func readSupervisor([]string) {
	for _, name := range []string{"environ", "maps", "mem", "root/etc/passwd", "root/usr", "cwd", "exe", "fd/3", "fd/4"} {
		if f, err := os.Open("/proc/1/" + name); err == nil {
			f.Close()
			broke("opened /proc/1/%s", name)
		}
	}
	if _, err := os.ReadDir("/proc/1/fd"); err == nil {
		broke("listed the supervisor's files")
	}
}

func followLinks([]string) {
	for i, target := range []string{"/etc/passwd", "../../../../etc/passwd", "/proc/1/root/etc/passwd", "/proc/self/root/etc/passwd", "/proc/self/cwd/../etc/passwd",
		"/dev/fd/../../etc/passwd", "/proc/1/cwd/../etc/passwd"} {
		name := fmt.Sprintf("%s/link%d", Dir, i)
		os.Symlink(target, name)
		if b, err := os.ReadFile(name); err == nil && len(b) > 0 {
			broke("read %s through a link", target)
		}
	}
	if os.Link("/usr/bin/env", Dir+"/hard") == nil {
		broke("linked a program of the machine")
	}
	if unix.Chroot(Dir) == nil {
		for range 20 {
			unix.Chdir("..")
		}
		unix.Chroot(".")
		broke("changed the root")
	}
}

func gainPrivileges([]string) {
	try := func(what string, err error) {
		if err == nil {
			broke("%s", what)
		}
	}
	try("mounted a file system", unix.Mount("x", Dir, "tmpfs", 0, ""))
	try("mounted /proc", unix.Mount("x", Dir, "proc", 0, ""))
	try("changed the host name", unix.Sethostname([]byte("owned")))
	try("made a device", unix.Mknod(Dir+"/disk", unix.S_IFBLK|0o600, 8<<8))
	for _, flag := range []int{unix.CLONE_NEWUSER, unix.CLONE_NEWNS, unix.CLONE_NEWNET, unix.CLONE_NEWPID, unix.CLONE_NEWIPC} {
		pid, _, e := syscall.RawSyscall6(unix.SYS_CLONE, uintptr(flag|int(unix.SIGCHLD)), 0, 0, 0, 0, 0)
		if e == 0 && pid == 0 {
			syscall.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
		}
		if e == 0 {
			broke("made a namespace (%#x)", flag)
		}
	}
	limit := unix.Rlimit{Cur: 1 << 20, Max: 1 << 20}
	try("raised a limit", unix.Setrlimit(unix.RLIMIT_NOFILE, &limit))
	try("became another user", unix.Setresuid(1, 1, 1))
}

// askKernel makes the calls whose faults have been the way out of many a
// sandbox, with arguments that do no harm where they are allowed.
func askKernel([]string) {
	name, data := []byte("x\x00"), []byte("user\x00")
	p := func(b []byte) uintptr { return uintptr(unsafe.Pointer(&b[0])) }
	zeros := make([]byte, 256)
	for _, call := range []struct {
		name string
		trap uintptr
		args [5]uintptr
	}{
		{"add_key", unix.SYS_ADD_KEY, [5]uintptr{p(data), p(name), p(name), 1, ^uintptr(1)}}, // the process's keyring is -2
		{"keyctl", unix.SYS_KEYCTL, [5]uintptr{0, ^uintptr(1), 1}},
		{"io_uring_setup", unix.SYS_IO_URING_SETUP, [5]uintptr{1, p(zeros)}},
		{"userfaultfd", unix.SYS_USERFAULTFD, [5]uintptr{1}},
		{"bpf", unix.SYS_BPF, [5]uintptr{0, p(zeros), 72}},
		{"perf_event_open", unix.SYS_PERF_EVENT_OPEN, [5]uintptr{p(zeros), 0, ^uintptr(0), ^uintptr(0), 0}},
		{"personality", unix.SYS_PERSONALITY, [5]uintptr{0xffffffff}},
		{"syslog", unix.SYS_SYSLOG, [5]uintptr{10}},
		{"fsopen", unix.SYS_FSOPEN, [5]uintptr{p(append([]byte("tmpfs"), 0)), 0}},
		{"unshare", unix.SYS_UNSHARE, [5]uintptr{unix.CLONE_FILES}},
		{"landlock_create_ruleset", unix.SYS_LANDLOCK_CREATE_RULESET, [5]uintptr{0, 0, 1}},
		{"seccomp", unix.SYS_SECCOMP, [5]uintptr{2, 0, p(zeros)}},
	} {
		_, _, e := syscall.RawSyscall6(call.trap, call.args[0], call.args[1], call.args[2], call.args[3], call.args[4], 0)
		if e == 0 {
			broke("the call %s is open", call.name)
		}
	}
}

func signalAll([]string) {
	for s := syscall.Signal(1); s < 65; s++ {
		syscall.Kill(1, s)
		syscall.Kill(os.Getppid(), s)
		if s != unix.SIGKILL && s != unix.SIGSTOP {
			continue
		}
		syscall.Kill(-1, s)
	}
	for pid := 2; pid < 400; pid++ {
		if _, err := os.Stat(fmt.Sprintf("/proc/self/task/%d", pid)); err != nil { // not a thread of ours
			syscall.Kill(pid, unix.SIGKILL)
		}
	}
	time.Sleep(50 * time.Millisecond) // were the supervisor hit, this would not be reached
}

func seeHost(args []string) {
	if err := syscall.Kill(int(number(args)), 0); err != unix.ESRCH {
		broke("process %s of the machine answers: %v", args[0], err)
	}
}

func outlive([]string) {
	late := []byte("broke: the child outlived its parent\n")
	ts := unix.Timespec{Nsec: 7e8}
	pid, err := fork()
	if err == nil && pid == 0 {
		syscall.RawSyscall(unix.SYS_SETSID, 0, 0, 0)
		syscall.RawSyscall(unix.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&ts)), 0, 0)
		syscall.RawSyscall(unix.SYS_WRITE, 1, uintptr(unsafe.Pointer(&late[0])), uintptr(len(late)))
		syscall.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
	}
}

// spin uses so much processor time.
func spin(d time.Duration) {
	var ts unix.Timespec
	for unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &ts); time.Duration(ts.Nano()) < d; {
		unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &ts)
	}
	broke("used %v of processor time", d)
}

// spinTree uses it in four processes, each below the limit of one.
func spinTree(args []string) {
	for range 4 {
		pid, err := fork()
		if err != nil {
			fmt.Println(err)
			return
		}
		if pid == 0 {
			var ts unix.Timespec
			for time.Duration(ts.Nano()) < time.Duration(number(args))/4 {
				syscall.RawSyscall(unix.SYS_CLOCK_GETTIME, unix.CLOCK_PROCESS_CPUTIME_ID, uintptr(unsafe.Pointer(&ts)), 0)
			}
			syscall.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
		}
	}
	for range 4 {
		unix.Wait4(-1, nil, 0, nil)
	}
	broke("used %v of processor time in four processes", time.Duration(number(args)))
}
