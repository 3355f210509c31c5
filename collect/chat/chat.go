// Package chat asks one model one question, over the wire: what does this
// model answer? It knows two protocols, the chat completions that OpenAI began
// and many others serve, and Anthropic's messages; streaming is off.
//
// One call is one request. When to send it, whether to send it again, and what
// it may cost are not decided here: an *Error says what went wrong in words that
// such a decision needs (its Kind), and an *Answer holds what was served as well
// as what it means, with the raw bytes as evidence. Servers are taken as they
// are: what is not the protocol's shape is an error that names the member, and
// what is missing (usage, above all) is said to be missing and not made up.
//
// Secrets: a key is named by its environment variable. Its value goes into the
// header of a request and nowhere else: not into errors, not into answers should
// a server echo it, not into what %+v prints of any value, and to no other host,
// since redirects are not followed.
package chat

import (
	"encoding/json"
	"time"
)

// Protocol is the language that an endpoint speaks.
type Protocol string

// The protocols.
const (
	OpenAI    Protocol = "openai"    // chat completions: OpenAI, OpenRouter, vLLM, Ollama, llama.cpp, LiteLLM and the rest
	Anthropic Protocol = "anthropic" // messages
)

// Message is one turn of a conversation.
type Message struct {
	Role    string `json:"role"` // user or assistant; with OpenAI's protocol any that the server knows
	Content string `json:"content"`
}

// Request is what is asked. Zero fields are not sent; the server's defaults hold.
type Request struct {
	Model       string
	System      string // instructions before the conversation
	Messages    []Message
	MaxTokens   int // output tokens at most; Anthropic's protocol needs it
	Temperature *float64
	TopP        *float64
	Seed        *int64 // Anthropic's protocol has none
	Stop        []string

	// MaxTokensName is the member that MaxTokens is sent as: "max_tokens", which is also what "" means, or
	// "max_completion_tokens", which OpenAI's reasoning models want.
	MaxTokensName string

	Extra map[string]json.RawMessage // further members of the body, sent as they are, in order of their names
}

// Finish is why a model ended its answer.
type Finish string

// The reasons. One that is not known is FinishUnknown, with what was served
// beside it in Answer.FinishServed.
const (
	FinishStop     Finish = "stop"     // it had said what it had to say, or met a stop sequence
	FinishLength   Finish = "length"   // it was cut off at its token budget or at the end of its context
	FinishFiltered Finish = "filtered" // a filter took the answer away, or the model declined
	FinishTool     Finish = "tool"     // it called a tool instead of answering
	FinishUnknown  Finish = ""         // not said, or a word that no server of our knowledge uses
)

// Usage counts tokens as the server reported them.
type Usage struct {
	Known     bool   `json:"known"`           // false: not reported, or not believable; the counts are 0
	Why       string `json:"why,omitempty"`   // when not known: what was wrong with it
	Input     int64  `json:"input"`           // all input tokens, cached ones among them
	Cached    int64  `json:"cached"`          // input tokens read from a cache
	CacheMade int64  `json:"cache_made"`      // input tokens written to a cache
	Output    int64  `json:"output"`          // all output tokens, those of reasoning among them
	Reasoning int64  `json:"reasoning"`       // output tokens that were spent on reasoning
	Total     int64  `json:"total,omitempty"` // as reported; 0 when it was not
}

// Answer is what a model answered. An empty Text is an answer of the wire; what
// to make of it is for the caller.
type Answer struct {
	Text         string        // what the model said, its parts joined
	Reasoning    string        // what it said to itself, where the server tells
	Refusal      string        // its refusal, where the protocol sets that apart
	ToolCalls    int           // tools that it asked for
	Finish       Finish        // why it ended
	FinishServed string        // the same in the server's word
	Model        string        // the version that answered, as served; "" when not said
	ID           string        // of the answer, in its body
	RequestID    string        // of the request, from the response's header
	Usage        Usage         // tokens
	CostUSD      *float64      // US dollars, where the provider says what it charged
	Latency      time.Duration // from sending the request to the last byte
	Raw          []byte        // the body as received, secrets taken out; cut at Endpoint.KeepRaw
}

// Kind says what kind of failure an error is, and so what to do about it.
type Kind string

// The kinds. Only Refused, Auth and TooLarge are final: the same request will
// fail again.
const (
	RateLimited Kind = "rate-limited" // 429: send less
	Overloaded  Kind = "overloaded"   // 503, 529: the server has too much to do
	Server      Kind = "server"       // other 5xx, and errors in the body of a 200
	Timeout     Kind = "timeout"      // no complete answer in time
	Connection  Kind = "connection"   // no connection, or it broke before the last byte
	Shape       Kind = "wrong-shape"  // an answer that is not the protocol's
	Refused     Kind = "refused"      // other 4xx, and redirects: the request itself is not acceptable
	Auth        Kind = "auth"         // 401, 403, 402: the key or the account is not
	TooLarge    Kind = "too-large"    // the answer is over Endpoint.MaxBody
	Cancelled   Kind = "cancelled"    // the caller's context ended
)

// Final reports whether asking again is in vain.
func (k Kind) Final() bool { return k == Refused || k == Auth || k == TooLarge }
