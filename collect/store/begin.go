package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/allwrong/allwrong/collect/money"
	"github.com/allwrong/allwrong/collect/runfile"
)

// Begin puts on record what is to be collected, and how: the run file as it is
// now, its models, prices and queries. It is called once before anything is
// claimed.
//
// What changed since the last time is noticed. Answers to requests that are
// asked no longer stay on record and count no more; a changed reference, kind or
// grader takes verdicts back, not answers; a changed price holds for later calls.
// While other processes are at work the file cannot change.
func (s *Store) Begin(ctx context.Context, run *runfile.Run, how Schedule) error {
	if s.ops == nil {
		return ErrClosed
	}
	if err := how.check(run); err != nil {
		return err
	}
	queries := "" // none: they come one by one, by Enlist
	if run.Queries.Path != "" {
		var err error
		if queries, err = run.QueriesDigest(); err != nil {
			return err
		}
	}
	if err := s.reap(ctx); err != nil {
		return err
	}
	err := s.change(ctx, func(t *tx) error {
		b := beginning{tx: t, ctx: ctx, run: run, unfit: s.db.unstorable}
		return b.all(how, queries)
	})
	if err != nil {
		return err
	}
	return Again(func() error { return s.load(ctx, run) })
}

func (h *Schedule) check(run *runfile.Run) error {
	switch h.For {
	case ForMatrix, ForCeiling, ForCertificate:
	default:
		return fmt.Errorf("store: %q is none of matrix, certificate, ceiling", h.For)
	}
	if _, ok := run.Model(h.Incumbent); !ok && (h.Incumbent != "" || h.For == ForCertificate) {
		return fmt.Errorf("store: the incumbent %q is no model of the run", h.Incumbent)
	}
	return nil
}

// beginning is one Begin inside its transaction.
type beginning struct {
	*tx
	ctx   context.Context // of who waits for it
	run   *runfile.Run
	unfit func(text string) string // why the database does not take a text
}

func (b *beginning) all(how Schedule, queries string) error {
	var digest, were, graders string
	err := b.row("SELECT digest, queries, graders FROM run", nil, &digest, &were, &graders)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if digest != "" && digest != b.run.SHA256 {
		var others int
		if err := b.row("SELECT count(*) FROM process WHERE id <> ? AND pid <> 0", []any{b.self}, &others); err != nil {
			return err
		}
		if others > 0 {
			return fmt.Errorf("another process collects this run with another version of %s: wait for it, or stop it", b.run.Path)
		}
	}
	if p := &b.purse; b.run.CapUSD < p.settled+p.reserved {
		return fmt.Errorf("%s: cap_usd is %s, and this run has spent %s already (%s of it reserved for calls under way): raise it", b.run.Path, b.run.CapUSD, p.settled+p.reserved, p.reserved)
	}
	b.purse.cap = b.run.CapUSD
	if err := b.describe(queries); err != nil {
		return err
	}
	if err := b.schedule(how); err != nil {
		return err
	}
	if err := b.models(); err != nil {
		return err
	}
	if queries != were && queries != "" {
		if err := b.queries(were == ""); err != nil {
			return err
		}
	}
	return b.regrade(graders)
}

// describe writes the row of the run.
func (b *beginning) describe(queries string) error {
	r := b.run
	graders, err := json.Marshal(r.Graders)
	if err != nil {
		return err
	}
	budgets, err := json.Marshal(r.Budgets)
	if err != nil {
		return err
	}
	return b.exec(`INSERT INTO run VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET schema = excluded.schema,
		name = excluded.name, file = excluded.file, digest = excluded.digest, queries = excluded.queries, graders = excluded.graders,
		seed = excluded.seed, attempts = excluded.attempts, budgets = excluded.budgets`,
		version, r.Name, r.Text, r.SHA256, queries, string(graders), strconv.FormatUint(r.Seed, 10), r.Attempts, string(budgets), b.now)
}

// schedule adds a row if the schedule is another than before.
func (b *beginning) schedule(how Schedule) error {
	var is Schedule
	err := b.row("SELECT purpose, incumbent, until, overhead FROM schedule ORDER BY id DESC LIMIT 1", nil, &is.For, &is.Incumbent, &is.Until, &is.Overhead)
	if err == nil && is == how || err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return b.exec("INSERT INTO schedule VALUES ((SELECT coalesce(max(id), 0) + 1 FROM schedule), ?, ?, ?, ?, ?)",
		string(how.For), how.Incumbent, how.Until, how.Overhead, b.now)
}

