package outbound

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// ErrPort says that an address names a port where no web page is expected.
var ErrPort = errors.New("outbound: not a port of the web")

// maxLed is how often a stranger's address may lead elsewhere.
const maxLed = 3

// firstFree is the first port that a web server may have beside 80 and 443:
// below it other services listen, which must not be spoken to in a stranger's
// words (as browsers refuse it, WHATWG Fetch, "bad port").
const firstFree = 1024

// Strangers is a Client for addresses that strangers wrote. It keeps no
// cookies, tells no server where it was led from, and asks only web servers;
// three redirects at most. Times and sizes are bounded as Client's are.
func (d *Dialer) Strangers(timeout time.Duration, maxBytes int64) *http.Client {
	c := d.Client(timeout, maxBytes)
	c.Transport = webPorts{c.Transport}
	c.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		if len(via) > maxLed {
			return ErrRedirects
		}
		r.Header.Del("Referer")
		return nil
	}
	return c
}

// webPorts is asked for every hop of a redirect.
type webPorts struct{ http.RoundTripper }

func (w webPorts) RoundTrip(r *http.Request) (*http.Response, error) {
	if port := r.URL.Port(); port != "" && port != "80" && port != "443" {
		if n, err := strconv.Atoi(port); err != nil || n < firstFree {
			return nil, fmt.Errorf("%w: %q", ErrPort, port)
		}
	}
	return w.RoundTripper.RoundTrip(r)
}
