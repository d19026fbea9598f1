package intake

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// dripping is a connection that gives what is read from it in parts.
type dripping struct {
	net.Conn
	parts []string
}

func (d *dripping) SetReadDeadline(time.Time) error { return nil }

func (d *dripping) Read(b []byte) (int, error) {
	if len(d.parts) == 0 {
		return 0, io.EOF
	}
	n := copy(b, d.parts[0])
	if d.parts[0] = d.parts[0][n:]; d.parts[0] == "" {
		d.parts = d.parts[1:]
	}
	return n, nil
}

func TestSurplusCRsAreDroppedWhereverReadsAreCut(t *testing.T) {
	const came = "one\r\ntwo\r\r\n\r\r\rthree\r\n\rfour\nfive\r\r\r\n\r\n.\r\n"
	const want = "one\r\ntwo\r\n\r\r\rthree\r\n\rfour\nfive\r\n\r\n.\r\n"
	for first := range len(came) {
		for second := first; second < len(came); second++ {
			p := &peer{Conn: &dripping{parts: []string{came[:first], came[first:second], came[second:]}}}
			p.data.Store(true)
			got, err := io.ReadAll(p)
			if err != nil || string(got) != want {
				t.Fatalf("cut at %d and %d: %q, %v", first, second, got, err)
			}
		}
	}
}

func TestALargeLetterWithoutSurplusCRsIsPassedOnAsItCame(t *testing.T) {
	came := []byte(strings.Repeat(strings.Repeat("x", 76)+"\r\n", 5_000))
	p := &peer{Conn: &dripping{parts: []string{string(came)}}}
	p.data.Store(true)
	if got, err := io.ReadAll(p); err != nil || !bytes.Equal(got, came) {
		t.Fatalf("%d bytes of %d: %v", len(got), len(came), err)
	}
}
