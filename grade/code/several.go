package code

import "regexp"

// Statements that admit several outputs: of their tests the expected output is
// one, and a program that prints another is counted wrong unless a checker
// judges it.
var admitsSeveral = []*regexp.Regexp{
	regexp.MustCompile(`(?i)\b(print|output|find|return|report|choose|give|construct)\s+any\b`),
	regexp.MustCompile(`(?i)\bany\s+(one\s+)?of\s+(them|these|those|the\s+(possible|valid|correct|optimal))\b`),
	regexp.MustCompile(`(?i)\bif\s+there\s+(are|is|exist)\s+(multiple|several|many|more\s+than\s+one)\b`),
	regexp.MustCompile(`(?i)\b(multiple|several)\s+(possible\s+)?(answers?|solutions?|outputs?|orders?|ways)\b.{0,80}\bany\b`),
	regexp.MustCompile(`(?i)\bany\s+(valid|correct|suitable|optimal|possible|such|order)\b`),
	regexp.MustCompile(`(?i)\bin\s+(any|arbitrary)\s+order\b`),
	regexp.MustCompile(`(?i)\bin\s+any\s+case\s*\(`), // letters, upper or lower
	regexp.MustCompile(`(?i)\b(answer|solution|output)s?\s+(is|are|may|might|need)\s+not\s+(be\s+|necessarily\s+)?unique\b`),
}

// maxPrompt bounds what is searched of a statement.
const maxPrompt = 1 << 20

// several gives the words of a statement by which it admits several outputs, "" if none do.
func several(prompt string) string {
	prompt = prompt[:min(len(prompt), maxPrompt)]
	for _, p := range admitsSeveral {
		if words := p.FindString(prompt); words != "" {
			return words
		}
	}
	return ""
}
