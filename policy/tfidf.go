package policy

import (
	"cmp"
	"math"
	"slices"
)

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
