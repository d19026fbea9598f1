package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/mail"
	"github.com/oknodesk/okno/internal/secret"
)

// MailboxState is a mailbox with how fetching it goes; its password is not in
// it.
type MailboxState struct {
	okno.Mailbox
	State       okno.FetchState
	HasSecret   bool // a password is kept
	HasDelivery bool // letters may be handed over by HTTP
	Alarm       okno.Alarm
	Access      *okno.MailboxAccess // nil: it is not connected with a provider
	AccessEnds  time.Time           // by all that is known; zero: not known
	Department  okno.Department
}

// Mailboxes are all mailboxes for the administrator.
func (d *Desk) Mailboxes(ctx context.Context, by okno.Actor) ([]MailboxState, error) {
	if !by.MayManage(okno.ManageMailboxes) {
		return nil, okno.ErrForbidden
	}
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	var boxes []MailboxState
	err = d.read(ctx, func(tx store.Tx) error {
		all, err := tx.Mailboxes()
		if err != nil {
			return err
		}
		accesses, err := tx.Accesses()
		boxes = nil
		for _, m := range all {
			s := MailboxState{Mailbox: m.Mailbox, State: m.State, HasSecret: len(m.Sealed) > 0, HasDelivery: len(m.Delivery) > 0, Alarm: m.Watch.Alarm, Department: c.department(m.Department)}
			s.setAccess(accesses)
			boxes = append(boxes, s)
		}
		return err
	})
	return boxes, err
}

// setAccess puts a mailbox's access among those of all.
func (m *MailboxState) setAccess(all []store.Access) {
	for _, a := range all {
		if a.Mailbox == m.ID {
			known := okno.Provider{Kind: a.Provider}
			m.Access, m.AccessEnds = &a.MailboxAccess, a.EndsBy(known.Endpoints().Unused)
		}
	}
}

// MailboxFor is the open mailbox that takes letters for an address, which may
// be one of its signed addresses, or okno.ErrNotFound.
func (d *Desk) MailboxFor(ctx context.Context, address string) (okno.Mailbox, error) {
	if box, _, _, ok := d.replies.Parse(address); ok {
		address = box
	} else if box, _, _, ok := d.replies.ParseBounce(address); ok {
		address = box
	}
	c, err := d.config(ctx)
	if err != nil {
		return okno.Mailbox{}, err
	}
	folded := mail.Fold(address)
	for _, m := range c.mailboxes {
		if m.Folded == folded && m.Closed.IsZero() {
			return m.Mailbox, nil
		}
	}
	return okno.Mailbox{}, okno.ErrNotFound
}

// MailboxOf is a mailbox by its id, a closed one too; zero: there is none.
func (d *Desk) MailboxOf(ctx context.Context, id okno.MailboxID) (okno.Mailbox, error) {
	c, err := d.config(ctx)
	if err != nil {
		return okno.Mailbox{}, err
	}
	for _, m := range c.mailboxes {
		if m.ID == id {
			return m.Mailbox, nil
		}
	}
	return okno.Mailbox{}, nil
}

// SupportAddress is the address that customers mail new requests to: that of
// the first department's mailbox; empty: there is no mailbox. Anyone may know
// it.
func (d *Desk) SupportAddress(ctx context.Context) (string, error) {
	c, err := d.config(ctx)
	if err != nil {
		return "", err
	}
	if box := c.mailbox(0, c.firstDepartment().ID); box != nil {
		return box.Address, nil
	}
	return "", nil
}

// OwnAddress reports whether an address is one of the desk's own mailboxes.
func (d *Desk) OwnAddress(ctx context.Context, address string) (bool, error) {
	_, err := d.MailboxFor(ctx, address)
	if okno.ReasonOf(err) == okno.NotFound {
		return false, nil
	}
	return err == nil, err
}

// FetchedMailboxes are the open mailboxes whose letters are fetched, with
// their passwords opened, and where fetching stands. Only the system asks.
func (d *Desk) FetchedMailboxes(ctx context.Context) ([]MailboxState, error) {
	var boxes []MailboxState
	err := d.read(ctx, func(tx store.Tx) error {
		all, err := tx.Mailboxes()
		boxes = nil
		for _, m := range all {
			if m.Fetch == nil || !m.Closed.IsZero() {
				continue
			}
			if len(m.Sealed) > 0 {
				password, err := d.mailboxes.Open(m.Sealed, string(m.Ref))
				if err != nil {
					return err
				}
				m.Fetch.Password = string(password)
			}
			boxes = append(boxes, MailboxState{Mailbox: m.Mailbox, State: m.State})
		}
		return err
	})
	return boxes, err
}

