package sandbox

import (
	"errors"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// allowed are the paths that Landlock lets a program reach.
type allowed struct{ Dirs, Files []string }

// allowed gives those paths of this machine that are shown and exist.
func (s *spec) allowed() allowed {
	a := allowed{Dirs: []string{"/proc"}}
	for _, path := range append(systemPaths[:len(systemPaths):len(systemPaths)], s.ReadOnly...) {
		switch info, err := os.Stat(path); {
		case err != nil: // not on this machine, or a link to what is not shown
		case info.IsDir():
			a.Dirs = append(a.Dirs, path)
		default:
			a.Files = append(a.Files, path)
		}
	}
	return a
}

// The rights that Landlock knows, by the version that brought them.
const (
	rightsToRead    = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR
	rightsVersion1  = unix.LANDLOCK_ACCESS_FS_MAKE_SYM<<1 - 1
	rightsOfFiles   = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE
	rightsInDir     = rightsVersion1 | unix.LANDLOCK_ACCESS_FS_REFER | unix.LANDLOCK_ACCESS_FS_TRUNCATE
	networkRights   = unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
	scopeOfSignals  = unix.LANDLOCK_SCOPE_SIGNAL | unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET
	landlockVersion = 1 // LANDLOCK_CREATE_RULESET_VERSION
)

// restrictFiles limits this thread, and what it becomes, to the allowed paths,
// without TCP, and with signals to its own kind only, as far as the kernel's
// version of Landlock goes, which it gives. The libraries for it apply their
// rules to all threads and do nothing at all where the kernel cannot; here one
// thread counts, and nothing at all is an error.
func restrictFiles(a allowed) (version int, err error) {
	n, _, e := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, landlockVersion)
	if e != 0 || n < 1 {
		return 0, fmt.Errorf("this kernel has no Landlock (it takes Linux 5.13, and landlock in the list lsm=): %w", e)
	}
	version = int(n)
	handled := handledBy(version)
	fd, _, e := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&handled)), unsafe.Sizeof(handled), 0)
	if e != 0 {
		return 0, step("make the rules for files", e)
	}
	defer unix.Close(int(fd))
	for _, rule := range []struct {
		paths  []string
		rights uint64
	}{
		{a.Dirs, rightsToRead},
		{a.Files, rightsToRead & rightsOfFiles},
		{[]string{Dir}, rightsInDir},
		{devices, (rightsToRead | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE) & rightsOfFiles},
	} {
		for _, path := range rule.paths {
			if err := allowBeneath(int(fd), path, rule.rights&handled.Handled_access_fs); err != nil {
				return 0, step("allow "+path, err)
			}
		}
	}
	if _, _, e := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, fd, 0, 0); e != 0 {
		return 0, step("restrict files", e)
	}
	if _, err := os.ReadDir("/"); !errors.Is(err, unix.EACCES) {
		return 0, fmt.Errorf("restrict files: the root can still be read (%v)", err)
	}
	return version, nil
}

// handledBy is all that a version of Landlock can refuse.
func handledBy(version int) unix.LandlockRulesetAttr {
	a := unix.LandlockRulesetAttr{Handled_access_fs: rightsVersion1}
	if version >= 2 {
		a.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_REFER
	}
	if version >= 3 {
		a.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_TRUNCATE
	}
	if version >= 4 {
		a.Handled_access_net = networkRights
	}
	if version >= 5 {
		a.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
	}
	if version >= 6 {
		a.Scoped = scopeOfSignals
	}
	return a
}

func allowBeneath(rules int, path string, rights uint64) error {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err == unix.ENOENT {
		return nil
	}
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	rule := unix.LandlockPathBeneathAttr{Allowed_access: rights, Parent_fd: int32(fd)}
	_, _, e := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(rules), unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&rule)), 0, 0, 0)
	if e != 0 {
		return e
	}
	return nil
}
