package policy

import (
	"cmp"
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

// rows is a sparse table: row r has value[k] in column[k] for k from start[r] to start[r+1].
type rows struct {
	start   []int
	column  []int32
	value   []float64
	columns int
}

func (x *rows) len() int { return len(x.start) - 1 }

// pick takes some rows.
func (x *rows) pick(list []int) *rows {
	out := &rows{start: []int{0}, columns: x.columns}
	for _, r := range list {
		out.column = append(out.column, x.column[x.start[r]:x.start[r+1]]...)
		out.value = append(out.value, x.value[x.start[r]:x.start[r+1]]...)
		out.start = append(out.start, len(out.column))
	}
	return out
}

// tfidf weighs the runs of texts: 1 + ln(times), times the smoothed inverse
// document frequency ln((1+n)/(1+df)) + 1, each of the two blocks scaled to length
// one. Which runs have a column, and their frequency, is learnt on one part.
type tfidf struct {
	train, test *rows // words first, then letters, then the length of the text
	words       int   // columns of words
}

// What counts: runs of at least two texts, the most frequent ones.
const (
	leastTexts = 2
	mostWords  = 8192
	mostChars  = 4096
)

// text gives the texts as weighed by what the part learns from.
func (p *part) text() *tfidf {
	if p.fitted != nil {
		return p.fitted
	}
	column, idf, words := p.texts.learn(p.train)
	p.fitted = &tfidf{
		train: p.texts.weigh(p.train, column, idf, words), test: p.texts.weigh(p.test, column, idf, words), words: words,
	}
	return p.fitted
}

// learn picks the runs that count. Column is by hash, −1 for those that do not.
func (t *texts) learn(train []int) (column []int32, idf []float64, words int) {
	frequency := make([]int32, allRuns)
	for _, q := range train {
		for _, h := range t.run[q] {
			frequency[h]++
		}
	}
	column = make([]int32, allRuns)
	for h := range column {
		column[h] = -1
	}
	block := func(from, to, most int) {
		var list []int
		for h := from; h < to; h++ {
			if frequency[h] >= leastTexts {
				list = append(list, h)
			}
		}
		slices.SortFunc(list, func(g, h int) int {
			return cmp.Or(cmp.Compare(frequency[h], frequency[g]), cmp.Compare(g, h))
		})
		for _, h := range list[:min(most, len(list))] {
			column[h] = int32(len(idf))
			idf = append(idf, math.Log(float64(1+len(train))/float64(1+frequency[h]))+1)
		}
	}
	block(wordRuns, charRuns, mostWords)
	words = len(idf)
	block(charRuns, allRuns, mostChars)
	return column, idf, words
}

func (t *texts) weigh(places []int, column []int32, idf []float64, words int) *rows {
	out := &rows{start: []int{0}, columns: len(idf) + 1}
	for _, q := range places {
		from, norm := len(out.column), [2]float64{}
		for k, h := range t.run[q] {
			c := column[h]
			if c < 0 {
				continue
			}
			v := (1 + math.Log(float64(t.times[q][k]))) * idf[c]
			out.column, out.value = append(out.column, c), append(out.value, v)
			norm[blockOf(c, words)] += v * v
		}
		for k := from; k < len(out.column); k++ {
			out.value[k] /= math.Sqrt(norm[blockOf(out.column[k], words)])
		}
		out.column, out.value = append(out.column, int32(len(idf))), append(out.value, t.length[q]/10)
		out.start = append(out.start, len(out.column))
	}
	return out
}

func blockOf(c int32, words int) int {
	if int(c) < words {
		return 0
	}
	return 1
}

// onlyWords are the rows without their letters and length: of length one.
func (t *tfidf) onlyWords() (train, test *rows) { return t.train.first(t.words), t.test.first(t.words) }

// first keeps the first columns.
func (x *rows) first(columns int) *rows {
	out := &rows{start: []int{0}, columns: columns}
	for r := range x.len() {
		for k := x.start[r]; k < x.start[r+1]; k++ {
			if int(x.column[k]) < columns {
				out.column, out.value = append(out.column, x.column[k]), append(out.value, x.value[k])
			}
		}
		out.start = append(out.start, len(out.column))
	}
	return out
}
