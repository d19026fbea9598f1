package db_test

import (
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

// A pooler as PgBouncer is by itself: it numbers sessions in its own way, and
// begins none with parameters that it does not know.
func TestBehindAPoolerEverySessionHasItsParameters(t *testing.T) {
	d := openWithSchema(t, poolerBefore(t, dbtest.Postgres(t)))
	for name, want := range map[string]string{"statement_timeout": "30s", "idle_in_transaction_session_timeout": "1min", "jit": "off"} {
		var is string
		must(t, d.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(`SELECT current_setting(?)`, name).Scan(&is) }))
		if is != want {
			t.Errorf("%s is %s, want %s", name, is, want)
		}
	}
	must(t, d.Write(t.Context(), func(tx *db.Tx) error { return addPerson(tx, "Ada") }))
	if all := names(t, d); len(all) != 1 || all[0] != "Ada" {
		t.Errorf("kept: %v", all)
	}
}

// poolerBefore puts one before a database and returns its address.
func poolerBefore(t *testing.T, address string) string {
	server, err := pgx.ParseConfig(address)
	must(t, err)
	at, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { at.Close() })
	go func() {
		for {
			client, err := at.Accept()
			if err != nil {
				return
			}
			go func() {
				defer client.Close()
				_ = passOn(client, server) // the client sees that it is cut off
			}()
		}
	}()
	return fmt.Sprintf("postgres://%s@%s/%s?sslmode=disable", server.User, at.Addr(), server.Database)
}

func passOn(client net.Conn, to *pgx.ConnConfig) error {
	asked := pgproto3.NewBackend(client, client)
	begun, err := asked.ReceiveStartupMessage()
	if err != nil {
		return err
	}
	if start, ok := begun.(*pgproto3.StartupMessage); ok && start.Parameters["statement_timeout"] != "" {
		asked.Send(&pgproto3.ErrorResponse{Severity: "FATAL", Code: "08P01", Message: "unsupported startup parameter: statement_timeout"})
		return asked.Flush()
	}
	network, address := pgconn.NetworkAddress(to.Host, to.Port)
	server, err := net.Dial(network, address)
	if err != nil {
		return err
	}
	defer server.Close()
	asking := pgproto3.NewFrontend(server, server)
	asking.Send(begun)
	if err := asking.Flush(); err != nil {
		return err
	}
	for ready := false; !ready; {
		said, err := asking.Receive()
		if err != nil {
			return err
		}
		if key, ok := said.(*pgproto3.BackendKeyData); ok {
			key.ProcessID++
		}
		_, ready = said.(*pgproto3.ReadyForQuery)
		asked.Send(said)
	}
	if err := asked.Flush(); err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(server, client) // until either is gone
		server.Close()
	}()
	_, err = io.Copy(client, server)
	return err
}
