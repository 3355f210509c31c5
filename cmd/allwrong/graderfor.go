package main

import (
	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/grade/kinds"
)

// graderFor is the grader for a kind of question; nil when there is none.
func graderFor(kind string, options int) grade.Grader {
	if kind == "" && options > 0 {
		kind = "choice"
	}
	g, known := kinds.For(kind)
	if !known {
		return nil
	}
	return g
}

// lookingAt is the grader with which triage looks at answers: nobody asked to
// run programs.
func lookingAt(kind string, options int) grade.Grader {
	if kind == "code" {
		return nil
	}
	return graderFor(kind, options)
}
