package ingest

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
)

// A pickle is named and never run; in a folder the other files are read.
func TestPickle(t *testing.T) {
	const four, two = "\x80\x04\x95\x1e\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94", "\x80\x02cposix\nsystem\n"
	for _, doc := range []string{four, two} {
		dir := write(t, map[string]string{"r.pkl": doc, "t.csv": "query,a\nq,1\n"})
		_, err := Read(context.Background(), []string{filepath.Join(dir, "r.pkl")}, Options{})
		if err == nil || !strings.Contains(err.Error(), "r.pkl: a Python pickle") || !strings.Contains(err.Error(), "pandas.read_pickle") {
			t.Errorf("error %v, want one with the conversion to run", err)
		}
		r, err := Read(context.Background(), []string{dir}, Options{})
		if err != nil || r.Inputs[0].Status != StatusSkipped || !strings.HasPrefix(r.Inputs[0].Why, "a Python pickle") {
			t.Errorf("in a folder: %v, %+v", err, r.Inputs)
		}
	}
	for _, doc := range []string{"", "\x80", "\x80\x04", "\x80\x04\x00", "\x80\x02\x00", "\x80\x09\x95"} {
		if why := pickled([]byte(doc)); why != "" {
			t.Errorf("%q: %s", doc, why)
		}
	}
}
