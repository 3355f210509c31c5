package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/allwrong/allwrong/internal/pgtest"
)

// TestShared runs the scripts of runs that machines share; DATABASE is the
// address of a new database.
func TestShared(t *testing.T) {
	url := pgtest.New(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/shared",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               func(e *testscript.Env) error { e.Setenv("DATABASE", url); return nil },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "replace": replace, "narrow": narrow, "freeport": freePort, "ask": askEndpoint,
		},
	})
}
