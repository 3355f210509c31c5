package pgtest

import (
	"context"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// vigil waits for the end of its input, then stops the server whose folder is
// $1 and removes that folder. The server takes its lock file away as it ends;
// after ten seconds it is not asked again.
const vigil = `cat >/dev/null
lock=$1/data/postmaster.pid
if read -r server <"$lock"; then
	kill -CONT "$server"
	kill -QUIT "$server"
	for i in 1 2 3 4 5 6 7 8 9 10; do
		[ -e "$lock" ] || break
		sleep 0.1
	done
	for i in 1 2 3 4 5 6 7 8 9; do
		[ -e "$lock" ] || break
		sleep 1
	done
	[ -e "$lock" ] && kill -KILL "$server"
fi
rm -rf "$1"
`

// watch starts the guard. It stands in a session of its own, where an
// interrupt from the keyboard does not reach it, and holds none of our output:
// go test waits for whoever does.
func (s *Server) watch() error {
	s.guard = exec.Command("sh", "-c", vigil, "guard", s.folder)
	s.guard.Dir = filepath.Dir(s.folder)
	apart(s.guard)
	pipe, err := s.guard.StdinPipe()
	if err != nil {
		return err
	}
	s.alive = pipe
	return s.guard.Start()
}

// remove has the guard do its work now.
func (s *Server) remove() {
	s.alive.Close()
	s.guard.Wait() // what it could not remove, it leaves
}

// Pause stops the processes of the server as they stand: whoever asks it
// something waits, and connecting hangs too, until [Server.Resume] or the end
// of the test.
func (s *Server) Pause(t testing.TB) {
	t.Helper()
	var backends []int32
	with(t, s.Superuser("postgres"), func(ctx context.Context, c *pgx.Conn) error {
		return c.QueryRow(ctx, `select coalesce(array_agg(pid), '{}') from pg_stat_activity
			where backend_type in ('client backend', 'parallel worker') and pid <> pg_backend_pid()`).Scan(&backends)
	})
	s.stopped = append(s.stopped, s.process.Process.Pid)
	for _, b := range backends {
		s.stopped = append(s.stopped, int(b))
	}
	t.Cleanup(func() { s.Resume(t) })
	s.signal(t, hold)
}

// Resume lets a paused server go on.
func (s *Server) Resume(t testing.TB) {
	t.Helper()
	s.signal(t, goOn)
	s.stopped = nil
}

// signal reaches the processes that are paused. One that has ended since is none.
func (s *Server) signal(t testing.TB, sig syscall.Signal) {
	t.Helper()
	for _, pid := range s.stopped {
		if err := kill(pid, sig); err != nil {
			t.Fatalf("PostgreSQL: signal %v to process %d: %v", sig, pid, err)
		}
	}
}
