package app

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/oknodesk/okno/internal/outbound"
)

const (
	askDoctor  = "doctor"
	doctorTime = 15 * time.Second // for each thing that is asked of others
	comfort    = 1 << 30          // bytes free: with less somebody should look
	certSoon   = 14 * 24 * time.Hour
	certNow    = 2 * 24 * time.Hour
	clockOff   = 30 * time.Second
)

// Doctor looks at everything an installation needs and says of each how it
// stands and what to do, as lines of text or of JSON. It changes nothing, also
// while the server runs. With whole it reads every attachment. The error is a *Refusal with exit code 1 where something
// fails.
func Doctor(ctx context.Context, c *Config, log *slog.Logger, asJSON, whole bool, to io.Writer) error {
	f := &findings{to: to, json: asJSON}
	f.configuration(c)
	f.directory(c)
	f.clock()
	f.certificate(c)
	f.baseURL(ctx, c)
	err := errNowhere
	if _, absent := os.Stat(c.Data); absent == nil {
		err = AskOrLock(c.Data, time.Now(),
			func() error { return f.fromServer(ctx, c, whole) },
			func() error { return examineAlone(ctx, c, log, f, whole) })
	}
	if err != nil {
		f.fail("database", err.Error(), "without it nothing works; the reason is the first thing to mend")
	}
	if f.err != nil {
		return f.err
	}
	if f.worst == levelFail {
		return &Refusal{Exit: 1, Text: "something needs to be mended"}
	}
	return nil
}

var errNowhere = errors.New("there is no installation here yet")

// fromServer has the running server look at what only it may touch.
func (f *findings) fromServer(ctx context.Context, c *Config, whole bool) error {
	args := url.Values{}
	if whole {
		args.Set("files", "whole")
	}
	from, to := io.Pipe()
	asked := make(chan error, 1)
	go func() {
		err := AskStream(ctx, c.Data, askDoctor, args, to)
		asked <- err
		to.CloseWithError(err)
	}()
	for lines := bufio.NewScanner(from); lines.Scan(); {
		var x finding
		if err := json.Unmarshal(lines.Bytes(), &x); err != nil {
			from.CloseWithError(err)
			return errors.Join(err, <-asked)
		}
		f.add(x)
	}
	err := <-asked
	if err == nil {
		f.ok("server", "it runs on %s", c.Data)
	}
	return err
}

func (f *findings) configuration(c *Config) {
	f.ok("configuration", "every option can be read")
	if c.BaseURL == nil {
		f.warn("configuration", "--base-url is not set", "set it: without it links in letters lead to "+baseURL(c)+" and any host name is answered")
	}
	if c.Relay == nil && !c.Demo {
		f.warn("configuration", "--smtp is not set", "name a relay: until then letters wait and nobody is told anything")
	}
	if c.Demo {
		f.warn("configuration", "this is a demonstration", "take an empty directory without --demo for real work")
	}
}

func (f *findings) directory(c *Config) {
	info, err := os.Stat(c.Data)
	if err != nil {
		f.fail("directory", err.Error(), "okno serve makes it; --data names another")
		return
	}
	own, _ := info.Sys().(*syscall.Stat_t)
	switch {
	case !info.IsDir():
		f.fail("directory", c.Data+" is not a directory", "")
	case info.Mode().Perm()&0o077 != 0:
		f.warn("directory", fmt.Sprintf("%s is open to others (mode %#o)", c.Data, info.Mode().Perm()), "chmod 700 "+c.Data)
	case own != nil && os.Geteuid() != 0 && int(own.Uid) != os.Geteuid():
		f.fail("directory", c.Data+" belongs to somebody else", "run okno as its owner")
	default:
		f.ok("directory", "%s is ours alone", c.Data)
	}
	if info, err := os.Stat(c.KeyFile); err != nil {
		f.warn("key", err.Error(), "it is made at the first start; where there was one, restore it: what it sealed cannot be opened without it")
	} else if info.Mode().Perm()&0o077 != 0 {
		f.fail("key", fmt.Sprintf("%s can be read by others (mode %#o)", c.KeyFile, info.Mode().Perm()), "chmod 600 "+c.KeyFile)
	} else {
		f.ok("key", "%s is there", c.KeyFile)
	}
	free, at, err := leastFree(c)
	switch {
	case err != nil:
		f.fail("disk", err.Error(), "")
	case free < leastRoom:
		f.fail("disk", fmt.Sprintf("%d MB are free at %s", free>>20, at), "make room: letters and files are no longer taken in")
	case free < comfort:
		f.warn("disk", fmt.Sprintf("%d MB are free at %s", free>>20, at), "make room soon")
	default:
		f.ok("disk", "%d GB are free", free>>30)
	}
}

