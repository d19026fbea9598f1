package jobs_test

import (
	"bytes"
	"context"
	"net"
	"net/url"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/jobs"
)

// wire is a way to PostgreSQL that can be cut behind a commit: what was sent is
// kept, and nobody hears so.
type wire struct {
	*testing.T
	network string // of its server
	server  string
	mark    atomic.Value // string: whoever sends it twice at once, as a claim does, is cut off
}

func (w *wire) serve(on net.Listener) {
	for {
		client, err := on.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial(w.network, w.server)
		if err != nil {
			w.Error(err)
			return
		}
		go w.join(client, server)
	}
}

func (w *wire) join(client, server net.Conn) {
	defer client.Close()
	defer server.Close()
	var cut atomic.Bool
	go func() {
		defer server.Close()
		chunk := make([]byte, 64<<10)
		for {
			n, err := client.Read(chunk)
			if mark, _ := w.mark.Load().(string); mark != "" && bytes.Count(chunk[:n], []byte(mark)) > 1 && w.mark.CompareAndSwap(mark, "") {
				cut.Store(true)
			}
			if _, failed := server.Write(chunk[:n]); err != nil || failed != nil {
				return
			}
		}
	}()
	idle := []byte{'Z', 0, 0, 0, 5, 'I'} // ready, in no transaction: the commit is done
	chunk := make([]byte, 64<<10)
	for {
		n, err := server.Read(chunk)
		if err != nil || cut.Load() && bytes.HasSuffix(chunk[:n], idle) {
			return
		}
		if cut.Load() {
			continue
		}
		if _, err := client.Write(chunk[:n]); err != nil {
			return
		}
	}
}

func TestWhatWasClaimedUnheardIsWorkedOff(t *testing.T) {
	at, err := url.Parse(dbtest.Postgres(t, jobs.Migrations))
	if err != nil {
		t.Fatal(err)
	}
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { on.Close() })
	w := &wire{T: t, network: "tcp", server: at.Host}
	if socket := at.Query().Get("host"); socket != "" {
		w.network, w.server = "unix", filepath.Join(socket, ".s.PGSQL.5432")
	}
	go w.serve(on)
	at.Host, at.RawQuery = on.Addr().String(), "sslmode=disable"
	b := bench{t, dbtest.Open(t, at.String()), newClock()}
	done := make(chan struct{}, 1)
	r := b.runner()
	r.Handle("letter", jobs.Options{}, func(context.Context, jobs.Job) error {
		done <- struct{}{}
		return nil
	})
	b.run(r)
	b.settle(r)
	w.mark.Store(jobs.Name(r))
	b.put(jobs.New{Kind: "letter"})
	<-done
}

// A change that ends jobs and one that renews leases would wait for each other.
func TestLeasesAreRenewedPastAJobThatIsJustEnded(t *testing.T) {
	url := dbtest.Postgres(t)
	b := bench{t, dbtest.Open(t, url), newClock()}
	if err := b.db.Migrate(t.Context(), jobs.Migrations); err != nil {
		t.Fatal(err)
	}
	begun, r := make(chan struct{}, 2), b.runner()
	r.Handle("letter", jobs.Options{Workers: 2}, func(ctx context.Context, _ jobs.Job) error {
		begun <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	})
	b.put(jobs.New{Kind: "letter"})
	b.put(jobs.New{Kind: "letter"})
	b.run(r)
	<-begun
	<-begun
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	ends, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ends.Exec(t.Context(), `DELETE FROM job WHERE id = (SELECT MIN(id) FROM job)`); err != nil {
		t.Fatal(err)
	}
	b.clock.move(10 * time.Second)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	jobs.Renew(ctx, r)
	var until int64
	if err := conn.QueryRow(t.Context(), `SELECT MAX(due_at) FROM job`).Scan(&until); err != nil {
		t.Fatal(err)
	}
	if want := b.clock.now().Add(30 * time.Second).UnixMicro(); until != want {
		t.Errorf("the other lease ends at %d, want %d", until, want)
	}
	if err := ends.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := b.count("letter"); n.InHand != 2 {
		t.Errorf("left are %+v, want two in hand", n)
	}
}
