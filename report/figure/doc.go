// Package figure answers: how is a result drawn?
//
// Each figure is a function from a result to a Figure: a scene, a title that
// says what is to be seen, a description in one plain sentence, and the same
// numbers as a table for those who cannot see it. Where a result holds nothing
// to draw the function gives nil. Nothing is estimated here: the results are
// scaled to the paper, rounded for labels, and put into bins where there are
// more of them than the paper can show.
//
// A scene is made of text, lines, areas, dots and cells, which have roles in
// place of colours: what is claimed, what went wrong, what is context. A theme
// gives every role a colour. Colours hold for colour-blind readers, and nothing
// is said by colour alone: each mark has words beside it or a hatching of its
// own. Two renderers draw a scene, as SVG and as PNG. Text is measured with the
// font that PNG uses, and SVG asks for the same lengths, so that labels end where
// they were meant to whatever font a reader has.
//
// Names come from files that nobody vouches for. They are shown as text, without
// control characters, and cut with an ellipsis where there is no room for them.
package figure
