package desk

import (
	"context"
	"errors"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/mail"
	"github.com/oknodesk/okno/internal/secret"
)

// How long things last.
const (
	sessionLasts = 30 * 24 * time.Hour // since it was last used
	sessionTouch = 10 * time.Minute    // a use is written down at most this often
	issuedLasts  = 72 * time.Hour      // a password or invitation that was issued
	resetLasts   = time.Hour
	setupLasts   = time.Hour
)

// errSignIn is the one answer to a wrong login and to a wrong password.
var errSignIn = okno.Refuse(okno.Invalid, "error.signin")

// SignIn makes a session for the login name or address and the password. The
// answer and its time are the same whether or not there is such an account.
// Tickets opened to the visitor's session (token, may be empty) stay open. The
// returned token is for the cookie.
func (d *Desk) SignIn(ctx context.Context, login, password, token, browser string) (string, error) {
	var a store.Account
	err := d.read(ctx, func(tx store.Tx) (err error) {
		if a, err = tx.AccountByLogin(foldLogin(login)); err != nil {
			return err
		}
		p, err := tx.Person(a.Person)
		if err != nil {
			return err
		}
		out, err := barred(tx, p)
		if err == nil && (out || !p.Disabled.IsZero()) {
			return okno.ErrNotFound
		}
		return err
	})
	if okno.ReasonOf(err) == okno.NotFound {
		if err := busy(secret.VerifyNothing(ctx, password)); err != nil {
			return "", err
		}
		return "", d.refuseSignIn(ctx, login, password)
	}
	if err != nil {
		return "", err
	}
	ok, rehash, err := secret.VerifyPassword(ctx, a.Password, password)
	if err := busy(err); err != nil {
		return "", err
	}
	if !ok || !a.Expires.IsZero() && !d.Now().Before(a.Expires) {
		return "", d.refuseSignIn(ctx, login, password)
	}
	if rehash {
		if a.Password, err = secret.HashPassword(ctx, password); busy(err) != nil {
			return "", busy(err)
		}
	}
	return d.enter(ctx, a, rehash, token, browser)
}

// foldLogin is the form in which login names and addresses are compared.
func foldLogin(login string) string {
	if folded := mail.Fold(login); folded != "" {
		return folded
	}
	return strings.ToLower(norm.NFC.String(strings.TrimSpace(login)))
}

// enter makes the session and carries over what was open to the visitor.
func (d *Desk) enter(ctx context.Context, a store.Account, rehash bool, token, browser string) (string, error) {
	fresh, hash := secret.NewToken()
	now := d.Now()
	err := d.write(ctx, func(tx store.Tx) error {
		if rehash {
			if err := tx.SetAccount(a); err != nil {
				return err
			}
		}
		s := store.Session{Hash: hash, Person: a.Person, Created: now, Seen: now, Expires: now.Add(sessionLasts), Agent: cut(browser, 200)}
		if err := tx.AddSession(&s); err != nil {
			return err
		}
		if err := d.joinByDomain(tx, a.Person); err != nil {
			return err
		}
		return d.replaceSession(tx, token, s.ID)
	})
	return fresh, err
}

// replaceSession ends the visitor's earlier session and moves its tickets.
func (d *Desk) replaceSession(tx store.Tx, token string, to okno.SessionID) error {
	if token == "" {
		return nil
	}
	old, err := tx.SessionByHash(secret.HashToken(token), d.Now())
	if okno.ReasonOf(err) == okno.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if err := tx.MoveGrants(old.ID, to); err != nil {
		return err
	}
	return d.endSession(tx, old.ID)
}

func (d *Desk) endSession(tx store.Tx, s okno.SessionID) error {
	tx.Announce(LiveTopic, sessionEnded(s))
	return tx.EndSession(s)
}

// SignOut ends the actor's session.
func (d *Desk) SignOut(ctx context.Context, by okno.Actor) error {
	if by.Session == 0 {
		return nil
	}
	return d.write(ctx, func(tx store.Tx) error { return d.endSession(tx, by.Session) })
}

// ActorOf is who comes through a door with a cookie's token, and his person.
// A token that is unknown or over is nobody's.
func (d *Desk) ActorOf(ctx context.Context, token string, door okno.Door) (okno.Actor, okno.Person, error) {
	nobody := okno.Actor{Door: door}
	if token == "" {
		return nobody, okno.Person{}, nil
	}
	var s store.Session
	a := nobody
	var p okno.Person
	err := d.read(ctx, func(tx store.Tx) (err error) {
		if s, err = tx.SessionByHash(secret.HashToken(token), d.Now()); err != nil {
			return err
		}
		a.Session = s.ID
		return tx.Together(func(tx store.Tx) error {
			return d.openToSession(tx, &a)
		}, func(tx store.Tx) (err error) {
			if s.Person != 0 {
				p, err = fillActor(tx, &a, s.Person)
			}
			return err
		})
	})
	if okno.ReasonOf(err) == okno.NotFound {
		return nobody, okno.Person{}, nil
	}
	if err != nil {
		return nobody, okno.Person{}, err
	}
	if d.Now().Sub(s.Seen) > sessionTouch {
		err = d.write(ctx, func(tx store.Tx) error { return tx.TouchSession(s.ID, d.Now(), d.Now().Add(sessionLasts)) })
		if errors.Is(err, db.ErrReadOnly) { // who reads may go on reading
			err = nil
		}
	}
	return a, p, err
}

