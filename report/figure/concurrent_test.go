package figure

import (
	"bytes"
	"sync"
	"testing"
)

// TestConcurrent draws from several goroutines at once, as a server does: all get
// the same bytes.
func TestConcurrent(t *testing.T) {
	s := sizes[3]
	m := s.matrix(t)
	c := s.certificate(t, m)
	draw := func() []byte {
		return append(append(FourParts(c).SVG(Auto), Matrix(m).SVG(Auto)...), Slices(c.Slices).Inline()...)
	}
	want := draw()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if got := draw(); !bytes.Equal(got, want) {
				t.Error("another drawing")
			}
		})
	}
	all.Wait()
}
