package oknotest_test

import (
	"fmt"
	"path"
	"sync"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/live"
	"github.com/oknodesk/okno/internal/oknotest"
)

// gathering is a crowd of open pages: customers, each at a ticket of his own
// by his access link, and agents who see them all.
type gathering struct {
	*oknotest.Rig
	t       *testing.T
	tickets []okno.Number
	guests  []okno.Actor
	theirs  []<-chan told // the customers' streams
	agents  []<-chan told
	keys    int
}

// Its size. (How fast hints come in a larger one, make bench measures.)
const (
	customersThere = 60
	agentsThere    = 12
	rounds         = 3
)

func gather(t *testing.T) *gathering {
	t.Helper()
	g := &gathering{Rig: oknotest.Start(t, oknotest.Options{}), t: t}
	var cookies []string
	for i := range customersThere {
		n := g.opens(i)
		g.tickets = append(g.tickets, n)
		link := g.Sink.Letter(address(i), "#"+string(n)).Link(t, "/t/")
		trade, err := g.Desk.TradeLink(t.Context(), path.Base(link), "", "test")
		must(t, err)
		guest, _, err := g.Desk.ActorOf(t.Context(), trade.Token, okno.DoorPortal)
		must(t, err)
		g.guests, cookies = append(g.guests, guest), append(cookies, trade.Token)
	}
	g.Settle()
	g.Clock.Advance(time.Minute) // a new stream begins with what has just happened
	for _, cookie := range cookies {
		g.theirs = append(g.theirs, stream(t, g.URL, cookie))
	}
	for i := range agentsThere {
		if i%6 == 0 { // a session may have a few pages open
			token, err := g.Desk.SignIn(t.Context(), oknotest.Ann, oknotest.Password, "", "test")
			must(t, err)
			cookies = append(cookies, token)
		}
		g.agents = append(g.agents, stream(t, g.URL, cookies[len(cookies)-1]))
	}
	return g
}

func address(i int) string { return fmt.Sprintf("customer%d@crowd.example", i) }

// opens files a ticket of customer i.
func (g *gathering) opens(i int) okno.Number {
	g.t.Helper()
	g.keys++
	o, err := g.Desk.OpenTicket(g.t.Context(), okno.Nobody("en"), desk.Opening{
		Key: fmt.Sprintf("an opening in the crowd, %d", g.keys), Name: "Customer", Address: address(i), Channel: okno.ChannelWeb, Subject: "One of many", Text: "Help."})
	must(g.t, err)
	return o.Number
}

// speak has all tickets get a message at once: of their customers or of Ann.
func (g *gathering) speak(round int) {
	g.t.Helper()
	ann := g.Agent(oknotest.Ann)
	var all sync.WaitGroup
	for i, n := range g.tickets {
		all.Go(func() {
			by := ann
			if round%2 == 0 {
				by = g.guests[i]
			}
			_, err := g.Desk.AddMessage(g.t.Context(), by, n, desk.Words{Key: fmt.Sprintf("a word in the crowd, %d %d", round, i), Text: "Hello.", Channel: okno.ChannelWeb})
			if err != nil {
				g.t.Error(err)
			}
		})
	}
	all.Wait()
}

// hears takes from a stream until it has told of a message in each of the
// tickets, or that anything may have changed.
func (g *gathering) hears(who string, hints <-chan told, tickets ...okno.Number) {
	g.t.Helper()
	missing := map[string]bool{}
	for _, n := range tickets {
		missing[string(n)] = true
	}
	late := time.After(time.Minute)
	for len(missing) > 0 {
		select {
		case h, open := <-hints:
			if !open {
				g.t.Fatalf("%s's stream has ended", who)
			}
			if h.Part == live.PartAll {
				return
			}
			if h.Part == live.PartThread {
				delete(missing, h.Ticket)
			}
		case <-late:
			g.t.Fatalf("%s is not told of %d of %d tickets", who, len(missing), len(tickets))
		}
	}
}

func TestInACrowdEveryPageIsToldOfEveryMessage(t *testing.T) {
	g := gather(t)
	for round := range rounds {
		g.speak(round)
		for i, hints := range g.theirs {
			g.hears(address(i), hints, g.tickets[i])
		}
		for i, hints := range g.agents {
			g.hears(fmt.Sprint("agent ", i), hints, g.tickets...)
		}
		// Agents are told of letters that left too. Whatever they were told in this
		// round came before the next ticket.
		g.Settle()
		next := g.opens(round)
		for _, hints := range g.agents {
			g.passes(hints, next)
		}
	}
	for i, hints := range g.theirs {
		for len(hints) > 0 {
			if h := <-hints; h.Ticket != string(g.tickets[i]) {
				t.Errorf("customer %d is told of %+v", i, h)
			}
		}
	}
}

// passes takes from a stream until it tells of a new ticket.
func (g *gathering) passes(hints <-chan told, n okno.Number) {
	g.t.Helper()
	late := time.After(time.Minute)
	for {
		select {
		case h := <-hints:
			if h.Ticket == string(n) || h.Part == live.PartAll {
				return
			}
		case <-late:
			g.t.Fatalf("an agent is not told of ticket %s", n)
		}
	}
}
