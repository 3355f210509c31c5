//go:build linux

package sandbox

import (
	"strconv"
	"testing"
	"time"
)

var attackersAreSlow bool // with the race detector

func needsAttackers(t *testing.T) {
	t.Helper()
	needs(t)
	if attackersAreSlow {
		t.Skip("the race detector changes the attackers")
	}
}

func TestSelfTest(t *testing.T) {
	needsAttackers(t)
	r, err := SelfTest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range r.Attacks {
		if !a.Held {
			t.Errorf("%s: %s", a.Name, a.Detail)
		} else {
			t.Logf("%-12s %s", a.Name, a.Detail)
		}
	}
	if !r.Held {
		t.Error("the sandbox did not hold")
	}
}

// TestAttacksSucceedWithout removes what holds an attack off, and sees it
// succeed: an attack that cannot succeed proves nothing. What would harm this
// machine is made smaller.
func TestAttacksSucceedWithout(t *testing.T) {
	needsAttackers(t)
	on, err := newTarget()
	if err != nil {
		t.Fatal(err)
	}
	defer on.close()
	smaller := map[string]int{
		"fork-bomb": 200, "memory": 320 << 20, "output": 8 << 20, "disk": 48 << 20, "open-files": 400,
		"sleep": int(600 * time.Millisecond), "spin": int(600 * time.Millisecond), "spin-tree": int(time.Second),
	}
	t.Setenv("ALLWRONG_CANARY", "sings")
	for _, a := range attempts(on) {
		t.Run(a.name, func(t *testing.T) {
			if n, ok := smaller[a.name]; ok {
				a.args = []string{strconv.Itoa(n)}
			}
			if out, _ := a.run(t.Context(), 0); !out.Held {
				t.Errorf("with every layer in place the attack succeeded: %s", out.Detail)
			}
			if out, _ := a.run(t.Context(), a.without); out.Held {
				t.Errorf("without its layers the attack still failed, so that it shows nothing: %s", out.Detail)
			} else {
				t.Log(out.Detail)
			}
		})
	}
}