// openToSession gives an actor at the portal the tickets that access links have
// opened to his browser.
func (d *Desk) openToSession(tx store.Tx, a *okno.Actor) error {
	if a.Door != okno.DoorPortal {
		return nil
	}
	grants, err := tx.GrantsOfSession(a.Session, d.Now())
	if err != nil || len(grants) == 0 {
		return err
	}
	a.Guest = make(map[okno.TicketID]okno.PersonID, len(grants))
	for _, g := range grants {
		a.Guest[g.Ticket] = g.Person
	}
	return nil
}

// fillActor gives an actor a person's rights at its door; a disabled person
// has none and is nobody.
func fillActor(tx store.Tx, a *okno.Actor, id okno.PersonID) (okno.Person, error) {
	var p okno.Person
	var out bool
	own := okno.Actor{Door: a.Door, Person: id}
	err := tx.Together(func(tx store.Tx) (err error) {
		p, err = tx.Person(id)
		return err
	}, func(tx store.Tx) (err error) {
		out, err = tx.Barred(id)
		return err
	}, func(tx store.Tx) error {
		account, err := tx.AccountOf(id)
		own.MustChange = account.MustChange
		return unlessNotFound(err)
	}, func(tx store.Tx) (err error) {
		if own.Door == okno.DoorPortal {
			own.Companies, err = tx.MembershipsOf(id)
		} else {
			own.Grants, err = tx.GrantsOf(id)
		}
		return err
	})
	if err != nil || out && !p.Agent || !p.Disabled.IsZero() {
		return okno.Person{}, err
	}
	a.Person, a.Lang, a.MustChange, a.Companies, a.Grants = own.Person, p.Lang, own.MustChange, own.Companies, own.Grants
	return p, nil
}

// ChangePassword sets a new password in place of the present one and ends the
// person's other sessions. A password that was issued must really change. A
// letter, however well proven, sets none.
func (d *Desk) ChangePassword(ctx context.Context, by okno.Actor, present, next string) error {
	if by.Person == 0 || by.Door == okno.DoorMail {
		return okno.ErrNotFound
	}
	var a store.Account
	if err := d.read(ctx, func(tx store.Tx) (err error) {
		a, err = tx.AccountOf(by.Person)
		return err
	}); err != nil {
		return err
	}
	if !a.MustChange { // whoever just signed in with an issued one has shown it
		ok, _, err := secret.VerifyPassword(ctx, a.Password, present)
		if err := busy(err); err != nil {
			return err
		}
		if !ok {
			return okno.Errors{{Reason: okno.Invalid, Key: "error.password.present", Field: "present"}}
		}
	}
	return d.setPassword(ctx, by, a, next, by.Session, nil)
}

// setPassword keeps a chosen password and ends every session but one. with
// runs in the same transaction and may refuse.
func (d *Desk) setPassword(ctx context.Context, by okno.Actor, a store.Account, next string, keep okno.SessionID, with func(store.Tx) error) error {
	if err := checkPassword(next); err != nil {
		return err
	}
	if a.Password != "" {
		same, _, err := secret.VerifyPassword(ctx, a.Password, next)
		if err := busy(err); err != nil {
			return err
		}
		if same {
			return okno.Errors{{Reason: okno.Invalid, Key: "error.password.same", Field: "password"}}
		}
	}
	hash, err := secret.HashPassword(ctx, next)
	if err := busy(err); err != nil {
		return err
	}
	return d.write(ctx, func(tx store.Tx) error {
		if with != nil {
			if err := with(tx); err != nil {
				return err
			}
		}
		a.Password, a.MustChange, a.Expires, a.Changed = hash, false, time.Time{}, d.Now()
		if err := tx.SetAccount(a); err != nil {
			return err
		}
		if err := d.entered(tx, a.Person); err != nil {
			return err
		}
		// Links to a password that were mailed before are of no more use.
		for _, purpose := range []store.Purpose{store.LinkInvite, store.LinkReset} {
			if err := tx.DropLinks(a.Person, purpose); err != nil {
				return err
			}
		}
		sessions, err := tx.SessionsOf(a.Person)
		if err != nil {
			return err
		}
		for _, s := range sessions {
			if s != keep {
				if err := d.endSession(tx, s); err != nil {
					return err
				}
			}
		}
		e := okno.NewEvent(okno.PasswordChanged, okno.EventData{Person: a.Person})
		e.Subject = int64(a.Person)
		return d.record(tx, by, nil, e)
	})
}

// checkPassword says which rule a password breaks.
func checkPassword(pw string) error {
	var weak secret.Weakness
	if err := secret.CheckPassword(pw); errors.As(err, &weak) {
		return okno.Errors{{Reason: okno.Invalid, Key: "error.password." + strings.ReplaceAll(string(weak), " ", ""), Field: "password"}}
	}
	return nil
}

// busy turns a full queue of password checks into a refusal.
func busy(err error) error {
	if errors.Is(err, secret.ErrBusy) {
		return okno.Refuse(okno.TooMany, "error.busy")
	}
	return err
}

// cut is the first n bytes of s without a broken character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}
