package ingest

import (
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/allwrong/allwrong/internal/jsonscan"
	"github.com/allwrong/allwrong/outcome"
)

// partition is what the name of a folder says of all rows below it, as Hive and
// its heirs lay tables out: day=2026-01-31/part-0.parquet.
type partition struct{ key, value string }

// noPartition is the name of the folder of the rows that have null there.
const noPartition = "__HIVE_DEFAULT_PARTITION__"

// partitions gives what the folders of a path say, from the outermost inwards.
func partitions(path string) []partition {
	var out []partition
	for _, name := range strings.Split(filepath.ToSlash(filepath.Dir(path)), "/") {
		key, value, ok := strings.Cut(name, "=")
		if !ok || key == "" || strings.ContainsAny(key, " \t?*") {
			continue
		}
		if v, err := url.PathUnescape(value); err == nil {
			value = v
		}
		if value == noPartition {
			value = ""
		}
		out = slices.DeleteFunc(out, func(p partition) bool { return p.key == key })
		out = append(out, partition{key, value})
	}
	return out
}

// folderFields are the fields that a folder may give, where no column does.
var folderFields = []string{"query", "model", "attempt", "family"}

// foldersOf gives what the folders say that a file lies in and its columns do
// not, and the columns with the fields among them.
func foldersOf(path string, columns []string) (folders []partition, all []string) {
	all = slices.Clone(columns)
	for _, p := range partitions(path) {
		if slices.Contains(folderFields, p.key) {
			if slices.Contains(columns, p.key) {
				continue
			}
			all = append(all, p.key)
		}
		folders = append(folders, p)
	}
	return folders, all
}

// folderMembers writes the fields that folders give as members of an object.
func folderMembers(folders []partition) []byte {
	var out []byte
	for _, p := range folders {
		if !slices.Contains(folderFields, p.key) || p.value == "" {
			continue
		}
		if out = append(jsonscan.AppendString(out, p.key), ':'); p.key == "attempt" && strings.Trim(p.value, "0123456789") == "" {
			out = append(out, p.value...)
		} else {
			out = jsonscan.AppendString(out, p.value)
		}
		out = append(out, ',')
	}
	return out
}

// takeFolders fills the fields that folders give.
func takeFolders(r *outcome.Record, folders []partition) error {
	for _, p := range folders {
		switch p.key {
		case "query":
			r.Query = p.value
		case "model":
			r.Model = p.value
		case "family":
			r.Family = p.value
		case "attempt":
			n, err := strconv.Atoi(p.value)
			if err != nil {
				return fmt.Errorf("folder attempt=%s: want a whole number from 0", outcome.Quote(p.value))
			}
			r.Attempt = n
		}
	}
	return nil
}

// labelFolders labels a query by the folders that its row lies in.
func labelFolders(r *outcome.Record, folders []partition) {
	for _, p := range folders {
		if slices.Contains(folderFields, p.key) || p.value == "" {
			continue
		}
		if r.Slices == nil {
			r.Slices = map[string]string{}
		}
		r.Slices[p.key] = p.value
	}
}
