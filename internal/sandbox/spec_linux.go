package sandbox

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// spec is what the supervisor is told: one line of JSON, then the bytes of
// standard input and of the files in order.
type spec struct {
	Args     []string
	Env      []string
	Stdin    int
	Files    []specFile
	Collect  string
	ReadOnly []string
	Limits   Limits
	Self     bool
	Without  layer

	stdin []byte
}

type specFile struct {
	Name string
	Size int
	data []byte
}

// report is what the supervisor says: one line of JSON, then the bytes of the
// collected file.
type report struct {
	Error     string // a set-up step that did not succeed; nothing was run
	End       End
	ExitCode  int
	Signal    string
	CPU       time.Duration
	Idle      time.Duration
	Wall      time.Duration
	MaxRSS    int64
	InForce   []string
	Collected int // bytes that follow; -1 for no file
}

func newSpec(j *Job) *spec {
	s := &spec{Args: j.Args, Env: environment, Stdin: len(j.Stdin), Collect: j.Collect, ReadOnly: j.ReadOnly,
		Limits: j.Limits.orDefaults(), Self: j.self, Without: j.without, stdin: j.Stdin}
	for _, name := range slices.Sorted(maps.Keys(j.Files)) {
		s.Files = append(s.Files, specFile{Name: name, Size: len(j.Files[name]), data: j.Files[name]})
	}
	return s
}

// environment is all that a program finds in its environment. A fixed hash seed
// makes runs repeatable.
var environment = []string{
	"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + Dir, "LANG=C.UTF-8", "PYTHONHASHSEED=0", "OPENBLAS_NUM_THREADS=1",
}

func (s *spec) write(w io.Writer) error {
	if err := json.NewEncoder(w).Encode(s); err != nil {
		return err
	}
	if _, err := w.Write(s.stdin); err != nil {
		return err
	}
	for _, f := range s.Files {
		if _, err := w.Write(f.data); err != nil {
			return err
		}
	}
	return nil
}

func readSpec(r *bufio.Reader) (*spec, error) {
	line, err := r.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("read the job: %w", err)
	}
	s := new(spec)
	if err := json.Unmarshal(line, s); err != nil {
		return nil, fmt.Errorf("read the job: %w", err)
	}
	s.stdin = make([]byte, s.Stdin)
	if _, err := io.ReadFull(r, s.stdin); err != nil {
		return nil, fmt.Errorf("read the input: %w", err)
	}
	for i := range s.Files {
		s.Files[i].data = make([]byte, s.Files[i].Size)
		if _, err := io.ReadFull(r, s.Files[i].data); err != nil {
			return nil, fmt.Errorf("read a file: %w", err)
		}
	}
	return s, nil
}
