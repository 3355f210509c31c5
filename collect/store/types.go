package store

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/allwrong/allwrong/collect/money"
	"github.com/allwrong/allwrong/outcome"
)

// Key is the content address of a request: the SHA-256 of the canonical JSON of
// model, protocol, messages, parameters, budget and attempt.
type Key [sha256.Size]byte

func (k Key) String() string { return hex.EncodeToString(k[:]) }

// Purpose is what a run is collected for.
type Purpose string

// The purposes. All but ForMatrix are lazy: which cells are asked hangs on what
// others answered.
const (
	ForMatrix      Purpose = "matrix"      // every cell
	ForCertificate Purpose = "certificate" // the incumbent everywhere, others where it is wrong, until one is right
	ForCeiling     Purpose = "ceiling"     // every query until one model is right
)

// Schedule is how cells are chosen. The store keeps it and hands it on.
type Schedule struct {
	For       Purpose `json:"for"`
	Incumbent string  `json:"incumbent,omitempty"` // id of a model; with ForCertificate
	Until     string  `json:"until,omitempty"`     // "decided": queries are taken in seeded order until the any-time certificate decides
	Overhead  float64 `json:"overhead,omitempty"`  // a fraction; with Until
}

// Place is a cell of the run at one token budget. Query and Model are numbers:
// those of Store.QueryIDs, and the place of the model in the run file.
type Place struct {
	Query, Model, Attempt int
	Budget                int64 // tokens
}

// Decision is what the store says to the wish to ask at a place.
type Decision uint8

// The decisions.
const (
	Granted  Decision = iota + 1 // the money is reserved: make the call, then settle it
	Answered                     // the request has its answer; nothing is asked
	Held                         // a call for this request is under way, here or in another process
	Wait                         // the cap would be passed if all open calls cost their worst; ask again when some are settled
	OverCap                      // the cap would be passed even if no open call cost anything
)

// Claim is the answer to the wish to ask at a place. A granted claim covers one call that may be
// billed: a call that an endpoint refused for certain (429, no connection) may be
// made again under the same claim, one that may have been billed is settled first.
type Claim struct {
	Place
	Decision Decision
	Call     int64 // number of the call; 0 unless granted
	Key      Key
	Worst    money.Nano // the most that the call can cost; reserved if granted
	State    State      // what is on record for the place
}

// Status is what became of a call.
type Status uint8

// The statuses. Valid and CutOff settle a request: it is never asked again.
// All others are kept as evidence, and the request stays open.
const (
	NoStatus Status = iota // nothing is on record
	Valid                  // an answer; refusals are answers too
	CutOff                 // the answer ends at its token budget: the cell is asked again at the next
	Empty                  // the call succeeded, and there is no text
	NoUsage                // there is text, and no usage that can be: what it cost is not known
	Corrupt                // the answer is not of the protocol's shape, or broke off
	Failed                 // the endpoint refused the call, or there was none
	Lost                   // the process that called died, or no answer came in time: it may have been billed
)

var statusNames = [...]string{"", "valid", "cut-off", "empty", "no-usage", "corrupt", "failed", "lost"}

func (s Status) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return "unknown"
}

// Final reports whether a request with this status is never asked again.
func (s Status) Final() bool { return s == Valid || s == CutOff }

// Answer is what a call gave.
type Answer struct {
	Status    Status
	Text      string       // of the model, without its reasoning
	Reasoning string       // as far as the endpoint shows it
	Finish    string       // finish reason as the endpoint reports it
	Served    string       // model version that the endpoint says it used
	RequestID string       // the endpoint's name of the call
	Usage     *money.Usage // nil: none that can be
	Latency   time.Duration
	// ProviderCost is what the endpoint itself says the call cost; nil: nothing.
	ProviderCost *money.Nano
	Why          string // what was wrong, unless the status is Valid
	// Unbilled says that the endpoint certainly charges nothing. A call without
	// usage that is not certainly unbilled is charged at its worst.
	Unbilled bool
}

// Verdict is what a grader said of an answer.
type Verdict struct {
	Grader    string          // name and version
	Extracted string          // the answer within the text
	Verdict   outcome.Verdict // Right, Wrong, NoAnswer; NotRun with reason Unscored when the grader cannot tell
	Reason    outcome.Reason
	Rule      string // that decided
}

// State is the compact state of a place.
type State struct {
	Place
	Status Status
	Cell   outcome.Cell // verdict; Absent until graded
	Tries  int          // calls that ended without settling the request
	Call   int64        // number of the call that settled it; 0: none
}

// Totals is the money of a run. Settled + Reserved ≤ Cap + Overrun always.
type Totals struct {
	Cap      money.Nano `json:"cap"`
	Settled  money.Nano `json:"settled"`  // spent by our prices, Lost included
	Lost     money.Nano `json:"lost"`     // of Settled: charged at the worst, since nobody knows what was billed
	Reserved money.Nano `json:"reserved"` // for open calls
	Provider money.Nano `json:"provider"` // what endpoints say they charged, over the calls that say so
	Overrun  money.Nano `json:"overrun"`  // billed beyond what was reserved: an endpoint that keeps to no budget
}

// ModelTotals is what one model has used so far.
type ModelTotals struct {
	Model         int // place in the run file
	Calls         int64
	Answers       int64 // calls that settled their request
	Input, Output int64 // tokens
	Cost          money.Nano
}
