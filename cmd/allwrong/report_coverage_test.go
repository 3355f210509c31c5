//go:build coverage

package main

import "testing"

// TestCoverageReports makes a report of every published set.
func TestCoverageReports(t *testing.T) {
	for path, flags := range map[string][]string{
		"mmlu-pro": nil, "livecodebench-generation": nil, "routerarena/cached_results": {"--prefer", "first"}, "routellm/gsm8k": nil, "routellm/mmlu": nil,
		"zeroeval/result_dirs/math-l5": nil,
	} {
		t.Run(path, func(t *testing.T) {
			full := published(t, path)
			t.Chdir(t.TempDir())
			checkReport(t, full, flags...)
		})
	}
}
