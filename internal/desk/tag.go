package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/secret"
)

// tag is the tag of an id, or the one that it was merged into; zero: none.
func (c *catalogue) tag(id okno.TagID) okno.Tag {
	t := pick(c.tags, func(t okno.Tag) bool { return t.ID == id })
	if t.Into != 0 {
		return pick(c.tags, func(x okno.Tag) bool { return x.ID == t.Into })
	}
	return t
}

// tagsNamed are a tag and those that were merged into it: the one that has, or
// had, that ref or name, else those whose names begin so.
func (c *catalogue) tagsNamed(value string) (ids []okno.TagID) {
	whole := func(t okno.Tag) bool { return fold(t.Name) == value || fold(string(t.Ref)) == value }
	exact := slices.ContainsFunc(c.tags, whole)
	named := map[okno.TagID]bool{}
	for _, t := range c.tags {
		now := c.tag(t.ID)
		if whole(t) || !exact && strings.HasPrefix(fold(now.Name), value) {
			named[now.ID] = true
		}
	}
	for _, t := range c.tags {
		if named[c.tag(t.ID).ID] {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// tagsOf are tags as they are called now, by name, each once.
func (c *catalogue) tagsOf(ids []okno.TagID) (tags []okno.Tag) {
	for _, id := range ids {
		if t := c.tag(id); t.ID != 0 && !slices.ContainsFunc(tags, func(x okno.Tag) bool { return x.ID == t.ID }) {
			tags = append(tags, t)
		}
	}
	slices.SortFunc(tags, func(a, b okno.Tag) int { return strings.Compare(fold(a.Name), fold(b.Name)) })
	return tags
}

// tagsFor are the tags of some tickets, for agents; customers never see any.
func tagsFor(tx store.Tx, by okno.Actor, ids []okno.TicketID) (map[okno.TicketID][]okno.TagID, error) {
	if !by.Agent() {
		return nil, nil
	}
	return tx.TagsOf(ids)
}

// nameTags puts on a ticket's page the names of the tags that were there once.
func nameTags(c *catalogue, p *TicketPage) {
	p.TagNames = map[okno.TagID]string{}
	for _, e := range p.Events {
		for _, id := range []string{e.Data.From, e.Data.To} {
			if n, err := strconv.ParseInt(id, 10, 64); err == nil && (e.Kind == okno.TagAdded || e.Kind == okno.TagRemoved) {
				p.TagNames[okno.TagID(n)] = c.tag(okno.TagID(n)).Name
			}
		}
	}
}

// Tags are the desk's tags by name, for agents.
func (d *Desk) Tags(ctx context.Context, by okno.Actor) ([]okno.Tag, error) {
	if !by.Agent() {
		return nil, okno.ErrNotFound
	}
	c, err := d.config(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(c.tags), func(t okno.Tag) bool { return t.Into != 0 }), nil
}

// ChangeTags puts tags on a ticket, by name (one that there is not yet is
// made), and takes tags off it, by ref. What is there or gone already is left
// as it is, whoever did it.
func (d *Desk) ChangeTags(ctx context.Context, by okno.Actor, number okno.Number, add []string, remove []okno.Ref) error {
	names, err := tagNames(add)
	if err != nil {
		return err
	}
	c, err := d.config(ctx)
	if err != nil {
		return err
	}
	return d.change(ctx, by, okno.TagTicket, number, func(tx store.Tx, t *okno.Ticket) ([]okno.Event, error) {
		on, err := tx.TagsOf([]okno.TicketID{t.ID})
		if err != nil {
			return nil, err
		}
		there := on[t.ID]
		var facts []okno.Event
		for _, put := range slices.Clone(there) {
			now := c.tag(put)
			if !slices.Contains(remove, now.Ref) {
				continue
			}
			if err := tx.TakeTag(t.ID, put); err != nil {
				return nil, err
			}
			there = slices.DeleteFunc(there, func(x okno.TagID) bool { return x == put })
			if !slices.ContainsFunc(facts, func(e okno.Event) bool { return e.Data.From == id(now.ID) }) { // two may be one by now
				facts = append(facts, okno.NewEvent(okno.TagRemoved, okno.EventData{From: id(now.ID)}))
			}
		}
		added, err := d.putTags(tx, c, t, there, names)
		return append(facts, added...), err
	})
}

// tagNames are names as they are kept, each once.
func tagNames(typed []string) (names []string, err error) {
	for _, one := range typed {
		name, err := okno.TagName(one)
		if err != nil {
			return nil, okno.Errors{err.(*okno.Error)}
		}
		if !slices.ContainsFunc(names, func(n string) bool { return fold(n) == fold(name) }) {
			names = append(names, name)
		}
	}
	return names, nil
}

// putTags puts tags on a ticket that has some already.
func (d *Desk) putTags(tx store.Tx, c *catalogue, t *okno.Ticket, there []okno.TagID, names []string) (facts []okno.Event, err error) {
	for _, name := range names {
		tag, err := tx.TagNamed(fold(name))
		if okno.ReasonOf(err) == okno.NotFound {
			tag, err = d.newTag(tx, c, name)
		}
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(there, func(id okno.TagID) bool { return id == tag.ID || c.tag(id).ID == tag.ID }) {
			continue
		}
		if len(there) >= okno.MaxTicketTags {
			return nil, okno.Errors{{Reason: okno.Conflict, Key: "error.tags.many", Args: []any{"Max", okno.MaxTicketTags}, Field: "tag"}}
		}
		if err := tx.PutTag(t.ID, tag.ID); err != nil {
			return nil, err
		}
		there = append(there, tag.ID)
		facts = append(facts, okno.NewEvent(okno.TagAdded, okno.EventData{To: id(tag.ID)}))
	}
	return facts, nil
}

func (d *Desk) newTag(tx store.Tx, c *catalogue, name string) (okno.Tag, error) {
	tag := okno.Tag{Ref: okno.Ref(secret.NewRef()), Name: name, Created: d.Now()}
	if len(c.tags) >= okno.MaxTags {
		return tag, okno.Errors{{Reason: okno.Conflict, Key: "error.tags.all", Args: []any{"Max", okno.MaxTags}, Field: "tag"}}
	}
	d.reconfigure(tx)
	return tag, tx.AddTag(&tag, fold(name))
}

// RenameTag gives a tag another name, over the version that was seen; another
// tag's name is refused: the two can be merged.
func (d *Desk) RenameTag(ctx context.Context, by okno.Actor, ref okno.Ref, name string, version int64) error {
	names, err := tagNames([]string{name})
	if err != nil {
		return err
	}
	return d.editTag(ctx, by, ref, version, func(tx store.Tx, t *okno.Tag) error {
		other, err := tx.TagNamed(fold(names[0]))
		if err == nil && other.ID != t.ID {
			return okno.Errors{{Reason: okno.Conflict, Key: "error.tag.taken", Field: "name"}}
		}
		if err != nil && okno.ReasonOf(err) != okno.NotFound {
			return err
		}
		t.Name = names[0]
		return nil
	})
}

// MergeTag makes a tag one with another, whose name both have from then on: on
// tickets, in views and in search. It cannot be undone.
func (d *Desk) MergeTag(ctx context.Context, by okno.Actor, ref, into okno.Ref, version int64) error {
	return d.editTag(ctx, by, ref, version, func(tx store.Tx, t *okno.Tag) error {
		all, err := tx.Tags()
		if err != nil {
			return err
		}
		other := pick(all, func(x okno.Tag) bool { return x.Ref == into && x.Into == 0 && x.ID != t.ID })
		if other.ID == 0 {
			return choice(okno.ErrNotFound, "into")
		}
		t.Into = other.ID
		return choice(tx.HoldTag(other.ID), "into")
	})
}

func (d *Desk) editTag(ctx context.Context, by okno.Actor, ref okno.Ref, version int64, edit func(store.Tx, *okno.Tag) error) error {
	return d.manage(ctx, by, okno.ManageTags, func(tx store.Tx) (int64, okno.Event, error) {
		all, err := tx.Tags()
		if err != nil {
			return 0, okno.Event{}, err
		}
		t := pick(all, func(t okno.Tag) bool { return t.Ref == ref && t.Into == 0 })
		if t.ID == 0 {
			return 0, okno.Event{}, okno.ErrNotFound
		}
		if err := edit(tx, &t); err != nil {
			return 0, okno.Event{}, err
		}
		t.Version = version
		return int64(t.ID), okno.NewEvent(okno.TagEdited, okno.EventData{To: id(t.Into)}), tx.SaveTag(t, fold(t.Name))
	})
}
