package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
)

// chunkSize is a stretch of lines that one worker takes at a time: small enough
// to stay in a processor's cache with what is made of it.
const chunkSize = 512 << 10

// chunk is a stretch of whole lines, and what a worker made of it.
type chunk[T any] struct {
	data  []byte
	lines int64 // in data
	err   error // what ended the stream behind data
	out   T
	ready chan struct{}
}

// eachChunk splits a stream at line ends, lets parse work on the stretches on
// all processors, and hands what it made to deliver in the order of the stream,
// on the caller's goroutine, with the line, from 1, on which a stretch begins.
// The memory of out is used again. With quotes a line end inside double quotes
// is none. A line longer than the limit ends the stream.
func eachChunk[T any](f *file, quotes bool, parse func(data []byte, out *T), deliver func(out *T, line int64) error) error {
	ctx, cancel := context.WithCancel(f.ctx)
	defer cancel()
	workers := runtime.GOMAXPROCS(0)
	depth := workers + 2
	free, work, order := make(chan *chunk[T], depth), make(chan *chunk[T], depth), make(chan *chunk[T], depth)
	for range depth {
		free <- &chunk[T]{data: make([]byte, 0, chunkSize), ready: make(chan struct{}, 1)}
	}
	go split(ctx, f, quotes, free, func(c *chunk[T]) { work <- c; order <- c }, func() { close(work) })
	for range workers {
		go func() {
			for c := range work {
				c.lines = int64(bytes.Count(c.data, []byte{'\n'}))
				if len(c.data) > 0 {
					parse(c.data, &c.out)
				}
				c.ready <- struct{}{}
			}
		}()
	}
	line := int64(1)
	for {
		var c *chunk[T]
		select {
		case c = <-order:
			<-c.ready
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(c.data) > 0 {
			if err := deliver(&c.out, line); err != nil {
				return err
			}
		}
		line += c.lines
		switch c.err {
		case nil:
		case io.EOF:
			return nil
		case errLong:
			return &placeError{line, longer(f.opt.Limits.Line)}
		default:
			return c.err
		}
		c.data = c.data[:0]
		free <- c
	}
}

// placeError says on which line of its input something is wrong.
type placeError struct {
	line int64
	err  error
}

func (e *placeError) Error() string { return fmt.Sprintf("line %d: %v", e.line, e.err) }
func (e *placeError) Unwrap() error { return e.err }

// split fills chunks with whole lines. Channels have room for all chunks, so
// that sending never blocks.
func split[T any](ctx context.Context, f *file, quotes bool, free chan *chunk[T], send func(*chunk[T]), end func()) {
	defer end()
	s := splitter{r: f, most: f.opt.Limits.Line, quotes: quotes}
	for {
		var c *chunk[T]
		select {
		case c = <-free:
		case <-ctx.Done():
			return
		}
		c.data, c.err = s.next(c.data)
		err := c.err
		send(c)
		if err != nil {
			return
		}
	}
}

// splitter cuts a stream at line ends.
type splitter struct {
	r      io.Reader
	most   int
	quotes bool
	rest   []byte // begun line, read and not yet given
}

// errLong stands for a line beyond the limit.
var errLong = errors.New("line too long")

func longer(most int) error {
	return fmt.Errorf("longer than %s, the limit for one record", size(int64(most)))
}

// next fills buf with whole lines, with at least one if there is any. What
// follows the last line end of a stream is a line too.
func (s *splitter) next(buf []byte) ([]byte, error) {
	buf = append(buf, s.rest...)
	s.rest = s.rest[:0]
	var q quoting
	for {
		if len(buf) == cap(buf) {
			if len(buf) > s.most {
				return buf[:0], errLong
			}
			buf = append(make([]byte, 0, 2*cap(buf)), buf...)
		}
		n, err := s.r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err == nil && len(buf) < cap(buf) {
			continue
		}
		if err == io.EOF {
			return buf, err
		}
		cut := bytes.LastIndexByte(buf, '\n') + 1
		if s.quotes {
			cut = q.lastEnd(buf)
		}
		if err != nil {
			return buf[:cut], err // the line that was cut off is not to blame
		}
		if cut > 0 {
			s.rest = append(s.rest, buf[cut:]...)
			return buf[:cut], nil
		}
	}
}

// quoting remembers how far a buffer has been looked through for line ends
// that stand outside double quotes. Doubled quotes cancel out.
type quoting struct {
	at, end int
	inside  bool
}

// lastEnd gives what follows the last line end outside quotes, 0 if there is none.
func (q *quoting) lastEnd(b []byte) int {
	for q.at < len(b) {
		i := bytes.IndexByte(b[q.at:], '"')
		stop := len(b)
		if i >= 0 {
			stop = q.at + i
		}
		if !q.inside {
			if e := bytes.LastIndexByte(b[q.at:stop], '\n'); e >= 0 {
				q.end = q.at + e + 1
			}
		}
		if i >= 0 {
			q.inside = !q.inside
			stop++
		}
		q.at = stop
	}
	return q.end
}
