package ingest

import (
	"context"
	"crypto/sha256"
	"hash"
	"io"
	"sync/atomic"
)

const blockSize = 256 << 10

// pump reads a file ahead on a goroutine of its own and takes its SHA-256 on
// the way, so that neither the disk nor the hash holds up whoever parses. It
// also makes a reader that blocks, like a terminal, give way to the context.
type pump struct {
	ctx  context.Context
	full chan block    // what has been read, in order
	free chan []byte   // buffers to be used again
	stop chan struct{} // closed by close
	done chan struct{} // closed when the goroutine has ended

	rest   []byte // of the block being read
	whole  []byte // that block's buffer
	err    error  // what ended the stream
	sum    hash.Hash
	taken  atomic.Int64 // bytes that Read has given
	report func(n int)  // told of every block
}

type block struct {
	data []byte
	err  error
}

func newPump(ctx context.Context, r io.Reader, report func(n int)) *pump {
	p := &pump{ctx: ctx, full: make(chan block, 4), free: make(chan []byte, 8), stop: make(chan struct{}),
		done: make(chan struct{}), sum: sha256.New(), report: report}
	go p.run(r)
	return p
}

func (p *pump) run(r io.Reader) {
	defer close(p.done)
	for {
		var buf []byte
		select {
		case buf = <-p.free:
		default:
			buf = make([]byte, blockSize)
		}
		n, err := r.Read(buf)
		p.sum.Write(buf[:n])
		p.report(n)
		select {
		case p.full <- block{buf[:n], err}:
		case <-p.stop:
			return
		}
		if err != nil {
			return
		}
	}
}

// Read gives what the goroutine has read, and the context's error as soon as
// there is one.
func (p *pump) Read(b []byte) (int, error) {
	for len(p.rest) == 0 {
		if p.err != nil {
			return 0, p.err
		}
		if p.whole != nil {
			select {
			case p.free <- p.whole:
			default:
			}
			p.whole = nil
		}
		select {
		case k := <-p.full:
			p.rest, p.whole, p.err = k.data, k.data[:cap(k.data)], k.err
		case <-p.ctx.Done():
			p.err = p.ctx.Err()
		case <-p.stop:
			p.err = io.ErrClosedPipe
		}
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	p.taken.Add(int64(n))
	return n, nil
}

// close ends the goroutine; one that is stuck in a read ends with that read.
func (p *pump) close() { close(p.stop) }
