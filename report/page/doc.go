// Package page answers: how is a study shown on a page? It writes one HTML file that
// needs nothing else (no network, no font, no picture from elsewhere), and a short
// Markdown text for a pull request.
//
// The first screen is the answer: one sentence, the queries by kind, the verdict,
// and what is doubtful. Below are the sections, from what correlation misses to the
// inputs with their digests. The page is read without scripts; with the little one
// that it carries tables sort, queries are filtered, and figures turn into tables.
//
// Nothing that the data say can become markup: all of it goes through html/template,
// the page allows itself no source but its own style and script (by digest), and
// control characters and marks that turn the direction of writing become signs that
// can be seen. Texts are cut, and the page says what it left out. The same study
// gives the same bytes.
package page
