package desk

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/picture"
)

// maxFace is the largest picture of a person that is taken, in bytes; faceSide
// its longest side in pixels once it is kept.
const (
	maxFace  = 10 << 20
	faceSide = 256
)

// ownChange is change for what a person says of himself.
func (d *Desk) ownChange(ctx context.Context, by okno.Actor, reason string, fn func(p *okno.Person)) error {
	return d.write(ctx, func(tx store.Tx) error {
		p, err := tx.Person(by.Person)
		if err != nil {
			return err
		}
		fn(&p)
		if err := d.savePerson(tx, &p); err != nil {
			return err
		}
		e := okno.NewEvent(okno.PersonChanged, okno.EventData{Person: p.ID, Reason: reason})
		e.Subject = int64(p.ID)
		return d.record(tx, by, nil, e)
	})
}

// SaveProfile changes what the actor says of himself, over the version that he
// saw.
func (d *Desk) SaveProfile(ctx context.Context, by okno.Actor, own okno.Profile) error {
	if err := himself(by); err != nil {
		return err
	}
	if err := own.Check(); err != nil {
		return err
	}
	return d.ownChange(ctx, by, "profile", func(p *okno.Person) {
		p.Name, p.Phone, p.Lang, p.Zone, p.Version = own.Name, own.Phone, own.Lang, own.Zone, own.Version
	})
}

// SetPicture keeps a picture as the actor's, re-encoded; nil takes it away.
// Errors: okno.Errors for field "picture" when it is none or too large.
func (d *Desk) SetPicture(ctx context.Context, by okno.Actor, r io.Reader) error {
	if err := himself(by); err != nil {
		return err
	}
	var hash, mediaType string
	if r != nil {
		small, err := picture.Thumbnail(io.LimitReader(r, maxFace), faceSide)
		if err != nil {
			return okno.Errors{{Reason: okno.Invalid, Key: "error.picture", Field: "picture"}}
		}
		kept, err := d.blob.Put(ctx, bytes.NewReader(small.Bytes), maxFace)
		if err != nil {
			return err
		}
		hash, mediaType = kept.Hash, small.Type
	}
	return d.ownChange(ctx, by, "picture", func(p *okno.Person) { p.Picture, p.PictureType = hash, mediaType })
}

// Picture opens a person's picture, or okno.ErrNotFound when he has none.
// Agents see everyone's; customers see agents' and their own.
func (d *Desk) Picture(ctx context.Context, by okno.Actor, ref okno.Ref) (mediaType string, r io.ReadSeekCloser, err error) {
	p, err := d.personByRef(ctx, ref)
	if err != nil {
		return "", nil, err
	}
	known := by.Door != okno.DoorMail && !by.MustChange && (by.Person != 0 || len(by.Guest) > 0)
	if p.Picture == "" || !known || !by.Agent() && !p.Agent && p.ID != by.Person {
		return "", nil, okno.ErrNotFound
	}
	r, err = d.blob.Open(ctx, p.Picture)
	if errors.Is(err, blob.ErrNotFound) {
		err = okno.ErrNotFound
	}
	return p.PictureType, r, err
}
