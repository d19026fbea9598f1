package app

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/db"
)

func TestTheSupervisorHearsOfAProgramThatIsAliveAndOfNoOther(t *testing.T) {
	at := filepath.Join(t.TempDir(), "notify")
	hears, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Net: "unixgram", Name: at})
	if err != nil {
		t.Fatal(err)
	}
	defer hears.Close()
	told := supervisedAt(at, slog.New(slog.DiscardHandler))
	defer told.close()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	asked := 0
	go func() {
		defer close(ended)
		told.watch(ctx, 30*time.Millisecond, func(context.Context) error {
			if asked++; asked < 4 {
				return errors.New("it hangs")
			}
			stop() // what is found now is the last that is told, if at all
			return nil
		})
	}()
	<-ended
	// Nothing was told of the first three, nor once the program was to stop.
	told.tell("OVER")
	said := make([]byte, 100)
	if n, err := hears.Read(said); err != nil || string(said[:n]) != "OVER" {
		t.Errorf("heard %q, %v", said[:n], err)
	}

	ctx, stop = context.WithCancel(t.Context())
	defer stop()
	go told.watch(ctx, 30*time.Millisecond, func(context.Context) error { return nil })
	if err := hears.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if n, err := hears.Read(said); err != nil || string(said[:n]) != "WATCHDOG=1" {
		t.Errorf("heard %q, %v", said[:n], err)
	}
}

func TestAProgramIsAliveWhileItsPagesAreAnsweredAndItsWriterWrites(t *testing.T) {
	fs := flag.NewFlagSet("okno", flag.ContinueOnError)
	flags := AddFlags(fs)
	if err := fs.Parse([]string{"--data", t.TempDir(), "--listen", "127.0.0.1:0"}); err != nil {
		t.Fatal(err)
	}
	c, err := flags.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	h, err := Open(t.Context(), c, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if err := h.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	lives := func(within time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), within)
		defer cancel()
		return h.alive(ctx)
	}
	if err := lives(50 * time.Millisecond); err == nil {
		t.Error("nobody answers at the listener, and the program is called alive")
	}

	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	if err := lives(time.Minute); err != nil {
		t.Errorf("a program that works: %v", err)
	}

	inside, release, written := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		written <- h.DB.Write(t.Context(), func(*db.Tx) error {
			close(inside)
			<-release
			return nil
		})
	}()
	<-inside
	if err := lives(50 * time.Millisecond); err == nil {
		t.Error("the writer hangs, and the program is called alive")
	}
	close(release)
	if err := <-written; err != nil {
		t.Error(err)
	}
	if err := lives(time.Minute); err != nil {
		t.Errorf("a writer that works again: %v", err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestTheSupervisorMayAskThisProcessAndNotAnother(t *testing.T) {
	own := strconv.Itoa(os.Getpid())
	for _, one := range []struct {
		microseconds, process string
		want                  time.Duration
	}{
		{"120000000", own, 2 * time.Minute},
		{"120000000", "", 2 * time.Minute},
		{"120000000", own + "1", 0},
		{"", own, 0},
		{"0", own, 0},
		{"-1", own, 0},
		{"9223372036854775807", own, 0},
		{"soon", own, 0},
	} {
		if got := watchdogTime(one.microseconds, one.process); got != one.want {
			t.Errorf("WATCHDOG_USEC=%s WATCHDOG_PID=%s: %v, want %v", one.microseconds, one.process, got, one.want)
		}
	}
}
