// Package corpus makes and reads pairs of a reference and an answer whose verdict
// is known beforehand, to hold graders of mathematics to it.
//
// A pair's verdict never comes from a grader. It was written down by hand, or it
// follows from how the pair was made: two expressions that were built from one
// tree by the laws of a field are equal, and two whose exact values at rational
// points differ are not.
package corpus

import (
	"bufio"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
)

// Want is the verdict that a pair must get.
type Want byte

// The verdicts, by the signs that they have in a file.
const (
	Right    Want = '='
	Wrong    Want = '!'
	NoAnswer Want = '-'
)

// Pair is a reference with an answer to it.
type Pair struct {
	Class     string
	Reference string
	Answer    string // an answer, or a whole response in which it has to be found
	Response  bool   // the answer is a whole response
	Want      Want
}

// NewLine stands for a line break in a file of pairs.
const NewLine = "⏎"

// Read reads the files *.txt of a directory. A file is a class; the pairs of one
// whose name begins with "responses" or ends with it are whole responses. A line
// "> " begins a reference, and the lines after it its answers: "= " right,
// "! " wrong, "- " no answer in it. Lines that begin with # are comments.
func Read(files fs.FS) ([]Pair, error) {
	names, err := fs.Glob(files, "*.txt")
	if err != nil {
		return nil, err
	}
	var pairs []Pair
	for _, name := range names {
		f, err := files.Open(name)
		if err != nil {
			return nil, err
		}
		more, err := readFile(f, strings.TrimSuffix(path.Base(name), ".txt"))
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		pairs = append(pairs, more...)
	}
	return pairs, nil
}

func readFile(f fs.File, class string) ([]Pair, error) {
	var pairs []Pair
	whole := strings.Contains(class, "responses")
	reference := ""
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.ReplaceAll(lines.Text(), NewLine, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		sign, text := line[0], strings.TrimPrefix(line[1:], " ")
		switch Want(sign) {
		case '>':
			reference = text
		case Right, Wrong, NoAnswer:
			if reference == "" {
				return nil, fmt.Errorf("line %d: an answer before any reference", n)
			}
			pairs = append(pairs, Pair{class, reference, text, whole, Want(sign)})
		default:
			return nil, fmt.Errorf("line %d: begins with %q, not with one of > = ! - #", n, line[0])
		}
	}
	return pairs, lines.Err()
}

// maker collects the pairs of one class. Its draws hang on the class's name.
type maker struct {
	class string
	*rand.Rand
	pairs []Pair
	seen  map[[2]string]bool
}

func newMaker(class string) *maker {
	var seed [32]byte
	copy(seed[:], "allwrong corpus "+class)
	return &maker{class: class, Rand: rand.New(rand.NewChaCha8(seed)), seen: map[[2]string]bool{}}
}

// add adds a pair, unless it is there already.
func (m *maker) add(want Want, reference, answer string) {
	key := [2]string{reference, answer}
	if m.seen[key] || reference == answer && want == Wrong {
		return
	}
	m.seen[key] = true
	m.pairs = append(m.pairs, Pair{m.class, reference, answer, false, want})
}

func (m *maker) right(reference string, answers ...string) {
	for _, a := range answers {
		m.add(Right, reference, a)
	}
}

func (m *maker) wrong(reference string, answers ...string) {
	for _, a := range answers {
		m.add(Wrong, reference, a)
	}
}

// between draws from lo to hi, both included.
func (m *maker) between(lo, hi int) int { return lo + m.IntN(hi-lo+1) }

// nonzero draws from -hi to hi without 0.
func (m *maker) nonzero(hi int) int {
	k := m.between(1, hi)
	if m.IntN(2) == 0 {
		return -k
	}
	return k
}

// pick draws one of the texts.
func (m *maker) pick(texts ...string) string { return texts[m.IntN(len(texts))] }

// Generate makes the pairs that follow from arithmetic, the same at each call.
func Generate() []Pair {
	classes := []struct {
		name string
		make func(*maker)
	}{
		{"rationals", rationals}, {"integers", integers}, {"decimals", decimals}, {"percents", percents}, {"money", money},
		{"units", units}, {"scientific", scientific}, {"surds", surds}, {"rationalised", rationalised}, {"pi", multiplesOfPi},
		{"complex", complexNumbers}, {"logarithms", logarithms}, {"powers", powers}, {"combinatorics", combinatorics},
		{"plus-minus", plusMinus}, {"lists", lists}, {"tuples", tuples}, {"sets", sets}, {"intervals", intervals},
		{"matrices", matrices}, {"lines", lines}, {"polynomials", polynomials}, {"fractions of polynomials", partialFractions},
		{"expressions", expressions}, {"trigonometry", trigonometry}, {"words", words},
	}
	var pairs []Pair
	for _, c := range classes {
		m := newMaker(c.name)
		c.make(m)
		pairs = append(pairs, m.pairs...)
	}
	return append(pairs, responses(slices.Clone(pairs))...)
}
