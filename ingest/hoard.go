package ingest

import (
	"encoding/binary"
	"fmt"
	"os"
)

// hoardMemory is how much of its texts a hoard holds in memory.
const hoardMemory = 8 << 20

// hoard keeps the texts of rows that can be handed on only when a file has been
// read to its end, since which metric or filter counts is known then only. What
// is more than hoardMemory lies in a temporary file without a name, so that the
// memory of a reader does not hang on how much its models had to say.
type hoard struct {
	mem   []byte // the last of the texts
	file  *os.File
	saved int64 // bytes of the file; where mem begins
}

// kept says where a hoard has the texts of a row; the zero value is of a row
// whose texts are all empty.
type kept struct {
	at   int64
	size int
}

// keep puts the texts of a row aside.
func (h *hoard) keep(texts ...string) (kept, error) {
	size := 0
	for _, s := range texts {
		size += len(s)
	}
	if size == 0 {
		return kept{}, nil
	}
	if len(h.mem) > 0 && len(h.mem)+size > hoardMemory {
		if err := h.save(); err != nil {
			return kept{}, err
		}
	}
	from := len(h.mem)
	for _, s := range texts {
		h.mem = append(binary.AppendUvarint(h.mem, uint64(len(s))), s...)
	}
	return kept{h.saved + int64(from), len(h.mem) - from}, nil
}

func (h *hoard) save() error {
	if h.file == nil {
		f, err := os.CreateTemp("", "allwrong-*")
		if err != nil {
			return fmt.Errorf("texts beyond %s go to a temporary file: %w", size(hoardMemory), err)
		}
		os.Remove(f.Name()) // where the system allows it, nobody else ever sees it
		h.file = f
	}
	if _, err := h.file.Write(h.mem); err != nil {
		return fmt.Errorf("texts beyond %s go to a temporary file (TMPDIR says where): %w", size(hoardMemory), err)
	}
	h.saved += int64(len(h.mem))
	h.mem = h.mem[:0]
	return nil
}

// give gets the texts of a row back, in the order in which they were kept.
func (h *hoard) give(k kept, texts ...*string) error {
	if k.size == 0 {
		return nil
	}
	b := make([]byte, k.size)
	if k.at >= h.saved {
		copy(b, h.mem[k.at-h.saved:])
	} else if _, err := h.file.ReadAt(b, k.at); err != nil {
		return fmt.Errorf("temporary file: %w", err)
	}
	for _, to := range texts {
		n, head := binary.Uvarint(b)
		*to, b = string(b[head:head+int(n)]), b[head+int(n):]
	}
	return nil
}

// drop forgets all texts.
func (h *hoard) drop() {
	if h.file != nil {
		h.file.Close()
		os.Remove(h.file.Name())
	}
	*h = hoard{}
}