// FetchSettings are one mailbox's with the password opened, for a test that
// an administrator asks for. A password in the form stands before the kept one.
func (d *Desk) FetchSettings(ctx context.Context, by okno.Actor, ref okno.Ref, form okno.Fetch) (okno.Fetch, error) {
	if !by.MayManage(okno.ManageMailboxes) {
		return form, okno.ErrForbidden
	}
	if form.SignIn == okno.ByToken {
		return form, d.read(ctx, func(tx store.Tx) error {
			m, err := mailboxIn(tx, ref)
			if err != nil && ref != "" {
				return err
			}
			return accessFor(tx, m.ID, form.Host, "host")
		})
	}
	if form.Password != "" || ref == "" {
		return form, nil
	}
	boxes, err := d.FetchedMailboxes(ctx)
	for _, m := range boxes {
		// A kept password goes only where it went before.
		if m.Ref == ref && m.Fetch.Host == form.Host && m.Fetch.Port == form.Port && m.Fetch.User == form.User {
			form.Password = m.Fetch.Password
		}
	}
	return form, err
}

// AskRound asks whichever process fetches a mailbox to do so at once, without
// waiting for it. okno.ErrNotFound: nobody fetches it.
func (d *Desk) AskRound(ctx context.Context, by okno.Actor, ref okno.Ref) error {
	boxes, err := d.Mailboxes(ctx, by)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(boxes, func(m MailboxState) bool { return m.Ref == ref && m.Fetch != nil && m.Closed.IsZero() }) {
		return okno.ErrNotFound
	}
	return d.db.Announce(ctx, RoundTopic, string(ref))
}

// SaveFetchState keeps how fetching a mailbox goes.
func (d *Desk) SaveFetchState(ctx context.Context, id okno.MailboxID, s okno.FetchState) error {
	return d.write(ctx, func(tx store.Tx) error { return tx.SaveFetchState(id, s) })
}

// Fetched are the names that a server gave to a mailbox's letters that were
// fetched and left there (POP3's UIDL).
func (d *Desk) Fetched(ctx context.Context, id okno.MailboxID) (names []string, err error) {
	err = d.read(ctx, func(tx store.Tx) (err error) {
		names, err = tx.Fetched(id)
		return err
	})
	return names, err
}

// NoteFetched remembers that a letter was fetched and is left where it lies.
func (d *Desk) NoteFetched(ctx context.Context, id okno.MailboxID, name string) error {
	return d.write(ctx, func(tx store.Tx) error { return tx.NoteFetched(id, name) })
}

// ForgetFetched forgets letters that lie there no longer.
func (d *Desk) ForgetFetched(ctx context.Context, id okno.MailboxID, names []string) error {
	return d.write(ctx, func(tx store.Tx) error {
		for _, name := range names {
			if err := tx.ForgetFetched(id, name); err != nil {
				return err
			}
		}
		return nil
	})
}

// SaveMailbox makes a mailbox (ref "") or changes one. An empty password in
// the form leaves the kept one, unless letters are fetched from elsewhere now.
func (d *Desk) SaveMailbox(ctx context.Context, by okno.Actor, ref okno.Ref, form okno.Mailbox, department okno.Ref) error {
	c, err := d.config(ctx)
	if err != nil {
		return err
	}
	if err := d.checkMailbox(c, &form, department); err != nil {
		return err
	}
	return d.manage(ctx, by, okno.ManageMailboxes, func(tx store.Tx) (int64, okno.Event, error) {
		all, err := tx.Mailboxes()
		if err != nil {
			return 0, okno.Event{}, err
		}
		if ref == "" {
			if err := tokenFor(tx, 0, form.Fetch); err != nil {
				return 0, okno.Event{}, err
			}
			m := store.Mailbox{Mailbox: form}
			m.Ref = okno.Ref(secret.NewRef())
			d.sealPassword(&m)
			err := taken(tx.AddMailbox(&m, d.Now()), "mailbox.folded", "address")
			return int64(m.ID), okno.NewEvent(okno.MailboxAdded, okno.EventData{}), err
		}
		i := slices.IndexFunc(all, func(m store.Mailbox) bool { return m.Ref == ref })
		if i < 0 {
			return 0, okno.Event{}, okno.ErrNotFound
		}
		m := all[i]
		if err := tokenFor(tx, m.ID, form.Fetch); err != nil {
			return 0, okno.Event{}, err
		}
		elsewhere := m.Fetch != nil && (form.Fetch == nil || m.Fetch.Host != form.Fetch.Host || m.Fetch.Port != form.Fetch.Port || m.Fetch.User != form.Fetch.User)
		if elsewhere {
			m.Sealed = nil
		}
		elsewhere = elsewhere || m.Fetch != nil && (m.Fetch.Folder != form.Fetch.Folder || m.Fetch.Protocol != form.Fetch.Protocol)
		form.ID, form.Ref, form.Closed = m.ID, m.Ref, closedSince(m.Closed, form.Closed, d.Now())
		m.Mailbox = form
		d.sealPassword(&m)
		err = taken(tx.SaveMailbox(&m, elsewhere), "mailbox.folded", "address")
		return int64(m.ID), okno.NewEvent(okno.MailboxEdited, okno.EventData{}), err
	})
}

