package pace

import (
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// Backoff is how long to wait before a call is made again: between nothing and
// base · 2^(attempt-1), most at most, each as likely as the other ("full
// jitter"). Attempt counts from 1. The draw hangs on the seed, the call's name
// and the attempt.
func Backoff(seed uint64, name string, attempt int, base, most time.Duration) time.Duration {
	return jitter(seed, name, attempt, grown(base, attempt-1, most))
}

// grown is base · 2^doublings, at most most.
func grown(base time.Duration, doublings int, most time.Duration) time.Duration {
	if base <= 0 || most <= 0 {
		return 0
	}
	for ; doublings > 0 && base < most; doublings-- {
		base *= 2 // most is far from where this overflows, or base is over it first
	}
	return min(base, most)
}

func jitter(seed uint64, name string, draw int, most time.Duration) time.Duration {
	if most <= 0 {
		return 0
	}
	h := fnv.New64a()
	h.Write([]byte(name))
	r := rand.New(rand.NewPCG(seed, h.Sum64()+uint64(draw)*0x9e3779b97f4a7c15))
	return time.Duration(r.Int64N(int64(most) + 1))
}
