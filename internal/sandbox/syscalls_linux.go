package sandbox

import (
	"strings"

	"github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/sys/unix"
)

// permitted are the system calls that ordinary programs, interpreters and
// compilers make. Everything else is refused: sockets, tracing, mounts and
// namespaces, keys, kernel modules, clocks, io_uring, bpf, perf, userfaultfd,
// and whatever a later kernel brings.
const permitted = `
read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek sendfile splice tee copy_file_range
open openat openat2 creat close close_range dup dup2 dup3 fcntl flock ioctl pipe pipe2 eventfd eventfd2 memfd_create
stat fstat lstat newfstatat statx statfs fstatfs access faccessat faccessat2 readlink readlinkat getdents getdents64
chdir fchdir getcwd mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat
chmod fchmod fchmodat chown fchown lchown fchownat umask truncate ftruncate fallocate fadvise64 fsync fdatasync sync_file_range sync syncfs
utime utimes utimensat futimesat getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr inotify_init inotify_init1 inotify_add_watch inotify_rm_watch
mmap munmap mprotect mremap madvise msync mincore brk mlock munlock mlock2 membarrier pkey_alloc pkey_free pkey_mprotect get_mempolicy
fork vfork execve execveat exit exit_group wait4 waitid set_tid_address set_robust_list get_robust_list rseq arch_prctl prctl
getpid getppid gettid getpgid getpgrp setpgid getsid setsid getuid geteuid getgid getegid getresuid getresgid getgroups capget
setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups
kill tkill tgkill pidfd_open pidfd_send_signal rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait rt_sigqueueinfo rt_tgsigqueueinfo sigaltstack pause alarm
signalfd signalfd4 restart_syscall
futex futex_waitv sched_yield sched_getaffinity sched_setaffinity sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min sched_getattr getpriority setpriority getcpu
nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time times getitimer setitimer
timer_create timer_settime timer_gettime timer_getoverrun timer_delete timerfd_create timerfd_settime timerfd_gettime
poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2
getrlimit setrlimit prlimit64 getrusage sysinfo uname getrandom
shmget shmat shmdt shmctl semget semop semtimedop semctl
sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg shutdown getsockopt setsockopt getsockname getpeername
`

// newNamespaces are the flags of clone that make namespaces.
const newNamespaces = unix.CLONE_NEWUSER | unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_NEWIPC |
	unix.CLONE_NEWUTS | unix.CLONE_NEWCGROUP | unix.CLONE_NEWTIME

// loadFilter refuses this thread, and what it becomes, all but the permitted
// calls. The calls on sockets that are permitted are of use only with
// socketpair, which reaches nobody else.
func loadFilter() error {
	info, err := arch.GetInfo("")
	if err != nil {
		return err
	}
	var names []string
	for _, name := range strings.Fields(permitted) {
		if _, known := info.SyscallNames[name]; known { // each processor family lacks some
			names = append(names, name)
		}
	}
	return seccomp.LoadFilter(seccomp.Filter{NoNewPrivs: true, Policy: seccomp.Policy{
		DefaultAction: seccomp.ActionErrno, // "not permitted"
		Syscalls: []seccomp.SyscallGroup{
			{Action: seccomp.ActionAllow, Names: names},
			{Action: seccomp.ActionAllow, NamesWithCondtions: []seccomp.NameWithConditions{
				{Name: "clone", Conditions: seccomp.ArgumentConditions{{Argument: 0, Operation: seccomp.BitsNotSet, Value: newNamespaces}}},
				{Name: "socketpair", Conditions: seccomp.ArgumentConditions{{Argument: 0, Operation: seccomp.Equal, Value: unix.AF_UNIX}}},
			}},
			// Its flags lie in memory, where no filter can see them; C libraries fall
			// back to clone when told that there is no such call.
			{Action: seccomp.ActionErrno | seccomp.Action(unix.ENOSYS), Names: []string{"clone3"}},
		},
	}})
}
