package code

import (
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/internal/sandbox"
)

func TestMain(m *testing.M) {
	sandbox.Main()
	os.Exit(m.Run())
}

// needs skips where programs cannot be run: without a sandbox, or without the
// language. The grader says so there, and gives no verdict.
func needs(t testing.TB, language string) {
	t.Helper()
	if err := sandbox.Available(t.Context()); errors.Is(err, sandbox.ErrUnavailable) {
		t.Skipf("no sandbox here: %v", err)
	} else if err != nil {
		t.Fatal(err)
	}
	l, err := find(language)
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{l.run, l.compile} {
		if args == nil {
			continue
		}
		if _, err := command(args); err != nil {
			t.Skip(err)
		}
	}
}

func reference(t testing.TB, tests *Tests) string {
	t.Helper()
	b, err := json.Marshal(tests)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// gradeOf grades with a new grader and says why when the verdict is not the one that is wanted.
func gradeOf(t testing.TB, tests *Tests, response string) grade.Grade {
	t.Helper()
	return New().Grade(t.Context(), &grade.Query{Reference: reference(t, tests)}, response)
}

func wantGrade(t testing.TB, g grade.Grade, verdict grade.Verdict, rule string) {
	t.Helper()
	if g.Verdict != verdict || g.Rule != rule {
		t.Errorf("got %s by %s, want %s by %s; steps:", g.Verdict, g.Rule, verdict, rule)
		for _, s := range g.Steps {
			if s.Step != "extract" {
				t.Logf("  %s, %s: %s", s.Step, s.Rule, s.Text)
			}
		}
	}
}

func fence(tag, program string) string {
	return "Here it is:\n\n```" + tag + "\n" + program + "\n```\nDone.\n"
}
