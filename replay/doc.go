// Package replay answers one question: what did this model answer, then?
//
// It serves recorded answers as if the models were there, in the two protocols
// that package chat speaks: OpenAI's chat completions (and the list of models)
// and Anthropic's messages, whole or streamed. So a run can be tried for nothing,
// a pipeline tested without a network, and a client driven through everything
// that servers do wrong.
//
// An answer is found by its prompt and its model. The prompt is the text of all
// messages, or of all but the system's, or of the last one of the user,
// whichever was recorded. Nothing is made up: to what was not recorded, or was
// recorded without its text, the reply is an error that says what there is.
// Several recorded attempts are told apart by the request's seed, modulo their
// number; without a seed they come in turn.
//
// Usage is counted by a rule, whatever was recorded: a token is four bytes,
// rounded up. An answer longer than the request's budget is cut there, with the
// finish reason for it.
//
// Faults are drawn from a seed, the request's content and how often it came
// before, so that a run that is repeated meets the same ones, in whatever order
// its requests arrive.
package replay
