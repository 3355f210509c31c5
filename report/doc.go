// Package report answers: how is a result shown? It renders the result types
// of the measures as plain text and as Markdown, and computes nothing: every
// number that it prints is a field of the result, only scaled to percent or
// points and rounded.
//
// Text fits 80 columns, has no boxes and no colour. The first lines answer the
// question; what is doubtful stands in numbered footnotes, in words.
package report
