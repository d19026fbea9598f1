package web

import (
	"context"
	"fmt"

	"github.com/oknodesk/okno"
)

// doors are the actors that the browser's session makes: at the workspace's
// door first when the person is an agent, then at the portal's. What has one
// address for all (a file, a message, the stream) is asked for at each, so
// that an agent sees there what he sees in the workspace and, in his own
// tickets, what he sees as a customer.
func (q *Request) doors() ([]okno.Actor, error) {
	return q.server.doors(q.Context(), q.token, q.Actor, q.Person)
}

func (s *Server) doors(ctx context.Context, token string, portal okno.Actor, person okno.Person) ([]okno.Actor, error) {
	if !person.Agent {
		return []okno.Actor{portal}, nil
	}
	agent, _, err := s.source.ActorOf(ctx, token, okno.DoorWorkspace)
	if err != nil {
		return nil, fmt.Errorf("who asks at the workspace: %w", err)
	}
	if !agent.Agent() {
		return []okno.Actor{portal}, nil
	}
	agent.Lang = portal.Lang
	return []okno.Actor{agent, portal}, nil
}

// widest asks at one door after the other while the answer is that there is no
// such thing.
func (q *Request) widest(ask func(okno.Actor) error) error {
	actors, err := q.doors()
	if err != nil {
		return err
	}
	for _, by := range actors {
		if err = ask(by); okno.ReasonOf(err) != okno.NotFound {
			return err
		}
	}
	return err
}
