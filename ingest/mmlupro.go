package ingest

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/allwrong/allwrong/internal/jsonscan"
	"github.com/allwrong/allwrong/outcome"
)

// mmluPro reads the result files of MMLU-Pro: an array with one object for each
// question, as its scripts write them and as its published archives hold them.
var mmluPro = &format{
	name:   "MMLU-Pro results",
	detect: detectMMLUPro,
	read:   readMMLUPro,
}

// tokensExceeded is what one of the scripts stores in place of a response that
// ran into its budget.
const tokensExceeded = `"MaxTokensExceeded"`

func detectMMLUPro(h head) bool {
	m := members(element(h.bytes))
	return has(m, "question_id", "options", "answer") && (has(m, "answer_index") || has(m, "pred"))
}

// publishedName is how the published archives are named, and their entries.
var publishedName = regexp.MustCompile(`^model_outputs_(.+)_\d+shots?\.(?:zip|json)$`)

// mmluProModel finds the model: no row names it.
func mmluProModel(f *file) (string, error) {
	for _, name := range []string{f.name, f.archive} {
		if m := publishedName.FindStringSubmatch(name); m != nil {
			return m[1], nil
		}
	}
	if model := folder(f); model != "" {
		return model, nil
	}
	return "", errors.New("no row names the model: put the file into a folder that is named for it, or name it model_outputs_<model>_5shots.json")
}

// folder is the name of the folder that a file lies in, "" when it has none
// that means anything.
func folder(f *file) string {
	switch base := filepath.Base(filepath.ToSlash(f.dir)); base {
	case ".", "..", "/", "":
		return ""
	default:
		return base
	}
}

type mmluProReader struct {
	to       *sink
	rec      outcome.Record
	slices   map[string]string
	subjects map[string]string // so that each name is held once

	indexWrong int64 // rows whose answer_index names another option than answer
	indexFirst string
	drawn      int64 // rows with a letter that stands nowhere in their response
	drawnRight int64 // of them
	drawnFirst string
}

func readMMLUPro(f *file, to *sink) error {
	model, err := mmluProModel(f)
	if err != nil {
		return to.errorAt(0, err)
	}
	to.joinedBy(joinedByID)
	r := mmluProReader{to: to, slices: map[string]string{}, subjects: map[string]string{}}
	r.rec = outcome.Record{Model: model, Kind: "choice"}
	err = jsonscan.Elements(f, f.opt.Limits.Line, r.row)
	if r.indexWrong > 0 {
		to.warn("answer-index", "%s: in %s, the first of them question %s, answer_index names another option than answer; answer is believed",
			to.place(0), plural(r.indexWrong, "row"), outcome.Quote(r.indexFirst))
	}
	if r.drawn > 0 {
		to.warn("drawn-letters", "%s: in %s, the first of them question %s, the response names no letter and pred has one, as scripts write it that draw one at random; %d of them are right, and count as the file has it",
			to.place(0), plural(r.drawn, "row"), outcome.Quote(r.drawnFirst), r.drawnRight)
	}
	return streamError(to, err)
}

// mmluProRow holds the fields that are looked at, as written.
type mmluProRow struct {
	id, question, options, answer, index, category, pred, response []byte
}

func (x *mmluProRow) field(key, raw []byte) error {
	switch string(key) {
	case "question_id":
		return once(&x.id, key, raw)
	case "question":
		return once(&x.question, key, raw)
	case "options":
		return once(&x.options, key, raw)
	case "answer":
		return once(&x.answer, key, raw)
	case "answer_index":
		return once(&x.index, key, raw)
	case "category":
		return once(&x.category, key, raw)
	case "pred":
		return once(&x.pred, key, raw)
	case "model_outputs", "generated_text":
		x.response = raw
	}
	return nil
}

func (r *mmluProReader) row(raw []byte, line int64) error {
	if raw[0] != '{' {
		r.to.leaveOut("not an object", line)
		return nil
	}
	var x mmluProRow
	err := jsonscan.Object(raw, jsonscan.MaxDepth, x.field)
	if err == nil {
		err = r.settle(&x)
	}
	if err != nil {
		return r.to.errorAt(line, err)
	}
	return r.to.record(&r.rec, line)
}

