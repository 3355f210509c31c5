package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/ingest"
)

// schemaCertify names the JSON of certify. Within a number fields are only added.
const schemaCertify = "allwrong/certify/1"

// certifyDocument is the JSON of certify: the certificate as the measure gives
// it, and what it takes to compute it again.
type certifyDocument struct {
	Schema string `json:"schema"`
	certify.Certificate
	Paths   []string       `json:"paths"` // as given on the command line
	Inputs  []ingest.Input `json:"inputs"`
	Options certifyOptions `json:"options"`
	Digests digests        `json:"digests"`
}

// certifyOptions is everything that influenced the numbers.
type certifyOptions struct {
	Confidence float64             `json:"confidence"`
	Method     certify.Method      `json:"method"`
	Incumbent  string              `json:"incumbent"`
	Overhead   float64             `json:"overhead"`
	Missing    certify.MissingRule `json:"missing"`
	Attempts   certify.AttemptRule `json:"attempts"`
	Slice      string              `json:"slice"`
	Weights    map[string]float64  `json:"weights"`
	Cluster    string              `json:"cluster"`
	Population int64               `json:"population"`
	Seed       uint64              `json:"seed"`
	Counts     *certify.Tally      `json:"counts"`
	Reading    reading             `json:"reading"`
}

func (o certifyOptions) measure() certify.Options {
	return certify.Options{Confidence: o.Confidence, Method: o.Method, Incumbent: o.Incumbent, Overhead: o.Overhead,
		Missing: o.Missing, Attempts: o.Attempts, Slice: o.Slice, Weights: o.Weights, Cluster: o.Cluster,
		Population: o.Population, Seed: o.Seed}
}

// digests are SHA-256 sums that show whether a certificate was changed after it
// was issued, and where. They are not a signature: whoever can edit the file
// can compute them anew. What they cannot do is pass off other files as the ones that were read.
type digests struct {
	Inputs  string            `json:"inputs"`  // of the inputs' own digests, in order
	Options map[string]string `json:"options"` // of each option
	Result  string            `json:"result"`  // of the whole document but for these digests and the paths
}

// seal computes the digests of a document.
func (d certifyDocument) seal() (digests, error) {
	s := digests{Options: map[string]string{}}
	h := sha256.New()
	for _, in := range d.sums() {
		io.WriteString(h, in+"\n")
	}
	s.Inputs = hex.EncodeToString(h.Sum(nil))
	raw, err := json.Marshal(d.Options)
	if err != nil {
		return s, err
	}
	var options map[string]json.RawMessage
	if err := json.Unmarshal(raw, &options); err != nil {
		return s, err
	}
	for name, value := range options {
		s.Options[name] = digest(append([]byte(name+"="), value...))
	}
	d.Digests, d.Paths = digests{}, nil
	d.Inputs = slices.Clone(d.Inputs)
	for i := range d.Inputs {
		d.Inputs[i].Path = "" // the same data may lie elsewhere
	}
	if raw, err = json.Marshal(d); err != nil {
		return s, err
	}
	s.Result = digest(raw)
	return s, nil
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// sums are the digests of the files that were read, sorted.
func (d certifyDocument) sums() []string {
	var out []string
	for _, in := range d.Inputs {
		if in.SHA256 != "" {
			out = append(out, in.SHA256)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// writeJSON writes one value as indented JSON.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
