package okno

import (
	"net/url"
	"time"
)

// PushBrowser is a browser that its person allowed to show his notices, also
// while our pages are closed (RFC 8030).
type PushBrowser struct {
	Ref     Ref
	Browser string // its own name
	Since   time.Time
	This    bool // the one that asks
}

// PushTarget is where a browser's notices are sent and what they are sealed
// with (RFC 8291).
type PushTarget struct {
	Endpoint string
	P256DH   []byte // its public key: an uncompressed point of P-256, 65 bytes
	Auth     []byte // its secret, 16 bytes
}

// MaxPushBrowsers is how many browsers of one person are told; the one that
// was allowed first gives way.
const MaxPushBrowsers = 10

// maxEndpoint is the longest address of a push service, in bytes.
const maxEndpoint = 1000

// Check refuses what no browser sends. That the address is a public one is
// found out when something is sent there.
func (t PushTarget) Check() error {
	u, err := url.Parse(t.Endpoint)
	if err != nil || len(t.Endpoint) > maxEndpoint || u.Scheme != "https" || u.Host == "" || u.User != nil || u.Fragment != "" ||
		len(t.P256DH) != 65 || t.P256DH[0] != 4 || len(t.Auth) != 16 {
		return Refuse(Invalid, "error.push")
	}
	return nil
}
