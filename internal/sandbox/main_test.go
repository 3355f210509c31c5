//go:build linux

package sandbox

import (
	"errors"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	Main()
	os.Exit(m.Run())
}

// needs skips where no program can be isolated; the product refuses there.
func needs(t testing.TB) {
	t.Helper()
	if err := Available(t.Context()); errors.Is(err, ErrUnavailable) {
		t.Skipf("no sandbox here, which the product says and refuses: %v", err)
	} else if err != nil {
		t.Fatal(err)
	}
}
