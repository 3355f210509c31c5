package jsonscan

// Object calls f for each member of the object that b holds, in order, and
// checks the whole of b: nothing but white space may follow the object. Key is
// unescaped; raw is the value as written, a sub-slice of b. Depth bounds the
// nesting, the object itself included. An error of f ends the walk and is
// returned as it is.
func Object(b []byte, depth int, f func(key, raw []byte) error) error {
	at := space(b, 0)
	if at == len(b) || b[at] != '{' {
		return notThis(b, at, "want an object")
	}
	if depth <= 0 {
		return wrong(at, "nested too deeply")
	}
	if at = space(b, at+1); at < len(b) && b[at] == '}' {
		return end(b, at+1)
	}
	for {
		key, after, err := name(b, at)
		if err != nil {
			return err
		}
		from := space(b, after)
		to, err := skip(b, from, depth-1)
		if err != nil {
			return err
		}
		if err := f(key, b[from:to:to]); err != nil {
			return err
		}
		var done bool
		if at, done, err = next(b, to, '}'); err != nil {
			return err
		} else if done {
			return end(b, at)
		}
	}
}

// name reads a member's name and the colon after it.
func name(b []byte, at int) (key []byte, after int, err error) {
	if at = space(b, at); at == len(b) || b[at] != '"' {
		return nil, at, wrong(at, "want a member's name in double quotes")
	}
	to, escaped, err := str(b, at)
	if err != nil {
		return nil, at, err
	}
	if key = b[at+1 : to-1]; escaped {
		key = unescape(make([]byte, 0, len(key)), key)
	}
	after, err = colon(b, to)
	return key, after, err
}

// Array calls f for each element of the array that b holds, as Object does for
// members.
func Array(b []byte, depth int, f func(raw []byte) error) error {
	at := space(b, 0)
	if at == len(b) || b[at] != '[' {
		return notThis(b, at, "want an array")
	}
	if depth <= 0 {
		return wrong(at, "nested too deeply")
	}
	if at = space(b, at+1); at < len(b) && b[at] == ']' {
		return end(b, at+1)
	}
	for {
		from := space(b, at)
		to, err := skip(b, from, depth-1)
		if err != nil {
			return err
		}
		if err := f(b[from:to:to]); err != nil {
			return err
		}
		var done bool
		if at, done, err = next(b, to, ']'); err != nil {
			return err
		} else if done {
			return end(b, at)
		}
	}
}

// notThis prefers what is wrong with the value itself, if anything is, over
// its being of another kind.
func notThis(b []byte, at int, what string) error {
	if _, err := skip(b, at, MaxDepth); err != nil {
		return err
	}
	return wrong(at, what)
}

func end(b []byte, at int) error {
	if at = space(b, at); at < len(b) {
		return wrong(at, "something follows the value")
	}
	return nil
}
