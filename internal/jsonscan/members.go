package jsonscan

import "io"

// Members calls f for each member of the one object that r holds, with the
// line, from 1, on which the member's value begins. It is to objects what
// Elements is to arrays: memory is bounded by maxMember, the most bytes that one
// name or one value may take, raw is valid during the call only, and the whole
// of r is checked. A name may come more than once; what that means is for f.
func Members(r io.Reader, maxMember int, f func(key string, raw []byte, line int64) error) error {
	s := &stream{r: r, most: maxMember, buf: make([]byte, 0, min(64<<10, maxMember+1)), line: 1}
	return s.members(f)
}

// members reads the one object of the stream, to the stream's end.
func (s *stream) members(f func(key string, raw []byte, line int64) error) error {
	if err := s.object(f); err != nil {
		return err
	}
	if _, err := s.peek(); err != io.EOF {
		if err != nil {
			return err
		}
		return s.errorf("something follows the object")
	}
	return nil
}

// object reads the object that comes next, up to its end.
func (s *stream) object(f func(key string, raw []byte, line int64) error) error {
	if err := s.want('{', "want an object"); err != nil {
		return err
	}
	for first := true; ; first = false {
		c, err := s.peek()
		if err != nil {
			return s.fail(err, "the object ends too early")
		}
		if c == '}' && first {
			break
		}
		if err := s.member(c, f); err != nil {
			return err
		}
		if c, err = s.peek(); err != nil {
			return s.fail(err, "the object ends too early")
		}
		if c == '}' {
			break
		}
		if err := s.want(',', "want ',' or '}'"); err != nil {
			return err
		}
	}
	s.take(1)
	return nil
}

// member reads one name and its value; c is the first byte of the name.
func (s *stream) member(c byte, f func(key string, raw []byte, line int64) error) error {
	if c != '"' {
		return s.errorf("want a member's name in double quotes")
	}
	raw, err := s.value()
	if err != nil {
		return err
	}
	key, err := Unquote(raw)
	if err != nil {
		return s.at(err)
	}
	s.take(len(raw))
	if err := s.want(':', "want ':' after a member's name"); err != nil {
		return err
	}
	if c, err = s.peek(); err != nil {
		return s.fail(err, "the object ends too early")
	}
	if s.within {
		key = s.outer + "." + key
	}
	switch {
	case c == '{' && !s.within && s.outer != "" && key == s.outer:
		if err := f(key, nil, s.line); err != nil {
			return err
		}
		s.within = true
		defer func() { s.within = false }()
		return s.object(f)
	case c == '[' && s.element != nil && key == s.array && s.within == (s.outer != ""):
		if s.within {
			if err := f(key, nil, s.line); err != nil {
				return err
			}
		}
		return s.elements(s.element)
	}
	if raw, err = s.value(); err != nil {
		return err
	}
	if err := f(key, raw, s.line); err != nil {
		return err
	}
	s.take(len(raw))
	return nil
}

// want steps over one byte that has to come next.
func (s *stream) want(c byte, what string) error {
	switch got, err := s.peek(); {
	case err != nil:
		return s.fail(err, what)
	case got != c:
		return s.errorf("%s", what)
	}
	s.take(1)
	return nil
}
