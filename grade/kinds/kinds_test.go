package kinds

import (
	"os"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/internal/sandbox"
)

func TestMain(m *testing.M) {
	sandbox.Main()
	os.Exit(m.Run())
}

// TestKinds: every kind that is named has its grader, by kind and by version,
// and it grades.
func TestKinds(t *testing.T) {
	names := strings.Split(Names, ", ")
	if len(names) != len(graders) {
		t.Errorf("%q names %d kinds of %d", Names, len(names), len(graders))
	}
	for _, kind := range names {
		g, known := For(kind)
		if !known || !strings.HasPrefix(g.Name(), kind+"/") {
			t.Fatalf("%s: %v, %v", kind, g, known)
		}
		if same, known := Named(g.Name()); !known || same != g {
			t.Errorf("%s: %v, %v", g.Name(), same, known)
		}
		if x := g.Grade(t.Context(), &grade.Query{}, "A"); x.Verdict != grade.CannotTell || x.Grader != g.Name() {
			t.Errorf("%s without a reference: %+v", kind, x)
		}
	}
	for _, kind := range []string{"", "judge", "Math"} {
		if g, known := For(kind); known {
			t.Errorf("%q: %v", kind, g)
		}
	}
	for _, version := range []string{"math", "math/0", "judge/1", ""} {
		if g, known := Named(version); known {
			t.Errorf("%q: %v", version, g)
		}
	}
}
