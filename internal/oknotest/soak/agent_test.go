package soak

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"

	"github.com/oknodesk/okno/internal/oknotest/program"
	"github.com/oknodesk/okno/internal/oknotest/traffic"
)

// move is a change of a ticket's status by an agent.
type move struct{ number, to string }

// tries are how often something was tried, and answered for as done.
type tries struct{ tried, done int }

var (
	ticketLink   = regexp.MustCompile(`/desk/tickets/(\d+)`)
	moveOffered  = regexp.MustCompile(`name="status" value="(\w+)"`)
	versionField = regexp.MustCompile(`name="version" value="(\d+)"`)
)

// visitor is somebody with cookies, who turns to the next process when one
// does not answer.
type visitor struct {
	*mixed
	browser *traffic.Browser
	next    func() *program.Program
	from    string // his address
	random  *rand.Rand
	tries   int // forms sent, again or not
}

func (m *mixed) visitor() *visitor {
	n := m.next.Add(1)
	v := &visitor{mixed: m, next: m.door(n), random: rand.New(rand.NewPCG(uint64(n), 4))}
	v.browser = traffic.NewBrowser(v.next().URL(), 1)
	v.another()
	return v
}

// another is somebody else, elsewhere, without cookies.
func (v *visitor) another() {
	v.from = traffic.Somewhere(int(v.crowd.next.Add(1)))
	v.browser.HTTP.Jar, _ = cookiejar.New(nil) // without options it does not fail
}

// page asks until it is answered, and returns what stands there; "" when the
// test has failed or the page is not to be seen.
func (v *visitor) page(path string) (page string) {
	v.insist(func() error {
		status, said, err := v.browser.GetFrom(context.Background(), path, v.from)
		if page = said; err == nil {
			err = answered(status, said)
		}
		return v.turned(err)
	})
	return page
}

// send sends a form until it is answered. A refusal (409, 422: others were
// before him) is not an error, only not done.
func (v *visitor) send(path string, f traffic.Form) (done bool) {
	v.insist(func() error {
		v.tries++
		status, said, err := v.browser.Submit(context.Background(), path, f, v.from)
		if err == nil && (status == http.StatusConflict || status == http.StatusUnprocessableEntity) {
			return nil
		}
		if err == nil {
			err = answered(status, said)
		}
		done = err == nil
		return v.turned(err)
	})
	return done
}

func answered(status int, page string) error {
	switch {
	case status < 400:
		return nil
	case status == http.StatusServiceUnavailable:
		return errors.New("asked to try again")
	}
	return fmt.Errorf("%w: %d\n%s", errRefused, status, page)
}

// turned turns to another process after an error.
func (v *visitor) turned(err error) error {
	if err != nil {
		v.browser.URL = v.next().URL()
	}
	return err
}

// agents are that many; each works on tickets of his own, by their numbers.
const agents = 2

// agent signs in, then looks at a list, searches, opens a ticket and answers,
// notes something, or moves it, again and again.
func (m *mixed) agent(own int) {
	v := m.visitor()
	defer v.browser.HTTP.CloseIdleConnections()
	if !v.send("/login", traffic.Form{Fields: [][2]string{{"login", program.Admin}, {"password", program.Password}}}) {
		m.Error("the agent could not sign in")
		return
	}
	views := []string{"unassigned", "open", "mine", "waiting", "calls"}
	for m.stopped.Err() == nil {
		list := v.page("/desk?view=" + views[v.random.IntN(len(views))])
		if v.random.IntN(4) == 0 {
			list = v.page("/desk?q=" + url.QueryEscape([]string{"printer", "router status:open ", "scanner ", "letter"}[v.random.IntN(4)]))
		}
		if found := ticketLink.FindAllStringSubmatch(list, -1); len(found) > 0 {
			number := found[v.random.IntN(len(found))][1]
			if int(number[len(number)-1])%agents == own {
				v.work(number)
			}
		}
		m.rest()
	}
}

// work does one thing to a ticket.
func (v *visitor) work(number string) {
	path := "/desk/tickets/" + number
	page := v.page(path)
	seen, offered := versionField.FindStringSubmatch(page), moveOffered.FindAllStringSubmatch(page, -1)
	if seen == nil {
		return
	}
	switch v.random.IntN(5) {
	case 0:
		v.send(path+"/assignee", traffic.Form{Fields: [][2]string{{"assignee", "me"}, {"version", seen[1]}}})
	case 1, 2:
		var moves []string // open is also what an answer makes of it
		for _, o := range offered {
			if slices.Contains([]string{"waiting", "done"}, o[1]) {
				moves = append(moves, o[1])
			}
		}
		if len(moves) == 0 {
			return
		}
		to := moves[v.random.IntN(len(moves))]
		tried := v.tries
		done := v.send(path+"/status", traffic.Form{Fields: [][2]string{{"status", to}, {"version", seen[1]}}})
		v.moved(move{number, to}, v.tries-tried, done)
	case 3:
		v.write(path, "note", "/notes", seen[1])
	case 4:
		v.write(path, "public", "/messages", seen[1])
	}
}

// moved enters a change of status, done or only tried.
func (m *mixed) moved(what move, tried int, done bool) {
	m.crowd.mu.Lock()
	defer m.crowd.mu.Unlock()
	n := m.moves[what]
	n.tried += tried
	if done {
		n.done++
	}
	m.moves[what] = n
}

// write answers or notes, sometimes with a file, until others no longer come
// first.
func (v *visitor) write(path, field, under, version string) {
	n := v.crowd.next.Add(1)
	p := piece{token: fmt.Sprint(field, n), answer: field == "public"}
	f := traffic.Form{Fields: [][2]string{{"_key", fmt.Sprintf("submission-key-%08d", n)}, {field, p.token + " is being looked into."}, {"version", version}}}
	if v.random.IntN(5) == 0 {
		p.file = noise(v.random)
		ref := v.upload(p.file)
		if ref == "" {
			return
		}
		f.Fields = append(f.Fields, [2]string{"upload", ref})
	}
	for !v.send(path+under, f) {
		seen := versionField.FindStringSubmatch(v.page(path))
		if v.w.Failed() || seen == nil {
			v.w.Errorf("%s could not be written to %s", p.token, path)
			return
		}
		f.Fields[2][1] = seen[1]
	}
	v.keep(p)
}

// upload keeps a file that waits for its form, and returns its name.
func (v *visitor) upload(file []byte) string {
	var kept struct{ Ref string }
	v.insist(func() error {
		status, said, err := v.browser.Submit(context.Background(), "/uploads", traffic.Form{FileName: "screen.bin", File: file}, v.from)
		if err == nil {
			err = answered(status, said)
		}
		if err == nil {
			err = json.Unmarshal([]byte(said), &kept)
		}
		return v.turned(err)
	})
	return kept.Ref
}