// clock asks the kernel whether anything keeps its clock.
func (f *findings) clock() {
	state, err := unix.Adjtimex(&unix.Timex{})
	switch {
	case err != nil:
		f.warn("clock", err.Error(), "see that the system's clock is kept by NTP")
	case state == unix.TIME_ERROR:
		f.warn("clock", "the system does not say that its clock is kept", "turn NTP on (timedatectl); in a container the host keeps it")
	default:
		f.ok("clock", "kept by the system")
	}
}

// certificate looks at that of the mail listeners.
func (f *findings) certificate(c *Config) {
	if c.MailTLSCert == "" {
		return
	}
	text, err := os.ReadFile(c.MailTLSCert)
	if err != nil {
		f.fail("mail certificate", err.Error(), "")
		return
	}
	block, _ := pem.Decode(text)
	if block == nil {
		f.fail("mail certificate", c.MailTLSCert+" holds no certificate", "")
		return
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err == nil {
		_, err = tls.LoadX509KeyPair(c.MailTLSCert, c.MailTLSKey)
	}
	if err != nil {
		f.fail("mail certificate", err.Error(), "certificate and key must belong together")
		return
	}
	f.expiry("mail certificate", cert, time.Now())
}

func (f *findings) expiry(what string, cert *x509.Certificate, now time.Time) {
	left := cert.NotAfter.Sub(now)
	say := "good until " + cert.NotAfter.UTC().Format(time.DateOnly)
	switch {
	case left < certNow:
		f.fail(what, say, "renew it now")
	case left < certSoon:
		f.warn(what, say, "whatever renews it seems not to have done so")
	default:
		f.ok(what, "%s", say)
	}
}

// baseURL asks the pages by the name that the world knows.
func (f *findings) baseURL(ctx context.Context, c *Config) {
	if c.BaseURL == nil {
		return
	}
	const advice = "see name server, proxy and firewall; from inside, a router may not lead back to itself"
	dialer, err := outbound.New(append([]string{c.BaseURL.Hostname()}, c.OutboundAllow...))
	if err != nil {
		f.fail("base URL", err.Error(), advice)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, doctorTime)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(c.BaseURL.String(), "/")+"/healthz", nil)
	if err != nil {
		f.fail("base URL", err.Error(), advice)
		return
	}
	a, err := dialer.Direct(doctorTime, 64<<10).Do(q)
	if err != nil {
		f.fail("base URL", err.Error(), advice)
		return
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil || a.StatusCode != http.StatusOK || string(text) != "ok\n" {
		f.fail("base URL", fmt.Sprintf("%s answers %s and is not this program", q.URL, a.Status), advice)
		return
	}
	f.ok("base URL", "%s reaches this program", c.BaseURL)
	if said, err := http.ParseTime(a.Header.Get("Date")); err == nil {
		if off := time.Since(said); off < -clockOff || off > clockOff {
			f.warn("clock", fmt.Sprintf("ours and that of %s are %s apart", c.BaseURL.Host, off.Abs().Round(time.Second)), "set both by NTP")
		}
	}
	if a.TLS != nil && len(a.TLS.PeerCertificates) > 0 {
		f.expiry("certificate", a.TLS.PeerCertificates[0], time.Now())
	} else if c.BaseURL.Scheme == "http" {
		f.warn("base URL", "it is not https", "put a proxy with TLS before it: passwords travel in the open")
	}
}
