package math

import (
	"slices"
	"strings"
)

// opposites are words of which one excludes the others of its line. An answer
// reads as its number, and most words around a number add nothing to it; these do.
var opposites = [][]string{
	{"north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest"},
	{"left", "right"}, {"up", "down", "upward", "downward", "upwards", "downwards"}, {"above", "below"}, {"inside", "outside"}, {"before", "after"},
	{"clockwise", "counterclockwise", "anticlockwise"}, {"increase", "decrease"}, {"increasing", "decreasing"}, {"increases", "decreases"}, {"gain", "loss"}, {"profit", "loss"},
	{"more", "less", "fewer"}, {"older", "younger"}, {"max", "min"}, {"maximum", "minimum"}, {"even", "odd"}, {"deposit", "withdrawal"},
	{"positive", "negative"}, {"am", "pm"}, {"win", "lose"}, {"boys", "girls"}, {"men", "women"},
}

var oppositeOf = func() map[string]int {
	m := map[string]int{}
	for i, group := range opposites {
		for _, w := range group {
			m[w] = i + 1
		}
	}
	return m
}()

// oppositeWords returns the words of an answer that have opposites, in order.
func oppositeWords(s string) []string {
	if !strings.ContainsAny(s, " {") {
		return nil
	}
	var words []string
	for i := 0; i < len(s); {
		if s[i] == '\\' { // a command is no word
			for i++; i < len(s) && isLetter(s[i]); i++ {
			}
			continue
		}
		j := i
		for j < len(s) && isLetter(s[j]) {
			j++
		}
		if j-i > 1 {
			if w := strings.ToLower(s[i:j]); oppositeOf[w] != 0 {
				words = append(words, w)
			}
		}
		i = max(j, i+1)
	}
	return words
}

// contradict reports whether two answers have words around their numbers that
// exclude each other. Where both give several such labels in the same order, the
// numbers belong to them, and labelled says so.
func contradict(ref, ans string) (yes, labelled bool) {
	r := oppositeWords(ref)
	if len(r) == 0 {
		return false, false
	}
	a := oppositeWords(ans)
	for _, w := range r {
		for _, v := range a {
			if oppositeOf[w] == oppositeOf[v] && !slices.Contains(a, w) && !slices.Contains(r, v) {
				return true, false
			}
		}
	}
	return false, len(r) > 1 && slices.Equal(r, a)
}
