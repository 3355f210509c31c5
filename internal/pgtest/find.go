package pgtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// need is the variable that turns skipping into failing.
const need = "ALLWRONG_NEED_POSTGRES"

// binaries is the folder of PostgreSQL's programs; without one the test is
// skipped, or fails if PostgreSQL is needed.
func binaries(t testing.TB) string {
	t.Helper()
	folder := find()
	switch {
	case folder != "":
	case os.Getenv(need) == "1":
		t.Fatalf("no PostgreSQL here, and %s=1 wants it: apt-get install postgresql, or put initdb and postgres into PATH", need)
	default:
		t.Skip("no PostgreSQL here: apt-get install postgresql, or put initdb and postgres into PATH")
	}
	return folder
}

// find looks in PATH, then where Debian keeps what is not for everybody; of
// several versions there it takes the newest.
func find() string {
	if !unix {
		return ""
	}
	if p, err := exec.LookPath("initdb"); err == nil && has(filepath.Dir(p), "postgres") {
		return filepath.Dir(p)
	}
	var newest string
	var version float64
	folders, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the pattern is well formed
	for _, f := range folders {
		v, err := strconv.ParseFloat(filepath.Base(filepath.Dir(f)), 64)
		if err == nil && v > version && has(f, "initdb") && has(f, "postgres") {
			newest, version = f, v
		}
	}
	return newest
}

func has(folder, program string) bool {
	_, err := exec.LookPath(filepath.Join(folder, program))
	return err == nil
}