// models registers the models in the order of the file.
func (b *beginning) models() error {
	if err := b.exec("UPDATE model SET place = -1"); err != nil {
		return err
	}
	for place := range b.run.Models {
		m := &b.run.Models[place]
		e, ok := b.run.Endpoint(m.Endpoint)
		if !ok {
			return fmt.Errorf("store: model %q: no endpoint %q", m.ID, m.Endpoint)
		}
		if err := b.model(place, m, e.Protocol); err != nil {
			return err
		}
	}
	return nil
}

func (b *beginning) model(place int, m *runfile.Model, p runfile.Protocol) error {
	price, err := b.price(m)
	if err != nil {
		return err
	}
	digest := sha256.Sum256(keyPrefix(m, p))
	var id int
	var was []byte
	err = b.row("SELECT id, digest FROM model WHERE name = ?", []any{m.ID}, &id, &was)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return b.exec("INSERT INTO model VALUES ((SELECT coalesce(max(id), 0) + 1 FROM model), ?, ?, ?, ?, ?, ?, ?)",
			m.ID, place, m.Family, m.Endpoint, string(p), digest[:], price)
	case err != nil:
		return err
	case !bytes.Equal(was, digest[:]):
		if err := b.exec("DELETE FROM cell WHERE model = ?", id); err != nil {
			return err
		}
	}
	return b.exec("UPDATE model SET place = ?, family = ?, endpoint = ?, protocol = ?, digest = ?, price = ? WHERE id = ?",
		place, m.Family, m.Endpoint, string(p), digest[:], price, id)
}

// price gives the number of a model's price.
func (b *beginning) price(m *runfile.Model) (id int, err error) {
	args := []any{m.Price.Input, m.Price.CachedInput, m.Price.Output, m.Price.Reasoning, m.PricedOn}
	if err := b.exec("INSERT INTO price VALUES ((SELECT coalesce(max(id), 0) + 1 FROM price), ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", args...); err != nil {
		return 0, err
	}
	err = b.row("SELECT id FROM price WHERE input = ? AND cached = ? AND output = ? AND reasoning = ? AND priced_on = ?", args, &id)
	return id, err
}

// regrade takes back the verdicts of kinds whose grader is another than before.
func (b *beginning) regrade(before string) error {
	if before == "" {
		return nil
	}
	was := map[string]string{}
	if err := json.Unmarshal([]byte(before), &was); err != nil {
		return err
	}
	for kind, grader := range b.run.Graders {
		if old, ok := was[kind]; ok && old == grader {
			continue
		}
		if err := b.exec("UPDATE cell SET verdict = 0 WHERE verdict <> 0 AND query IN (SELECT id FROM query WHERE kind = ?)", kind); err != nil {
			return err
		}
	}
	return nil
}

// load reads into memory what addresses are made of.
func (s *Store) load(ctx context.Context, run *runfile.Run) error {
	models := make([]askable, len(run.Models))
	places := map[int]int{}
	for i := range run.Models {
		m := &run.Models[i]
		e, _ := run.Endpoint(m.Endpoint)
		models[i] = askable{prefix: keyPrefix(m, e.Protocol), Price: m.Price}
		if err := s.row(ctx, "SELECT id, price FROM model WHERE name = ?", []any{m.ID}, &models[i].id, &models[i].price); err != nil {
			return err
		}
		places[models[i].id] = i
	}
	var n int
	if err := s.row(ctx, "SELECT coalesce(max(id), 0) FROM query", nil, &n); err != nil {
		return err
	}
	queries := make([]registered, n)
	err := s.rows(ctx, "SELECT id, digest, messages, bytes, active FROM query", nil, func(scan scan) error {
		var id int
		var r registered
		var digest sql.RawBytes
		if err := scan(&id, &digest, &r.messages, &r.bytes, &r.active); err != nil {
			return err
		}
		if len(digest) != len(r.digest) || id < 1 || id > n+1<<20 {
			return errors.New("store: the table of queries is damaged")
		}
		for id > len(queries) { // another process has enlisted one since
			queries = append(queries, registered{})
		}
		copy(r.digest[:], digest)
		queries[id-1] = r
		return nil
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.models, s.places, s.queries = models, places, queries
	s.mu.Unlock()
	return s.surprises(ctx)
}

// surprises reads which models cost more than their bounds before.
func (s *Store) surprises(ctx context.Context) error {
	m, err := s.Totals(ctx)
	if err != nil || m.Overrun == 0 {
		return err
	}
	return s.rows(ctx, "SELECT model, cost, reserved FROM answer WHERE cost > reserved", nil, func(scan scan) error {
		var model int
		var cost, reserved money.Nano
		err := scan(&model, &cost, &reserved)
		s.surprised(model, cost, reserved)
		return err
	})
}
