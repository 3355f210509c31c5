package sandbox

import "os"

// Main must be the first call of the program's main function, and of TestMain in
// a test binary that runs jobs. It returns at once, unless this process was
// started to be a stage of a sandbox: then it is that, and never returns.
func Main() {
	switch {
	case os.Args[0] == superviseArg:
		os.Exit(supervise())
	case os.Args[0] == confineArg:
		os.Exit(confine())
	case len(os.Args) > 2 && os.Args[1] == attackArg:
		os.Exit(attack(os.Args[2], os.Args[3:]))
	}
}
