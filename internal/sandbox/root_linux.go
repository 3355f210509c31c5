package sandbox

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// systemPaths are what programs, compilers and interpreters need of the machine:
// programs and libraries, never /etc as a whole, never a home. Those that do not
// exist are left out; links are made again as links.
var systemPaths = []string{
	"/usr/bin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libx32", "/usr/libexec", "/usr/include", "/usr/share",
	"/usr/local/bin", "/usr/local/lib", "/usr/local/lib64", "/usr/local/include",
	"/bin", "/lib", "/lib32", "/lib64", "/libx32", "/etc/ld.so.cache", "/etc/alternatives",
}

var devices = []string{"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"}

// oldRoot is where the machine's own file system hangs while the new one is
// built; it is gone before the program starts.
const oldRoot, newRoot = "/old", "/new"

// buildRoot builds the program's file system and moves into it.
//
//	/                read-only
//	/usr/bin, …      the machine's, read-only
//	/proc            the program's own processes only, without the system's settings
//	/dev             null, zero, full, random, urandom
//	/tmp             the working directory, of limited size
func buildRoot(s *spec) error {
	if err := unix.Sethostname([]byte("sandbox")); err != nil {
		return step("set the host name", err)
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return step("make mounts private", err)
	}
	if err := moveAside(); err != nil {
		return err
	}
	build := mountSystem
	if s.Without.has(layerRoot) {
		build = mountMachine
	}
	if err := build(s); err != nil {
		return err
	}
	if err := mountDir(s); err != nil {
		return err
	}
	if err := enter(); err != nil {
		return err
	}
	if s.Without.has(layerRoot) {
		return nil
	}
	return step("make the root read-only", readOnly("/"))
}

// moveAside hangs the machine's file system below a root of our own, so that
// every path of it stays in reach, /tmp included.
func moveAside() error {
	if err := unix.Mount("root", "/tmp", "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "size=1m,mode=755"); err != nil {
		return step("mount a root on /tmp (are unprivileged user namespaces restricted here?)", err)
	}
	if err := os.Mkdir("/tmp"+oldRoot, 0o755); err != nil {
		return step("make a root", err)
	}
	if err := os.Mkdir("/tmp"+newRoot, 0o755); err != nil {
		return step("make a root", err)
	}
	if err := unix.PivotRoot("/tmp", "/tmp"+oldRoot); err != nil {
		return step("change the root", err)
	}
	if err := unix.Chdir("/"); err != nil {
		return step("change the root", err)
	}
	return step("mount the new root", unix.Mount("root", newRoot, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "size=1m,mode=755"))
}

// mountMachine shows the whole machine: what a sandbox without a file system of
// its own would do. Only tests call it.
func mountMachine(*spec) error {
	return step("show the machine", unix.Mount(oldRoot, newRoot, "", unix.MS_BIND|unix.MS_REC, ""))
}

func mountSystem(s *spec) error {
	for _, path := range slices.Concat(systemPaths, s.ReadOnly) {
		if err := show(path); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(newRoot+"/proc", 0o755); err != nil {
		return step("make /proc", err)
	}
	if !s.Without.has(layerProcesses) { // the kernel gives /proc only to those who have process numbers of their own
		err := unix.Mount("proc", newRoot+"/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "subset=pid,hidepid=2")
		if err != nil {
			return step("mount /proc (a container may hide parts of its own)", err)
		}
	} else if err := unix.Mount(oldRoot+"/proc", newRoot+"/proc", "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return step("bind /proc", err)
	}
	for _, path := range devices {
		if err := bindFile(path); err != nil {
			return err
		}
	}
	links := map[string]string{"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2", "shm": Dir}
	for name, target := range links {
		if err := os.Symlink(target, newRoot+"/dev/"+name); err != nil {
			return step("make /dev", err)
		}
	}
	return nil
}

// show makes a path of the machine readable, and nothing else of it.
func show(path string) error {
	if !filepath.IsAbs(path) || filepath.Clean(path) != path || path == "/" {
		return fmt.Errorf("show %q: want a clean absolute path below the root", path)
	}
	info, err := os.Lstat(oldRoot + path)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return step("look at "+path, err)
	}
	switch {
	case info.Mode()&os.ModeSymlink != 0:
		target, err := os.Readlink(oldRoot + path)
		if err != nil {
			return step("read the link "+path, err)
		}
		if err := os.MkdirAll(newRoot+filepath.Dir(path), 0o755); err != nil {
			return step("make "+path, err)
		}
		return step("make the link "+path, os.Symlink(target, newRoot+path))
	case info.IsDir():
		if err := os.MkdirAll(newRoot+path, 0o755); err != nil {
			return step("make "+path, err)
		}
		if err := unix.Mount(oldRoot+path, newRoot+path, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
			return step("show "+path, err)
		}
	default:
		if err := bindFile(path); err != nil {
			return err
		}
	}
	return step("make "+path+" read-only", readOnly(newRoot+path))
}

func bindFile(path string) error {
	if err := os.MkdirAll(newRoot+filepath.Dir(path), 0o755); err != nil {
		return step("make "+path, err)
	}
	if err := os.WriteFile(newRoot+path, nil, 0o644); err != nil {
		return step("make "+path, err)
	}
	return step("show "+path, unix.Mount(oldRoot+path, newRoot+path, "", unix.MS_BIND, ""))
}

// readOnly makes a mount and all below it read-only, without set-user-id
// programs.
func readOnly(path string) error {
	attributes := &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID}
	flags := uint(unix.AT_RECURSIVE)
	if path == "/" {
		flags = 0 // the working directory lies below
	}
	return unix.MountSetattr(unix.AT_FDCWD, path, flags, attributes)
}

// mountDir makes the working directory and puts the job's files into it.
func mountDir(s *spec) error {
	dir := newRoot + Dir
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return step("make "+Dir, err)
	}
	size := s.Limits.Disk
	for _, f := range s.Files {
		size += int64(f.Size) + 4096 // what we put there is not charged
	}
	if s.Self {
		info, err := os.Stat(oldRoot + "/proc/self/exe")
		if err != nil {
			return step("look at this binary", err)
		}
		size += info.Size() + 4096
	}
	options := fmt.Sprintf("size=%d,nr_inodes=4096,mode=700", size)
	if s.Without.has(layerDisk) {
		options = "size=0,nr_inodes=0,mode=700"
	}
	if err := unix.Mount("dir", dir, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, options); err != nil {
		return step("mount "+Dir, err)
	}
	for _, f := range s.Files {
		if f.Name == "" || f.Name == "." || f.Name == ".." || strings.ContainsAny(f.Name, "/\x00") {
			return fmt.Errorf("place a file: %q is not a base name", f.Name)
		}
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.data, 0o700); err != nil {
			return step("place "+f.Name, err)
		}
	}
	if s.Self {
		return copySelf(filepath.Join(dir, selfName))
	}
	return nil
}

func copySelf(to string) error {
	in, err := os.Open(oldRoot + "/proc/self/exe")
	if err != nil {
		return step("read this binary", err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o700)
	if err != nil {
		return step("copy this binary", err)
	}
	if _, err := io.Copy(out, in); err != nil {
		return step("copy this binary", err)
	}
	return step("copy this binary", out.Close())
}

// enter makes the new root the root, and lets the machine's go.
func enter() error {
	if err := unix.Chdir(newRoot); err != nil {
		return step("enter the new root", err)
	}
	if err := unix.PivotRoot(".", "."); err != nil {
		return step("enter the new root", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return step("leave the machine's file system", err)
	}
	return step("enter "+Dir, unix.Chdir(Dir))
}
