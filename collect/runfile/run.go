// Package runfile answers one question: what was asked for?
//
// A run is described by one TOML file: endpoints, models with their prices, the
// file of queries, attempts, token budgets, the spending cap and the graders.
// The file is read strictly. An unknown key is refused, every error names the
// file, line, column and field, and says what to do; all that is wrong is said at
// once. No secret is ever in the file: keys are named by the environment variable
// that holds them, and what looks like a key is refused.
package runfile

import (
	"encoding/json"
	"time"

	"github.com/allwrong/allwrong/collect/money"
)

// Run is a run as its file describes it, checked and with defaults filled in.
type Run struct {
	Path   string // of the file
	SHA256 string // of the file's bytes, in hex
	Text   string // the file's bytes: it holds no secret, so the store keeps them

	Name        string        // for people; defaults to the file's name without its ending
	Store       string        // address of the PostgreSQL database that holds the run, under its name; empty: its folder does
	Seed        uint64        // of the order in which queries are taken, and of jitter
	Attempts    int           // samples per query and model, at least 1
	Budgets     []int64       // token budgets, rising: an answer cut off at one is asked again at the next
	CapUSD      money.Nano    // the most that may be spent
	Concurrency int           // calls in flight over all endpoints
	Timeout     time.Duration // of one call
	Endpoints   []Endpoint    // in the order of the file
	Models      []Model       // in the order of the file
	Queries     Queries
	Graders     map[string]string // by kind, name and version: "math" → "math/1"; a kind that is missing takes its newest
}

// Protocol is the language that an endpoint speaks.
type Protocol string

// The protocols.
const (
	OpenAI    Protocol = "openai"    // chat completions
	Anthropic Protocol = "anthropic" // messages
)

// Endpoint is where models are asked.
type Endpoint struct {
	Name     string
	BaseURL  string // without a slash at its end; the protocol's path is appended
	Protocol Protocol
	KeyEnv   string            // name of the environment variable that holds the key; empty: no key is sent
	Headers  map[string]string // "$NAME" is the value of the environment variable NAME
	Limits   Limits
}

// Limits are what a user allows; 0 means no limit of its own.
type Limits struct {
	Concurrency       int   // calls in flight
	RequestsPerMinute int   // calls
	TokensPerMinute   int64 // input and output tokens
	Context           int64 // tokens of input and output together; of models only
}

// Model is a model with the way to ask it.
type Model struct {
	ID         string // the name in outcomes
	Name       string // the name at the endpoint; defaults to ID
	Endpoint   string // name of the endpoint
	Family     string // provider family; may be empty
	Price      money.Price
	PricedOn   string     // date of the price, 2026-11-25; empty only if the model is free
	Parameters Parameters // of the request
	BudgetName string     // what the endpoint calls the token budget; empty: as its protocol says
	Limits     Limits
}

// Parameters are the members of a request besides model, messages and budget,
// as JSON values; the names are those of the endpoint's protocol. A seed has the
// attempt's number added to it.
type Parameters map[string]json.RawMessage

// Queries says where the queries lie and how their rows are read.
type Queries struct {
	Path     string   // JSON lines, CSV or Parquet, relative to the run file's folder
	Fields   Fields   // which field of a row means what
	System   string   // a system message for every query; may be empty
	Template string   // of the prompt, over the row's fields; empty: Fields.Prompt is the prompt
	Kind     string   // of every query; empty when Fields.Kind says it
	Slices   []string // fields that are labels of the query
}

// Fields names the fields of a row, or columns.
type Fields struct {
	ID, Prompt, Reference, Kind, Options string
}

// Query is one question.
type Query struct {
	ID        string
	System    string            // system message; may be empty
	Prompt    string            // user message
	Reference string            // the expected answer; of a code query, its tests
	Kind      string            // of grader
	Options   []string          // of a multiple-choice query
	Slices    map[string]string // labels
	Place     string            // "file:line" or the like
}

// Ladder gives the token budgets that a model is asked at: those of the run that
// its context has room for, at least one.
func (r *Run) Ladder(m *Model) []int64 {
	n := len(r.Budgets)
	for n > 1 && m.Limits.Context > 0 && r.Budgets[n-1] >= m.Limits.Context {
		n--
	}
	return r.Budgets[:n]
}

// Model gives the model with this id.
func (r *Run) Model(id string) (*Model, bool) {
	for i := range r.Models {
		if r.Models[i].ID == id {
			return &r.Models[i], true
		}
	}
	return nil, false
}

// Endpoint gives the endpoint with this name.
func (r *Run) Endpoint(name string) (*Endpoint, bool) {
	for i := range r.Endpoints {
		if r.Endpoints[i].Name == name {
			return &r.Endpoints[i], true
		}
	}
	return nil, false
}
