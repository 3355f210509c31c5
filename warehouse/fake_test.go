package warehouse

import (
	"encoding/binary"
	"net"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
)

// fake listens on loopback and hands each connection to serve, which speaks
// whatever it likes. It returns the URL at which it takes itself for PostgreSQL.
func fake(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	over := make(chan struct{})
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { serve(c); c.Close() })
			all.Go(func() { <-over; c.Close() })
		}
	})
	t.Cleanup(func() {
		close(over)
		l.Close()
		all.Wait()
	})
	return "postgres://somebody@" + l.Addr().String() + "/grades?sslmode=disable"
}

// impostor does the greetings as PostgreSQL does, then answers each statement
// by answer.
func impostor(t *testing.T, answer func(b *pgproto3.Backend, statement string) error) string {
	return fake(t, func(c net.Conn) {
		b := pgproto3.NewBackend(c, c)
		if _, err := b.ReceiveStartupMessage(); err != nil {
			return
		}
		b.Send(&pgproto3.AuthenticationOk{})
		b.Send(&pgproto3.ParameterStatus{Name: "standard_conforming_strings", Value: "on"})
		b.Send(&pgproto3.ParameterStatus{Name: "client_encoding", Value: "UTF8"})
		b.Send(&pgproto3.BackendKeyData{ProcessID: 1, SecretKey: []byte{0, 0, 0, 1}})
		b.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
		if b.Flush() != nil {
			return
		}
		statement := ""
		for {
			m, err := b.Receive()
			if err != nil {
				return
			}
			switch m := m.(type) {
			case *pgproto3.Query:
				statement = m.String
			case *pgproto3.Parse:
				statement = m.Query
				continue
			case *pgproto3.Sync:
			default:
				continue
			}
			if answer(b, statement) != nil {
				return
			}
		}
	})
}

// yes answers that a statement was done and gave nothing.
func yes(b *pgproto3.Backend, tag string) error {
	b.Send(&pgproto3.ParseComplete{})
	b.Send(&pgproto3.BindComplete{})
	b.Send(&pgproto3.NoData{})
	b.Send(&pgproto3.CommandComplete{CommandTag: []byte(tag)})
	b.Send(&pgproto3.ReadyForQuery{TxStatus: 'T'})
	return b.Flush()
}

// no answers with an error.
func no(b *pgproto3.Backend, e pgproto3.ErrorResponse) error {
	b.Send(&e)
	b.Send(&pgproto3.ReadyForQuery{TxStatus: 'E'})
	return b.Flush()
}

// message is a message of the protocol whose length is what it says, not what
// it holds.
func message(kind byte, says uint32, holds []byte) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{kind}, says), holds...)
}
