package store

import (
	"crypto/rand"
	"os"
	"path/filepath"
)

// locks is the folder, within the run's, of one lock file for each process.
const locks = "locks"

// alive is the sign of life of this process: a lock that the system takes back
// when the process ends, however it ends.
type alive struct {
	id   string
	pid  int
	path string
	file *os.File
}

// live takes the lock. It is held before the process is known to others, so that
// a free lock is a dead process.
func live(dir string) (*alive, error) {
	dir = filepath.Join(dir, locks)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	a := &alive{id: rand.Text(), pid: os.Getpid()}
	a.path = filepath.Join(dir, a.id)
	f, err := os.OpenFile(a.path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o666)
	if err != nil {
		return nil, err
	}
	a.file = f
	if err := lock(f); err != nil {
		a.end()
		return nil, err
	}
	return a, nil
}

func (a *alive) end() {
	os.Remove(a.path)
	a.file.Close()
}

// dead reports whether the process with this lock has ended. It is certain, or false.
func dead(dir, id string) bool {
	path := filepath.Join(dir, locks, filepath.Base(id))
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return os.IsNotExist(err) // a process takes its file away when it ends
	}
	defer f.Close()
	if !free(f) {
		return false
	}
	os.Remove(path)
	return true
}
