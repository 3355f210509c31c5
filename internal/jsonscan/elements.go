package jsonscan

import (
	"bytes"
	"fmt"
	"io"
)

// Elements calls f for each element of the one array that r holds, with the
// line, from 1, on which the element begins. Memory is bounded by maxElement,
// the most bytes that one element may take. Raw is valid during the call only.
// The whole of r is checked: nothing but white space may follow the array.
func Elements(r io.Reader, maxElement int, f func(raw []byte, line int64) error) error {
	s := &stream{r: r, most: maxElement, buf: make([]byte, 0, min(64<<10, maxElement+1)), line: 1}
	c, err := s.peek()
	if err != nil {
		return s.fail(err, "want an array")
	}
	if c != '[' {
		return s.errorf("want an array")
	}
	if err := s.elements(f); err != nil {
		return err
	}
	return s.tail()
}

// stream is a window on a reader.
type stream struct {
	r    io.Reader
	buf  []byte // read and not yet taken
	most int
	line int64
	eof  bool

	array   string                             // the member whose elements are given one by one
	element func(raw []byte, line int64) error // what they are given to; nil when there is no such member
	outer   string                             // the member that holds the array, when it is not at the top
	within  bool                               // that member is being read
}

// peek gives the next byte that is not white space.
func (s *stream) peek() (byte, error) {
	for {
		s.take(space(s.buf, 0))
		if len(s.buf) > 0 {
			return s.buf[0], nil
		}
		if err := s.more(); err != nil {
			return 0, err
		}
	}
}

func (s *stream) take(n int) {
	s.line += int64(bytes.Count(s.buf[:n], []byte{'\n'}))
	s.buf = s.buf[n:]
}

// more reads on, growing the window when it is full; io.EOF when all is read.
func (s *stream) more() error {
	if s.eof {
		return io.EOF
	}
	if cap(s.buf)-len(s.buf) < 4<<10 {
		s.buf = append(make([]byte, 0, max(64<<10, 2*len(s.buf))), s.buf...)
	}
	for range 100 {
		n, err := s.r.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf = s.buf[:len(s.buf)+n]
		if err == io.EOF {
			s.eof = true
		}
		if n > 0 || err != nil {
			if n > 0 && err == io.EOF {
				err = nil
			}
			return err
		}
	}
	return io.ErrNoProgress
}

// value makes the window hold the whole of the next value. A value that is cut
// off by the window's end is scanned again when the window has doubled, which
// costs no more than twice its length in all.
func (s *stream) value() ([]byte, error) {
	for {
		n, err := Skip(s.buf, MaxDepth)
		if err == nil && (n < len(s.buf) || s.eof) && n <= s.most {
			return s.buf[:n:n], nil
		}
		if n > s.most || len(s.buf) > s.most {
			return nil, s.errorf("the element that begins here is longer than %d bytes", s.most)
		}
		if err != nil && !s.cutOff(err) {
			return nil, s.at(err)
		}
		have := len(s.buf)
		for len(s.buf) < 2*have {
			if e := s.more(); e == io.EOF {
				break
			} else if e != nil {
				return nil, s.fail(e, "")
			}
		}
		if s.eof && len(s.buf) == have {
			if err == nil {
				return s.buf[:n:n], nil
			}
			return nil, s.at(err)
		}
	}
}

// cutOff reports whether an error may be due to the window's end alone: a
// string without an end, or anything within the longest word of the end.
func (s *stream) cutOff(err error) bool {
	e, ok := err.(*SyntaxError)
	return ok && (e.What == noEnd || e.Offset > int64(len(s.buf)-len("-Infinity")))
}

func (s *stream) tail() error {
	if _, err := s.peek(); err == io.EOF {
		return nil
	} else if err != nil {
		return s.fail(err, "")
	}
	return s.errorf("something follows the array")
}

func (s *stream) fail(err error, what string) error {
	if err == io.EOF {
		return s.errorf("%s", what)
	}
	return err
}

func (s *stream) errorf(format string, a ...any) error {
	return &LineError{Line: s.line, Err: fmt.Errorf(format, a...)}
}

// at turns an offset into a line.
func (s *stream) at(err error) error {
	e, ok := err.(*SyntaxError)
	if !ok {
		return err
	}
	before := s.buf[:min(int(e.Offset)-1, len(s.buf))]
	return &LineError{Line: s.line + int64(bytes.Count(before, []byte{'\n'})), Err: fmt.Errorf("%s", e.What)}
}

// LineError says on which line of a stream something is wrong.
type LineError struct {
	Line int64 // from 1
	Err  error
}

// Error gives "line 17: what".
func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap gives what is wrong.
func (e *LineError) Unwrap() error { return e.Err }
