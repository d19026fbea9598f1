package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"github.com/oknodesk/okno/internal/outbound"
)

// acmeTime bounds one exchange with the authority.
const acmeTime = 30 * time.Second

// parseDomains reads the names that certificates are asked for.
func parseDomains(s string) ([]string, error) {
	domains := list(strings.ToLower(s))
	for _, d := range domains {
		if !hostForm.MatchString(d) || !strings.Contains(d, ".") {
			return nil, fmt.Errorf("%s is not a domain name", d)
		}
	}
	return domains, nil
}

func parseDirectory(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Hostname() == "" {
		return "", errors.New("not a URL")
	}
	return s, nil
}

// encrypt has the pages answered by TLS, with certificates that an authority
// gives for --tls-domain and that are renewed by themselves (RFC 8555; the
// authority asks at this very listener, RFC 8737, or at that of --http-listen).
// Keys and certificates lie in DATA/certificates.
func (h *House) encrypt() error {
	c := h.Config
	if len(c.TLSDomains) == 0 {
		return nil
	}
	directory, err := url.Parse(c.ACMEDirectory)
	if err != nil {
		return err
	}
	dialer, err := outbound.New([]string{directory.Hostname()})
	if err != nil {
		return err
	}
	h.authority = &autocert.Manager{
		Prompt:     autocert.AcceptTOS,
		Cache:      autocert.DirCache(filepath.Join(c.Data, "certificates")),
		HostPolicy: autocert.HostWhitelist(c.TLSDomains...),
		Client:     &acme.Client{DirectoryURL: c.ACMEDirectory, HTTPClient: dialer.Client(acmeTime, 1<<20), UserAgent: "okno"},
	}
	config := h.authority.TLSConfig()
	config.MinVersion = tls.VersionTLS12
	h.pages = tls.NewListener(h.pages, config)
	if c.HTTPListen == "" {
		return nil
	}
	h.plain, err = listen("http-listen", Endpoint{"tcp", c.HTTPListen})
	if err == nil {
		h.onClose(func() { h.plain.Close() })
	}
	return err
}

// servePlain leads whoever comes without TLS to the right address, and answers
// the authority, until ctx ends.
func (h *House) servePlain(ctx context.Context) error {
	if h.plain == nil {
		return nil
	}
	server := &http.Server{
		Handler: h.authority.HTTPHandler(nil), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, MaxHeaderBytes: 16 << 10,
	}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(h.plain); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("--http-listen: %w", err)
	}
	return nil
}

// PlainAddr is where requests without TLS are led on from; nil: nowhere.
func (h *House) PlainAddr() net.Addr {
	if h.plain == nil {
		return nil
	}
	return h.plain.Addr()
}
