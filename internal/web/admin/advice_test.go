package admin

import (
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/locale"
)

// The texts are those of the rooms that speak to mail servers, whose own tests
// hold them to their beginnings.
func TestTroubleWithAMailServerSaysWhatToLookAt(t *testing.T) {
	l := locale.New("en", time.UTC)
	for said, want := range map[string]string{
		"connect: lookup mail.nowhere.example on 192.0.2.53:53: no such host":                                                                         "no such mail server",
		"connect: dial tcp 192.0.2.1:993: connect: connection refused":                                                                                "Check the port",
		"connect: outbound: mail.inner.example is at 10.0.0.2, which is not a public address":                                                         "--outbound-allow",
		"connect: dial tcp 192.0.2.1:993: i/o timeout":                                                                                                "does not answer",
		"sign in: no answer within 1m0s":                                                                                                              "does not answer",
		"TLS: tls: failed to verify certificate: x509: certificate is valid for a.example, not b.example":                                             "certificate",
		"TLS: tls: first record does not look like a TLS handshake":                                                                                   "encryption",
		"sign in: imap: NO [AUTHENTICATIONFAILED] Invalid credentials":                                                                                "did not accept the login",
		"relay mail.desk.example:587: 535 5.7.8 Error: authentication failed":                                                                         "did not accept the login",
		"select: imap: NO Mailbox does not exist":                                                                                                     "no such IMAP folder",
		"relay mail.desk.example:587: tls: failed to verify certificate: x509: certificate signed by unknown authority (possibly because of example)": "certificate",
	} {
		got := advice(l, said)
		if !strings.Contains(got, want) || !strings.HasSuffix(got, said) {
			t.Errorf("%q: %q, want %q in it", said, got, want)
		}
	}
	if got := advice(l, "the server is on fire"); got != "the server is on fire" {
		t.Errorf("something unforeseen: %q", got)
	}
}