// tokenFor refuses to have a mailbox fetched with a token where it has none that
// the server may see.
func tokenFor(tx store.Tx, box okno.MailboxID, f *okno.Fetch) error {
	if f == nil || f.SignIn != okno.ByToken {
		return nil
	}
	return accessFor(tx, box, f.Host, "host")
}

func (d *Desk) sealPassword(m *store.Mailbox) {
	if m.Fetch == nil || m.Fetch.SignIn == okno.ByToken {
		m.Sealed = nil
		return
	}
	if m.Fetch.Password != "" {
		m.Sealed = d.mailboxes.Seal([]byte(m.Fetch.Password), string(m.Ref))
	}
}

func (d *Desk) checkMailbox(c *catalogue, form *okno.Mailbox, department okno.Ref) error {
	var wrong okno.Errors
	address, err := checkAddress("address", form.Address)
	if err := wrong.Add(err); err != nil {
		return err
	}
	form.Address, form.Folded, form.Name = address, mail.Fold(address), cut(strings.TrimSpace(form.Name), okno.MaxName)
	for _, x := range c.departments {
		if x.Ref == department && x.Closed.IsZero() {
			form.Department = x.ID
		}
	}
	if form.Quiet < okno.QuietNever || form.Quiet > okno.MaxQuiet {
		wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.choice", Field: "quiet"})
	}
	if form.Department == 0 {
		wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.choice", Field: "department"})
	}
	if f := form.Fetch; f != nil {
		wrong = append(wrong, checkFetch(f)...)
	}
	return wrong.Err()
}

func checkFetch(f *okno.Fetch) okno.Errors {
	var wrong okno.Errors
	f.Host, f.User = strings.TrimSpace(f.Host), strings.TrimSpace(f.User)
	for field, v := range map[string]string{"host": f.Host, "user": f.User} {
		if v == "" {
			wrong = append(wrong, okno.Missing(field))
		} else if len(v) > 255 {
			wrong = append(wrong, okno.TooLong(field, 255))
		}
	}
	if f.Port < 1 || f.Port > 65535 {
		wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.port", Field: "port"})
	}
	if !slices.Contains([]okno.Security{okno.TLS, okno.StartTLS, okno.Plain}, f.Security) {
		wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.choice", Field: "security"})
	}
	if !slices.Contains([]okno.SignIn{okno.ByPassword, okno.ByToken}, f.SignIn) {
		wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.choice", Field: "sign_in"})
	}
	if !slices.Contains([]okno.Protocol{okno.IMAP, okno.POP3}, f.Protocol) {
		wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.choice", Field: "protocol"})
	}
	if f.Folder == "" || f.Protocol == okno.POP3 {
		f.Folder = "INBOX"
	}
	if f.After == "" {
		f.After = okno.MarkSeen
	}
	if f.Protocol == okno.POP3 && f.After == okno.ArchiveIt {
		wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.pop3.archive", Field: "after"})
		return wrong
	}
	if f.After == okno.ArchiveIt && f.Archive == "" {
		wrong = append(wrong, okno.Missing("archive"))
	}
	return wrong
}

// fetchQuiet is how long after an error fetching is said to be in trouble.
const fetchQuiet = 10 * time.Minute

// FetchTrouble are the mailboxes that could not be fetched for a while.
func (d *Desk) FetchTrouble(ctx context.Context) ([]MailboxState, error) {
	boxes, err := d.Mailboxes(ctx, okno.System())
	return slices.DeleteFunc(boxes, func(m MailboxState) bool {
		return m.Fetch == nil || m.State.Trouble == "" || d.Now().Sub(m.State.Since) < fetchQuiet
	}), err
}
