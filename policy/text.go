package policy

import (
	"crypto/sha256"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
)

// Texts are cut into words, pairs of words, and runs of 3 to 5 letters within a
// word and the spaces around it. Each is known by a hash, so that nothing is
// learnt in cutting: which of them count is learnt later, on one part.
const (
	hashBits = 20
	wordRuns = 0             // first hash of words and pairs
	charRuns = 1 << hashBits // first hash of letters
	allRuns  = 2 << hashBits
	mostText = 4000     // letters of one text that are read
	allText  = 32 << 20 // letters of all texts together
)

// texts are the queries' texts as counts of hashes.
type texts struct {
	run    [][]uint32  // [place] hashes, rising
	times  [][]float32 // [place] how often
	length []float64   // [place] ln(1 + letters)
	same   []string    // [place] digest of the text, case and space aside; "" where there is none
}

// takeTexts cuts the texts of all queries.
func (b *bench) takeTexts() error {
	if b.Text != nil {
		t := &texts{}
		most, cut, known := min(mostText, allText/len(b.ids)), 0, 0
		for _, id := range b.ids {
			text := strings.Join(strings.Fields(strings.ToLower(b.Text(id))), " ")
			digest := ""
			if text != "" {
				sum := sha256.Sum256([]byte(text))
				digest = string(sum[:])
				known++
			}
			letters := []rune(text)
			if len(letters) > most {
				letters, cut = letters[:most], cut+1
			}
			run, times := count(letters)
			t.run, t.times = append(t.run, run), append(t.times, times)
			t.length, t.same = append(t.length, math.Log1p(float64(len(letters)))), append(t.same, digest)
		}
		if cut > 0 {
			b.warn("long-texts", "%d texts are longer than %d letters: routers read their beginning.", cut, most)
		}
		if known > 0 && known < len(b.ids) {
			b.warn("few-texts", "%d of %d queries have no text: to routers that read, they look alike.", len(b.ids)-known, len(b.ids))
		}
		if known > 0 {
			b.texts = t
		}
	}
	if b.texts == nil && b.Vector == nil {
		b.warn("no-texts", "No query has a text: no router can read it.")
	}
	return b.takeVectors()
}

// takeVectors makes embeddings rows of length one.
func (b *bench) takeVectors() error {
	if b.Vector == nil {
		return nil
	}
	out := &rows{start: []int{0}}
	for _, id := range b.ids {
		v := b.Vector(id)
		if len(v) == 0 || len(out.start) > 1 && len(v) != out.columns {
			return fmt.Errorf("embedding of query %q has %d numbers, that of %q %d: want one of the same length for each query", id, len(v), b.ids[0], out.columns)
		}
		out.columns = len(v)
		norm := 0.0
		for c, x := range v {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return fmt.Errorf("embedding of query %q: number %d is %v", id, c+1, x)
			}
			norm = math.Hypot(norm, x)
		}
		for c, x := range v {
			if x != 0 {
				out.column, out.value = append(out.column, int32(c)), append(out.value, x/norm)
			}
		}
		out.start = append(out.start, len(out.column))
	}
	b.vectors = out
	return nil
}

// count cuts one text.
func count(letters []rune) (run []uint32, times []float32) {
	var all []uint32
	var before uint64
	word := make([]rune, 0, 64)
	flush := func() {
		if len(word) == 0 {
			return
		}
		h := hash(word)
		all = append(all, wordRuns+fold(h))
		if before != 0 {
			all = append(all, wordRuns+fold(mix(before, h)))
		}
		before = h
		padded := append(append([]rune{' '}, word...), ' ')
		for n := 3; n <= 5; n++ {
			for at := 0; at+n <= len(padded); at++ {
				all = append(all, charRuns+fold(hash(padded[at:at+n])))
			}
		}
		word = word[:0]
	}
	for _, r := range letters {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_':
			word = append(word, r)
		case unicode.IsSpace(r):
			flush()
		default: // a sign is a word by itself: formulas and code live of them
			flush()
			word = append(word, r)
			flush()
		}
	}
	flush()
	slices.Sort(all)
	for i, h := range all {
		if i == 0 || h != all[i-1] {
			run, times = append(run, h), append(times, 0)
		}
		times[len(times)-1]++
	}
	return run, times
}

// hash is FNV-1a over letters.
func hash(letters []rune) uint64 {
	h := uint64(14695981039346656037)
	for _, r := range letters {
		h = (h ^ uint64(r)) * 1099511628211
	}
	return h
}

func mix(x, y uint64) uint64 { return (x*31 + y) * 0x9e3779b97f4a7c15 }

// fold spreads a hash over hashBits bits.
func fold(h uint64) uint32 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	return uint32(h >> (64 - hashBits))
}
