//go:build linux && race

package sandbox

// The race detector reserves terabytes, and makes a program sleep for a second
// before it ends: the attackers, copies of this binary, are not tried with it.
func init() { attackerSpace, attackersAreSlow = -1, true }
