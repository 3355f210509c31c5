package ingest

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/allwrong/allwrong/internal/jsonscan"
	"github.com/allwrong/allwrong/outcome"
)

// oaiVerdict is one match event.
type oaiVerdict struct {
	line     int64
	right    bool
	expected string // a hash
	text     string // the reference
	picked   string
	nothing  outcome.Reason // why there is no answer
	options  int            // that the answer was looked for among; 0 when they are the expected answers only
}

// oaiScores is one metrics event: its values, those that are null left out, and
// all names in it.
type oaiScores struct {
	line   int64
	values map[string]float64
	named  map[string]bool
	judged bool // a grader made a choice
	unread bool // and its answer could not be read
}

// match reads a verdict of the tool itself.
func (l *oaiLog) match(s *oaiSample, data []byte, line int64) error {
	var correct, expected, picked, options, sampled []byte
	err := fieldsOf(data, map[string]*[]byte{"correct": &correct, "expected": &expected, "picked": &picked, "options": &options, "sampled": &sampled})
	if err != nil {
		return err
	}
	v := oaiVerdict{line: line}
	if v.right, err = boolField("correct", correct); err != nil {
		return err
	}
	if only := elements(expected); len(only) == 1 { // the tool itself takes a list of one for that one
		expected = only[0]
	}
	hash, err := canonical(nil, expected, nil)
	if err != nil {
		return fmt.Errorf("expected: %w", err)
	}
	v.expected = contentID(hash)
	if v.text, err = oaiTexts("expected", expected); err != nil {
		return err
	}
	if v.picked, err = oaiTexts("picked", picked); err != nil {
		return err
	}
	if v.options, err = oaiOptions(options, expected); err != nil {
		return err
	}
	if says(sampled) {
		if err := l.reply(s, sampled); err != nil {
			return err
		}
	}
	switch {
	case v.right:
	case s.empty:
		v.nothing = outcome.Empty
	case v.options > 0 && !says(picked):
		v.nothing = outcome.Unparsed
	}
	if l.opt.Want&outcome.WantAnswer == 0 {
		v.picked = ""
	}
	l.matches = true
	s.verdicts = append(s.verdicts, v)
	return nil
}

// oaiOptions counts the options among which an answer was looked for. When they
// are the expected answers, as they are unless an eval gives others, an answer
// that is none of them is merely wrong.
func oaiOptions(options, expected []byte) (int, error) {
	if !says(options) {
		return 0, nil
	}
	var list, right [][]byte
	keep := func(out *[][]byte) func([]byte) error {
		return func(e []byte) error {
			text, err := canonical(nil, e, nil)
			*out = append(*out, text)
			return err
		}
	}
	err := jsonscan.Array(options, jsonscan.MaxDepth, keep(&list))
	if err != nil {
		return 0, badField("options", options, "an array")
	}
	if begins(expected, '[') {
		err = jsonscan.Array(expected, jsonscan.MaxDepth, keep(&right))
	} else {
		err = keep(&right)(expected)
	}
	if err != nil {
		return 0, fmt.Errorf("expected: %w", err)
	}
	if bytes.Equal(bytes.Join(list, nil), bytes.Join(right, nil)) {
		return 0, nil
	}
	return len(list), nil
}

// measure reads the numbers of a metrics event.
func (l *oaiLog) measure(s *oaiSample, data []byte, line int64) error {
	e := oaiScores{line: line, values: map[string]float64{}, named: map[string]bool{}}
	err := jsonscan.Object(data, jsonscan.MaxDepth, func(key, raw []byte) error {
		name := string(key)
		if e.named[name] {
			return fmt.Errorf("%s: given twice; remove one", outcome.Quote(name))
		}
		e.named[name] = true
		m := l.metrics[name]
		if m == nil {
			m = &oaiMetric{}
			l.metrics[name] = m
		}
		if name == "choice" {
			e.judged, e.unread = true, string(raw) == `"__invalid__"`
		}
		switch string(raw) {
		case "null":
			m.none++
			return nil
		case "true":
			e.values[name] = 1
		case "false":
			e.values[name] = 0
		default:
			x, err := floatField(name, raw, 0, 1)
			if err != nil {
				m.bad = show(raw)
				return nil
			}
			e.values[name] = x
			m.part = m.part || x > 0 && x < 1
		}
		m.values++
		return nil
	})
	if err != nil {
		return err
	}
	// The tool gives the lowest score where it could not read what the grader said.
	if _, scored := e.values["score"]; e.unread && scored {
		delete(e.values, "score")
		l.unread++
		l.metrics["score"].none++
	}
	s.scores = append(s.scores, e)
	return nil
}

