package oknotest_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/oknotest"
)

// street is an installation to which requests come from many addresses.
type street struct {
	*oknotest.Rig
	t *testing.T
}

func newStreet(t *testing.T) *street {
	t.Helper()
	return &street{oknotest.Start(t, oknotest.Options{Args: []string{"--trusted-proxies", "127.0.0.1/32"}}), t}
}

// passer is a browser at an address of its own.
type passer struct {
	*street
	from    netip.Addr
	cookies map[string]string
}

func (s *street) passer(n int) *passer {
	return &passer{s, netip.AddrFrom4([4]byte{10, 1, byte(n >> 8), byte(n)}), map[string]string{}}
}

// post sends a form and keeps the cookies that the answer sets.
func (p *passer) post(path string, fields ...string) *http.Response {
	p.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return p.send(path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// upload sends a file that will wait for its form.
func (p *passer) upload(content string) *http.Response {
	p.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", "a.txt")
	must(p.t, err)
	_, err = part.Write([]byte(content))
	must(p.t, err)
	must(p.t, w.Close())
	return p.send("/uploads", w.FormDataContentType(), &body)
}

func (p *passer) send(path, kind string, body interface{ Read([]byte) (int, error) }) *http.Response {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.URL+path, body)
	must(p.t, err)
	r.Header.Set("Content-Type", kind)
	r.Header.Set("X-Forwarded-For", p.from.String())
	for name, value := range p.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	must(p.t, err)
	must(p.t, answer.Body.Close())
	for _, c := range answer.Cookies() {
		p.cookies[c.Name] = c.Value
	}
	return answer
}

// tooLong is a password on which no work is spent.
var tooLong = strings.Repeat("x", 200)

func (p *passer) guess(login string) int {
	return p.post("/login", "login", login, "password", tooLong).StatusCode
}

func (p *passer) enter(login string) int {
	delete(p.cookies, "okno") // what was signed in before is left alone
	return p.post("/login", "login", login, "password", oknotest.Password).StatusCode
}

func TestGuessingPasswordsIsSlowedDownAndTheOwnerGetsIn(t *testing.T) {
	s := newStreet(t)
	owner, guesser := s.passer(1), s.passer(2)
	if code := owner.enter(oknotest.Ann); code != http.StatusSeeOther {
		t.Fatalf("Ann is answered %d", code)
	}
	for i := range 5 {
		if code := guesser.guess(oknotest.Ann); code != http.StatusUnprocessableEntity {
			t.Fatalf("guess %d is answered %d", i+1, code)
		}
	}
	slowed := guesser.post("/login", "login", strings.ToUpper(oknotest.Ann), "password", oknotest.Password)
	if slowed.StatusCode != http.StatusTooManyRequests || slowed.Header.Get("Retry-After") == "" {
		t.Errorf("after five guesses: %d, Retry-After %q", slowed.StatusCode, slowed.Header.Get("Retry-After"))
	}
	for what, p := range map[string]*passer{"from another address": s.passer(3), "in her browser at the guesser's address": {s, guesser.from, owner.cookies}} {
		if code := p.enter(oknotest.Ann); code != http.StatusSeeOther {
			t.Errorf("Ann %s: %d", what, code)
		}
	}
	s.Clock.Advance(15 * time.Second)
	if code := guesser.guess(oknotest.Ann); code != http.StatusUnprocessableEntity {
		t.Errorf("after the time that was named: %d", code)
	}
}

// Whoever has many addresses is slowed down by the login he tries.
func TestGuessingFromManyAddressesIsSlowedDownAndTheKnownBrowserGetsIn(t *testing.T) {
	s := newStreet(t)
	owner := s.passer(1)
	owner.enter(oknotest.Ann)
	s.Clock.Advance(time.Hour)
	through := 0
	for n := range 60 {
		if s.passer(100+n).guess(oknotest.Ann) != http.StatusTooManyRequests {
			through++
		}
	}
	if through != 50 {
		t.Errorf("%d of 60 guesses from as many addresses got through", through)
	}
	if code := s.passer(500).enter("nobody@nowhere.example"); code != http.StatusUnprocessableEntity {
		t.Errorf("another login is answered %d", code)
	}
	if code := owner.enter(oknotest.Ann); code != http.StatusSeeOther {
		t.Errorf("Ann in her browser: %d", code)
	}
	stolen := s.passer(501)
	stolen.cookies["okno-browser"] = owner.cookies["okno-browser"]
	if code := stolen.guess(oknotest.Ada); code != http.StatusUnprocessableEntity {
		t.Errorf("another login with Ann's mark: %d", code)
	}
	for i := range 8 { // a known browser is let through a few times, no more
		if code := stolen.guess(oknotest.Ann); (code == http.StatusTooManyRequests) != (i >= 5) {
			t.Errorf("guess %d with Ann's mark: %d", i+1, code)
		}
	}
	s.Clock.Advance(time.Minute)
	if first, second := s.passer(600).guess(oknotest.Ann), s.passer(601).guess(oknotest.Ann); first != http.StatusUnprocessableEntity || second != http.StatusTooManyRequests {
		t.Errorf("a minute later strangers are answered %d and %d", first, second)
	}
	// The owner at a new browser has the link to a new password.
	link, err := s.Desk.ResetByConsole(t.Context(), oknotest.Ann)
	must(t, err)
	if code := s.passer(700).post("/entry/"+link, "password", "another "+oknotest.Password, "repeat", "another "+oknotest.Password).StatusCode; code != http.StatusSeeOther {
		t.Errorf("the link to a new password: %d", code)
	}
}

func TestOneAddressTriesNotManyLogins(t *testing.T) {
	s := newStreet(t)
	guesser := s.passer(2)
	for i := range 40 {
		code := guesser.guess(fmt.Sprintf("login%d", i))
		if (code == http.StatusTooManyRequests) != (i >= 30) {
			t.Fatalf("login %d is answered %d", i+1, code)
		}
	}
	if code := s.passer(3).guess("login1"); code != http.StatusUnprocessableEntity {
		t.Errorf("another address is answered %d", code)
	}
}

func TestFormsForEveryoneAreThrottledByAddress(t *testing.T) {
	s := newStreet(t)
	for path, most := range map[string]int{"/register": 10, "/register/letter": 10, "/reset": 10, "/status": 10, "/t/nonsense": 10, "/open": 20, "/uploads": 60} {
		asker, other := s.passer(1), s.passer(2)
		s.Clock.Advance(time.Hour)
		for i := range most + 3 {
			answer := asker.post(path)
			if throttled := answer.StatusCode == http.StatusTooManyRequests; throttled != (i >= most) || throttled && answer.Header.Get("Retry-After") == "" {
				t.Fatalf("%s: request %d is answered %d, Retry-After %q", path, i+1, answer.StatusCode, answer.Header.Get("Retry-After"))
			}
		}
		if code := other.post(path).StatusCode; code == http.StatusTooManyRequests {
			t.Errorf("%s: another address is held up", path)
		}
		s.Clock.Advance(time.Minute)
		if code := asker.post(path).StatusCode; code == http.StatusTooManyRequests {
			t.Errorf("%s: a minute later it is held up still", path)
		}
	}
}

// differing is what differs between letters of the same kind.
var differing = regexp.MustCompile(`https?://\S+|\d+`)

// Whatever strangers type, and from however many addresses: whoever's address
// they name gets few letters, and none of their words.
func TestStrangersCannotHaveTheirWordsMailed(t *testing.T) {
	s := newStreet(t)
	const victim, evil = "victim@elsewhere.example", "casino.example"
	for n := range 6 {
		p, key := s.passer(n), fmt.Sprintf("the key of passer %d", n)
		for path, fields := range map[string][]string{
			"/open":            {"name", "Win at " + evil, "phone", "+375 29 625 48 95", "subject", evil, "text", "Go to https://" + evil + "/"},
			"/register":        {"name", "Win at " + evil, "password", "https://" + evil + "/", "phone", "+375 29 625 48 95"},
			"/register/letter": nil, "/reset": nil, "/status": {"number", "100001"},
		} {
			answer := p.post(path, append(fields, "_key", key+path, "email", victim)...)
			if answer.StatusCode != http.StatusSeeOther {
				t.Fatalf("%s is answered %d", path, answer.StatusCode)
			}
		}
		s.Settle()
	}
	kinds := map[string]int{}
	for _, l := range s.Sink.All() {
		if l.To != victim {
			continue
		}
		if strings.Contains(l.Text+l.HTML+l.Subject+fmt.Sprint(l.Header), evil) {
			t.Errorf("a stranger's words reach the victim:\n%s\n%s", l.Subject, l.Text)
		}
		kinds[differing.ReplaceAllString(l.Text, "")]++
	}
	if len(kinds) < 3 {
		t.Errorf("the test shows little: %v", kinds)
	}
	for text, n := range kinds {
		if n > 3 {
			t.Errorf("%d letters within an hour:\n%s", n, text)
		}
	}
}

// kept is how many files the attachments' directory holds.
func (s *street) kept() int {
	n := 0
	must(s.t, filepath.WalkDir(filepath.Join(s.Config.Data, "files"), func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	}))
	return n
}

