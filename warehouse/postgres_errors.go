package warehouse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// explainPostgres says what an error of the server, or of the way to it, means.
func explainPostgres(err error) string {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return explainCode(refused)
	}
	var badURL *pgconn.ParseConfigError
	if errors.As(err, &badURL) {
		// The error quotes the URL, and with it what should not be shown.
		return "the URL cannot be read: want postgres://USER@HOST:PORT/DATABASE"
	}
	var connect *pgconn.ConnectError
	var network *net.OpError
	switch {
	case errors.As(err, &connect):
		return unreachable(connect)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &network), pgconn.SafeToRetry(err),
		strings.Contains(err.Error(), "conn closed"), strings.Contains(err.Error(), "bad connection"):
		return "the connection to the server was lost: run it again once the server is there"
	}
	return ""
}

func unreachable(e *pgconn.ConnectError) string {
	var name *net.DNSError
	var dial *net.OpError
	at := fmt.Sprintf("%s:%d", e.Config.Host, e.Config.Port)
	why := innermost(e).Error()
	switch {
	case errors.As(e, &name):
		return fmt.Sprintf("no host is called %s: look at the URL", e.Config.Host)
	case errors.Is(e, context.DeadlineExceeded):
		return fmt.Sprintf("no answer from %s within %v: look at the URL, and whether a firewall stands between", at, e.Config.ConnectTimeout)
	case errors.As(e, &dial) && dial.Op == "dial":
		return fmt.Sprintf("no server answers at %s (%s): look at the URL, and whether the server runs", at, why)
	case strings.Contains(why, "refused TLS"):
		return fmt.Sprintf("the server at %s does not speak TLS, which sslmode asks for: look at the URL", at)
	case strings.Contains(e.Error(), "tls"):
		return fmt.Sprintf("no trust between us and %s (%s): look at sslmode and sslrootcert in the URL", at, why)
	}
	return fmt.Sprintf("what answers at %s does not speak as PostgreSQL does (%s): look at the host and the port in the URL", at, why)
}

// innermost is what an error began with; of several, the first.
func innermost(err error) error {
	for {
		var inner error
		switch e := err.(type) {
		case interface{ Unwrap() error }:
			inner = e.Unwrap()
		case interface{ Unwrap() []error }:
			if all := e.Unwrap(); len(all) > 0 {
				inner = all[0]
			}
		}
		if inner == nil {
			return err
		}
		err = inner
	}
}

// explainCode goes by SQLSTATE, the first two letters of which are a class.
func explainCode(e *pgconn.PgError) string {
	switch e.Code {
	case "28P01", "28000":
		return fmt.Sprintf("the server does not let us in (%s): say the user in the URL, and the password by PGPASSWORD or ~/.pgpass", e.Message)
	case "3D000":
		return e.Message + ": look at the end of the URL"
	case "42P01":
		return e.Message + ": write the name as the catalogue does, with its schema if need be (SCHEMA.TABLE)"
	case "42703":
		return e.Message + ": look at the names of the columns"
	case "42501":
		return e.Message + ": ask for the right to read it (GRANT SELECT)"
	case "57014":
		if strings.Contains(e.Message, "statement timeout") {
			return "it took longer than the time-out of the statement: allow more, or read fewer rows"
		}
		return "the statement was stopped"
	case "25006":
		return e.Message + ": the query has to read only"
	case "53100":
		return e.Message + ": the server's disk is full; read fewer rows"
	case "53400":
		return e.Message + ": the server limits what a query may put on disk (temp_file_limit); read fewer rows"
	case "53300":
		return e.Message + ": try again later"
	case "42601":
		return "the server cannot read the statement: " + e.Message + where(e)
	case "40001":
		return "the server had to end the snapshot (" + e.Message + "): run it again"
	}
	switch e.Code[:min(2, len(e.Code))] {
	case "08", "57":
		return "the connection to the server was lost (" + e.Message + "): run it again once the server is there"
	case "53":
		return "the server has run out of something (" + e.Message + "): read fewer rows"
	}
	return "the server refuses the statement: " + e.Message + where(e)
}

func where(e *pgconn.PgError) string {
	out := ""
	if e.Hint != "" {
		out = " (" + strings.TrimSuffix(e.Hint, ".") + ")"
	}
	return out + " [" + e.Code + "]"
}
