package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/allwrong/allwrong/internal/jsonscan"
)

// inspectJSON reads the logs of Inspect that are one JSON document: version 2,
// a header and then the samples, each with its scores.
var inspectJSON = &format{
	name:   "Inspect log",
	detect: detectInspect,
	read:   readInspectJSON,
}

func detectInspect(h head) bool {
	m := members(h.bytes)
	if !has(m, "version", "eval") {
		return false
	}
	eval := members(m["eval"])
	return has(eval, "task", "model") && (has(eval, "task_id") || has(eval, "run_id"))
}

// inspectVersion is the one version of the log that is read.
const inspectVersion = 2

func readInspectJSON(f *file, to *sink) error {
	r := newInspectReader(to)
	err := jsonscan.MembersWith(jsonscan.Lenient(f), f.opt.Limits.Document, "samples", func(key string, raw []byte, line int64) error {
		if err := r.header.field([]byte(key), bytes.Clone(raw)); err != nil {
			return to.errorAt(line, err)
		}
		return nil
	}, func(raw []byte, line int64) error {
		if err := r.begin(); err != nil {
			return to.errorAt(0, err)
		}
		return r.sample(raw, line)
	})
	if err != nil {
		return streamError(to, err)
	}
	if err := r.begin(); err != nil {
		return to.errorAt(0, err)
	}
	return r.finish()
}

// inspectHeader is what a log says before its samples.
type inspectHeader struct {
	version, status, eval, results, invalidated []byte // as written

	task, model string
	shuffled    bool
	epochs      int64
	reducer     string   // how epochs become one score; "mean" when nothing is said
	scorers     []string // in order of preference
	total       int64    // samples that the results speak of; -1 when they do not say
	scores      []inspectResult
}

// inspectResult is what the header's results say of one scorer.
type inspectResult struct {
	scorer, reducer string
	accuracy        *float64
}

func (h *inspectHeader) field(key, raw []byte) error {
	switch string(key) {
	case "version":
		return once(&h.version, key, raw)
	case "status":
		return once(&h.status, key, raw)
	case "eval":
		return once(&h.eval, key, raw)
	case "results":
		return once(&h.results, key, raw)
	case "invalidated":
		return once(&h.invalidated, key, raw)
	}
	return nil
}

// read takes a document that is a header and nothing else.
func (h *inspectHeader) read(r io.Reader, most int) error {
	return jsonscan.Members(jsonscan.Lenient(r), most, func(key string, raw []byte, _ int64) error {
		return h.field([]byte(key), bytes.Clone(raw))
	})
}

// settle makes sense of the fields.
func (h *inspectHeader) settle() error {
	switch v, err := countField("version", h.version); {
	case err != nil:
		return err
	case v != inspectVersion:
		return fmt.Errorf("version: %d: want %d; write the log anew with a current Inspect", v, inspectVersion)
	case !begins(h.eval, '{'):
		return badField("eval", h.eval, "an object that stands before the samples")
	}
	h.epochs, h.reducer, h.total = 1, "mean", -1
	eval, err := objectOf("eval", h.eval)
	if err != nil {
		return err
	}
	if h.task, err = textField("eval.task", eval["task"]); err != nil {
		return err
	}
	if h.model, err = textField("eval.model", eval["model"]); err != nil {
		return err
	}
	if begins(eval["dataset"], '{') {
		dataset, err := objectOf("eval.dataset", eval["dataset"])
		if err != nil {
			return err
		}
		h.shuffled = string(dataset["shuffled"]) == "true"
	}
	if begins(eval["config"], '{') {
		if err := h.config(eval["config"]); err != nil {
			return err
		}
	}
	err = eachObject("eval.scorers", eval["scorers"], func(m map[string][]byte) error {
		name, err := textField("eval.scorers: name", m["name"])
		h.scorers = append(h.scorers, name)
		return err
	})
	if err == nil && begins(h.results, '{') {
		err = h.readResults()
	}
	return err
}

func (h *inspectHeader) config(raw []byte) error {
	config, err := objectOf("eval.config", raw)
	if err != nil {
		return err
	}
	if n := config["epochs"]; len(n) > 0 && !isNull(n) {
		if h.epochs, err = countField("eval.config.epochs", n); err != nil {
			return err
		}
	}
	switch list := config["epochs_reducer"]; {
	case len(list) == 0 || isNull(list):
	case string(bytes.Join(bytes.Fields(list), nil)) == `["mean"]`:
	default:
		h.reducer = "another"
	}
	return nil
}

func (h *inspectHeader) readResults() error {
	results, err := objectOf("results", h.results)
	if err != nil {
		return err
	}
	if n := results["total_samples"]; len(n) > 0 && !isNull(n) {
		if h.total, err = countField("results.total_samples", n); err != nil {
			return err
		}
	}
	return eachObject("results.scores", results["scores"], func(m map[string][]byte) error {
		var s inspectResult
		name := m["scorer"]
		if !begins(name, '"') {
			name = m["name"]
		}
		if s.scorer, err = textField("results.scores: scorer", name); err != nil {
			return err
		}
		h.scorers = append(h.scorers, s.scorer)
		if begins(m["reducer"], '"') {
			if s.reducer, err = textField("results.scores: reducer", m["reducer"]); err != nil {
				return err
			}
		}
		s.accuracy, err = plainAccuracy(m["metrics"])
		h.scores = append(h.scores, s)
		return err
	})
}

// plainAccuracy finds the accuracy among a scorer's metrics; nil when there is
// none, or when parameters make it another measure than the mean.
func plainAccuracy(raw []byte) (*float64, error) {
	if !begins(raw, '{') {
		return nil, nil
	}
	metrics, err := objectOf("results.scores: metrics", raw)
	if err != nil || !begins(metrics["accuracy"], '{') {
		return nil, err
	}
	m, err := objectOf("results.scores: metrics: accuracy", metrics["accuracy"])
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"params", "options"} {
		if p := m[name]; begins(p, '{') && len(bytes.Join(bytes.Fields(p), nil)) > len("{}") {
			return nil, nil
		}
	}
	if isNull(m["value"]) {
		return nil, nil
	}
	x, err := floatField("results.scores: accuracy", m["value"], 0, 1)
	return &x, err
}

// objectOf gives the members of an object.
func objectOf(name string, raw []byte) (map[string][]byte, error) {
	out := map[string][]byte{}
	if !begins(raw, '{') {
		return nil, badField(name, raw, "an object")
	}
	err := jsonscan.Object(raw, jsonscan.MaxDepth, func(key, raw []byte) error {
		if _, again := out[string(key)]; again {
			return fmt.Errorf("%s.%s: given twice; remove one", name, key)
		}
		out[string(key)] = raw
		return nil
	})
	return out, err
}

// eachObject goes through an array of objects, which may be missing.
func eachObject(name string, raw []byte, f func(m map[string][]byte) error) error {
	if !begins(raw, '[') {
		return nil
	}
	return jsonscan.Array(raw, jsonscan.MaxDepth, func(raw []byte) error {
		m, err := objectOf(name, raw)
		if err != nil {
			return err
		}
		return f(m)
	})
}

var errNoHeader = errors.New("neither header.json nor _journal/start.json says what was run: the log is damaged")