func TestUploadsOfStrangersAreBoundedAndSwept(t *testing.T) {
	s := newStreet(t)
	before := s.kept()
	guest := s.passer(1)
	for i := range okno.MaxFiles + 2 {
		s.Clock.Advance(2 * time.Second)
		if code := guest.upload(fmt.Sprint("file ", i)).StatusCode; (code == http.StatusRequestEntityTooLarge) != (i >= okno.MaxFiles) {
			t.Errorf("file %d of one form is answered %d", i+1, code)
		}
	}
	if s.kept() <= before {
		t.Fatal("nothing was kept: the test shows nothing")
	}
	// All the world together may not fill the disk.
	must(t, s.DB.Write(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO file (ref, message, session, name, type, size, hash, contentid, width, height, created)
			VALUES ('all the others', 0, 999999, 'x', 'x', ?, 'x', '', 0, 0, ?)`, int64(5)<<30, s.Clock.Now().UnixMicro())
		return err
	}))
	if code := s.passer(2).upload("one more").StatusCode; code != http.StatusServiceUnavailable {
		t.Errorf("where too much waits already a guest is answered %d", code)
	}
	ann := s.passer(3)
	ann.enter(oknotest.Ann)
	if code := ann.upload("Ann's").StatusCode; code != http.StatusCreated {
		t.Errorf("Ann is answered %d", code)
	}
	s.Clock.Advance(25 * time.Hour)
	must(t, s.Desk.Tidy(t.Context()))
	if after := s.kept(); after != before {
		t.Errorf("%d files are left of what nobody sent", after-before)
	}
	if code := s.passer(2).upload("one more").StatusCode; code != http.StatusCreated {
		t.Errorf("once it was swept a guest is answered %d", code)
	}
}
