//go:build !linux

package sandbox

import (
	"context"
	"fmt"
	"runtime"
)

// Main does nothing: only Linux can isolate a program.
func Main() {}

func run(context.Context, *Job) (*Result, error) {
	return nil, fmt.Errorf("%w: it takes Linux, and this is %s", ErrUnavailable, runtime.GOOS)
}

// SelfTest has nothing to attack here.
func SelfTest(ctx context.Context) (*SelfTestResult, error) { return nil, Available(ctx) }
