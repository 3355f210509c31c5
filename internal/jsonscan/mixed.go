package jsonscan

import "io"

// MembersWith is Members for an object one of whose members is an array larger
// than memory: the elements of the member of that name are given to element one
// by one, and f is called for the other members only. Memory is bounded by most,
// the bytes that one name, one value or one element may take. A member of that
// name that is no array is given to f.
func MembersWith(r io.Reader, most int, array string, f func(key string, raw []byte, line int64) error, element func(raw []byte, line int64) error) error {
	s := &stream{r: r, most: most, buf: make([]byte, 0, min(64<<10, most+1)), line: 1}
	s.array, s.element = array, element
	return s.members(f)
}

// MembersWithin is MembersWith for an array that lies one object deeper, in the
// member outer. Members of outer go by "outer.name"; when outer or the array
// begins f is told so with a nil raw, so that it can refuse a second one.
func MembersWithin(r io.Reader, most int, outer, array string, f func(key string, raw []byte, line int64) error, element func(raw []byte, line int64) error) error {
	s := &stream{r: r, most: most, buf: make([]byte, 0, min(64<<10, most+1)), line: 1}
	s.outer, s.array, s.element = outer, outer+"."+array, element
	return s.members(f)
}

// elements reads the elements of the array that comes next, up to its end.
func (s *stream) elements(f func(raw []byte, line int64) error) error {
	s.take(1)
	if c, err := s.peek(); err == nil && c == ']' {
		s.take(1)
		return nil
	}
	for {
		if _, err := s.peek(); err != nil {
			return s.fail(err, "the array ends too early")
		}
		raw, err := s.value()
		if err != nil {
			return err
		}
		if err := f(raw, s.line); err != nil {
			return err
		}
		s.take(len(raw))
		c, err := s.peek()
		switch {
		case err != nil:
			return s.fail(err, "the array ends too early")
		case c != ',' && c != ']':
			return s.errorf("want ',' or ']'")
		}
		if s.take(1); c == ']' {
			return nil
		}
	}
}
