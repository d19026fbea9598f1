package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// noLetters is what tokens that switch letters off are signed for.
const noLetters = "no letters"

// NoLettersToken is good for switching off the letters about a matter to a
// person, and for nothing else; it does not expire (RFC 8058 wants the link to
// work as long as the letter lies in a mailbox).
func (d *Desk) NoLettersToken(p okno.PersonID, m okno.Matter) string {
	about := strconv.FormatInt(int64(p), 36) + "." + string(m)
	return about + "." + d.key.Sign(noLetters, about)
}

// readNoLetters is what a token is about, or okno.ErrNotFound.
func (d *Desk) readNoLetters(token string) (okno.PersonID, okno.Matter, error) {
	i := strings.LastIndexByte(token, '.')
	if i < 0 || len(token) > 200 || !d.key.Verify(noLetters, token[:i], token[i+1:]) {
		return 0, "", okno.ErrNotFound
	}
	person, matter, _ := strings.Cut(token[:i], ".")
	p, err := strconv.ParseInt(person, 36, 64)
	if err != nil {
		return 0, "", okno.ErrNotFound
	}
	m := okno.Matter(matter)
	if !slices.Contains(okno.Matters(okno.SideAgent), m) && !slices.Contains(okno.Matters(okno.SideCustomer), m) {
		return 0, "", okno.ErrNotFound
	}
	return okno.PersonID(p), m, nil
}

// NoLetters tells which letters a token switches off, or okno.ErrNotFound. It
// changes nothing: mail scanners follow links.
func (d *Desk) NoLetters(_ context.Context, token string) (okno.Matter, error) {
	_, m, err := d.readNoLetters(token)
	return m, err
}

// SwitchLettersOff switches them off; done again it does no more.
func (d *Desk) SwitchLettersOff(ctx context.Context, token string) (okno.Matter, error) {
	person, m, err := d.readNoLetters(token)
	if err != nil {
		return m, err
	}
	return m, d.write(ctx, func(tx store.Tx) error {
		p, err := tx.Person(person)
		if err != nil {
			return err
		}
		return tx.SaveSwitches(p.ID, p.Switches.Set(m, okno.WayLetter, false))
	})
}
