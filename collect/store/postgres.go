package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// shared is a run in a schema of a PostgreSQL database, which many machines may
// reach. Who writes holds the row of the purse: transactions that write follow
// one another, as those of a SQLite file do, and what holds for one holds for the other.
type shared struct {
	address string // without a password
	run     string
	schema  string // quoted
	plain   string // the schema's name
	lease   time.Duration
	config  *pgx.ConnConfig
	read    *sql.DB
	id      string // of this process; empty: to be read only

	mu    sync.Mutex
	since time.Time         // when the connection that writes was made
	known map[string]string // statements, by how they are written here
}

// grace is how long a process without its lock may be silent. Whoever was cut
// off together with others comes back within it.
func (d *shared) grace() time.Duration { return d.lease / 8 }

// newShared is a run to collect.
func newShared(address, run string, lease time.Duration) (*shared, error) {
	d, err := sharedOf(address, run)
	if err != nil {
		return nil, err
	}
	d.lease, d.id = lease, rand.Text()
	p := d.config.RuntimeParams
	p["synchronous_commit"] = "on" // what was granted stays granted, whatever becomes of the server
	p["statement_timeout"], p["lock_timeout"] = "0", "0"
	// One who is stopped in the midst of a transaction does not stop the others.
	p["idle_in_transaction_session_timeout"] = strconv.FormatInt((lease / 4).Milliseconds(), 10)
	d.open(4)
	return d, nil
}

// sharedToRead is a run to read.
func sharedToRead(address, run string) (*shared, error) {
	d, err := sharedOf(address, run)
	if err != nil {
		return nil, err
	}
	d.config.RuntimeParams["default_transaction_read_only"] = "on"
	d.open(4)
	return d, nil
}

func sharedOf(address, run string) (*shared, error) {
	at := pointer{Database: address, Run: run}
	if err := at.check(); err != nil {
		return nil, err
	}
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", address, err)
	}
	d := &shared{address: address, run: run, plain: schemaOf(run), config: config, known: map[string]string{}}
	d.schema = pgx.Identifier{d.plain}.Sanitize()
	config.RuntimeParams["search_path"] = d.schema
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "allwrong collect"
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 10 * time.Second
	}
	// A peer that vanished is noticed in half a minute. One that is slow is waited for.
	dialer := &net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 4}}
	config.DialFunc = dialer.DialContext
	return d, nil
}

// schemaOf names the schema of a run. Names of PostgreSQL have 63 bytes.
func schemaOf(run string) string {
	const prefix, most = "allwrong_", 63
	name := prefix + strings.ReplaceAll(run, "\x00", "")
	if name == prefix+run && len(name) <= most && utf8.ValidString(name) {
		return name
	}
	sum := sha256.Sum256([]byte(run))
	tail := "_" + hex.EncodeToString(sum[:8])
	name = strings.ToValidUTF8(name[:min(len(name), most-len(tail))], "")
	return name + tail
}

// open makes the pool of connections that read.
func (d *shared) open(most int) {
	d.read = stdlib.OpenDB(*d.config)
	d.read.SetMaxOpenConns(most)
	d.read.SetConnMaxIdleTime(time.Minute)
}

// write connects, and makes the tables if there are none.
func (d *shared) write(ctx context.Context) (session, error) {
	conn, err := pgx.ConnectConfig(ctx, d.config)
	if err != nil {
		return nil, err
	}
	if err := d.migrate(ctx, conn); err != nil {
		conn.Close(ctx)
		return nil, err
	}
	d.mu.Lock()
	d.since = time.Now()
	d.mu.Unlock()
	return &sharedSession{d: d, conn: conn}, nil
}

// lock names the lock by which others see that a process is connected.
func (d *shared) lock(id string) string { return d.plain + "/" + id }

// gone lists the processes that have ended, or are silent: those without their
// lock by the grace, all others by the lease. A lock is lost with its connection,
// and so is the network of one who still has it: who has just come back himself
// gives the others time to do the same.
func (d *shared) gone(q asker, lease time.Duration) (out []string, err error) {
	d.mu.Lock()
	fresh := time.Since(d.since) < d.grace()
	d.mu.Unlock()
	if fresh {
		return nil, nil
	}
	err = q.rows(`SELECT process.id, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) - beat, held.objid IS NOT NULL
		FROM process LEFT JOIN pg_catalog.pg_locks AS held ON held.locktype = 'advisory' AND held.granted AND held.objsubid = 1
			AND held.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
			AND ((held.classid::bigint << 32) | held.objid::bigint) = hashtextextended(? || process.id, 0)
		WHERE process.id <> ? AND process.pid <> 0`, []any{d.lock(""), d.id}, func(scan scan) error {
		var id string
		var silent int64
		var held bool
		if err := scan(&id, &silent, &held); err != nil {
			return err
		}
		if s := time.Duration(silent) * time.Millisecond; s > lease || !held && s > d.grace() {
			out = append(out, id)
		}
		return nil
	})
	return out, err
}

func (d *shared) pool() *sql.DB       { return d.read }
func (d *shared) still() error        { return nil }
func (d *shared) self() (string, int) { return d.id, os.Getpid() }
func (d *shared) snapshot() *sql.TxOptions {
	return &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}
}

// sql numbers the arguments of a statement.
func (d *shared) sql(statement string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s := d.known[statement]; s != "" {
		return s
	}
	var b strings.Builder
	n := 0
	for _, c := range []byte(statement) {
		if c != '?' {
			b.WriteByte(c)
			continue
		}
		n++
		b.WriteString("$" + strconv.Itoa(n))
	}
	d.known[statement] = b.String()
	return b.String()
}

func (d *shared) unstorable(text string) string {
	if strings.Contains(text, "\x00") {
		return "holds a NUL, which PostgreSQL does not store"
	}
	return ""
}

func (d *shared) close() error {
	if d.read == nil {
		return nil
	}
	return d.read.Close()
}

// errForeign is returned for a schema that somebody else made.
var errForeign = errors.New("it holds tables of something else: give the run another name, or move them away")