// settle turns a row into the reader's record.
func (r *mmluProReader) settle(x *mmluProRow) error {
	id, err := idField("question_id", x.id)
	if err != nil {
		return err
	}
	answer, err := letterField("answer", x.answer)
	if err != nil {
		return fmt.Errorf("question %s: %w", outcome.Quote(id), err)
	}
	options := 0
	if err := jsonscan.Array(x.options, jsonscan.MaxDepth, func([]byte) error { options++; return nil }); err != nil {
		return fmt.Errorf("question %s: %w", outcome.Quote(id), badField("options", x.options, "an array"))
	}
	r.rec.Query, r.rec.Options, r.rec.Reference = "mmlu-pro/"+id, options, string(answer)
	r.rec.Slices = nil
	if len(x.category) > 0 && !isNull(x.category) {
		name, ok := r.subjects[string(x.category)]
		if !ok {
			if name, err = textField("category", x.category); err != nil {
				return fmt.Errorf("question %s: %w", outcome.Quote(id), err)
			}
			r.subjects[string(x.category)] = name
		}
		if name != "" {
			r.slices["subject"], r.rec.Slices = name, r.slices
		}
	}
	if err := r.checkIndex(x.index, answer, id); err != nil {
		return fmt.Errorf("question %s: %w", outcome.Quote(id), err)
	}
	if err := r.verdict(x, answer); err != nil {
		return fmt.Errorf("question %s: %w", outcome.Quote(id), err)
	}
	return nil
}

// lettered writes the options below a question, as who answers it sees them.
func lettered(options []byte) string {
	var b strings.Builder
	letter := byte('A')
	// The array was read before, to count its elements.
	_ = jsonscan.Array(options, jsonscan.MaxDepth, func(e []byte) error {
		fmt.Fprintf(&b, "\n%c. %s", letter, contentText(e))
		letter++
		return nil
	})
	return b.String()
}

// letterField reads the letter of an option.
func letterField(name string, raw []byte) (byte, error) {
	if len(raw) == 3 && raw[0] == '"' && raw[1] >= 'A' && raw[1] <= 'Z' {
		return raw[1], nil
	}
	return 0, badField(name, raw, "a letter from A to Z")
}

func (r *mmluProReader) checkIndex(raw []byte, answer byte, id string) error {
	if len(raw) == 0 || isNull(raw) {
		return nil
	}
	n, err := countField("answer_index", raw)
	if err != nil {
		return err
	}
	if n != int64(answer-'A') {
		if r.indexWrong++; r.indexWrong == 1 {
			r.indexFirst = id
		}
	}
	return nil
}

// verdict compares the letter that the script found with the row's own answer.
// Where it found none the official score draws a letter at random; here that is
// no answer.
func (r *mmluProReader) verdict(x *mmluProRow, answer byte) error {
	r.rec.Answer, r.rec.Response, r.rec.Prompt, r.rec.Reason = "", "", "", outcome.NoReason
	if r.to.opt.Want&outcome.WantResponse != 0 && string(x.response) != tokensExceeded {
		r.rec.Response = contentText(x.response)
	}
	if r.to.opt.Want&outcome.WantPrompt != 0 {
		r.rec.Prompt = contentText(x.question) + lettered(x.options)
	}
	switch {
	case len(x.pred) == 0:
		return fmt.Errorf("pred: missing: these are questions without results; give the files that the evaluation wrote")
	case string(x.pred) == tokensExceeded || string(x.response) == tokensExceeded:
		r.rec.Verdict, r.rec.Reason = outcome.NoAnswer, outcome.Truncated
		return nil
	case isNull(x.pred) || string(x.pred) == `""`:
		r.rec.Verdict, r.rec.Reason = outcome.NoAnswer, outcome.Unparsed
		return nil
	}
	pred, err := textField("pred", x.pred)
	if err != nil {
		return err
	}
	if begins(x.response, '"') && !namesLetter(x.response) {
		if r.drawn++; r.drawn == 1 {
			r.drawnFirst = strings.TrimPrefix(r.rec.Query, "mmlu-pro/")
		}
		if pred == string(answer) {
			r.drawnRight++
		}
	}
	r.rec.Verdict = outcome.Wrong
	if r.to.opt.Want&outcome.WantAnswer != 0 {
		r.rec.Answer = pred
	}
	if pred == string(answer) {
		r.rec.Verdict = outcome.Right
	}
	return nil
}
