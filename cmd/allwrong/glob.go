package main

import (
	"slices"
	"strings"
)

// matches reports whether a model's name matches a pattern: * stands for any
// run of characters, slashes included (names hold them), ? for one. A name
// always matches itself, whatever characters it holds.
func matches(pattern, name string) bool {
	return pattern == name || matchRunes([]rune(pattern), []rune(name))
}

func matchRunes(pattern, name []rune) bool {
	// The last * met, and how much of the name it has taken, to go back to.
	star, taken := -1, 0
	p, n := 0, 0
	for n < len(name) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, taken = p, n
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == name[n]):
			p, n = p+1, n+1
		case star >= 0:
			taken++
			p, n = star+1, taken
		default:
			return false
		}
	}
	return strings.Trim(string(pattern[p:]), "*") == ""
}

// chosen reports whether a model is taken: it matches one of models, or models
// is empty, and none of exclude.
func chosen(name string, models, exclude []string) bool {
	is := func(pattern string) bool { return matches(pattern, name) }
	return (len(models) == 0 || slices.ContainsFunc(models, is)) && !slices.ContainsFunc(exclude, is)
}

// unmatched finds a pattern that matches no name: a slip of the pen that would
// otherwise pass unnoticed.
func unmatched(patterns, names []string) (string, bool) {
	for _, p := range patterns {
		if !slices.ContainsFunc(names, func(n string) bool { return matches(p, n) }) {
			return p, true
		}
	}
	return "", false
}
