package app

import (
	"context"
	"flag"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"testing"
	"time"
)

func TestWhoeverStartedTheProgramHearsWhenItServesAndWhenItStops(t *testing.T) {
	at := filepath.Join(t.TempDir(), "notify")
	hears, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Net: "unixgram", Name: at})
	if err != nil {
		t.Fatal(err)
	}
	defer hears.Close()
	t.Setenv("NOTIFY_SOCKET", at)
	fs := flag.NewFlagSet("okno", flag.ContinueOnError)
	flags := AddFlags(fs)
	if err := fs.Parse([]string{"--data", t.TempDir(), "--listen", "127.0.0.1:0"}); err != nil {
		t.Fatal(err)
	}
	c, err := flags.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, c, slog.New(slog.DiscardHandler), time.Now, io.Discard) }()
	if err := hears.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"STATUS=opening the database", "READY=1\nSTATUS=serving", "STOPPING=1\nSTATUS=finishing what is in hand"} {
		said := make([]byte, 200)
		n, err := hears.Read(said)
		if err != nil {
			t.Fatal(err)
		}
		if string(said[:n]) != want {
			t.Errorf("heard %q, want %q", said[:n], want)
		}
		if want[0] == 'R' {
			stop()
		}
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
