package main

import (
	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/grade/kinds"
)

// graderFor is the grader for a kind of question; nil when there is none.
func graderFor(kind string, _ int) grade.Grader {
	g, known := kinds.For(kind)
	if !known {
		return nil
	}
	return g
}
