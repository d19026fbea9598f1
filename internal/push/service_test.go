package push_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oknodesk/okno"
)

// service is a push service that knows one browser, and that browser: it
// checks who sends and reads what was sealed.
type service struct {
	*httptest.Server
	t        *testing.T
	now      func() time.Time
	own      *ecdh.PrivateKey
	auth     []byte
	key      string // the sender's, as the page told the browser
	mu       sync.Mutex
	got      []pushed
	statuses []int // given one after another, then 201
	asked    int
}

// pushed is what the browser shows, with how it came.
type pushed struct {
	Title, Body, Tag, Path string

	ttl, urgency string
}

func newService(t *testing.T, now func() time.Time) *service {
	t.Helper()
	own, err := ecdh.P256().GenerateKey(rand.Reader)
	must(t, err)
	s := &service{t: t, now: now, own: own, auth: make([]byte, 16)}
	rand.Read(s.auth)
	s.Server = httptest.NewTLSServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *service) target() okno.PushTarget {
	return okno.PushTarget{Endpoint: s.URL + "/send/browser-1", P256DH: s.own.PublicKey().Bytes(), Auth: s.auth}
}

func (s *service) pushes() []pushed {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]pushed(nil), s.got...)
}

func (s *service) times() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// answer gives these before it takes anything.
func (s *service) answer(statuses ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.statuses = statuses
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if len(s.statuses) > 0 {
		w.Header().Set("Retry-After", "120")
		w.Header().Set("Location", "https://elsewhere.example/")
		w.WriteHeader(s.statuses[0])
		s.statuses = s.statuses[1:]
		return
	}
	p, err := s.read(r)
	if err != nil {
		s.t.Errorf("the push service: %v", err)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.got = append(s.got, p)
	w.WriteHeader(http.StatusCreated)
}

func (s *service) read(r *http.Request) (pushed, error) {
	p := pushed{ttl: r.Header.Get("TTL"), urgency: r.Header.Get("Urgency")}
	if r.Method != http.MethodPost || r.URL.Path != "/send/browser-1" || r.Header.Get("Content-Encoding") != "aes128gcm" {
		return p, fmt.Errorf("%s %s in %q", r.Method, r.URL.Path, r.Header.Get("Content-Encoding"))
	}
	if err := s.vouched(r.Header.Get("Authorization")); err != nil {
		return p, err
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return p, err
	}
	plain, err := s.open(body)
	if err != nil {
		return p, err
	}
	return p, json.Unmarshal(plain, &p)
}

// vouched checks the sender's token as RFC 8292 asks.
func (s *service) vouched(header string) error {
	rest, ok := strings.CutPrefix(header, "vapid t=")
	token, key, found := strings.Cut(rest, ", k=")
	parts := strings.Split(token, ".")
	if !ok || !found || len(parts) != 3 || key != s.key {
		return fmt.Errorf("authorization %q", header)
	}
	point, err := base64.RawURLEncoding.DecodeString(key)
	if err != nil {
		return err
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return err
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || len(signature) != 64 {
		return fmt.Errorf("a signature of %d bytes: %v", len(signature), err)
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if !ecdsa.Verify(public, sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		return fmt.Errorf("the signature is another's")
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return err
	}
	var claims struct {
		Aud, Sub string
		Exp      int64
	}
	if err := json.Unmarshal(raw, &claims); err != nil {
		return err
	}
	if left := time.Unix(claims.Exp, 0).Sub(s.now()); claims.Aud != s.URL || claims.Sub != "https://desk.example" || left <= 0 || left > 24*time.Hour {
		return fmt.Errorf("claims %+v", claims)
	}
	return nil
}

// open reads what was sealed for the browser (RFC 8291).
func (s *service) open(body []byte) ([]byte, error) {
	if len(body) < 86 || body[20] != 65 {
		return nil, fmt.Errorf("a body of %d bytes", len(body))
	}
	salt, point, sealed := body[:16], body[21:86], body[86:]
	theirs, err := ecdh.P256().NewPublicKey(point)
	if err != nil {
		return nil, err
	}
	shared, err := s.own.ECDH(theirs)
	if err != nil {
		return nil, err
	}
	derive := func(from, salt []byte, info string, length int) []byte {
		key, err := hkdf.Key(sha256.New, from, salt, info, length)
		must(s.t, err)
		return key
	}
	ikm := derive(shared, s.auth, "WebPush: info\x00"+string(s.own.PublicKey().Bytes())+string(point), 32)
	block, err := aes.NewCipher(derive(ikm, salt, "Content-Encoding: aes128gcm\x00", 16))
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	plain, err := gcm.Open(nil, derive(ikm, salt, "Content-Encoding: nonce\x00", 12), sealed, nil)
	if err != nil || len(plain) == 0 || plain[len(plain)-1] != 2 {
		return nil, fmt.Errorf("what was sealed does not open: %v", err)
	}
	return plain[:len(plain)-1], nil
}
