package replay

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/allwrong/allwrong/collect/chat"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/outcome"
)

// published gives the path of a published data set, which is not part of the
// project: whoever has the sets lays them beside the checkout.
func published(t *testing.T, path string) string {
	t.Helper()
	full := filepath.Join("..", "..", "shared", "data", path)
	if _, err := os.Stat(full); err != nil {
		t.Skipf("the published data set %s is not on this machine", path)
	}
	return full
}

// everyRecordedAnswer asks a server of a published set for each of its
// answers, by both protocols, and compares them with the records.
func everyRecordedAnswer(t *testing.T, set string, protocols ...chat.Protocol) {
	path := published(t, set)
	a, err := NewAnswers(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	o := ingest.Options{Want: outcome.WantPrompt | outcome.WantResponse}
	if _, err := ingest.Stream(t.Context(), []string{path}, o, a.Add); err != nil {
		t.Fatal(err)
	}
	if err := a.Seal(); err != nil {
		t.Fatal(err)
	}
	before := heap()
	_, url := serve(t, a, Options{})
	start := time.Now()
	for _, p := range protocols {
		c, err := chat.New(chat.Endpoint{BaseURL: url, Protocol: p}, func(string) string { return "" })
		if err != nil {
			t.Fatal(err)
		}
		equal, twins := compareAll(t, path, o, c)
		c.Close()
		if equal != a.Counts.Answers || twins != a.Counts.SamePrompt {
			t.Errorf("%s: %d answers are as recorded, and %d were recorded; %d of a prompt that another query has, want %d", p, equal, a.Counts.Answers, twins, a.Counts.SamePrompt)
		}
	}
	n := float64(len(protocols)) * float64(a.Counts.Answers)
	t.Logf("%+v; %.0f requests/s; heap %d MB after loading, %d MB after serving", a.Counts, n/time.Since(start).Seconds(), before>>20, heap()>>20)
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// compareAll asks for every record, 32 at a time, and counts those whose answer is as
// recorded, and those whose prompt another query has.
func compareAll(t *testing.T, path string, o ingest.Options, c *chat.Client) (equal, twins int64) {
	t.Helper()
	type asked struct{ query, model, prompt, response string }
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	work := make(chan asked, 64)
	first := map[[2]string]string{} // the query of a model and prompt
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			for x := range work {
				got, err := c.Ask(ctx, &chat.Request{Model: x.model, Messages: []chat.Message{{Role: "user", Content: x.prompt}}, MaxTokens: 1 << 20})
				if err != nil || got.Text != x.response || !got.Usage.Known && x.response != "" {
					t.Errorf("%s, %s: %v", x.query, x.model, err)
					stop()
					continue
				}
				mu.Lock()
				equal++
				mu.Unlock()
			}
		})
	}
	_, err := ingest.Stream(ctx, []string{path}, o, func(r *outcome.Record) error {
		key := [2]string{r.Model, string(append([]byte(nil), digestBytes(r.Prompt)...))}
		if q, known := first[key]; known && q != r.Query {
			twins++
			return nil
		}
		first[key] = r.Query
		if r.Response != "" || r.Reason == outcome.Empty {
			work <- asked{r.Query, r.Model, r.Prompt, r.Response}
		}
		return nil
	})
	close(work)
	wg.Wait()
	if err != nil {
		t.Error(err)
	}
	return equal, twins
}

func digestBytes(prompt string) []byte { d := digestOf(prompt); return d[:] }

func TestEveryAnswerOfZeroEval(t *testing.T) {
	everyRecordedAnswer(t, "zeroeval/result_dirs/math-l5", chat.OpenAI)
	everyRecordedAnswer(t, "zeroeval/result_dirs/crux", chat.Anthropic)
}
