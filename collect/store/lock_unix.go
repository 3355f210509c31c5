//go:build unix && !solaris && !aix

package store

import (
	"os"
	"syscall"
)

// lock takes the lock of a file that nobody else has.
func lock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

// free reports whether nobody holds the lock of a file.
func free(f *os.File) bool { return lock(f) == nil }
