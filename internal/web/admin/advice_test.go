package admin

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/locale"
)

func TestTroubleWithAMailServerSaysWhatToLookAt(t *testing.T) {
	l := locale.New("en", time.UTC)
	for trouble, want := range map[okno.Trouble]string{
		okno.TroubleHost: "no such mail server", okno.TroubleRefused: "Check the port", okno.TroublePrivate: "--outbound-allow", okno.TroubleSilent: "does not answer",
		okno.TroubleCertificate: "certificate", okno.TroubleSecurity: "encryption", okno.TroubleLogin: "did not accept the login", okno.TroubleSelect: "no such IMAP folder",
	} {
		err := fmt.Errorf("the test failed: %w", &okno.ServerError{Trouble: trouble, Err: errors.New("a word of its own")})
		got := adviceOn(l, err)
		if !strings.Contains(got, want) || !strings.HasSuffix(got, err.Error()) {
			t.Errorf("%s: %q, want %q in it", trouble, got, want)
		}
	}
	for _, err := range []error{errors.New("the server is on fire"), &okno.ServerError{Err: errors.New("the server is on fire")}} {
		if got := adviceOn(l, err); got != "the server is on fire" {
			t.Errorf("something unforeseen: %q", got)
		}
	}
}
