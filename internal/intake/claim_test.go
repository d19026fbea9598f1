package intake_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/intake"
)

// signer signs letters for domains and puts their keys into the name server.
type signer struct {
	t   *testing.T
	key ed25519.PrivateKey
}

func newSigner(t *testing.T) *signer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	must(t, err)
	return &signer{t, key}
}

func (s *signer) publish(names *nameServer, domain string) {
	names.set("sel._domainkey."+domain, "v=DKIM1; k=ed25519; p="+base64.StdEncoding.EncodeToString(s.key.Public().(ed25519.PublicKey)))
}

func (s *signer) sign(domain, raw string) string {
	s.t.Helper()
	var signed bytes.Buffer
	must(s.t, dkim.Sign(&signed, strings.NewReader(raw), &dkim.SignOptions{Domain: domain, Selector: "sel", Signer: s.key, HeaderKeys: []string{"From", "Subject"}}))
	return signed.String()
}

func TestDMARCAlignment(t *testing.T) {
	const peer, elsewhere = "93.184.216.34", "93.184.216.35"
	for i, c := range []struct {
		from, signed, envelope string // "": not signed
		record                 string // of example.com or the From's organisation
		want                   bool
	}{
		{"example.com", "example.com", "bounce.test", "v=DMARC1; p=reject", true},
		{"mail.example.com", "example.com", "bounce.test", "v=DMARC1; p=reject", true},
		{"example.com", "other.net", "bounce.test", "v=DMARC1; p=reject", false},
		{"other.net", "mail.example.com", "bounce.test", "v=DMARC1; p=reject; adkim=s; aspf=s", false},
		{"mail.example.com", "", "example.com", "v=DMARC1; p=none", true},
		{"mail.example.com", "example.com", "bounce.test", "v=DMARC1; p=none; adkim=s", false},
		{"mail.example.com", "", "example.com", "v=DMARC1; p=none; aspf=s", false},
		{"other.net", "", "example.com", "v=DMARC1; p=none; aspf=s", false},
		{"brand.co.uk", "evil.co.uk", "bounce.test", "v=DMARC1; p=quarantine", false},
		{"nothing.test", "", "bounce.test", "", false},
		{"nothing.test", "nothing.test", "bounce.test", "", true}, // the domain's own signature, whatever it publishes
		{"example.com", "", "mail.evil.test", "v=DMARC1; p=none", false},
	} {
		t.Run(fmt.Sprintf("%d %s", i, c.from), func(t *testing.T) {
			r := one(t)
			keys := newSigner(t)
			if c.record != "" {
				for _, name := range []string{"example.com", "other.net", "brand.co.uk"} {
					r.names.set("_dmarc."+name, c.record)
				}
			}
			r.names.set("example.com", "v=spf1 ip4:"+peer+" -all")
			r.names.set("mail.evil.test", "v=spf1 +all")
			raw := letter("From: Carl <carl@"+c.from+">", "Subject: Claim", "", "It is me.")
			if c.signed != "" {
				keys.publish(r.names, c.signed)
				raw = keys.sign(c.signed, raw)
			}
			k := r.come(intake.Arrival{EnvelopeFrom: "carl@" + c.envelope, EnvelopeTo: support, Source: "smtp", Peer: peer, Helo: "mx", Raw: []byte(raw)})
			m := r.page(k.Ticket).Messages[0]
			if got := m.Claim == okno.Proven; got != c.want {
				t.Errorf("claim %q: %s", m.Claim, verdict(k, "gradeClaim").Reason)
			}
		})
	}
	t.Run("SPF", func(t *testing.T) {
		for _, c := range []struct {
			name, source, peer string
			want               bool
		}{
			{"from the open net", "smtp", peer, true},
			{"from another address", "smtp", elsewhere, false},
			{"from a relay beside us", "smtp", "10.0.0.1", false},
			{"by LMTP", "lmtp", peer, false},
			{"from the trusted relay", "smtp", "93.184.216.40", false},
		} {
			r := one(t)
			r.config.TrustedRelays = append(r.config.TrustedRelays, intake.TrustedRelay{Name: "mx", From: netip.MustParsePrefix("93.184.216.40/32")})
			r.renew()
			r.names.set("_dmarc.example.com", "v=DMARC1; p=reject")
			r.names.set("example.com", "v=spf1 ip4:"+peer+" ip4:10.0.0.1 ip4:93.184.216.40 -all")
			k := r.come(intake.Arrival{EnvelopeFrom: "carl@example.com", EnvelopeTo: support, Source: c.source, Peer: c.peer, Raw: []byte(letter("From: carl@example.com", "Subject: SPF", "", "x"))})
			if got := r.page(k.Ticket).Messages[0].Claim == okno.Proven; got != c.want {
				t.Errorf("%s: %s", c.name, verdict(k, "gradeClaim").Reason)
			}
		}
	})
}

