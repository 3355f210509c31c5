package main

import (
	"fmt"
	"strings"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/compare"
	"github.com/allwrong/allwrong/dependence"
	"github.com/allwrong/allwrong/groups"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/policy"
	"github.com/allwrong/allwrong/pool"
)

// brief shortens the warnings for the eye: those of one code about several
// files become one, with their number and the first of the files. JSON has all.
func brief[W certify.Warning | pool.Warning | dependence.Warning | groups.Warning | compare.Warning | policy.Warning](list []W, inputs []ingest.Input) []W {
	names, files := shownNames(inputs), map[string]int{}
	for _, x := range list {
		if w := certify.Warning(x); about(w.Message, inputs) != "" {
			files[w.Code]++
		}
	}
	var out []W
	for _, x := range list {
		w := certify.Warning(x)
		path := about(w.Message, inputs)
		if path == "" {
			out = append(out, x)
			continue
		}
		n := files[w.Code]
		if n == 0 {
			continue // told with the first
		}
		files[w.Code] = 0
		w.Message = names[path] + strings.TrimPrefix(w.Message, path)
		if n > 1 {
			w.Message = fmt.Sprintf("In %d files, all of them in --json, first %s", n, w.Message)
		}
		out = append(out, W(w))
	}
	return out
}

// about names the input that a message begins with; "" when it begins with none.
func about(message string, inputs []ingest.Input) string {
	path := ""
	for _, in := range inputs {
		if rest, ok := strings.CutPrefix(message, in.Path); ok && strings.HasPrefix(rest, ":") && len(in.Path) > len(path) {
			path = in.Path
		}
	}
	return path
}

// shownNames gives each input the name that it is shown by: an archive of one
// file goes by its own.
func shownNames(inputs []ingest.Input) map[string]string {
	entries := map[string]int{}
	for _, in := range inputs {
		archive, _, _ := strings.Cut(in.Path, "!")
		entries[archive]++
	}
	names := map[string]string{}
	for _, in := range inputs {
		names[in.Path] = in.Path
		if archive, _, packed := strings.Cut(in.Path, "!"); packed && entries[archive] == 1 {
			names[in.Path] = archive
		}
	}
	return names
}
