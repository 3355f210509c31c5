package regrade

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/allwrong/allwrong/outcome"
)

// A batch is graded at once: this many records, or this many bytes of text.
const (
	batchRecords = 4096
	batchBytes   = 32 << 20
)

// Run grades records that come one by one and hands them on in their order.
type Run struct {
	ctx   context.Context
	o     Options
	take  func(x *Item) error
	batch []Item
	bytes int
}

// New starts a run; take is given each record in order and must not keep it.
func New(ctx context.Context, o Options, take func(x *Item) error) *Run {
	return &Run{ctx: ctx, o: o, take: take}
}

// Put adds a record, of which a copy is kept. It may grade what has gathered;
// the error is that of take or of the context.
func (r *Run) Put(rec *outcome.Record) error {
	x := Item{Record: *rec}
	x.Record.Slices = maps.Clone(rec.Slices)
	if rec.Extra != nil {
		x.Record.Extra = make(map[string]json.RawMessage, len(rec.Extra))
		for name, raw := range rec.Extra {
			x.Record.Extra[name] = append(json.RawMessage(nil), raw...)
		}
	}
	keep(&x.Record)
	r.batch = append(r.batch, x)
	r.bytes += len(rec.Response) + len(rec.Prompt) + len(rec.Reference) + len(rec.Answer)
	if len(r.batch) < batchRecords && r.bytes < batchBytes {
		return nil
	}
	return r.Flush()
}

// keep makes copies of the numbers that a record points to.
func keep(r *outcome.Record) {
	r.Score, r.CostUSD, r.Seconds = copied(r.Score), copied(r.CostUSD), copied(r.Seconds)
	r.InputTokens, r.OutputTokens, r.MaxOutputTokens = copied(r.InputTokens), copied(r.OutputTokens), copied(r.MaxOutputTokens)
}

func copied[T any](x *T) *T {
	if x == nil {
		return nil
	}
	y := *x
	return &y
}

// Flush grades what has gathered; it is to be called once more at the end.
func (r *Run) Flush() error {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(cmp.Or(r.o.Parallel, runtime.GOMAXPROCS(0)), len(r.batch)) {
		wg.Go(func() {
			for r.ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(r.batch) {
					return
				}
				r.o.one(r.ctx, &r.batch[i])
			}
		})
	}
	wg.Wait()
	if err := r.ctx.Err(); err != nil {
		return err
	}
	for i := range r.batch {
		if err := r.take(&r.batch[i]); err != nil {
			return err
		}
	}
	clear(r.batch)
	r.batch, r.bytes = r.batch[:0], 0
	return nil
}
