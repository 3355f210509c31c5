package ingest

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// zstdWindow is the largest window that is unpacked, the most that zstd itself
// takes without being told: a frame may ask for far more memory.
const zstdWindow = 128 << 20

var (
	gzipMagic = []byte{0x1f, 0x8b}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
	zipMagic  = []byte("PK\x03\x04")
	zipEmpty  = []byte("PK\x05\x06")
)

// foreign are packed forms that are known and not read.
var foreign = []struct{ magic, name string }{
	{"BZh", "bzip2"}, {"\xfd7zXZ\x00", "xz"}, {"7z\xbc\xaf\x27\x1c", "7z"}, {"Rar!\x1a\x07", "rar"}, {"\x04\x22\x4d\x18", "lz4"},
}

func isZip(b []byte) bool { return bytes.HasPrefix(b, zipMagic) || bytes.HasPrefix(b, zipEmpty) }

// meter holds what one file on disk unpacks to against the limits.
type meter struct {
	limits Limits
	spent  int64 // unpacked so far, all entries of the file together
}

// expand unpacks r when it is packed, as its first bytes say. Packed tells how
// many bytes of the packed form have been read.
func (m *meter) expand(r io.Reader, packed func() int64) (out io.Reader, done func(), err error) {
	b := bufio.NewReaderSize(r, 32<<10)
	magic, err := b.Peek(8)
	if err != nil && err != io.EOF {
		return nil, nil, err
	}
	done = func() {}
	switch {
	case bytes.HasPrefix(magic, gzipMagic):
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, nil, unpackError("gzip", err)
		}
		return &expanding{r: z, kind: "gzip", m: m, packed: packed}, done, nil
	case bytes.HasPrefix(magic, zstdMagic):
		z, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, nil, unpackError("zstd", err)
		}
		return &expanding{r: z, kind: "zstd", m: m, packed: packed}, z.Close, nil
	}
	for _, f := range foreign {
		if strings.HasPrefix(string(magic), f.magic) {
			return nil, nil, fmt.Errorf("packed with %s, which is not read: unpack it first", f.name)
		}
	}
	return b, done, nil
}

// expanding is an unpacking reader that watches how much comes out.
type expanding struct {
	r      io.Reader
	kind   string
	m      *meter
	packed func() int64
	own    int64 // unpacked by this reader
}

func (e *expanding) Read(b []byte) (int, error) {
	n, err := e.r.Read(b)
	e.own += int64(n)
	e.m.spent += int64(n)
	if over := e.m.check(e.own, e.packed()); over != nil {
		return 0, over
	}
	if err != nil && err != io.EOF {
		err = unpackError(e.kind, err)
	}
	return n, err
}

func (m *meter) check(own, packed int64) error {
	switch {
	case m.spent > m.limits.Expanded:
		return fmt.Errorf("unpacks to more than %s; that is the limit for one file: unpack it first if it is meant", size(m.limits.Expanded))
	case own > ratioGrace && own/m.limits.Ratio > packed:
		return fmt.Errorf("unpacks to more than %d times its size, like a bomb: unpack it first if it is meant", m.limits.Ratio)
	}
	return nil
}

func size(n int64) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}

// unpackError says in words what is wrong with packed data. Errors of the
// reader below, such as a context that is done, come through unchanged.
func unpackError(kind string, err error) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || err == io.EOF:
		return fmt.Errorf("truncated: the %s data end too early", kind)
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, zstd.ErrCRCMismatch):
		return fmt.Errorf("damaged: the %s checksum does not match", kind)
	case errors.Is(err, gzip.ErrHeader):
		return fmt.Errorf("damaged: something that is not %s follows the %s data", kind, kind)
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return fmt.Errorf("zstd: asks for a window of more than %s: unpack it first", size(zstdWindow))
	}
	return fmt.Errorf("%s: %w", kind, err)
}
