package outbound

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// ErrTooLarge says that a response's body went over the client's limit. It
// comes from the request when the length was announced, else from reading.
var ErrTooLarge = errors.New("outbound: the response is larger than allowed")

// ErrScheme says that an address, or one a redirect leads to, is neither http nor https.
var ErrScheme = errors.New("outbound: neither http nor https")

// ErrRedirects says that a server redirects without end.
var ErrRedirects = errors.New("outbound: too many redirects")

// maxRedirects is how often a request is led elsewhere before it is given up.
const maxRedirects = 5

// Client returns an HTTP client that dials through d, also when redirected, and
// knows no proxy. timeout bounds a whole exchange with its redirects and the
// reading of the body; maxBytes bounds the body after decompression. Make it
// once and keep it: it pools connections.
func (d *Dialer) Client(timeout time.Duration, maxBytes int64) *http.Client {
	transport := &http.Transport{
		DialContext:            d.DialContext,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    connectTimeout,
		MaxResponseHeaderBytes: 64 << 10,
		MaxIdleConns:           16,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        30 * time.Second,
	}
	return &http.Client{
		Timeout:   timeout,
		Transport: bounded{transport, maxBytes},
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return ErrRedirects
			}
			return nil
		},
	}
}

// Direct is a Client for what is meant for one address alone: whatever
// redirects is the answer.
func (d *Dialer) Direct(timeout time.Duration, maxBytes int64) *http.Client {
	c := d.Client(timeout, maxBytes)
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c
}

// bounded is asked for every hop of a redirect.
type bounded struct {
	*http.Transport
	maxBytes int64
}

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "http" && r.URL.Scheme != "https" {
		return nil, fmt.Errorf("%w: %q", ErrScheme, r.URL.Scheme)
	}
	response, err := b.Transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if response.ContentLength > b.maxBytes && r.Method != http.MethodHead {
		return nil, errors.Join(ErrTooLarge, response.Body.Close())
	}
	response.Body = &body{response.Body, b.maxBytes}
	return response, nil
}

// body gives at most left bytes, then ErrTooLarge if there are more.
type body struct {
	io.ReadCloser
	left int64
}

func (b *body) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrTooLarge
	}
	if int64(len(p))-1 > b.left {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n - 1, ErrTooLarge
	}
	return n, err
}
