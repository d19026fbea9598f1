package desk

import (
	"context"
	"slices"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/mail"
)

// catalogue is what an administrator sets and every page reads: kept in
// memory until ConfigTopic says that something in it has changed.
type catalogue struct {
	settings    okno.Settings
	setUp       bool
	zone        *time.Location
	departments []okno.Department
	topics      []okno.Topic
	teams       []okno.Team
	tags        []okno.Tag // those merged into others too
	statuses    []okno.Status
	mailboxes   []store.Mailbox
	roles       []okno.Role
	calendars   calendars
	sendings    map[okno.MailboxID]okno.Sending // with passwords
	signing     map[okno.MailboxID]*mail.SigningKey
	texts       map[string]locale.Texts // words of letters, by language
}

// config is the catalogue as it stands.
func (d *Desk) config(ctx context.Context) (*catalogue, error) {
	if t := inHand(ctx); t != nil {
		return t.c, nil
	}
	if c := d.cached.Load(); c != nil {
		return c, nil
	}
	var c catalogue
	var kept []okno.Calendar
	var sendings []store.Sending
	before := d.configured.Load()
	err := d.read(ctx, func(tx store.Tx) (err error) {
		if c.settings, err = tx.Settings(); okno.ReasonOf(err) == okno.NotFound {
			c.settings = okno.DefaultSettings(d.lang)
		} else if err != nil {
			return err
		}
		if c.setUp, err = tx.AnyAdmin(); err != nil {
			return err
		}
		if c.departments, err = tx.Departments(); err != nil {
			return err
		}
		if c.topics, err = tx.Topics(); err != nil {
			return err
		}
		if c.teams, err = tx.Teams(); err != nil {
			return err
		}
		if c.tags, err = tx.Tags(); err != nil {
			return err
		}
		if c.statuses, err = tx.Statuses(); err != nil {
			return err
		}
		if c.roles, err = tx.Roles(); err != nil {
			return err
		}
		if c.mailboxes, err = tx.Mailboxes(); err != nil {
			return err
		}
		if sendings, err = tx.Sendings(); err != nil {
			return err
		}
		templates, err := tx.Templates()
		if err != nil {
			return err
		}
		c.texts = textsOf(templates)
		kept, err = tx.Calendars()
		return err
	})
	if err != nil {
		return nil, err
	}
	if c.zone, err = time.LoadLocation(c.settings.Zone); err != nil {
		c.zone = time.UTC
	}
	if err := d.readSendings(&c, sendings); err != nil {
		return nil, err
	}
	c.calendars = newCalendars(kept, c.settings.Lang, c.zone)
	d.cached.Store(&c)
	if d.configured.Load() != before {
		d.cached.Store(nil) // it changed while it was read
	}
	return &c, nil
}

// reconfigure makes every process read the catalogue again once the change is
// there; this one before the change is answered.
func (d *Desk) reconfigure(tx store.Tx) {
	tx.OnCommit(d.reconfigured)
	tx.Announce(ConfigTopic, "")
}

func (d *Desk) reconfigured() {
	d.configured.Add(1)
	d.cached.Store(nil)
}

// pick is the first of a list that fits, else the zero one.
func pick[T any](list []T, fits func(T) bool) T {
	for _, x := range list {
		if fits(x) {
			return x
		}
	}
	var none T
	return none
}

func (c *catalogue) department(id okno.DepartmentID) okno.Department {
	return pick(c.departments, func(x okno.Department) bool { return x.ID == id })
}

func (c *catalogue) topic(id okno.TopicID) okno.Topic {
	return pick(c.topics, func(x okno.Topic) bool { return x.ID == id })
}

func (c *catalogue) status(id okno.StatusID) okno.Status {
	return pick(c.statuses, func(x okno.Status) bool { return x.ID == id })
}

func (c *catalogue) role(id okno.RoleID) okno.Role {
	return pick(c.roles, func(x okno.Role) bool { return x.ID == id })
}

// statusOf is the first status of a kind; a desk that is set up has one of
// each.
func (c *catalogue) statusOf(k okno.StatusKind) okno.Status {
	return pick(c.statuses, func(x okno.Status) bool { return x.Kind == k })
}

// firstDepartment takes what nothing sends elsewhere.
func (c *catalogue) firstDepartment() okno.Department {
	return pick(c.departments, func(x okno.Department) bool { return x.Closed.IsZero() })
}

// mailbox is the mailbox of that id, else the department's first, else the
// first of all; nil: there is none to send from.
func (c *catalogue) mailbox(id okno.MailboxID, dep okno.DepartmentID) *store.Mailbox {
	var first, own *store.Mailbox
	for i := range c.mailboxes {
		m := &c.mailboxes[i]
		if !m.Closed.IsZero() {
			continue
		}
		if m.ID == id {
			return m
		}
		if first == nil {
			first = m
		}
		if own == nil && m.Department == dep {
			own = m
		}
	}
	if own != nil {
		return own
	}
	return first
}

// Settings are the installation's, or the defaults before it is set up.
func (d *Desk) Settings(ctx context.Context) (okno.Settings, error) {
	c, err := d.config(ctx)
	if err != nil {
		return okno.Settings{}, err
	}
	return c.settings, nil
}

// Topics are the help topics a request may be about, in their order.
func (d *Desk) Topics(ctx context.Context) ([]okno.Topic, error) {
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(c.topics), func(t okno.Topic) bool { return !t.Closed.IsZero() }), nil
}

// Departments are the open departments.
func (d *Desk) Departments(ctx context.Context) ([]okno.Department, error) {
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(c.departments), func(x okno.Department) bool { return !x.Closed.IsZero() }), nil
}

// Statuses are all statuses in their order.
func (d *Desk) Statuses(ctx context.Context) ([]okno.Status, error) {
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(c.statuses), nil
}
