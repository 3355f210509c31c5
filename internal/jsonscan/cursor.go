package jsonscan

// Cursor walks over nested objects in one pass. Object skips each value before
// it calls f, so that a document of nested objects is scanned once for each
// level; with a Cursor, f itself steps over the value, by Value or by Object.
type Cursor struct {
	b  []byte
	at int
}

// NewCursor gives a cursor before the first value of b.
func NewCursor(b []byte) *Cursor { return &Cursor{b: b} }

// Value steps over the next value and gives it as written, a sub-slice of what
// the cursor walks over. Depth bounds its nesting.
func (c *Cursor) Value(depth int) ([]byte, error) {
	from := space(c.b, c.at)
	to, err := skip(c.b, from, depth)
	if err != nil {
		return nil, err
	}
	c.at = to
	return c.b[from:to:to], nil
}

// Object steps over the next value, which has to be an object, and calls f for
// each member. F has to step over the member's value. Key is unescaped.
func (c *Cursor) Object(f func(key []byte) error) error {
	at := space(c.b, c.at)
	if at == len(c.b) || c.b[at] != '{' {
		return notThis(c.b, at, "want an object")
	}
	if at = space(c.b, at+1); at < len(c.b) && c.b[at] == '}' {
		c.at = at + 1
		return nil
	}
	for {
		key, after, err := name(c.b, at)
		if err != nil {
			return err
		}
		c.at = after
		if err := f(key); err != nil {
			return err
		}
		if c.at == after {
			panic("jsonscan: the callback did not step over the member's value")
		}
		var done bool
		if at, done, err = next(c.b, c.at, '}'); err != nil {
			return err
		}
		if c.at = at; done {
			return nil
		}
	}
}

// End refuses anything but white space after the values that were stepped over.
func (c *Cursor) End() error { return end(c.b, c.at) }
