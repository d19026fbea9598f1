package desk

import (
	"bytes"
	"context"
	"errors"
	"io"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/picture"
)

var colour = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// maxLogo is the largest logo, in bytes; logoSide its longest side in pixels
// once it is kept.
const (
	maxLogo  = 5 << 20
	logoSide = 512
)

// SaveSettings changes the installation's settings over the version that was
// seen. The logo stays as it is: SetLogo changes it.
func (d *Desk) SaveSettings(ctx context.Context, by okno.Actor, s okno.Settings) error {
	s.Product, s.Company, s.Accent = strings.TrimSpace(s.Product), strings.TrimSpace(s.Company), strings.ToLower(s.Accent)
	var wrong okno.Errors
	if s.Product == "" {
		wrong = append(wrong, okno.Missing("product"))
	}
	for field, v := range map[string]string{"product": s.Product, "company": s.Company} {
		if utf8.RuneCountInString(v) > okno.MaxName {
			wrong = append(wrong, okno.TooLong(field, okno.MaxName))
		}
	}
	if _, err := time.LoadLocation(s.Zone); err != nil || s.Zone == "" || s.Zone == "Local" {
		wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.choice", Field: "zone"})
	}
	if s.Lang != "ru" && s.Lang != "en" {
		wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.choice", Field: "lang"})
	}
	if s.Accent != "" && !colour.MatchString(s.Accent) {
		wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.colour", Field: "accent"})
	}
	if s.KeepLetters < 1 || s.KeepLetters > 3650 {
		wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.days", Field: "keep_letters", Args: []any{"Max", 3650}})
	}
	if s.UndoSeconds < 0 || s.UndoSeconds > okno.MaxUndo {
		wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.seconds", Field: "undo_seconds", Args: []any{"Max", okno.MaxUndo}})
	}
	if s.JoinMinutes < 0 || s.JoinMinutes > okno.MaxJoin {
		wrong = append(wrong, &okno.Error{Reason: okno.Invalid, Key: "error.minutes", Field: "join_minutes", Args: []any{"Max", okno.MaxJoin}})
	}
	if err := wrong.Add(s.CheckNumbers()); err != nil {
		return err
	}
	if err := wrong.Add(s.Limits.Check()); err != nil {
		return err
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	return d.manage(ctx, by, okno.ManageSettings, func(tx store.Tx) (int64, okno.Event, error) {
		now, err := tx.Settings()
		if err != nil {
			return 0, okno.Event{}, err
		}
		s.Logo, s.LogoType = now.Logo, now.LogoType
		return 0, okno.NewEvent(okno.SettingsChanged, okno.EventData{}), tx.SaveSettings(s)
	})
}

// SetLogo keeps a picture as the installation's logo, re-encoded; nil takes
// the logo away.
func (d *Desk) SetLogo(ctx context.Context, by okno.Actor, r io.Reader) error {
	if !by.MayManage(okno.ManageSettings) {
		return okno.ErrForbidden
	}
	var hash, mediaType string
	if r != nil {
		small, err := picture.Thumbnail(io.LimitReader(r, maxLogo), logoSide)
		if err != nil {
			return okno.Errors{{Reason: okno.Invalid, Key: "error.picture", Field: "logo"}}
		}
		kept, err := d.blob.Put(ctx, bytes.NewReader(small.Bytes), maxLogo)
		if err != nil {
			return err
		}
		hash, mediaType = kept.Hash, small.Type
	}
	return d.manage(ctx, by, okno.ManageSettings, func(tx store.Tx) (int64, okno.Event, error) {
		s, err := tx.Settings()
		if err != nil {
			return 0, okno.Event{}, err
		}
		s.Logo, s.LogoType = hash, mediaType
		return 0, okno.NewEvent(okno.SettingsChanged, okno.EventData{Reason: "logo"}), tx.SaveSettings(s)
	})
}

// Logo opens the installation's logo, or okno.ErrNotFound when it has none.
// Anyone may see it.
func (d *Desk) Logo(ctx context.Context) (mediaType string, r io.ReadSeekCloser, err error) {
	s, err := d.Settings(ctx)
	if err != nil {
		return "", nil, err
	}
	if s.Logo == "" {
		return "", nil, okno.ErrNotFound
	}
	r, err = d.blob.Open(ctx, s.Logo)
	if errors.Is(err, blob.ErrNotFound) {
		err = okno.ErrNotFound
	}
	return s.LogoType, r, err
}
