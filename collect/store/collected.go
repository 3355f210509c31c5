package store

import (
	"context"
	"database/sql"
)

// Collected says how the cells of a run were chosen, and whether all are there.
// What needs the full matrix cannot be had from a run that is lazy.
type Collected struct {
	Schedule Schedule   `json:"schedule"`         // in force last
	Before   []Schedule `json:"before,omitempty"` // what was in force earlier, in order
	Queries  int64      `json:"queries"`          // taken up: with at least one cell that was asked
	Cells    int64      `json:"cells"`            // of those queries, for every model and attempt
	Asked    int64      `json:"asked"`            // of Cells, whatever came of it
	// Lazy: some cells were never asked, and which ones hangs on what others
	// answered, so that what is there is no sample of the full matrix.
	Lazy bool `json:"lazy"`
	// Lazily is the last schedule that was lazy, whatever followed it; nil unless Lazy.
	Lazily *Schedule `json:"lazily,omitempty"`
}

// Collected says how the run was collected so far.
func (s *Store) Collected(ctx context.Context) (*Collected, error) {
	c := &Collected{}
	var lazily *Schedule
	i := 0
	err := s.rows(ctx, "SELECT purpose, incumbent, until, overhead FROM schedule ORDER BY id", nil, func(scan scan) error {
		if i > 0 {
			c.Before = append(c.Before, c.Schedule)
		}
		i++
		h := &c.Schedule
		if err := scan(&h.For, &h.Incumbent, &h.Until, &h.Overhead); err != nil {
			return err
		}
		if h.For != ForMatrix {
			lazily = &Schedule{h.For, h.Incumbent, h.Until, h.Overhead}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var models, attempts sql.NullInt64
	err = s.row(ctx, `SELECT (SELECT count(*) FROM model WHERE place >= 0), (SELECT attempts FROM run),
		count(DISTINCT query), count(*) FROM (SELECT DISTINCT cell.query, cell.model, cell.attempt FROM cell
			JOIN model ON model.id = cell.model AND model.place >= 0 JOIN query ON query.id = cell.query AND query.active = 1) AS asked`, nil,
		&models, &attempts, &c.Queries, &c.Asked)
	c.Cells = c.Queries * models.Int64 * attempts.Int64
	if c.Lazy = lazily != nil && c.Asked < c.Cells; c.Lazy {
		c.Lazily = lazily
	}
	return c, err
}
