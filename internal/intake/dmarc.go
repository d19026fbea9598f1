package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"blitiri.com.ar/go/spf"
	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-msgauth/dmarc"
	"golang.org/x/net/publicsuffix"

	"github.com/oknodesk/okno/internal/mail"
	"github.com/oknodesk/okno/internal/outbound"
)

// Bounds of what is asked for one letter.
const (
	authTime       = 5 * time.Second
	maxSignatures  = 5
	maxAuthSubject = 320 // bytes of an address or name that SPF is asked about
)

// authenticate finds out by SPF, DKIM and DMARC (RFC 7489) whether From's
// domain stands behind the letter. What cannot be found out in time proves
// nothing.
func (r *Receiver) authenticate(ctx context.Context, l *reading) (said string, pass bool) {
	ctx, cancel := context.WithTimeout(ctx, authTime)
	defer cancel()
	domain := mail.Domain(l.from.Addr)
	policy, err := r.policy(ctx, domain)
	if err != nil {
		return "DMARC could not be asked: " + asked(err), false
	}
	signed, trouble := r.signedBy(ctx, l.kept.Raw)
	for _, by := range signed {
		if aligned(by, domain, policy.DKIMAlignment) {
			return "DMARC: signed by " + by, true
		}
	}
	sent, spfSaid := r.sentBy(ctx, l)
	if sent != "" && aligned(sent, domain, policy.SPFAlignment) {
		return "DMARC: sent by " + sent, true
	}
	return fmt.Sprintf("DMARC: %s; %s", dkimWords(signed, trouble), spfSaid), false
}

func dkimWords(signed []string, trouble string) string {
	if len(signed) > 0 {
		return "signed by another domain, " + strings.Join(signed, ", ")
	}
	return trouble
}

// asked says a failed lookup without the resolver's address.
func asked(err error) string {
	var dns *net.DNSError
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &dns) && dns.IsTimeout:
		return "no answer in time"
	case errors.As(err, &dns):
		return dns.Err
	}
	return err.Error()
}

// policy is the domain's DMARC record, or its organisation's; one that says
// nothing where there is none or it cannot be read.
func (r *Receiver) policy(ctx context.Context, domain string) (*dmarc.Record, error) {
	plain := &dmarc.Record{DKIMAlignment: dmarc.AlignmentRelaxed, SPFAlignment: dmarc.AlignmentRelaxed}
	names := []string{domain}
	if org := organisation(domain); org != domain {
		names = append(names, org)
	}
	for _, name := range names {
		texts, err := r.resolver.LookupTXT(ctx, "_dmarc."+name)
		var dns *net.DNSError
		if errors.As(err, &dns) && dns.IsNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		var record string
		n := 0
		for _, text := range texts {
			if strings.HasPrefix(text, "v=DMARC1") {
				record, n = text, n+1
			}
		}
		if n != 1 { // RFC 7489, 6.6.3: none, or several, is none
			continue
		}
		if p, err := dmarc.Parse(record); err == nil {
			return p, nil
		}
		return plain, nil
	}
	return plain, nil
}

// signedBy are the domains whose DKIM signatures hold (RFC 6376).
func (r *Receiver) signedBy(ctx context.Context, raw []byte) (domains []string, trouble string) {
	verified, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{
		MaxVerifications: maxSignatures,
		LookupTXT:        func(name string) ([]string, error) { return r.resolver.LookupTXT(ctx, name) },
	})
	if err != nil && !errors.Is(err, dkim.ErrTooManySignatures) {
		return nil, "DKIM cannot be verified"
	}
	trouble = "no DKIM signature"
	for _, v := range verified {
		switch {
		case v.Err == nil:
			domains = append(domains, strings.ToLower(strings.TrimSuffix(v.Domain, ".")))
		case dkim.IsTempFail(v.Err):
			trouble = "the key of a DKIM signature cannot be had now"
		default:
			trouble = "no DKIM signature holds"
		}
	}
	return domains, trouble
}

// sentBy is the domain that lets the letter's peer send for it, by SPF (RFC
// 7208). Only a peer that speaks to us from the open net can be judged: from
// behind a relay everything seems to come from the relay.
func (r *Receiver) sentBy(ctx context.Context, l *reading) (domain, said string) {
	addr, err := netip.ParseAddr(l.kept.Peer)
	if l.kept.Source != "smtp" || err != nil || !outbound.Public(addr) || len(r.relaysAt(l.kept.Peer)) > 0 {
		return "", "SPF does not apply"
	}
	sender, helo := l.kept.EnvelopeFrom, l.kept.Helo
	if len(sender) > maxAuthSubject || len(helo) > maxAuthSubject {
		return "", "SPF does not apply"
	}
	result, _ := spf.CheckHostWithSender(net.IP(addr.Unmap().AsSlice()), helo, sender, spf.WithContext(ctx), spf.WithResolver(r.resolver))
	if result != spf.Pass {
		return "", "SPF says " + string(result)
	}
	if sender == "" {
		return mail.Domain("postmaster@" + helo), "SPF says pass"
	}
	return mail.Domain(sender), "SPF says pass"
}

// aligned reports whether a proven domain speaks for From's.
func aligned(proven, from string, mode dmarc.AlignmentMode) bool {
	if proven == "" || from == "" {
		return false
	}
	if proven == from {
		return true
	}
	return mode != dmarc.AlignmentStrict && organisation(proven) == organisation(from)
}

// organisation is the domain that its owner registered; the domain itself
// where there is no telling.
func organisation(domain string) string {
	org, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil {
		return domain
	}
	return org
}
