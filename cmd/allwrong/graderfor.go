package main

import "github.com/allwrong/allwrong/grade"

// graderFor is the grader for a kind of question with so many options; nil when
// there is none.
func graderFor(kind string, options int) grade.Grader { return nil }
