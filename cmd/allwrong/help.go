package main

import "github.com/spf13/cobra"

// headings are those of the help text, each with its commands in the order in
// which they are met.
var headings = []struct {
	id, title string
	commands  []string
}{
	{"answer", "The answer:", []string{"certify", "report", "serve", "compare", "watch", "verify", "plan"}},
	{"why", "What is behind it:", []string{"explain", "pool", "policy", "budget", "plot"}},
	{"evidence", "The evidence:", []string{"describe", "collect", "replay", "grade", "audit", "convert", "simulate"}},
}

func init() { cobra.EnableCommandSorting = false } // the order is that of headings

// group puts the commands under their headings. Those that have none are listed last.
func group(root *cobra.Command) {
	for _, g := range headings {
		of := map[string]*cobra.Command{}
		for _, c := range root.Commands() {
			of[c.Name()] = c
		}
		added := false
		for _, name := range g.commands {
			c := of[name]
			if c == nil {
				continue
			}
			if !added {
				root.AddGroup(&cobra.Group{ID: g.id, Title: g.title})
				added = true
			}
			root.RemoveCommand(c)
			c.GroupID = g.id
			root.AddCommand(c)
		}
	}
}