// sampling reads what was asked, from the first call that the sample made: the
// prompts of later ones hold what a model wrote before.
func (l *oaiLog) sampling(s *oaiSample, data []byte) error {
	var prompt, sampled, usage []byte
	if err := fieldsOf(data, map[string]*[]byte{"prompt": &prompt, "sampled": &sampled, "usage": &usage}); err != nil {
		return err
	}
	if err := s.use(usage); err != nil {
		return err
	}
	if s.asks++; s.asks > 1 {
		return nil
	}
	if says(prompt) {
		text, plain, err := oaiPrompt(prompt)
		if err != nil {
			return fmt.Errorf("prompt: %w", err)
		}
		if l.opt.Want&outcome.WantPrompt != 0 {
			s.text = text
		}
		if key := []byte(strings.TrimSpace(oaiRole.ReplaceAllString(text, ""))); plain {
			s.prompt = contentID(key)
		} else if key, err = canonical(nil, prompt, nil); err == nil {
			s.prompt = contentID(key, nil)
		}
	}
	if !says(sampled) {
		return nil
	}
	return l.reply(s, sampled)
}

// reply notes what the model wrote.
func (l *oaiLog) reply(s *oaiSample, sampled []byte) error {
	text, err := oaiTexts("sampled", sampled)
	s.empty = text == ""
	if l.opt.Want&outcome.WantResponse != 0 {
		s.response = text
	}
	return err
}

func (s *oaiSample) use(raw []byte) error {
	var in, out []byte
	if says(raw) {
		if err := fieldsOf(raw, map[string]*[]byte{"prompt_tokens": &in, "completion_tokens": &out}); err != nil {
			return fmt.Errorf("usage: %w", err)
		}
	}
	i, err := optionalCount("usage.prompt_tokens", in)
	if err != nil {
		return err
	}
	o, err := optionalCount("usage.completion_tokens", out)
	if err != nil {
		return err
	}
	if i == nil || o == nil {
		s.uncounted = true
		return nil
	}
	s.in, s.out = s.in+*i, s.out+*o
	return nil
}

// oaiTexts reads a text, or several of them, joined by line ends; what is
// neither says nothing that could be shown.
func oaiTexts(name string, raw []byte) (string, error) {
	if begins(raw, '"') {
		return textField(name, raw)
	}
	if !begins(raw, '[') {
		return "", nil
	}
	var list []string
	err := jsonscan.Array(raw, jsonscan.MaxDepth, func(e []byte) error {
		if !begins(e, '"') {
			return nil
		}
		text, err := textField(name, e)
		list = append(list, text)
		return err
	})
	return strings.Join(list, "\n"), err
}

// oaiRole is what the tool puts before a message where it makes one text of
// several, for a model that takes no messages.
var oaiRole = regexp.MustCompile(`(?m)^(?:User|Assistant):(?: |$)`)

// oaiPrompt is the text of a prompt: of messages, their contents. It is plain
// when there is nothing else in them, such as a picture.
func oaiPrompt(raw []byte) (text string, plain bool, err error) {
	if begins(raw, '"') {
		text, err = textField("prompt", raw)
		return text, true, err
	}
	if !begins(raw, '[') {
		return "", false, nil
	}
	var parts []string
	plain = true
	err = jsonscan.Array(raw, jsonscan.MaxDepth, func(e []byte) error {
		var content []byte
		if begins(e, '{') {
			if err := fieldsOf(e, map[string]*[]byte{"content": &content}); err != nil {
				return err
			}
		}
		if !begins(content, '"') {
			plain = false
			return nil
		}
		text, err := textField("content", content)
		parts = append(parts, text)
		return err
	})
	return strings.Join(parts, "\n"), plain, err
}
