package main

import (
	"context"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/outcome"
)

// values are what a shell offers for flags whose values are few.
var values = map[string][]string{
	"missing": {"complete", "bounds"}, "attempts": {"first", "all"}, "no-answer": {"wrong", "missing"},
	"gate": {"no", "room", "decided"}, "objective": {"ceiling", "gain", "cost"},
	"prefer": slices.Sorted(maps.Keys(prefers)), "method": methodNames(), "class": classNames(), "verdict": {"no", "room"},
}

func methodNames() (out []string) {
	for _, m := range certify.Methods {
		out = append(out, string(m))
	}
	return out
}

func classNames() (out []string) {
	for _, c := range audit.Classes {
		out = append(out, string(c))
	}
	return out
}

// files are the flags that name a file, with its usual endings.
var files = map[string][]string{"ledger": {"jsonl"}, "weights": {"csv", "json"}, "state": {"json"}, "out": nil}

// complete tells shells, for every command, what may follow a flag. Names of models
// and labels are read from the files that are on the line already.
func complete(cmd *cobra.Command) {
	for _, c := range cmd.Commands() {
		complete(c)
	}
	register := func(flag string, f cobra.CompletionFunc) {
		if cmd.Flags().Lookup(flag) != nil {
			_ = cmd.RegisterFlagCompletionFunc(flag, f) // the one error is a flag that has one already
		}
	}
	for flag, list := range values {
		register(flag, cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp))
	}
	for flag, endings := range files {
		if cmd.Flags().Lookup(flag) != nil {
			_ = cmd.MarkFlagFilename(flag, endings...) // likewise
		}
	}
	for _, flag := range []string{"models", "exclude", "incumbent", "require", "new"} {
		register(flag, offered(modelNames))
	}
	register("slice", offered(func(set *outcome.Set) (keys []string) {
		for _, s := range set.Slices() {
			keys = append(keys, s.Key)
		}
		return keys
	}))
}

// What is read for a shell that waits: files of so many bytes, for so long.
const (
	mostForShell = 64 << 20
	shellWaits   = 2 * time.Second
)

// offered completes names that the files hold. Where they are too large, or cannot
// be read, nothing is offered.
func offered(names func(*outcome.Set) []string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, paths []string, begun string) ([]string, cobra.ShellCompDirective) {
		const nothing = cobra.ShellCompDirectiveNoFileComp
		if len(paths) == 0 || bytesOf(paths) > mostForShell {
			return nil, nothing
		}
		ctx, stop := context.WithTimeout(context.Background(), shellWaits)
		defer stop()
		result, err := ingest.Read(ctx, paths, ingest.Options{Prefer: outcome.PreferFirst, AllowMismatch: true, Stdin: strings.NewReader("")})
		if err != nil {
			return nil, nothing
		}
		var out []string
		for _, name := range names(result.Set) {
			if strings.HasPrefix(name, begun) {
				out = append(out, name)
			}
		}
		return out, nothing
	}
}

// bytesOf is the bytes of files; folders count as too large to wait for when they
// hold too much.
func bytesOf(paths []string) (n int64) {
	for _, p := range paths {
		n += sizeUnder(p)
	}
	return n
}

func sizeUnder(path string) (n int64) {
	info, err := os.Stat(path)
	if err != nil {
		return mostForShell + 1
	}
	if !info.IsDir() {
		return info.Size()
	}
	list, err := os.ReadDir(path)
	if err != nil || len(list) > 1000 {
		return mostForShell + 1
	}
	for _, e := range list {
		if n += sizeUnder(path + string(os.PathSeparator) + e.Name()); n > mostForShell {
			break
		}
	}
	return n
}
