package intake

import (
	"net/netip"
	"strings"

	"github.com/emersion/go-msgauth/authres"

	"github.com/oknodesk/okno/internal/mail"
)

// unixPeer stands for the address of who speaks through the unix socket.
const unixPeer = "unix"

// relaysAt are the trusted relays whose letters come from that peer.
func (r *Receiver) relaysAt(peer string) []TrustedRelay {
	addr, err := netip.ParseAddr(peer)
	var found []TrustedRelay
	for _, relay := range r.relays {
		if relay.Socket && peer == unixPeer || err == nil && relay.From.IsValid() && relay.From.Contains(addr.Unmap()) {
			found = append(found, relay)
		}
	}
	return found
}

// relaySays is what a trusted relay found out about the letter. Only the
// topmost Authentication-Results counts, and only if it bears the name of a
// relay that the letter came from: all others are whoever's (RFC 8601, 5).
// known is false where no trusted relay has said anything clear.
func (r *Receiver) relaySays(l *reading) (said string, pass, known bool) {
	relays := r.relaysAt(l.kept.Peer)
	raw := l.letter.Header.Raw("Authentication-Results")
	if len(relays) == 0 || raw == "" || semicolonInQuotes(raw) {
		return "", false, false
	}
	id, results, err := authres.Parse(raw)
	if err != nil {
		return "", false, false
	}
	for _, relay := range relays {
		if strings.EqualFold(relay.Name, id) {
			return dmarcOf(results, mail.Domain(l.from.Addr))
		}
	}
	return "", false, false
}

// dmarcOf reads the one DMARC result among a relay's results.
func dmarcOf(results []authres.Result, domain string) (said string, pass, known bool) {
	var only *authres.DMARCResult
	for _, one := range results {
		if d, ok := one.(*authres.DMARCResult); ok {
			if only != nil {
				return "", false, false // one of them is a stranger's words
			}
			only = d
		}
	}
	if only == nil {
		return "", false, false
	}
	if only.From != "" && !strings.EqualFold(strings.TrimSuffix(only.From, "."), domain) {
		return "the trusted relay speaks of another From", false, true
	}
	if only.Value == authres.ResultPass {
		return "the trusted relay says dmarc=pass", true, true
	}
	return "the trusted relay does not say dmarc=pass", false, true
}

// semicolonInQuotes knows values that the parser would take apart wrongly:
// what stands in quotes may be a stranger's words.
func semicolonInQuotes(v string) bool {
	quoted := false
	for i := 0; i < len(v); i++ {
		switch v[i] {
		case '\\':
			i++
		case '"':
			quoted = !quoted
		case ';':
			if quoted {
				return true
			}
		}
	}
	return quoted
}
