package db_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

// What anybody was answered or had read is there after a power cut, wherever
// that comes: amid a commit, a checkpoint, or a log that starts anew.
func TestWhatWasToldSurvivesAPowerCut(t *testing.T) {
	disk := newDisk(t)
	d := openAlone(t, dbtest.SQLite(t))
	begun := len(disk.steps)
	for round := range 4 {
		anewLog(t, d, disk, round)
	}
	must(t, d.Close())
	disk.leave()
	random, atHeader := 24, 30
	if os.Getenv("OKNO_TEST_SOAK") != "" {
		random, atHeader = 3000, 1000
	}
	chance := rand.New(rand.NewPCG(rand.Uint64(), 0))
	for range random {
		afterPowerCut(t, disk, begun+chance.IntN(len(disk.steps)-begun+1), chance)
	}
	for i, s := range disk.steps {
		if i >= begun && s.file == "-wal" && s.at == 0 && len(s.data) > 0 {
			for range atHeader {
				afterPowerCut(t, disk, i+1+chance.IntN(3), chance)
			}
		}
	}
}

// anewLog makes changes and reads them, and leaves a log that starts anew. Its
// first commit is a small or a large one.
func anewLog(t *testing.T, d *db.DB, disk *disk, round int) {
	must(t, d.Write(t.Context(), func(tx *db.Tx) error {
		if round%2 == 0 {
			return addPerson(tx, fmt.Sprint(round))
		}
		return tx.Send(`INSERT INTO person (name, picture) VALUES (?, ?)`, fmt.Sprint(round), make([]byte, 40<<10))
	}))
	disk.tell(fmt.Sprint(round))
	var all sync.WaitGroup
	for w := range 6 {
		all.Go(func() {
			for i := range 6 {
				name := fmt.Sprintf("%d-%d-%d", round, w, i)
				if err := d.Write(t.Context(), func(tx *db.Tx) error { return addPerson(tx, name) }); err != nil {
					t.Error(err)
					return
				}
				disk.tell(name)
			}
		})
	}
	all.Go(func() {
		for range 10 {
			for _, name := range names(t, d) {
				disk.tell(name)
			}
		}
	})
	all.Wait()
	must(t, db.CopyLog(t.Context(), d))
}

// openAlone is openWithSchema for a test that closes the database itself.
func openAlone(t *testing.T, url string) *db.DB {
	d, err := db.Open(t.Context(), url, db.Options{})
	must(t, err)
	must(t, d.Migrate(t.Context(), schema))
	return d
}

func afterPowerCut(t *testing.T, disk *disk, at int, chance *rand.Rand) {
	url, told := disk.cut(t, at, chance)
	d, err := db.Open(t.Context(), url, db.Options{})
	if err != nil {
		t.Fatalf("cut after step %d: %v", at, err)
	}
	kept := make(map[string]bool)
	for _, name := range names(t, d) {
		kept[name] = true
	}
	for _, name := range told {
		if !kept[name] {
			t.Errorf("cut after step %d: %s was told and is not there", at, name)
		}
	}
	var sound string
	err = d.ReadOne(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(`PRAGMA integrity_check`).Scan(&sound) })
	if err != nil || sound != "ok" {
		t.Errorf("cut after step %d: integrity: %q %v", at, sound, err)
	}
	must(t, d.Close())
}

// slowDisk is a disk on which the log is not made durable before the test says
// how that ends.
func slowDisk(t *testing.T) (d *db.DB, url string, begun chan struct{}, ends chan error, end func()) {
	disk := newDisk(t)
	var slow atomic.Bool
	begun, ends = make(chan struct{}, 1), make(chan error)
	disk.syncing = func() error {
		if !slow.Swap(false) {
			return nil
		}
		begun <- struct{}{}
		return <-ends
	}
	url = dbtest.SQLite(t)
	d = openAlone(t, url)
	stop := keepLog(t, d)
	must(t, d.Write(t.Context(), func(tx *db.Tx) error { return addPerson(tx, "before") }))
	slow.Store(true)
	return d, url, begun, ends, func() { stop(); must(t, d.Close()) }
}

// keepLog has a reading keep the log from starting anew, whose header would be
// made durable within the commit, until stop.
func keepLog(t *testing.T, d *db.DB) (stop func()) {
	reading, over, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		_ = d.Snapshot(t.Context(), func(tx *db.Tx) error { // its outcome is the disk's
			_, err := db.Collect(tx, text, `SELECT name FROM person`)
			close(reading)
			<-over
			return err
		})
	}()
	<-reading
	return func() { close(over); <-ended }
}

