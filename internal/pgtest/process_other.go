//go:build !unix

package pgtest

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// Elsewhere the tests that need PostgreSQL are skipped: find finds none.
const (
	unix = false
	hold = syscall.Signal(0)
	goOn = syscall.Signal(0)
)

var signals = map[Mode]os.Signal{Fast: os.Interrupt, Smart: os.Interrupt, Immediate: os.Kill}

var errNoUnix = errors.New("clusters are started on Unix only")

type account struct{}

func serverAccount() (*account, error) { return nil, errNoUnix }

func (a *account) own(string) error  { return errNoUnix }
func (a *account) run(*exec.Cmd)     {}
func apart(*exec.Cmd)                {}
func kill(int, syscall.Signal) error { return errNoUnix }