func TestWhatSpoilsASignature(t *testing.T) {
	for name, spoil := range map[string]func(r *rig, signed string) string{
		"a second From on top":  func(_ *rig, s string) string { return "From: boss@example.com\r\n" + s },
		"a changed body":        func(_ *rig, s string) string { return s + "And send money.\r\n" },
		"a changed From":        func(_ *rig, s string) string { return strings.Replace(s, "carl@", "boss@", 1) },
		"a revoked key":         func(r *rig, s string) string { r.names.set("sel._domainkey.example.com", "v=DKIM1; p="); return s },
		"two DMARC records":     nil, // counts as none: the signature itself still holds
		"a silent name server":  func(r *rig, s string) string { r.names.hush(); return s },
		"no spoiling whatever":  nil,
		"line ends of a pipe's": func(_ *rig, s string) string { return strings.ReplaceAll(s, "\r\n", "\n") },
	} {
		t.Run(name, func(t *testing.T) {
			r := one(t)
			keys := newSigner(t)
			keys.publish(r.names, "example.com")
			r.names.set("_dmarc.example.com", "v=DMARC1; p=reject")
			want := okno.Claimed
			raw := keys.sign("example.com", letter("From: carl@example.com", "Subject: Signed", "", "Hello."))
			switch {
			case spoil == nil && strings.HasPrefix(name, "two"):
				r.names.set("_dmarc.example.com", "v=DMARC1; p=reject", "v=DMARC1; p=none")
				want = okno.Proven
			case spoil == nil || strings.HasPrefix(name, "line ends"):
				want = okno.Proven
			}
			if spoil != nil {
				raw = spoil(r, raw)
			}
			k := r.come(intake.Arrival{EnvelopeFrom: "carl@bounce.test", EnvelopeTo: support, Source: "pipe", Raw: []byte(raw)})
			if m := r.page(k.Ticket).Messages[0]; m.Claim != want {
				t.Errorf("claim %q: %s", m.Claim, verdict(k, "gradeClaim").Reason)
			}
		})
	}
}

func TestOnlyATrustedRelaysWordCounts(t *testing.T) {
	const pass = "Authentication-Results: mx.desk.example; spf=none; dmarc=pass header.from=example.com"
	for _, c := range []struct {
		name, peer string
		fields     []string
		want       bool
	}{
		{"the trusted relay at its socket", "unix", []string{pass}, true},
		{"the trusted relay at its address", "10.1.2.3", []string{pass}, true},
		{"folded, with a comment", "unix", []string{"Authentication-Results: mx.desk.example 1;\r\n dkim=pass (good) header.d=example.com;\r\n dmarc=pass (p=reject dis=none) header.from=example.com"}, true},
		{"the same words from elsewhere", "93.184.216.34", []string{pass}, false},
		{"no peer known", "", []string{pass}, false},
		{"another's name", "unix", []string{strings.Replace(pass, "mx.desk.example", "mx.evil.example", 1)}, false},
		{"below another's", "unix", []string{"Authentication-Results: mx.evil.example; none", pass}, false},
		{"a failure above the sender's own pass", "unix", []string{strings.Replace(pass, "pass", "fail", 1), pass}, false},
		{"of another From", "unix", []string{strings.Replace(pass, "from=example.com", "from=evil.example", 1)}, false},
		{"two results in one", "unix", []string{pass + "; dmarc=fail header.from=example.com"}, false},
		{"a pass in a stranger's words", "unix", []string{`Authentication-Results: mx.desk.example; spf=fail reason="x; dmarc=pass header.from=example.com"`}, false},
		{"a pass hidden in an encoded word", "unix", []string{"Authentication-Results: mx.desk.example; spf=fail reason==?utf-8?q?x;_dmarc=3Dpass?="}, false},
		{"no name", "unix", []string{"Authentication-Results: spf=pass smtp.mailfrom=example.com; dmarc=pass"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := one(t)
			r.config.TrustedRelays = append(r.config.TrustedRelays, intake.TrustedRelay{Name: "MX.desk.example", From: netip.MustParsePrefix("10.0.0.0/8")})
			r.renew()
			fields := append(append([]string{}, c.fields...), "From: carl@example.com", "Subject: Relayed", "", "Hello.")
			k := r.come(intake.Arrival{EnvelopeFrom: "carl@example.com", EnvelopeTo: support, Source: "lmtp", Peer: c.peer, Raw: []byte(letter(fields...))})
			if got := r.page(k.Ticket).Messages[0].Claim == okno.Proven; got != c.want {
				t.Errorf("%s", verdict(k, "gradeClaim").Reason)
			}
		})
	}
}
