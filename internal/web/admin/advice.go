package admin

import (
	"regexp"

	"github.com/oknodesk/okno/internal/locale"
)

// advised are the troubles with a mail server that have words of their own in
// the catalogue, by how the mail rooms and Go's network and TLS tell them. The
// first that fits counts: a wait that ended in signing in is a wait.
var advised = []struct {
	key  string
	said *regexp.Regexp
}{
	{"host", regexp.MustCompile(`no such host|server misbehaving`)},
	{"refused", regexp.MustCompile(`connection refused`)},
	{"private", regexp.MustCompile(`not a public address`)},
	{"silent", regexp.MustCompile(`i/o timeout|no answer within|deadline exceeded|no route to host|network is unreachable`)},
	{"certificate", regexp.MustCompile(`x509: |failed to verify certificate`)},
	{"security", regexp.MustCompile(`^(STAR)?TLS: |^STLS: |first record does not look like a TLS|without encryption only`)},
	{"login", regexp.MustCompile(`^sign in: |^relay [^ ]+: 53[045]\b`)},
	{"folder", regexp.MustCompile(`^select: `)},
}

// advice says in the reader's words what is wrong with a mail server and what
// to look at, then what was said itself, which its administrators ask for.
// What nobody foresaw is said alone.
func advice(l *locale.Locale, said string) string {
	for _, a := range advised {
		if a.said.MatchString(said) {
			return l.T("admin.advice", "Advice", l.T("admin.advice."+a.key), "Said", said)
		}
	}
	return said
}
