package soak

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/oknodesk/okno/internal/oknotest/traffic"
)

var ownTicket = regexp.MustCompile(`/tickets/(\d+)`)

// customer opens the ticket by the link of its confirmation, writes a message
// and asks for a call; then he is another one.
func (m *mixed) customer() {
	v := m.visitor()
	defer v.browser.HTTP.CloseIdleConnections()
	for m.stopped.Err() == nil {
		v.another()
		if link := m.confirmed(v); link != "" {
			v.visit(link)
		}
		m.rest()
	}
}

// confirmed is the link in the letter to one who filed a ticket and was not
// visited yet; "": none of those looked at has his letter.
func (m *mixed) confirmed(v *visitor) string {
	m.crowd.mu.Lock()
	defer m.crowd.mu.Unlock()
	for range min(20, len(m.pieces)) {
		p := &m.pieces[v.random.IntN(len(m.pieces))]
		if !p.opens || p.visited {
			continue
		}
		m.world.mu.Lock()
		letter := m.letters[p.from]
		m.world.mu.Unlock()
		letter = strings.ReplaceAll(strings.ReplaceAll(letter, "=\r\n", ""), "=3D", "=")
		if found := accessLink.FindStringSubmatch(letter); found != nil {
			p.visited = true
			return found[1]
		}
	}
	return ""
}

func (v *visitor) visit(link string) {
	number := v.trade(link)
	if number == "" {
		v.w.Errorf("the link %s leads nowhere", link)
		return
	}
	path := "/tickets/" + number
	n := v.crowd.next.Add(1)
	p := piece{token: fmt.Sprint("visit", n)}
	f := traffic.Form{Fields: [][2]string{{"_key", fmt.Sprintf("submission-key-%08d", n)}, {"text", p.token + " still blinks."}}}
	if v.random.IntN(5) == 0 {
		p.file = noise(v.random)
		f.File, f.FileName = p.file, "photo.bin"
	}
	if !v.send(path+"/messages", f) {
		v.w.Errorf("%s could not be written to %s", p.token, path)
		return
	}
	v.keep(p)
	n = v.crowd.next.Add(1)
	about := fmt.Sprint("call", n)
	if !v.send(path+"/calls", traffic.Form{Fields: [][2]string{{"_key", fmt.Sprintf("submission-key-%08d", n)}, {"phone", "+375 29 625 48 95"}, {"when", "today"}, {"about", about}}}) {
		v.w.Errorf("%s could not be asked for at %s", about, path)
		return
	}
	v.mixed.crowd.mu.Lock()
	v.calls = append(v.calls, about)
	v.mixed.crowd.mu.Unlock()
}

// trade opens an access link, and returns the number of its ticket.
func (v *visitor) trade(link string) (number string) {
	v.browser.HTTP.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if found := ownTicket.FindStringSubmatch(r.URL.Path); found != nil {
			number = found[1]
		}
		return http.ErrUseLastResponse
	}
	v.insist(func() error {
		status, said, err := v.browser.GetFrom(context.Background(), link, v.from)
		if err == nil {
			err = answered(status, said)
		}
		return v.turned(err)
	})
	return number
}
