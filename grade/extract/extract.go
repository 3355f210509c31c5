// Package extract answers one question: where in a response does the answer stand?
//
// A response is a model's whole text: its reasoning, and somewhere the answer. The
// places are tried in the order in which they bind a writer: the member "answer" of
// a reply in JSON, a box, a phrase that announces the answer, the last line. What is found is a piece of the response as
// it stands; reading it is the grader's work. Every function runs in time linear in
// the response.
package extract

import "strings"

// Answer is a piece of a response and the rule that found it.
type Answer struct {
	Text string
	Rule string // answer-member, answer-tag, boxed, boxed-list, stated, code, last-line, last-math
}

// Final returns the answer of a response, or false with the reason in Rule:
// "empty", or "box-cut-off" when the response ends inside a box.
func Final(response string) (Answer, bool) {
	s := AfterThinking(response)
	if strings.TrimSpace(s) == "" {
		return Answer{Rule: "empty"}, false
	}
	boxes, cut := Boxes(s)
	if text, at, ok := Member(s); ok && (len(boxes) == 0 || at > boxes[len(boxes)-1].Start) {
		return Answer{Text: text, Rule: "answer-member"}, true
	}
	if text, at, ok := tagged(s); ok && (len(boxes) == 0 || at > boxes[len(boxes)-1].Start) {
		if inner, _ := Boxes(text); len(inner) == 0 {
			return Answer{Text: text, Rule: "answer-tag"}, true
		}
	}
	if cut {
		return Answer{Rule: "box-cut-off"}, false
	}
	if a, ok := lastBoxes(s, boxes); ok {
		return a, true
	}
	if text, ok := Stated(s); ok {
		return Answer{Text: text, Rule: "stated"}, true
	}
	return lastLine(s)
}

// AfterThinking drops what stands in front of the last </think>: models that
// print their deliberation close it so before they answer. Deliberation that was
// cut off before its end is dropped too.
func AfterThinking(s string) string {
	if i := strings.LastIndex(s, "</think>"); i >= 0 {
		s = s[i+len("</think>"):]
	}
	if i := strings.Index(s, "<think>"); i >= 0 {
		s = s[:i]
	}
	return s
}

// lastLine takes the last line that is not blank, and of it the last piece
// between mathematical delimiters when there is one.
func lastLine(s string) (Answer, bool) {
	line := LastLine(s)
	if line == "" {
		return Answer{Rule: "empty"}, false
	}
	if program(s) {
		return Answer{Rule: "code-cut-off"}, false
	}
	if text, ok := solutions(line); ok {
		return Answer{Text: text, Rule: "last-math"}, true
	}
	if text, ok := LastMath(line); ok {
		return Answer{Text: text, Rule: "last-math"}, true
	}
	if strings.HasSuffix(strings.TrimSpace(s), `\]`) || strings.HasSuffix(strings.TrimSpace(s), "$$") {
		if text, ok := LastMath(s); ok {
			return Answer{Text: text, Rule: "last-math"}, true
		}
	}
	return Answer{Text: Trim(line), Rule: "last-line"}, true
}

// tagged returns what stands between the last <answer> and </answer>.
func tagged(s string) (text string, at int, ok bool) {
	end := strings.LastIndex(s, "</answer>")
	if end < 0 {
		return "", 0, false
	}
	at = strings.LastIndex(s[:end], "<answer>")
	if at < 0 {
		return "", 0, false
	}
	text = Trim(s[at+len("<answer>") : end])
	return text, at, text != ""
}

// program reports whether s ends within a block of code that was not closed.
func program(s string) bool {
	if strings.Count(s, "```")%2 == 0 {
		return false
	}
	tag := s[strings.LastIndex(s, "```")+3:]
	return strings.HasPrefix(tag, "py") || strings.HasPrefix(tag, "c") || strings.HasPrefix(tag, "java")
}

// LastLine returns the last line that says something, without markdown around it.
func LastLine(s string) string {
	for s != "" {
		i := strings.LastIndexByte(s, '\n')
		line := Trim(s[i+1:])
		if line != "" && strings.Trim(line, "`-*_=#>") != "" {
			return line
		}
		if i < 0 {
			return ""
		}
		s = s[:i]
	}
	return ""
}
