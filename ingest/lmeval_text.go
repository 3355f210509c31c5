package ingest

import (
	"maps"
	"slices"
	"strconv"

	"github.com/allwrong/allwrong/internal/jsonscan"
	"github.com/allwrong/allwrong/outcome"
)

// labelsOf gives the labels of a document: those of its own fields that name a
// group of documents, and the task.
func (r *lmEvalReader) labelsOf(doc []byte) (map[string]string, error) {
	labels := map[string]string{"task": r.task}
	if !begins(doc, '{') {
		return labels, nil
	}
	err := groupLabels(doc, func(name, value string) {
		if name != "task" {
			labels[name] = value
		}
	})
	return labels, err
}

// held gives one copy of equal labels to all documents that have them.
func (r *lmEvalReader) held(labels map[string]string) map[string]string {
	key := ""
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		key += name + "\x00" + labels[name] + "\x00"
	}
	if held, ok := r.labels[key]; ok {
		return held
	}
	r.labels[key] = labels
	return labels
}

// textsOf finds what was asked and what came back, as far as it is wanted.
func (r *lmEvalReader) textsOf(x *lmEvalFields, p *lmEvalParsed) {
	want := r.to.opt.Want
	if want&outcome.WantAnswer != 0 {
		if p.row.options > 0 {
			p.texts.answer = likeliest(x.resps)
		} else if s := firstText(x.filtered); s != "[invalid]" {
			p.texts.answer = s
		}
	}
	if want&outcome.WantResponse != 0 {
		p.texts.response = firstText(element1(x.resps))
	}
	if want&outcome.WantPrompt != 0 {
		p.texts.prompt = lmEvalPrompt(x.arguments)
	}
}

// lmEvalPrompt finds what was asked in {"gen_args_0": {"arg_0": …}} or, as
// older versions have it, in [[…, …], …]. A chat is a list of one text, which
// holds the messages.
func lmEvalPrompt(raw []byte) string {
	var first, arg []byte
	if begins(raw, '[') {
		arg = element1(element1(raw))
	} else if fieldsOf(raw, map[string]*[]byte{"gen_args_0": &first}) == nil && says(first) {
		_ = fieldsOf(first, map[string]*[]byte{"arg_0": &arg})
	}
	if begins(arg, '"') {
		s, _ := jsonscan.Unquote(arg)
		return s
	}
	s := firstText(arg)
	if chat := chatText([]byte(s)); chat != "" {
		return chat
	}
	return s
}

// firstText is the first element of a list when that is a text.
func firstText(raw []byte) string {
	first := element1(raw)
	if !begins(first, '"') {
		return ""
	}
	s, _ := jsonscan.Unquote(first)
	return s
}

// likeliest numbers the first option that has the highest log-likelihood, which
// is what acc looks at. Versions differ on whether they write it as a string.
func likeliest(resps []byte) string {
	best, at, n := 0.0, -1, 0
	jsonscan.Array(resps, jsonscan.MaxDepth, func(raw []byte) error {
		x, err := strconv.ParseFloat(string(trimmed(element1(element1(raw)))), 64)
		if err == nil && (at < 0 || x > best) {
			best, at = x, n
		}
		n++
		return nil
	})
	if at < 0 {
		return ""
	}
	return strconv.Itoa(at)
}
