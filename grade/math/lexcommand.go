package math

import "strings"

// command reads a backslash and what it names.
func (l *lexer) command() error {
	j := l.i + 1
	if j >= len(l.s) {
		l.i = j
		return nil
	}
	k := j
	for k < len(l.s) && isLetter(l.s[k]) {
		k++
	}
	if k == j {
		k++
	} else if k < len(l.s) && l.s[k] == '*' && l.s[j:k] == "operatorname" {
		k++
	}
	name := l.s[j:k]
	l.i = k
	if spaceCommands[name] {
		if l.i < len(l.s) && l.s[l.i] == '.' && (name == "left" || name == "right") {
			l.i++
		}
		l.space = l.space || name != "!" && name != "left" && name != "right"
		return nil
	}
	if t, ok := symbolCommands[name]; ok {
		l.emit(tOp, t)
		return nil
	}
	return l.named(name)
}

func (l *lexer) named(name string) error {
	switch {
	case name == "$":
		l.emit(tOp, "$")
	case textCommands[name]:
		return l.text()
	case wrapCommands[name]:
	case dropCommands[name]:
		l.skipArgument()
	case greek[name]:
		l.emit(tLetter, name)
	case letterCommands[name] != "":
		l.emit(tLetter, letterCommands[name])
	case functions[name] != "":
		l.emit(tWord, name)
	case name == "mathbb" || name == "Bbb":
		l.blackboard()
	case name == "R" || name == "Z" || name == "N" || name == "Q" || name == "C":
		l.emit(tLetter, "#"+name)
	case name == "begin" || name == "end":
		l.environment(name)
	default:
		l.emit(tCmd, name)
	}
	return nil
}

// argument returns the text between the braces at the lexer's place and goes
// behind it, or the one character there.
func (l *lexer) argument() string {
	for l.i < len(l.s) && l.s[l.i] == ' ' {
		l.i++
	}
	if l.i >= len(l.s) {
		return ""
	}
	if l.s[l.i] != '{' {
		l.i++
		return l.s[l.i-1 : l.i]
	}
	depth, start := 0, l.i+1
	for ; l.i < len(l.s); l.i++ {
		switch l.s[l.i] {
		case '\\':
			l.i++
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				l.i++
				return l.s[start : l.i-1]
			}
		}
	}
	l.i = len(l.s)
	return l.s[min(start, len(l.s)):]
}

func (l *lexer) skipArgument() {
	if l.i < len(l.s) && l.s[l.i] == '{' {
		l.argument()
	}
}

// text splices the words of \text{...} into the tokens.
func (l *lexer) text() error {
	inner := l.argument()
	if l.depth++; l.depth > 20 {
		return errDepth
	}
	s, i, prose := l.s, l.i, l.prose
	l.s, l.i, l.prose = inner, 0, true
	l.space = true
	err := l.run()
	l.s, l.i, l.prose = s, i, prose
	l.depth--
	return err
}

func (l *lexer) blackboard() {
	if a := strings.TrimSpace(l.argument()); len(a) == 1 && isLetter(a[0]) {
		l.emit(tLetter, "#"+a)
	}
}

func (l *lexer) environment(name string) {
	env := strings.TrimSuffix(strings.TrimSpace(l.argument()), "*")
	if name == "begin" && (env == "array" || env == "tabular") {
		l.skipArgument() // the columns' alignment
	}
	l.emit(tCmd, name+":"+env)
}

// shortWords are words of two or three letters that are no products.
var shortWords = map[string]bool{
	"yes": true, "no": true, "odd": true, "all": true, "red": true, "is": true, "on": true, "off": true, "the": true, "are": true, "or": true, "and": true, "if": true, "of": true, "to": true,
	"not": true, "none": true, "one": true, "two": true, "six": true, "ten": true, "for": true, "by": true, "at": true, "as": true, "an": true, "any": true, "so": true, "per": true, "mod": true,
	"dne": true, "DNE": true, "sum": true, "day": true, "inf": true, "Inf": true, "ways": true, "am": true, "pm": true, "AM": true, "PM": true, "Yes": true, "No": true, "old": true, "new": true,
	"tie": true, "win": true, "men": true, "cat": true, "dog": true, "pen": true, "Tom": true, "Amy": true, "Bob": true, "Ann": true, "Sam": true, "Jim": true, "Joe": true, "Dan": true, "Eve": true, "bus": true, "car": true,
	"All": true, "The": true, "cup": true, "her": true, "his": true, "box": true, "may": true, "sun": true, "mon": true, "Sun": true, "Mon": true, "Tue": true, "Wed": true, "Thu": true, "Fri": true, "Sat": true, "May": true, "Jan": true,
}

// word reads letters: a name that we know, a word, or a product of letters.
func (l *lexer) word() {
	j := l.i
	for j < len(l.s) && isLetter(l.s[j]) {
		j++
	}
	w := l.s[l.i:j]
	l.i = j
	switch {
	case l.prose:
		l.emit(tWord, w)
	case len(w) == 1:
		l.emit(tLetter, w)
	case isKnownWord(w):
		l.emit(tWord, w)
	case greek[w]:
		l.emit(tLetter, w)
	default:
		l.product(w)
	}
}

func isKnownWord(w string) bool {
	if functions[w] != "" || shortWords[w] || plainWords[w] != "" {
		return true
	}
	low := strings.ToLower(w)
	_, number := numberWords[low]
	return number || multipliers[low] != 0 || len(w) > 1 && isUnit(w)
}

// plainWords are operators and constants in plain text.
var plainWords = map[string]string{
	"sqrt": "sqrt", "Sqrt": "sqrt", "cbrt": "cbrt", "root": "root", "pi": "pi", "Pi": "pi", "PI": "pi", "inf": "inf", "Inf": "inf", "infinity": "inf", "Infinity": "inf", "infty": "inf", "oo": "inf",
	"union": "cup", "Union": "cup", "intersect": "cap", "in": "in", "mod": "mod", "and": "and", "or": "or", "percent": "percent", "binom": "binom", "choose": "choose", "plus": "plus", "minus": "minus", "times": "times",
	"frac": "frac", "deg": "deg", "emptyset": "emptyset",
}

// product emits a run of letters that is no word we know: names of functions
// and letters that were written together, else a word.
func (l *lexer) product(w string) {
	for _, f := range []string{"arcsin", "arccos", "arctan", "sqrt", "sin", "cos", "tan", "cot", "sec", "csc", "log", "ln"} {
		if rest, ok := strings.CutPrefix(w, f); ok && len(rest) <= 2 {
			l.emit(tWord, f)
			l.letters(rest)
			return
		}
	}
	if rest, ok := strings.CutPrefix(w, "pi"); ok && len(rest) <= 2 {
		l.emit(tLetter, "pi")
		l.letters(rest)
		return
	}
	if len(w) <= 3 || w == strings.ToUpper(w) && len(w) <= 5 {
		l.letters(w)
		return
	}
	l.emit(tWord, w)
}

func (l *lexer) letters(w string) {
	for i := 0; i < len(w); i++ {
		l.emit(tLetter, w[i:i+1])
	}
}
