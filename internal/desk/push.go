package desk

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/secret"
)

// PushJobKind is the duty to bring one notice to one browser; its payload is a
// PushJob.
const PushJobKind = "push"

// PushJob says which notice goes to which browser.
type PushJob struct {
	Notice  okno.NoticeID `json:"notice"`
	Browser okno.Ref      `json:"browser"`
}

// pushWaits is how long after it was allowed a browser without a session is
// still remembered, should its person sign in there again.
const pushWaits = 30 * 24 * time.Hour

// pushBinding is what the sealed key belongs to.
const pushBinding = "setting push"

// PushKey is the desk's own key for push services (RFC 8292). It is made when
// it is first asked for, and sealed.
func (d *Desk) PushKey(ctx context.Context) (*ecdsa.PrivateKey, error) {
	var kept store.PushKeys
	read := func(tx store.Tx) (err error) {
		kept, err = tx.PushKeys()
		return err
	}
	err := d.read(ctx, read)
	if okno.ReasonOf(err) == okno.NotFound {
		var fresh store.PushKeys
		if fresh, err = d.newPushKeys(); err != nil {
			return nil, err
		}
		err = d.write(ctx, func(tx store.Tx) error {
			if err := tx.AddPushKeys(fresh); err != nil {
				return err
			}
			return read(tx)
		})
	}
	if err != nil {
		return nil, err
	}
	raw, err := d.push.Open(kept.Sealed, pushBinding)
	if err != nil {
		return nil, fmt.Errorf("the key for push services: %w", err)
	}
	return ecdsa.ParseRawPrivateKey(elliptic.P256(), raw)
}

func (d *Desk) newPushKeys() (store.PushKeys, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return store.PushKeys{}, err
	}
	raw, err := key.Bytes()
	if err != nil {
		return store.PushKeys{}, err
	}
	return store.PushKeys{Sealed: d.push.Seal(raw, pushBinding)}, nil
}

// PushPublicKey is the half of the key that browsers are given: an
// uncompressed point in base64url (RFC 8292, 3.2).
func (d *Desk) PushPublicKey(ctx context.Context) (string, error) {
	key, err := d.PushKey(ctx)
	if err != nil {
		return "", err
	}
	point, err := key.PublicKey.Bytes()
	return base64.RawURLEncoding.EncodeToString(point), err
}

// AllowPush has the actor's notices shown by the browser he asks from, by its
// name. Errors: okno.Invalid for what no browser sends.
func (d *Desk) AllowPush(ctx context.Context, by okno.Actor, to okno.PushTarget, browser string) error {
	if err := pushing(by); err != nil {
		return err
	}
	if err := to.Check(); err != nil {
		return err
	}
	b := store.PushBrowser{Ref: okno.Ref(secret.NewRef()), Person: by.Person, Session: by.Session, PushTarget: to, Agent: cut(browser, 200), Created: d.Now()}
	return d.write(ctx, func(tx store.Tx) error {
		if err := tx.AddPushBrowser(&b); err != nil {
			return err
		}
		return tx.KeepPushBrowsers(by.Person, okno.MaxPushBrowsers)
	})
}

// RenewPush goes on telling a browser that its person allowed once, now that
// he has signed in there again; okno.ErrNotFound: it is not his.
func (d *Desk) RenewPush(ctx context.Context, by okno.Actor, endpoint string) error {
	if err := pushing(by); err != nil {
		return err
	}
	return d.write(ctx, func(tx store.Tx) error {
		his, err := tx.RenewPushBrowser(by.Person, endpoint, by.Session)
		if err == nil && !his {
			err = okno.ErrNotFound
		}
		return err
	})
}

// pushing refuses whoever has no session of his own that a browser could
// belong to.
func pushing(by okno.Actor) error {
	if err := himself(by); err != nil {
		return err
	}
	if by.Session == 0 {
		return okno.ErrNotFound
	}
	return nil
}

