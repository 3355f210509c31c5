package ingest

import (
	"fmt"
	"strings"
	"testing"
)

// What a hoard gives back is what it was given, from memory and from its file,
// and memory stays bounded.
func TestHoard(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var h hoard
	defer h.drop()
	long := strings.Repeat("x", 100_000)
	var where []kept
	for i := range 1000 { // several times what is held in memory
		k, err := h.keep(fmt.Sprint("é", i), "", long[:i*100])
		if err != nil {
			t.Fatal(err)
		}
		where = append(where, k)
	}
	if h.file == nil || len(h.mem) > hoardMemory {
		t.Errorf("%d bytes in memory, file %v", len(h.mem), h.file)
	}
	for _, i := range []int{999, 0, 500, 1, 998} {
		var a, b, c string
		if err := h.give(where[i], &a, &b, &c); err != nil || a != fmt.Sprint("é", i) || b != "" || len(c) != i*100 {
			t.Errorf("row %d: %.20q %q %d, %v", i, a, b, len(c), err)
		}
	}
	if k, err := h.keep("", ""); err != nil || k != (kept{}) {
		t.Errorf("nothing: %v, %v", k, err)
	}
}

func TestHoardNoRoom(t *testing.T) {
	t.Setenv("TMPDIR", "/nowhere")
	h := hoard{mem: make([]byte, hoardMemory)}
	if _, err := h.keep("x"); err == nil || !strings.Contains(err.Error(), "temporary file") {
		t.Errorf("no room: %v", err)
	}
}
