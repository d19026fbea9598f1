package desk

import (
	"context"
	"encoding/hex"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// maxSessions is how many of a person's sessions are shown, the last used first.
const maxSessions = 100

// himself refuses whoever has not signed in as himself: guests, letters, and
// those who must change their password first.
func himself(by okno.Actor) error {
	switch {
	case by.Person == 0 || by.Door == okno.DoorMail:
		return okno.ErrNotFound
	case by.MustChange:
		return okno.ErrForbidden
	}
	return nil
}

// sessionRef is a session's public name. The hash it is taken from is of a
// random token and leads back to nothing.
func sessionRef(s store.Session) okno.Ref { return okno.Ref(hex.EncodeToString(s.Hash[:12])) }

// Sessions are the browsers in which the actor is signed in, the last used
// first, at most a hundred.
func (d *Desk) Sessions(ctx context.Context, by okno.Actor) ([]okno.Session, error) {
	if err := himself(by); err != nil {
		return nil, err
	}
	var own []okno.Session
	err := d.read(ctx, func(tx store.Tx) error {
		open, err := tx.OpenSessions(by.Person, d.Now(), maxSessions)
		own = nil
		for _, s := range open {
			own = append(own, okno.Session{Ref: sessionRef(s), Browser: s.Agent, Created: s.Created, Seen: s.Seen, This: s.ID == by.Session})
		}
		return err
	})
	return own, err
}

// EndSession ends one of the actor's own sessions.
func (d *Desk) EndSession(ctx context.Context, by okno.Actor, ref okno.Ref) error {
	return d.endOwn(ctx, by, "one", func(s store.Session) bool { return sessionRef(s) == ref })
}

// EndOtherSessions ends all the actor's sessions but the one that asks.
func (d *Desk) EndOtherSessions(ctx context.Context, by okno.Actor) error {
	return d.endOwn(ctx, by, "others", func(s store.Session) bool { return s.ID != by.Session })
}

func (d *Desk) endOwn(ctx context.Context, by okno.Actor, which string, ends func(store.Session) bool) error {
	if err := himself(by); err != nil {
		return err
	}
	return d.write(ctx, func(tx store.Tx) error {
		open, err := tx.OpenSessions(by.Person, d.Now(), maxSessions)
		if err != nil {
			return err
		}
		ended := 0
		for _, s := range open {
			if !ends(s) {
				continue
			}
			ended++
			if err := d.endSession(tx, s.ID); err != nil {
				return err
			}
		}
		if ended == 0 && which == "one" {
			return okno.ErrNotFound
		}
		if ended == 0 {
			return nil
		}
		e := okno.NewEvent(okno.SessionsEnded, okno.EventData{Person: by.Person, Reason: which})
		e.Subject = int64(by.Person)
		return d.record(tx, by, nil, e)
	})
}
