package db_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

func openWithSchema(t testing.TB, url string) *db.DB {
	t.Helper()
	d := dbtest.Open(t, url)
	if err := d.Migrate(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	return d
}

// group holds the writer with a first change while others queue behind it, so
// that all of them make one group.
type group struct {
	t       *testing.T
	d       *db.DB
	gate    chan struct{}
	answers []chan error
}

func newGroup(t *testing.T, d *db.DB) *group {
	db.LongGroups(d)
	g := &group{t: t, d: d, gate: make(chan struct{})}
	held := make(chan struct{})
	once := sync.OnceFunc(func() { close(held); <-g.gate })
	g.start(t.Context(), func(tx *db.Tx) error { once(); return addPerson(tx, "first") })
	<-held
	return g
}

// add queues a change and returns when it stands in the queue.
func (g *group) add(ctx context.Context, fn func(*db.Tx) error) chan error {
	n := db.Waiting(g.d)
	answer := g.start(ctx, fn)
	for db.Waiting(g.d) == n {
		runtime.Gosched()
	}
	return answer
}

func (g *group) start(ctx context.Context, fn func(*db.Tx) error) chan error {
	answer := make(chan error, 1)
	g.answers = append(g.answers, answer)
	go func() { answer <- g.d.Write(ctx, fn) }()
	return answer
}

// eachLane runs test on both databases, each with the schema and one writer.
func eachLane(t *testing.T, test func(t *testing.T, d *db.DB)) {
	t.Run("sqlite", func(t *testing.T) { test(t, openWithSchema(t, dbtest.SQLite(t))) })
	t.Run("postgres", func(t *testing.T) { test(t, openWithSchema(t, oneLane(t))) })
}

// oneLane is a PostgreSQL database with one connection: its changes queue.
func oneLane(t *testing.T) string { return dbtest.Postgres(t) + "&pool_max_conns=1" }

func TestAGroupsFailuresStayTheirOwn(t *testing.T) {
	eachLane(t, groupFailures)
}

func groupFailures(t *testing.T, d *db.DB) {
	g := newGroup(t, d)
	runs := 0
	good := g.add(t.Context(), func(tx *db.Tx) error { runs++; return addPerson(tx, "good") })
	own := errors.New("own")
	failing := g.add(t.Context(), func(tx *db.Tx) error { return errors.Join(addPerson(tx, "failing"), own) })
	same := g.add(t.Context(), func(tx *db.Tx) error { return addPerson(tx, "good") })
	reached, last := make(chan struct{}), make(chan struct{})
	late := g.add(t.Context(), func(tx *db.Tx) error { close(reached); <-last; return addPerson(tx, "late") })
	close(g.gate)
	<-reached
	for i, answer := range g.answers {
		select {
		case err := <-answer:
			t.Errorf("change %d was answered before the commit: %v", i, err)
		default:
		}
	}
	close(last)
	for _, answer := range []chan error{g.answers[0], good, late} {
		if err := <-answer; err != nil {
			t.Error(err)
		}
	}
	if err := <-failing; !errors.Is(err, own) {
		t.Errorf("the failing change ended with %v", err)
	}
	if err := <-same; !db.IsUnique(err, "person.name") {
		t.Errorf("the second good ended with %v", err)
	}
	if runs > 2 {
		t.Errorf("a good change ran %d times, want at most 2: the group is made anew once", runs)
	}
	wantNames(t, d, "first", "good", "late")
}

func TestOfARefusedChangeNothingIsKept(t *testing.T) {
	eachLane(t, func(t *testing.T, d *db.DB) {
		own := errors.New("own")
		refused := func(tx *db.Tx) error { return errors.Join(addPerson(tx, "refused"), own) }
		if err := d.Write(t.Context(), refused); !errors.Is(err, own) { // alone
			t.Error(err)
		}
		g := newGroup(t, d)
		all := []chan error{g.add(t.Context(), refused), g.add(t.Context(), func(tx *db.Tx) error { return addPerson(tx, "second") }), g.add(t.Context(), refused)}
		close(g.gate)
		for i, answer := range all {
			if err := <-answer; errors.Is(err, own) != (i != 1) {
				t.Errorf("change %d: %v", i, err)
			}
		}
		if err := d.Write(t.Context(), refused); !errors.Is(err, own) { // where each is a savepoint
			t.Error(err)
		}
		wantNames(t, d, "first", "second")
	})
}

func TestAfterAPanicEachIsTriedAlone(t *testing.T) {
	d := openWithSchema(t, dbtest.SQLite(t))
	g := newGroup(t, d)
	runs, committed := 0, 0
	before := g.add(t.Context(), func(tx *db.Tx) error {
		runs++
		tx.OnCommit(func() { committed++ })
		return addPerson(tx, "before")
	})
	panicking := g.add(t.Context(), func(tx *db.Tx) error {
		if err := addPerson(tx, "panicking"); err != nil {
			return err
		}
		panic("mid-change")
	})
	after := g.add(t.Context(), func(tx *db.Tx) error { return addPerson(tx, "after") })
	close(g.gate)
	for _, answer := range []chan error{g.answers[0], before, after} {
		if err := <-answer; err != nil {
			t.Error(err)
		}
	}
	var caught *db.PanicError
	if err := <-panicking; !errors.As(err, &caught) {
		t.Errorf("the panicking change ended with %v", err)
	}
	if runs != 2 || committed != 1 {
		t.Errorf("its neighbour ran %d times and committed %d, want 2 and 1", runs, committed)
	}
	wantNames(t, d, "after", "before", "first")
}

func TestAFullDiskFailsOnlyWhatDoesNotFit(t *testing.T) {
	d := openWithSchema(t, dbtest.SQLite(t))
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		var pages int64
		if err := tx.QueryRow(`PRAGMA page_count`).Scan(&pages); err != nil {
			return err
		}
		return tx.QueryRow(fmt.Sprintf(`PRAGMA max_page_count=%d`, pages+20)).Scan(&pages)
	})
	if err != nil {
		t.Fatal(err)
	}
	g := newGroup(t, d)
	small := g.add(t.Context(), func(tx *db.Tx) error { return addPerson(tx, "small") })
	large := g.add(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO person (name, picture) VALUES ('large', ?)`, make([]byte, 1<<20))
		return err
	})
	after := g.add(t.Context(), func(tx *db.Tx) error { return addPerson(tx, "tiny") })
	close(g.gate)
	for _, answer := range []chan error{g.answers[0], small, after} {
		if err := <-answer; err != nil {
			t.Error(err)
		}
	}
	if err := <-large; err == nil {
		t.Error("what does not fit was kept")
	}
	wantNames(t, d, "first", "small", "tiny")
}

func TestAChangeLeavesTheQueueWithItsContext(t *testing.T) { eachLane(t, leavesTheQueue) }

func leavesTheQueue(t *testing.T, d *db.DB) {
	g := newGroup(t, d)
	ctx, cancel := context.WithCancel(t.Context())
	answer := g.add(ctx, func(tx *db.Tx) error {
		t.Error("a change ran whose caller had gone")
		return addPerson(tx, "gone")
	})
	cancel()
	if err := <-answer; !errors.Is(err, context.Canceled) {
		t.Errorf("answered with %v", err)
	}
	close(g.gate)
	if err := <-g.answers[0]; err != nil {
		t.Error(err)
	}
	wantNames(t, d, "first")
}

func TestAChangeBegunEndsInACommit(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		err := d.Write(ctx, func(tx *db.Tx) error {
			cancel()
			return addPerson(tx, "begun")
		})
		if err != nil {
			t.Errorf("answered with %v", err)
		}
		wantNames(t, d, "begun")
		if err := d.Write(ctx, func(tx *db.Tx) error { return addPerson(tx, "late") }); !errors.Is(err, context.Canceled) {
			t.Errorf("with an ended context: %v", err)
		}
	})
}

func TestACallbackMayEndItsGoroutine(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = d.Write(t.Context(), func(tx *db.Tx) error {
				if err := addPerson(tx, "half"); err != nil {
					t.Error(err)
				}
				runtime.Goexit()
				return nil
			})
		}()
		<-ended
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return addPerson(tx, "next") }); err != nil {
			t.Fatal(err)
		}
		wantNames(t, d, "next")
	})
}

func TestManyWritersAndReaders(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		var all sync.WaitGroup
		for w := range 16 {
			all.Go(func() {
				for i := range 25 {
					err := d.Write(t.Context(), func(tx *db.Tx) error { return addPerson(tx, fmt.Sprintf("%d-%d", w, i)) })
					if err == nil {
						err = d.Read(t.Context(), func(tx *db.Tx) error {
							_, err := db.First(tx, text, `SELECT name FROM person WHERE name = ?`, fmt.Sprintf("%d-%d", w, i))
							return err
						})
					}
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		all.Wait()
		if n := len(names(t, d)); n != 16*25 {
			t.Errorf("%d people, want %d", n, 16*25)
		}
	})
}

func TestADeadlockIsTriedAgain(t *testing.T) {
	d := openWithSchema(t, dbtest.Postgres(t))
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		return errors.Join(addPerson(tx, "a"), addPerson(tx, "b"))
	})
	if err != nil {
		t.Fatal(err)
	}
	var both sync.WaitGroup
	both.Add(2)
	cross := func(first, second string) func() {
		met := sync.OnceFunc(func() { both.Done(); both.Wait() })
		return func() {
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				if _, err := tx.Exec(`UPDATE person SET seen_at = coalesce(seen_at, 0) + 1 WHERE name = ?`, first); err != nil {
					return err
				}
				met()
				if _, err := tx.Exec(`UPDATE person SET seen_at = coalesce(seen_at, 0) + 1 WHERE name = ?`, second); err != nil {
					return errors.New("a reason of the caller's own") // the cause is known all the same
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}
	}
	var all sync.WaitGroup
	all.Go(cross("a", "b"))
	all.Go(cross("b", "a"))
	all.Wait()
	err = d.Read(t.Context(), func(tx *db.Tx) error {
		var sum int64
		err := tx.QueryRow(`SELECT sum(seen_at) FROM person`).Scan(&sum)
		if sum != 4 {
			t.Errorf("%d updates were kept, want 4", sum)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
