package soak

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/oknotest/program"
	"github.com/oknodesk/okno/internal/oknotest/traffic"
)

// Sizes of the disk that fills up, and after somebody has made room.
const (
	smallDisk = "size=12m"
	moreDisk  = "size=256m"
)

// A full disk refuses what it cannot keep, keeps what it has answered for, and
// goes on when there is room.
func TestSoakAFullDiskLosesNothingAnsweredFor(t *testing.T) {
	data := t.TempDir()
	if err := syscall.Mount("okno", data, "tmpfs", 0, smallDisk); err != nil {
		if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
			t.Skipf("a disk of its own can only be mounted by root: %v", err)
		}
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(data, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	w := open(t, data)
	l := w.ledger()
	var pieces []piece
	peer := &traffic.Peer{To: w.SMTP}
	defer peer.Close()

	var refusal *traffic.Refusal
	for n := 0; refusal == nil; n++ {
		if n == 1000 {
			t.Fatal("the disk does not fill up")
		}
		p, err := sendFilling(peer, n)
		switch {
		case err == nil:
			pieces = append(pieces, p)
		case !errors.As(err, &refusal):
			t.Fatalf("letter %d on a filling disk: %v", n, err)
		case !refusal.Passing():
			t.Fatalf("a letter that the disk has no room for was refused for good: %s", refusal)
		}
	}
	t.Logf("%d letters taken in, then %q", len(pieces), refusal.Line)

	form, page := formOnFullDisk(w)
	if !strings.Contains(page, "scans-everything-twice") {
		t.Errorf("the refused form does not bring back what was typed:\n%s", page)
	}
	if err := syscall.Mount("okno", data, "tmpfs", syscall.MS_REMOUNT, moreDisk); err != nil {
		t.Fatal(err)
	}
	w.until(time.Minute, "the form is taken in", func() bool {
		status, _, err := traffic.NewBrowser(w.URL(), 1).Submit(t.Context(), "/open", form, traffic.Somewhere(1))
		return err == nil && status < 400
	})
	pieces = append(pieces, piece{token: "form-1", from: "dora@customer.example", opens: true})
	p, err := sendFilling(peer, 1000)
	w.must(err)
	pieces = append(pieces, p)
	w.finished(l, 3*time.Minute)
	w.stop()
	w.account(pieces)
}

// sendFilling sends a letter that does not compress.
func sendFilling(peer *traffic.Peer, n int) (piece, error) {
	p := piece{token: fmt.Sprintf("letter-%d", n), from: fmt.Sprintf("carl.%d@customer.example", n), opens: true, letter: fmt.Sprintf("disk.%d@customer.example", n)}
	p.file = make([]byte, 100<<10+n)
	rand.Read(p.file)
	l := traffic.Letter{From: p.from, Subject: "Traces", ID: p.letter, Text: p.token + " with its traces.", File: p.file, FileName: "trace.bin"}
	return p, peer.Send(p.from, program.Support, l.Bytes())
}

// formOnFullDisk sends a form until one is refused, and returns it with the
// page that says so. The last pages of a disk may still have room for a form.
func formOnFullDisk(w *world) (traffic.Form, string) {
	w.Helper()
	text := "form-1 scans-everything-twice. " + strings.Repeat("It is a long story. ", 2000)
	form := traffic.Opening("submission-key-00000001", "dora@customer.example", "Scanner", text)
	form.FileName, form.File = "trace.bin", make([]byte, 1<<20)
	rand.Read(form.File)
	status, page, err := traffic.NewBrowser(w.URL(), 1).Submit(w.Context(), "/open", form, traffic.Somewhere(1))
	w.must(err)
	if status < 400 {
		w.Fatalf("a full disk took a form in: %d", status)
	}
	w.Logf("the form was refused with %d", status)
	form.File, form.FileName = nil, ""
	return form, page
}
