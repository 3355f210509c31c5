package main

import (
	"fmt"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/collect/store"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/report"
)

// lazily finds a run of collect, among what was read, of which cells were never
// asked because they were not needed.
func lazily(result *ingest.Result) (path string, c *store.Collected) {
	for _, in := range result.Inputs {
		if in.Collected != nil && in.Collected.Lazy {
			return in.Path, in.Collected
		}
	}
	return "", nil
}

// whole refuses a lazy run: the queries that every model answered are those that
// were hard to settle, and say nothing of the rest.
func (r *reading) whole(result *ingest.Result) error {
	path, c := lazily(result)
	if c == nil || r.lazy {
		return nil
	}
	certificate := ""
	if c.Lazily.Incumbent != "" {
		certificate = ". What it does hold is the certificate of " + c.Lazily.Incumbent + ": allwrong certify"
	}
	return fmt.Errorf("%s: collected for %s: %s of %s were asked, other models only where it mattered. This needs all of them: allwrong collect --for matrix%s",
		path, c.Lazily.For, report.Count(c.Asked), report.Plural(c.Cells, "cell", "cells"), certificate)
}

// ofLazy makes the options of a certificate fit a lazy run: about the incumbent
// for whom it was collected, over anything that the other cells may be. For that
// model this loses nothing against the full matrix.
func (o *certifyOptions) ofLazy(result *ingest.Result) ([]certify.Warning, error) {
	path, c := lazily(result)
	switch {
	case c == nil:
		return nil, nil
	case c.Lazily.Incumbent == "":
		return nil, fmt.Errorf("%s: collected for %s, which certifies no gain: it says which queries defeat every model; allwrong collect --for certificate --incumbent MODEL", path, c.Lazily.For)
	case o.Incumbent != "" && o.Incumbent != c.Lazily.Incumbent:
		return nil, usagef("--incumbent %s: %s was collected for the certificate of %s, and holds what that one needs", o.Incumbent, path, c.Lazily.Incumbent)
	case o.Method != "" && o.Method != certify.Incumbent && o.Method != certify.Anytime:
		return nil, usagef("method %s needs every model on every query, and %s was collected for the certificate of %s alone; allwrong collect --for matrix", o.Method, path, c.Lazily.Incumbent)
	case o.Slice != "" || len(o.Weights) > 0 || o.Cluster != "" || o.Attempts == certify.AttemptsAll:
		return nil, usagef("slices, weights, clusters and attempts need every model on every query; allwrong collect --for matrix")
	}
	o.Incumbent, o.Missing = c.Lazily.Incumbent, certify.Bounds
	if o.Method == "" {
		if o.Method = certify.Incumbent; c.Lazily.Until != "" {
			o.Method = certify.Anytime
		}
	}
	if o.Method == certify.Incumbent && c.Lazily.Until != "" {
		return nil, usagef("method incumbent holds for a number of queries fixed before; %s stopped when it was decided, which needs method anytime", path)
	}
	if o.Overhead == 0 {
		o.Overhead = c.Lazily.Overhead
	}
	return []certify.Warning{{Code: "lazy-run", Message: fmt.Sprintf("Collected for the certificate of %s: %s of %s were asked, other models only where it is wrong. Its limits are those of the full matrix.",
		o.Incumbent, report.Count(c.Asked), report.Plural(c.Cells, "cell", "cells"))}}, nil
}
