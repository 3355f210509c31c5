package sandbox

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// maxSlots bounds the sandboxes that run at once in one process. More than there
// are processors would only wait for each other, and hold memory while they do.
const maxSlots = 64

var slots = func() chan int {
	n := min(runtime.NumCPU(), maxSlots)
	c := make(chan int, n)
	for i := range n {
		c <- i
	}
	return c
}()

func takeSlot() int  { return <-slots }
func freeSlot(i int) { slots <- i }

// firstUser is the start of a range of user numbers that nothing hands out: above
// those of containers, below the limit of signed numbers. 2^22 processes of 64
// slots fit.
const firstUser = 0x70000000

// identity is who a program runs as, seen from outside. Root gives each sandbox
// a user of its own, who owns nothing: mapped to user 0 it would keep root's right to
// read. Anybody else can only be themselves.
func identity(slot int) (uid, gid int, root bool, err error) {
	if os.Geteuid() != 0 {
		return os.Geteuid(), os.Getegid(), false, nil
	}
	id := firstUser + (os.Getpid()%(1<<22))*maxSlots + slot
	if id, err = mapped("/proc/self/uid_map", id, slot); err != nil {
		return 0, 0, true, err
	}
	gid, err = mapped("/proc/self/gid_map", id, slot)
	return id, gid, true, err
}

// mapped gives id if it exists in this user namespace, as it does outside of
// containers, and else one of the last of the largest range that does.
func mapped(file string, id, slot int) (int, error) {
	f, err := os.Open(file)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	defer f.Close()
	most, last := 0, 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var inside, outside, n int
		if _, err := fmt.Fscan(strings.NewReader(lines.Text()), &inside, &outside, &n); err != nil {
			return 0, fmt.Errorf("%w: %s: %w", ErrUnavailable, file, err)
		}
		if id >= inside && id-inside < n {
			return id, nil
		}
		if n > most {
			most, last = n, inside+n-1
		}
	}
	if most < 1000 {
		return 0, fmt.Errorf("%w: root has no unused user number here (%s maps %d); run as an ordinary user", ErrUnavailable, file, most)
	}
	return last - slot, nil
}
