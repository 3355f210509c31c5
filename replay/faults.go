package replay

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// Fault is something that goes wrong on purpose.
type Fault string

// The faults.
const (
	None        Fault = ""
	TooMany     Fault = "429"      // too many requests, without a word on when to come back
	TooManyWait Fault = "429-wait" // the same with Retry-After: 1
	ServerError Fault = "500"
	Slow        Fault = "slow"  // the answer comes late, by Options.SlowBy
	Hung        Fault = "hung"  // nothing comes, until the client leaves
	Reset       Fault = "reset" // the connection is reset
	Half        Fault = "half"  // half a body, and then the connection closes
	BadJSON     Fault = "json"  // a body that ends in the middle, with the length that it has
	Empty       Fault = "empty" // an answer without content
	BadUsage    Fault = "usage" // usage that is missing, or cannot be
)

var faults = []Fault{TooMany, TooManyWait, ServerError, Slow, Hung, Reset, Half, BadJSON, Empty, BadUsage}

// FaultNames lists the faults, for help and errors.
const FaultNames = "429, 429-wait, 500, slow, hung, reset, half, json, empty, usage"

// Faults says how often each fault happens: a share of the requests.
type Faults map[Fault]float64

// ParseFaults reads "429=.1,reset=.01".
func ParseFaults(text string) (Faults, error) {
	out := Faults{}
	sum := 0.0
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item == "" {
			continue
		}
		name, value, _ := strings.Cut(item, "=")
		f := Fault(strings.TrimSpace(name))
		share, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		switch _, twice := out[f]; {
		case !slices.Contains(faults, f):
			return nil, fmt.Errorf("%q is no fault; there are %s", name, FaultNames)
		case twice:
			return nil, fmt.Errorf("%s is given twice", f)
		case err != nil || !(share >= 0 && share <= 1):
			return nil, fmt.Errorf("%s: %q is no share of the requests; want a number from 0 to 1", f, value)
		}
		out[f] = share
		sum += share
	}
	if sum > 1+1e-9 {
		return nil, fmt.Errorf("the shares add up to %v; at most 1 of a request can go wrong", sum)
	}
	return out, nil
}

// draw gives the fault of a request: the same for the same seed, content and
// number of times that it came before.
func (f Faults) draw(seed uint64, content digest, model string, before uint32) Fault {
	if len(f) == 0 {
		return None
	}
	u := source(seed, content, model, before).Float64()
	for _, name := range faults { // in a fixed order
		if share := f[name]; u < share {
			return name
		} else {
			u -= share
		}
	}
	return None
}

func source(seed uint64, content digest, model string, before uint32) *rand.Rand {
	h := fnv.New64a()
	h.Write(content[:])
	h.Write([]byte(model))
	h.Write(binary.LittleEndian.AppendUint32(nil, before))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// wrongUsages are what stands in place of a usage, by protocol.
var wrongUsages = map[bool][]string{
	false: {`null`, `{}`, `"unknown"`, `{"prompt_tokens":-1,"completion_tokens":-1,"total_tokens":-2}`, `{"prompt_tokens":"12","completion_tokens":"3","total_tokens":"15"}`,
		`{"prompt_tokens":12,"completion_tokens":0,"total_tokens":12}`, `{"prompt_tokens":12,"completion_tokens":1e300,"total_tokens":12}`, `{"prompt_tokens":100,"completion_tokens":50,"total_tokens":7}`},
	true: {`null`, `{}`, `"unknown"`, `{"input_tokens":-1,"output_tokens":-1}`, `{"input_tokens":"12","output_tokens":"3"}`,
		`{"input_tokens":12,"output_tokens":0}`, `{"input_tokens":12,"output_tokens":1e300}`, `{"input_tokens":12}`},
}
