package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// patience is how long a server is given for a farewell.
const patience = 2 * time.Second

// passing are the classes of PostgreSQL's codes, and single codes, of what may
// pass: https://www.postgresql.org/docs/current/errcodes-appendix.html.
var passing = []string{
	"08",    // connections
	"53",    // no room on the disk, in memory, or for a connection
	"57P",   // the server is stopped or started, or ended this connection
	"58",    // the system below the server
	"40001", // could not be serialized
	"40P01", // deadlock
	"55P03", // a lock that somebody else has
	"57014", // cancelled by a time limit
	"25P03", // ended, for it was idle within a transaction
	"25006", // read only: a standby, before it takes over
}

// passing: connections that cannot be made or that broke, and what a server says
// that comes back or has no room. What is wrong with the user, the database or
// the tables does not pass.
func (d *shared) passing(err error) bool {
	var said *pgconn.PgError
	if errors.As(err, &said) {
		for _, code := range passing {
			if strings.HasPrefix(said.Code, code) {
				return true
			}
		}
		return false
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.Is(err, errUnknown) || errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, driver.ErrBadConn) ||
		pgconn.SafeToRetry(err)
}

// absent reports whether nobody answered.
func absent(err error) bool {
	var said *pgconn.PgError
	var connect *pgconn.ConnectError
	return errors.As(err, &connect) && !errors.As(err, &said) && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF)
}

// explain says which run an error is about, and what to do.
func (d *shared) explain(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	var done *explained
	if errors.As(err, &done) {
		return err
	}
	return &explained{fmt.Sprintf("%s, run %q", d.address, d.run), err, advice(err)}
}

func (d *shared) failed(err error) error {
	var said *pgconn.PgError
	if errors.As(err, &said) {
		return d.explain(err)
	}
	return err
}

// explained is an error with its place and advice.
type explained struct {
	where string
	err   error
	what  string
}

func (e *explained) Error() string {
	text := e.where + ": " + e.err.Error()
	if e.what != "" {
		text += ": " + e.what
	}
	return text
}

func (e *explained) Unwrap() error { return e.err }

func advice(err error) string {
	var said *pgconn.PgError
	if !errors.As(err, &said) {
		switch {
		case absent(err):
			return "is the server there, and may this machine reach it?"
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			return "the connection broke; start again, and nothing is lost"
		}
		return ""
	}
	switch {
	case strings.HasPrefix(said.Code, "57P"):
		return "the server is being stopped or started; start again, and nothing is lost"
	case said.Code == "28P01" || said.Code == "28000":
		return "give the user in the address or PGUSER, and the password in PGPASSWORD or ~/.pgpass"
	case said.Code == "3D000":
		return "createdb makes a database"
	case said.Code == "42501":
		return "the role needs CREATE on the database, or a schema of its own: see docs/collect.md"
	case said.Code == "53100":
		return "make room on the server's disk, and start again: what was answered is on record"
	case said.Code == "25006":
		return "this server is read only, a standby perhaps: name the one that is written to"
	case said.Code == "22021":
		return "PostgreSQL stores no NUL and no text that is not UTF-8"
	case said.Code == "42P01" || said.Code == "42703":
		return "a table of the run is missing or was changed"
	}
	return ""
}
