package collect_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/allwrong/allwrong/collect"
)

// TestAsker: a prompt is asked once, whoever asks and however often, and broken
// answers and budgets that are too small are asked again.
func TestAsker(t *testing.T) {
	srv := newServer(t)
	srv.fault = func(w http.ResponseWriter, model, prompt string, budget, nth int) bool {
		if chance("fault", model, prompt) < 0.3 && nth == 1 {
			http.Error(w, "no", http.StatusInternalServerError)
			return true
		}
		return false
	}
	x := newRun(t, srv.URL, 1, "concurrency = 8\n")
	s := x.open(t)
	a, err := collect.NewAsker(t.Context(), x.run, s, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	const prompts = 12
	ask := func(t *testing.T) {
		var wg sync.WaitGroup
		for range 2 { // two that want the same at once
			for i := range prompts {
				for _, m := range models {
					wg.Go(func() {
						got, err := a.Ask(t.Context(), m, prompt(i))
						if err != nil || !strings.HasPrefix(got, "That makes") {
							t.Errorf("%s, %s: %q, %v", m, prompt(i), got, err)
						}
					})
				}
			}
		}
		wg.Wait()
	}
	ask(t)
	for key, n := range srv.served {
		if n != 1 {
			t.Errorf("%s was answered %d times", key, n)
		}
	}
	total := srv.total
	ask(t)
	if srv.total != total {
		t.Errorf("%d calls for what was answered", srv.total-total)
	}
	if _, err := a.Ask(t.Context(), "nobody", "?"); err == nil || !strings.Contains(err.Error(), `"nobody"`) {
		t.Errorf("%v", err)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestAskerRefuses: no money, a key that is refused.
func TestAskerRefuses(t *testing.T) {
	srv := newServer(t)
	x := newRun(t, srv.URL, 1, "cap_usd = 0.002\n")
	a, err := collect.NewAsker(t.Context(), x.run, x.open(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if _, err := a.Ask(t.Context(), "m80", prompt(1)); !errors.Is(err, collect.ErrOverCap) || !strings.Contains(err.Error(), "cap_usd is $0.00") {
		t.Errorf("over the cap: %v", err)
	}
	if srv.total != 0 {
		t.Errorf("%d calls without money", srv.total)
	}
	srv.fault = func(w http.ResponseWriter, _, _ string, _, _ int) bool {
		http.Error(w, "bad key", http.StatusUnauthorized)
		return true
	}
	y := newRun(t, srv.URL, 1, "")
	b, err := collect.NewAsker(t.Context(), y.run, y.open(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if _, err := b.Ask(t.Context(), "m80", prompt(1)); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("a key that is refused: %v", err)
	}
}