// PushBrowsers are the browsers that show the actor's notices.
func (d *Desk) PushBrowsers(ctx context.Context, by okno.Actor) ([]okno.PushBrowser, error) {
	if err := himself(by); err != nil {
		return nil, err
	}
	var own []okno.PushBrowser
	err := d.read(ctx, func(tx store.Tx) error {
		all, err := tx.PushBrowsers(by.Person, d.Now(), okno.MaxPushBrowsers)
		own = nil
		for _, b := range all {
			own = append(own, okno.PushBrowser{Ref: b.Ref, Browser: b.Agent, Since: b.Created, This: b.Session == by.Session})
		}
		return err
	})
	return own, err
}

// ForbidPush ends telling one of the actor's browsers.
func (d *Desk) ForbidPush(ctx context.Context, by okno.Actor, browser okno.Ref) error {
	if err := himself(by); err != nil {
		return err
	}
	return d.write(ctx, func(tx store.Tx) error {
		his, err := tx.DropPushBrowser(by.Person, browser)
		if err == nil && !his {
			err = okno.ErrNotFound
		}
		return err
	})
}

// Push is a notice on its way to one browser.
type Push struct {
	okno.Notice
	okno.PushTarget
	Number  okno.Number // empty: it is about no ticket
	Product string
	Reader  okno.Person
	lang    string // the installation's
}

// Lang is the language that the reader reads.
func (p Push) Lang() string {
	if p.Reader.Lang != "" {
		return p.Reader.Lang
	}
	return p.lang
}

// PushToSend is a notice with where it goes, or okno.ErrNotFound when it is
// not to go any more: the person read it meanwhile, is disabled, no longer
// sees the ticket, or the browser is not his to be told at.
func (d *Desk) PushToSend(ctx context.Context, j PushJob) (Push, error) {
	c, err := d.config(ctx)
	if err != nil {
		return Push{}, err
	}
	p := Push{Product: c.settings.Product, lang: c.settings.Lang}
	err = d.read(ctx, func(tx store.Tx) (err error) {
		if p.Notice, err = tx.Notice(j.Notice); err != nil {
			return err
		}
		b, err := tx.PushBrowser(j.Browser, d.Now())
		if err != nil {
			return err
		}
		if b.Person != p.Person || !p.Read.IsZero() {
			return okno.ErrNotFound
		}
		p.PushTarget = b.PushTarget
		by := okno.Actor{Door: okno.DoorPortal}
		if p.Kind.Side() == okno.SideAgent {
			by.Door = okno.DoorWorkspace
		}
		if p.Reader, err = fillActor(tx, &by, p.Person); err != nil {
			return err
		}
		if p.Ticket == 0 {
			if !hearsWithoutTicket(by, p.Kind) {
				return okno.ErrNotFound
			}
			return nil
		}
		t, err := tx.TicketLed(by.Sees(), p.Ticket)
		p.Number = t.Number
		return err
	})
	return p, err
}

// PushRefused forgets a browser that its push service knows no longer.
func (d *Desk) PushRefused(ctx context.Context, j PushJob, p okno.PersonID) error {
	return d.write(ctx, func(tx store.Tx) error {
		_, err := tx.DropPushBrowser(p, j.Browser)
		return err
	})
}

// putPushes makes a duty for each of the person's browsers. When very many new
// tickets come they stay silent: a phone that sounds for each says nothing.
func (d *Desk) putPushes(tx store.Tx, n okno.Notice) error {
	browsers, err := tx.PushBrowsers(n.Person, d.Now(), okno.MaxPushBrowsers)
	if err != nil || len(browsers) == 0 {
		return err
	}
	if n.Kind == okno.NoticeOpened {
		before, err := tx.NoticeBefore(n.Person, okno.DigestFrom)
		if err != nil || before.After(d.Now().Add(-okno.DefaultJoin*time.Minute)) {
			return err
		}
	}
	duties := make([]jobs.New, len(browsers))
	for i, b := range browsers {
		duties[i] = jobs.New{Kind: PushJobKind, V: 1, Payload: PushJob{Notice: n.ID, Browser: b.Ref}}
	}
	return jobs.Put(tx.Tx, d.Now(), duties...)
}
