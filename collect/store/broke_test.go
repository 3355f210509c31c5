package store

import (
	"errors"
	"testing"
	"time"

	"github.com/allwrong/allwrong/internal/pgtest"
)

// TestBroke: a connection that breaks in the midst of what is read says so, and
// reading again goes well.
func TestBroke(t *testing.T) {
	at := sharedPlace(t, pgtest.New(t))
	s := opened(t, at, Options{Lease: 10 * time.Second})
	const rows = 2000 // of 20 kB each: more than a connection holds in its buffers
	times, n := 0, 0
	err := Again(func() error {
		times++
		n = 0
		err := s.rows(t.Context(), "SELECT repeat('x', 20000) FROM generate_series(1, ?)", []any{rows}, func(scan) error {
			if n++; times == 1 && n == 10 {
				pgtest.Terminate(t, at.url)
				time.Sleep(50 * time.Millisecond)
			}
			return nil
		})
		if times == 1 && !errors.Is(err, ErrBroke) {
			t.Errorf("%v", err)
		}
		return err
	})
	if err != nil || times != 2 || n != rows {
		t.Errorf("%d times, %d rows, %v", times, n, err)
	}
}
