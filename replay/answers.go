package replay

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"hash/maphash"
	"os"
	"slices"
	"sync/atomic"

	"github.com/allwrong/allwrong/outcome"
)

// Answers are recorded answers. Their texts lie in a temporary file, and some
// hundred bytes for each in memory: those of a large benchmark are gigabytes.
// Add fills them, Seal ends that, and then any number of goroutines may read.
type Answers struct {
	file   *os.File
	w      *bufio.Writer
	size   int64
	seed   maphash.Seed
	models map[string]int32
	names  []string // of models, in the order in which they came

	places  map[cellKey]int32 // of cells
	cells   []cell
	list    []answer // by cell and attempt, once sealed
	prompts map[digest]struct{}
	example string // of a prompt

	Counts Recorded
}

// Recorded counts what was added.
type Recorded struct {
	Answers    int64 `json:"answers"`     // that can be served
	Prompts    int   `json:"prompts"`     // different ones
	Models     int   `json:"models"`      // with an answer or without
	Bytes      int64 `json:"bytes"`       // of the answers' texts, on disk
	NoPrompt   int64 `json:"no_prompt"`   // records without the prompt: nobody can ask for them
	NoResponse int64 `json:"no_response"` // records without the text of the answer: their prompt is refused
	Repeated   int64 `json:"repeated"`    // records of a query, model and attempt that was there before; the first counts
	SamePrompt int64 `json:"same_prompt"` // records of a query whose prompt another query has, too; the first query's answers count
}

type digest [16]byte

type cellKey struct {
	prompt digest
	model  int32
}

// cell is one prompt as one model answered it.
type cell struct {
	query    uint64 // hash of the query; another one with the same prompt is left out
	first, n int32  // its answers, in list, once sealed
	asked    atomic.Uint32
	served   atomic.Uint32 // of these, with an answer
}

// answer is one recorded attempt.
type answer struct {
	at      int64 // of its text in the file; -1: there is none
	bytes   uint32
	cell    int32
	attempt int32
	cut     bool // it was recorded as cut off
}

// NewAnswers makes room for answers, in a file of dir ("" is the system's place
// for temporary ones).
func NewAnswers(dir string) (*Answers, error) {
	f, err := os.CreateTemp(dir, "allwrong-replay-*")
	if err != nil {
		return nil, err
	}
	return &Answers{file: f, w: bufio.NewWriterSize(f, 1<<18), seed: maphash.MakeSeed(), models: map[string]int32{},
		places: map[cellKey]int32{}, prompts: map[digest]struct{}{}}, nil
}

// Close takes the file away.
func (a *Answers) Close() error {
	a.file.Close()
	return os.Remove(a.file.Name())
}

// Add takes the record of one attempt.
func (a *Answers) Add(r *outcome.Record) error {
	model, known := a.models[r.Model]
	if !known {
		model = int32(len(a.names))
		a.models[r.Model], a.names = model, append(a.names, r.Model)
		a.Counts.Models++
	}
	if r.Prompt == "" {
		a.Counts.NoPrompt++
		return nil
	}
	place, same := a.cell(cellKey{digestOf(r.Prompt), model}, maphash.String(a.seed, r.Query))
	if !same {
		a.Counts.SamePrompt++
		return nil
	}
	if a.example == "" {
		a.example = r.Prompt
	}
	x := answer{at: -1, cell: place, attempt: int32(r.Attempt), cut: r.Reason == outcome.Truncated || lengths[r.Finish]}
	// A model that answered with nothing did answer; where a text is only not recorded, it did not.
	if r.Response != "" || r.Verdict == outcome.NoAnswer && r.Reason == outcome.Empty {
		if len(r.Response) > maxAnswer {
			return fmt.Errorf("%s: the response of model %s to query %s is %d bytes long; at most %d are served",
				r.Source, outcome.Quote(r.Model), outcome.Quote(r.Query), len(r.Response), maxAnswer)
		}
		x.at, x.bytes = a.size, uint32(len(r.Response))
		if _, err := a.w.WriteString(r.Response); err != nil {
			return err
		}
		a.size += int64(len(r.Response))
	}
	a.count(x, 1)
	a.list = append(a.list, x)
	return nil
}

// cell finds or makes a cell, and reports whether it is of that query.
func (a *Answers) cell(key cellKey, query uint64) (place int32, same bool) {
	if place, known := a.places[key]; known {
		return place, a.cells[place].query == query
	}
	place = int32(len(a.cells))
	a.places[key], a.cells = place, append(a.cells, cell{query: query})
	if _, known := a.prompts[key.prompt]; !known {
		a.prompts[key.prompt] = struct{}{}
		a.Counts.Prompts++
	}
	return place, true
}

func (a *Answers) count(x answer, n int64) {
	if x.at < 0 {
		a.Counts.NoResponse += n
		return
	}
	a.Counts.Answers += n
	a.Counts.Bytes += n * int64(x.bytes)
}

// maxAnswer bounds one answer, in bytes.
const maxAnswer = 64 << 20

// lengths are the finish reasons of answers that were cut off.
var lengths = map[string]bool{"length": true, "max_tokens": true, "MAX_TOKENS": true}

// Seal ends the adding: it puts the attempts of each cell side by side.
func (a *Answers) Seal() error {
	slices.SortStableFunc(a.list, func(x, y answer) int { return cmp.Or(cmp.Compare(x.cell, y.cell), cmp.Compare(x.attempt, y.attempt)) })
	kept := a.list[:0]
	for _, x := range a.list {
		c := &a.cells[x.cell]
		if c.n > 0 && kept[len(kept)-1].attempt == x.attempt {
			a.Counts.Repeated++
			a.count(x, -1)
			continue
		}
		if c.n == 0 {
			c.first = int32(len(kept))
		}
		c.n++
		kept = append(kept, x)
	}
	a.list = kept
	return a.w.Flush()
}

// text reads the first most bytes of an answer into dst.
func (a *Answers) text(dst []byte, x answer, most int) ([]byte, error) {
	n := min(int(x.bytes), most)
	if cap(dst) < n {
		dst = make([]byte, n)
	}
	dst = dst[:n]
	_, err := a.file.ReadAt(dst, x.at)
	return dst, err
}

// digestOf is the address of a prompt: of its text without the white space
// around it and at the ends of its lines, which does not survive every tool.
func digestOf(prompt string) (d digest) {
	var b []byte
	for line := range bytes.Lines(bytes.TrimSpace([]byte(prompt))) {
		b = append(append(b, bytes.TrimRight(line, " \t\r\n")...), '\n')
	}
	sum := sha256.Sum256(b)
	copy(d[:], sum[:])
	return d
}

// Model says how many answers of a model there are.
type Model struct {
	Model   string `json:"model"`
	Answers int64  `json:"answers"`
}

// Models lists the models in the order in which they came, once sealed.
func (a *Answers) Models() []Model {
	out := make([]Model, len(a.names))
	for i, name := range a.names {
		out[i].Model = name
	}
	for key, place := range a.places {
		c := &a.cells[place]
		for _, x := range a.list[c.first : c.first+c.n] {
			if x.at >= 0 {
				out[key.model].Answers++
			}
		}
	}
	return out
}