func start(t *testing.T, d *db.DB, name string, ran func()) chan error {
	answer := make(chan error, 1)
	go func() {
		answer <- d.Write(t.Context(), func(tx *db.Tx) error {
			defer ran()
			return addPerson(tx, name)
		})
	}()
	return answer
}

func TestChangesAreMadeWhileTheDiskWorksAndAnsweredAfter(t *testing.T) {
	d, _, begun, ends, end := slowDisk(t)
	first := start(t, d, "first", func() {})
	<-begun
	ran, saw, told := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	second := start(t, d, "second", sync.OnceFunc(func() { close(ran) }))
	<-ran
	go func() {
		told <- d.Read(t.Context(), func(tx *db.Tx) error {
			defer close(saw)
			_, err := db.First(tx, text, `SELECT name FROM person WHERE name = 'first'`)
			return err
		})
	}()
	<-saw
	for range 1000 {
		runtime.Gosched()
	}
	select {
	case err := <-first:
		t.Errorf("a change was answered before it was durable: %v", err)
	case err := <-second:
		t.Errorf("a change was answered before the one before was durable: %v", err)
	case err := <-told:
		t.Errorf("a reading told of a change before that was durable: %v", err)
	default:
	}
	ends <- nil
	for _, answer := range []chan error{first, second, told} {
		must(t, <-answer)
	}
	end()
}

func TestAReadingWaitsOnlyForWhatItSaw(t *testing.T) {
	d, _, begun, ends, end := slowDisk(t)
	reading, told := make(chan struct{}), make(chan error, 1)
	go func() {
		told <- d.Read(t.Context(), func(tx *db.Tx) error {
			close(reading)
			<-begun
			if _, err := db.First(tx, text, `SELECT name FROM person WHERE name = 'later'`); !errors.Is(err, db.ErrNotFound) {
				return fmt.Errorf("it saw the change: %v", err)
			}
			return nil
		})
	}()
	<-reading
	later := start(t, d, "later", func() {})
	select {
	case err := <-told:
		must(t, err)
	case <-time.After(time.Minute):
		t.Error("a reading waited for a change that was made after it had begun")
	}
	ends <- nil
	must(t, <-later)
	end()
}

func TestWhenTheDiskFailsNothingGoesOn(t *testing.T) {
	d, url, begun, ends, end := slowDisk(t)
	first := start(t, d, "first", func() {})
	<-begun
	ran := make(chan struct{})
	second := start(t, d, "second", sync.OnceFunc(func() { close(ran) }))
	<-ran
	ends <- syscall.EIO
	for i, answer := range []chan error{first, second} {
		if err := <-answer; !errors.Is(err, db.ErrLost) {
			t.Errorf("change %d was answered with %v", i, err)
		}
	}
	<-d.Lost()
	late := start(t, d, "late", func() { t.Error("a change was begun after the disk had failed") })
	if err := <-late; !errors.Is(err, db.ErrLost) {
		t.Errorf("a later change was answered with %v", err)
	}
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		_, err := db.Collect(tx, text, `SELECT name FROM person`)
		return err
	})
	if !errors.Is(err, db.ErrLost) {
		t.Errorf("a reading ended with %v", err)
	}
	end()

	again := dbtest.Open(t, url)
	must(t, again.Write(t.Context(), func(tx *db.Tx) error { return addPerson(tx, "after") }))
	wantNames(t, again, "after", "before", "first")
}

// What cannot even be written is a refusal like any other.
func TestALogThatFindsNoRoomRefusesAndGoesOn(t *testing.T) {
	disk := newDisk(t)
	d := openWithSchema(t, dbtest.SQLite(t))
	var full atomic.Bool
	disk.writing = func() error {
		if full.Load() {
			return syscall.ENOSPC
		}
		return nil
	}
	full.Store(true)
	if err := d.Write(t.Context(), func(tx *db.Tx) error { return addPerson(tx, "too much") }); err == nil {
		t.Error("a change was answered that found no room")
	}
	full.Store(false)
	must(t, d.Write(t.Context(), func(tx *db.Tx) error { return addPerson(tx, "enough") }))
	wantNames(t, d, "enough")
	select {
	case <-d.Lost():
		t.Error("a full disk was taken for a failing one")
	default:
	}
}
