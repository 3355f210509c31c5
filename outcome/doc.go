// Package outcome answers: what happened? It holds graded results, one record
// per query, model and attempt, and turns them into the bit matrix from which
// every measure of the project is counted.
//
// A verdict is right, wrong, no answer or not run, never a guess. No answer
// (refused, cut off, nothing to parse) counts as wrong unless the caller asks
// otherwise; not run is missing. Identity is by (query, model, attempt):
// records of one cell that agree are merged and counted, records that disagree
// are conflicts, kept out of the way until the caller says which one wins.
//
// The package knows no statistics, no network and no other tool's files. Its
// own file format, outcomes as JSON lines, is described in docs/formats.md and
// read and written here.
package outcome
