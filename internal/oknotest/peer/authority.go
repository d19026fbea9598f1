package peer

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"time"
)

// The app that is registered with an Authority.
const (
	App       = "okno-app"
	AppSecret = "secret of the app"
)

// Authority is an authorization server (RFC 6749, 7636, 7009): whoever asks it
// is asked in turn whose mailbox it shall be. It rotates refresh tokens and
// tells a mail server whose token is whose.
type Authority struct {
	URL string

	server *httptest.Server
	mu     sync.Mutex
	codes  map[string]asked
	grants map[string]string // refresh token → address
	tokens map[string]string // token → address
	count  int               // of refreshes
	a      Answers
}

// Answers are what an Authority says otherwise than usual.
type Answers struct {
	Error     string        // of every exchange; empty: none
	Life      time.Duration // of a token; 0: an hour
	GrantLife time.Duration // of a refresh token, as it is told; 0: it is not
	NoRefresh bool          // there is no refresh token
	Secret    string        // the app's, in AppSecret's place
	// Hold, if set, is waited for before a refresh is answered.
	Hold chan struct{}
}

// asked is a code with what it was asked with.
type asked struct{ address, challenge, back string }

// NewAuthority runs one until Close.
func NewAuthority() *Authority {
	s := &Authority{codes: map[string]asked{}, grants: map[string]string{}, tokens: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /authorize", s.ask)
	mux.HandleFunc("POST /authorize", s.give)
	mux.HandleFunc("POST /token", s.token)
	mux.HandleFunc("POST /revoke", s.revoke)
	mux.HandleFunc("GET /introspect", s.introspect)
	s.server = httptest.NewServer(mux)
	s.URL = s.server.URL
	return s
}

// Close ends it.
func (s *Authority) Close() { s.server.Close() }

// Answer has it answer so from now on.
func (s *Authority) Answer(a Answers) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.a = a
}

// Refreshes is how often a refresh was answered with tokens.
func (s *Authority) Refreshes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

// Grants are how many refresh tokens are good.
func (s *Authority) Grants() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.grants)
}

// Withdraw makes every token bad, as a person does who withdraws his consent.
func (s *Authority) Withdraw() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.grants)
	clear(s.tokens)
}

// Forget makes the tokens bad that mail servers are shown, and no refresh token.
func (s *Authority) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}

// Whose is whose mailbox a token opens; empty: none.
func (s *Authority) Whose(token string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens[token]
}

// Consent gives access to somebody's mailbox for what was asked at an address,
// and returns what he is sent back with.
func (s *Authority) Consent(at, address string) (state, code string, err error) {
	u, err := url.Parse(at)
	if err != nil {
		return "", "", err
	}
	form := u.Query()
	form.Set("address", address)
	c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := c.PostForm(s.URL+"/authorize", form)
	if err != nil {
		return "", "", err
	}
	defer answer.Body.Close()
	back, err := answer.Location()
	if err != nil {
		return "", "", errors.Join(err, errors.New(answer.Status))
	}
	return back.Query().Get("state"), back.Query().Get("code"), nil
}

var askPage = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><title>Authority</title><h1>Give access</h1>
<form method="post" action="/authorize">{{range $k, $v := .}}<input type="hidden" name="{{$k}}" value="{{index $v 0}}">{{end}}
<label>Mailbox <input name="address" value="{{.Get "login_hint"}}"></label><button>Allow</button><button name="no" value="1">Deny</button></form></html>`))

func (s *Authority) ask(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != App || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("state") == "" {
		http.Error(w, "invalid_request", http.StatusBadRequest)
		return
	}
	if err := askPage.Execute(w, q); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func (s *Authority) give(w http.ResponseWriter, r *http.Request) {
	back, err := url.Parse(r.FormValue("redirect_uri"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer := url.Values{"state": {r.FormValue("state")}}
	if r.FormValue("no") != "" {
		answer.Set("error", "access_denied")
	} else {
		code := rand.Text()
		s.mu.Lock()
		s.codes[code] = asked{r.FormValue("address"), r.FormValue("code_challenge"), r.FormValue("redirect_uri")}
		s.mu.Unlock()
		answer.Set("code", code)
	}
	back.RawQuery = answer.Encode()
	http.Redirect(w, r, back.String(), http.StatusSeeOther)
}

func (s *Authority) token(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	hold := s.a.Hold
	s.mu.Unlock()
	if hold != nil && r.FormValue("grant_type") == "refresh_token" {
		<-hold
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	secret := AppSecret
	if s.a.Secret != "" {
		secret = s.a.Secret
	}
	app, shown, _ := r.BasicAuth()
	shown, err := url.QueryUnescape(shown)
	if err != nil || app != App || shown != secret {
		refuse(w, http.StatusUnauthorized, "invalid_client")
		return
	}
	if s.a.Error != "" {
		refuse(w, http.StatusBadRequest, s.a.Error)
		return
	}
	address, ok := s.entitled(r)
	if !ok {
		refuse(w, http.StatusBadRequest, "invalid_grant")
		return
	}
	s.grant(w, address)
}

// entitled is whose mailbox a code or a refresh token opens, which is good once.
func (s *Authority) entitled(r *http.Request) (address string, ok bool) {
	if r.FormValue("grant_type") == "refresh_token" {
		address, ok = s.grants[r.FormValue("refresh_token")]
		delete(s.grants, r.FormValue("refresh_token"))
		if ok {
			s.count++
		}
		return address, ok
	}
	code := s.codes[r.FormValue("code")]
	delete(s.codes, r.FormValue("code"))
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	return code.address, code.address != "" && base64.RawURLEncoding.EncodeToString(sum[:]) == code.challenge && r.FormValue("redirect_uri") == code.back
}

func (s *Authority) grant(w http.ResponseWriter, address string) {
	life := s.a.Life
	if life == 0 {
		life = time.Hour
	}
	token, refresh := rand.Text()+longTail, rand.Text()
	s.tokens[token] = address
	claims := fmt.Sprintf(`{"aud": %q, "email": %q}`, App, address)
	answer := map[string]any{
		"access_token": token, "token_type": "Bearer", "expires_in": int(life.Seconds()),
		"id_token": "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".",
	}
	if !s.a.NoRefresh {
		s.grants[refresh] = address
		answer["refresh_token"] = refresh
	}
	if s.a.GrantLife > 0 {
		answer["refresh_token_expires_in"] = int(s.a.GrantLife.Seconds())
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(answer) // whoever asked has gone if it fails
}

// longTail makes tokens as long as Microsoft's, which no command line holds.
var longTail = base64.RawURLEncoding.EncodeToString(make([]byte, 1200))

func refuse(w http.ResponseWriter, status int, name string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"error": name, "error_description": "the authority says " + name})
}

func (s *Authority) revoke(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.grants, r.FormValue("token"))
	w.WriteHeader(http.StatusOK)
}

// introspect is what Dovecot asks with the token at the address's end.
func (s *Authority) introspect(w http.ResponseWriter, r *http.Request) {
	address := s.Whose(r.URL.Query().Get("token"))
	if address == "" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]string{"email": address, "active": "true"})
}
