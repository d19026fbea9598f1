package oknotest_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/oknotest"
)

// authority gives certificates by ACME (RFC 8555) to whoever shows at his own
// listener that he has the name (RFC 8737). It trusts signatures unseen: those
// are the library's affair.
type authority struct {
	*httptest.Server
	t    *testing.T
	key  *ecdsa.PrivateKey
	root *x509.Certificate

	mu     sync.Mutex
	at     string // where names are asked at: host:port
	name   string
	proven bool
	issued []byte // the last certificate, PEM
	orders int
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	root, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{t: t, key: key, root: root}
	a.Server = httptest.NewServer(http.HandlerFunc(a.answer))
	t.Cleanup(a.Close)
	return a
}

func (a *authority) answer(w http.ResponseWriter, q *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	w.Header().Set("Replay-Nonce", rand.Text())
	say := func(status int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	order := func(status int, state string) {
		w.Header().Set("Location", a.URL+"/order")
		say(status, map[string]any{"status": state, "identifiers": []any{map[string]string{"type": "dns", "value": a.name}},
			"authorizations": []string{a.URL + "/authz"}, "finalize": a.URL + "/finalize", "certificate": a.URL + "/cert"})
	}
	challenge := func() map[string]string {
		state := "pending"
		if a.proven {
			state = "valid"
		}
		return map[string]string{"type": "tls-alpn-01", "url": a.URL + "/challenge", "token": "a-token", "status": state}
	}
	switch q.URL.Path {
	case "/directory":
		say(200, map[string]string{"newNonce": a.URL + "/nonce", "newAccount": a.URL + "/account", "newOrder": a.URL + "/new", "revokeCert": a.URL + "/no", "keyChange": a.URL + "/no"})
	case "/nonce":
	case "/account":
		w.Header().Set("Location", a.URL+"/account/1")
		say(201, map[string]string{"status": "valid"})
	case "/new":
		var asked struct{ Identifiers []struct{ Value string } }
		payload(a.t, q, &asked)
		a.name, a.proven = asked.Identifiers[0].Value, false
		a.orders++
		order(201, "pending")
	case "/authz":
		c := challenge()
		say(200, map[string]any{"status": c["status"], "identifier": map[string]string{"type": "dns", "value": a.name}, "challenges": []any{c}})
	case "/challenge":
		a.proven = a.shown()
		say(200, challenge())
	case "/finalize":
		var asked struct{ CSR string }
		payload(a.t, q, &asked)
		a.issue(asked.CSR)
		order(200, "valid")
	case "/order":
		order(200, map[bool]string{true: "ready", false: "pending"}[a.proven])
	case "/cert":
		w.Header().Set("Content-Type", "application/pem-certificate-chain")
		_, _ = w.Write(a.issued)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// payload is what a signed request says.
func payload(t *testing.T, q *http.Request, into any) {
	var signed struct{ Payload string }
	if err := json.NewDecoder(q.Body).Decode(&signed); err != nil {
		t.Error(err)
	}
	text, err := base64.RawURLEncoding.DecodeString(signed.Payload)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Error(err)
	}
}

// shown asks for the name at the listener itself: only who answers there for
// acme-tls/1 with a certificate of the name and the challenge has it.
func (a *authority) shown() bool {
	conn, err := tls.Dial("tcp", a.at, &tls.Config{ServerName: a.name, NextProtos: []string{"acme-tls/1"}, InsecureSkipVerify: true})
	if err != nil {
		a.t.Logf("asked at %s: %v", a.at, err)
		return false
	}
	defer conn.Close()
	cert := conn.ConnectionState().PeerCertificates[0]
	for _, x := range cert.Extensions {
		if x.Id.Equal(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 31}) && x.Critical {
			return cert.VerifyHostname(a.name) == nil && conn.ConnectionState().NegotiatedProtocol == "acme-tls/1"
		}
	}
	return false
}

func (a *authority) issue(request string) {
	der, err := base64.RawURLEncoding.DecodeString(request)
	if err != nil {
		a.t.Error(err)
		return
	}
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil {
		a.t.Error(err)
		return
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), DNSNames: csr.DNSNames, NotBefore: time.Now().Add(-time.Minute),
		NotAfter: time.Now().Add(80 * 24 * time.Hour), KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	cert, err := x509.CreateCertificate(rand.Reader, form, a.root, csr.PublicKey, a.key)
	if err != nil {
		a.t.Error(err)
		return
	}
	a.issued = nil
	for _, der := range [][]byte{cert, a.root.Raw} {
		a.issued = append(a.issued, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
}

func TestCertificateIsGotAndKeptByItself(t *testing.T) {
	const domain = "desk.okno.example"
	a := newAuthority(t)
	r := oknotest.Start(t, oknotest.Options{Args: []string{"--tls-domain", domain, "--acme-directory", a.URL + "/directory", "--http-listen", "127.0.0.1:0", "--base-url", "https://" + domain}})
	a.mu.Lock()
	a.at = r.Addr()
	a.mu.Unlock()
	roots := x509.NewCertPool()
	roots.AddCert(a.root)
	client := &http.Client{
		Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: roots},
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, r.Addr())
			}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer client.CloseIdleConnections()
	for range 2 {
		answer, err := client.Get("https://" + domain + "/")
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK || len(page) == 0 || answer.ProtoMajor != 2 {
			t.Errorf("%s %s, %v", answer.Proto, answer.Status, err)
		}
	}
	if _, err := client.Get("https://other.okno.example/"); err == nil {
		t.Error("a name that is not ours has a certificate")
	}
	a.mu.Lock()
	orders := a.orders
	a.mu.Unlock()
	if orders != 1 {
		t.Errorf("%d certificates were ordered", orders)
	}
	kept, err := os.Stat(filepath.Join(r.Config.Data, "certificates", domain))
	if err != nil || kept.Mode().Perm() != 0o600 {
		t.Errorf("kept: %v, %v", kept, err)
	}
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+r.PlainAddr().String()+"/help?x=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	q.Host = domain
	led, err := (&http.Client{CheckRedirect: client.CheckRedirect}).Do(q)
	if err != nil {
		t.Fatal(err)
	}
	led.Body.Close()
	if got := led.Header.Get("Location"); led.StatusCode != http.StatusFound || got != fmt.Sprintf("https://%s/help?x=1", domain) {
		t.Errorf("without TLS: %d to %s", led.StatusCode, got)
	}
}
