// Package warehouse answers: which patterns of verdicts does a database hold,
// and how often?
//
// Graded outcomes of a company live in a database, one row per outcome, by the
// billion. Every count that the measures need hangs on patterns: which models
// are right, wrong, without an answer or missing on a query, and how many
// queries show the same. The engine that holds the rows does the counting, by
// one statement with two GROUP BYs:
//
//	per row    the verdict becomes one bit of a 64-bit word, chosen by model and verdict
//	per query  these bits are joined by "or"
//	per word   queries are counted
//
// What comes back is a few thousand rows for any number of queries. They say
// all that can be said without names: verdicts, missing cells, rows that repeat
// one (more rows than bits), and rows that disagree (two bits of one cell).
//
// A NULL verdict means that the cell was not run: the query counts, the cell is
// missing. The words of verdicts are those of our files. Names are compared byte
// by byte. A label that differs between the rows of one query is an error, and
// so is every value that cannot be read: an engine skips nothing in silence.
//
// Statements run in read-only transactions that see one snapshot. Identifiers
// are quoted, values are bound. The query that a user gives is one statement,
// wrapped as a subselect. Passwords come from the environment, never in a URL.
//
// What differs between engines is in one file each, behind the type dialect.
package warehouse
