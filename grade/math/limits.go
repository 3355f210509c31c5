package math

import "errors"

// Limits on what is read and computed. They bound the time of one comparison to
// some milliseconds, whatever is in it; what lies beyond is "cannot tell".
const (
	maxAnswer = 16 << 10 // bytes of an answer or a reference that are read
	maxTokens = 4000
	maxDepth  = 120     // of nesting
	maxNodes  = 20000   // of one tree, with all that ± expands to
	maxDigits = 5000    // of one number as it is written
	maxBits   = 1 << 14 // of an integer that is computed
	maxTerms  = 1500    // of one polynomial
	maxWork   = 60000   // terms multiplied in one comparison
	maxItems  = 400     // of a list or set
)

var (
	errWork      = errors.New("limit of work reached")
	errDepth     = errors.New("nested too deeply")
	errSyntax    = errors.New("not a mathematical expression")
	errUndefined = errors.New("not defined")
	errUnknown   = errors.New("not an expression that can be computed")
)

// budget counts work down.
type budget struct{ left int }

func (b *budget) spend(n int) error {
	if b.left -= n; b.left < 0 {
		return errWork
	}
	return nil
}
