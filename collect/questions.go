package collect

import (
	"context"
	"sync"

	"github.com/allwrong/allwrong/collect/runfile"
	"github.com/allwrong/allwrong/collect/store"
)

// questions keeps the texts of the queries that were read last: the models of a
// run are asked the same ones at about the same time.
type questions struct {
	store *store.Store
	mu    sync.Mutex
	kept  map[int]*runfile.Query
	order []int // a ring of the numbers that are kept
	at    int
}

// keptQueries bounds how many texts are kept.
const keptQueries = 1024

func newQuestions(s *store.Store) *questions {
	return &questions{store: s, kept: map[int]*runfile.Query{}, order: make([]int, 0, keptQueries)}
}

func (k *questions) get(ctx context.Context, number int) (*runfile.Query, error) {
	k.mu.Lock()
	q := k.kept[number]
	k.mu.Unlock()
	if q != nil {
		return q, nil
	}
	q, err := k.store.Query(ctx, number)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept[number] != nil {
		return q, nil
	}
	if len(k.order) < keptQueries {
		k.order = append(k.order, number)
	} else {
		delete(k.kept, k.order[k.at])
		k.order[k.at] = number
		k.at = (k.at + 1) % keptQueries
	}
	k.kept[number] = q
	return q, nil
}
