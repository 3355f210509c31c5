//go:build coverage

package watch

import "testing"

// A year at 2,000 queries a day, often enough to see a rate that is not kept.
//
//	go test -tags coverage -run Coverage -v -timeout 60m ./watch
func TestCoverageYear(t *testing.T) { years(t, 365*2000, 400) }

// How long a shift is there before it is seen.
func TestCoverageDelays(t *testing.T) { delays(t, shiftsShown, 400, 60*2000) }
