package code

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// language says how programs are compiled and run. A tool is the first of its
// paths that exists on this machine; paths in homes do not count, since no program
// may read there.
type language struct {
	name    string
	tags    []string // other names, in references and on fences
	source  string   // name of the file that holds the program
	compile []string // arguments; the first is a tool; nil for none
	binary  string   // what the compiler makes
	run     []string // arguments; the first is a tool, or the binary

	address   int64 // address space beyond the memory limit, bytes; -1: no limit, since the runtime reserves much more than it uses
	stack     int64
	processes int
}

// The tools, each with the places where it may stand.
var tools = map[string][]string{
	"python": {"/usr/bin/python3", "/usr/local/bin/python3"},
	"g++":    {"/usr/bin/g++", "/usr/local/bin/g++"},
	"gcc":    {"/usr/bin/gcc", "/usr/local/bin/gcc"},
	"node":   {"/usr/bin/node", "/usr/local/bin/node"},
	"ruby":   {"/usr/bin/ruby", "/usr/local/bin/ruby"},
	"perl":   {"/usr/bin/perl", "/usr/local/bin/perl"},
	"bash":   {"/usr/bin/bash", "/bin/bash", "/usr/local/bin/bash"},
}

var languages = []language{
	{name: "python", tags: []string{"py", "python3", "py3"}, source: "main.py", run: []string{"python", "-s", "-B", "main.py"}, address: 256 << 20, stack: 64 << 20, processes: 32},
	{name: "c++", tags: []string{"cpp", "cc", "cxx", "c++17", "c++20", "cpp17", "cpp20"}, source: "main.cpp", binary: "program",
		compile: []string{"g++", "-std=gnu++20", "-O2", "-o", "program", "main.cpp"}, run: []string{"./program"}, address: 64 << 20, stack: 256 << 20, processes: 32},
	{name: "c", tags: []string{"c11", "c17"}, source: "main.c", binary: "program",
		compile: []string{"gcc", "-std=gnu17", "-O2", "-o", "program", "main.c", "-lm"}, run: []string{"./program"}, address: 64 << 20, stack: 256 << 20, processes: 32},
	{name: "javascript", tags: []string{"js", "node", "nodejs"}, source: "main.js", run: []string{"node", "main.js"}, address: -1, stack: 64 << 20, processes: 64},
	{name: "ruby", tags: []string{"rb"}, source: "main.rb", run: []string{"ruby", "main.rb"}, address: 512 << 20, stack: 64 << 20, processes: 32},
	{name: "perl", tags: []string{"pl"}, source: "main.pl", run: []string{"perl", "main.pl"}, address: 256 << 20, stack: 64 << 20, processes: 32},
	{name: "bash", tags: []string{"sh", "shell"}, source: "main.sh", run: []string{"bash", "main.sh"}, address: 256 << 20, stack: 64 << 20, processes: 32},
}

// find gives the language of a name or tag; "" is Python.
func find(name string) (*language, error) {
	if name == "" {
		name = "python"
	}
	name = strings.ToLower(name)
	var known []string
	for i := range languages {
		l := &languages[i]
		if l.name == name || slices.Contains(l.tags, name) {
			return l, nil
		}
		known = append(known, l.name)
	}
	return nil, fmt.Errorf("language %q is not in the table: want one of %s", name, strings.Join(known, ", "))
}

// missingTool is a tool that this machine lacks.
type missingTool struct{ tool string }

func (e *missingTool) Error() string {
	return fmt.Sprintf("%s is not on this machine: looked for %s", e.tool, strings.Join(tools[e.tool], ", "))
}

// command makes the arguments of a run from those of the table.
func command(args []string) ([]string, error) {
	if args[0] == "./program" {
		return []string{dir + "/program"}, nil
	}
	for _, path := range tools[args[0]] {
		if _, err := os.Stat(path); err == nil {
			return append([]string{path}, args[1:]...), nil
		}
	}
	return nil, &missingTool{args[0]}
}
