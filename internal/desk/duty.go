package desk

import (
	"context"
	"errors"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/desk/internal/store"
)

// uploadsWait is how long an upload waits for its form.
const uploadsWait = 24 * time.Hour

// failedKept is how long a letter that was refused for good can be sent again;
// then its bytes, which hold links, are forgotten.
const failedKept = 14 * 24 * time.Hour

// submissionsKept is how long a submission key leads to its first result.
const submissionsKept = 14 * 24 * time.Hour

// Tidy forgets what has run out: sessions, links, registrations, submission keys, notices,
// browsers whose person is gone, uploads whose form never came, raw letters past their keeping time, and bytes that
// nothing needs any longer.
func (d *Desk) Tidy(ctx context.Context) error {
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	now := d.Now()
	err = d.write(ctx, func(tx store.Tx) error {
		if err := tx.DropSessions(now); err != nil {
			return err
		}
		if err := tx.DropOldLinks(now.Add(-AccessLasts)); err != nil {
			return err
		}
		if err := tx.DropOldRegistrations(now.Add(-registrationKept - RegistrationLasts)); err != nil {
			return err
		}
		if err := tx.DropOldIssued(now.Add(-issuedLasts)); err != nil {
			return err
		}
		if err := tx.DropConsents(now); err != nil {
			return err
		}
		if err := tx.DropSubmissions(now.Add(-submissionsKept)); err != nil {
			return err
		}
		if err := tx.DropOldPushBrowsers(now.Add(-pushWaits)); err != nil {
			return err
		}
		if _, err := tx.DropUploads(now.Add(-uploadsWait)); err != nil {
			return err
		}
		if _, err := tx.DropRawLetters(now.AddDate(0, 0, -s.KeepLetters)); err != nil {
			return err
		}
		if err := tx.DropAttempts(now.AddDate(0, 0, -s.KeepLetters)); err != nil {
			return err
		}
		if err := d.discardWaited(tx, s); err != nil {
			return err
		}
		if err := tx.MarkAstray(); err != nil {
			return err
		}
		if err := tx.MarkWaiting(); err != nil {
			return err
		}
		return tx.DropFailedLetters(now.Add(-failedKept))
	})
	if err != nil {
		return err
	}
	if err := d.dropNotices(ctx); err != nil {
		return err
	}
	return d.dropBlobs(ctx, now.Add(-uploadsWait))
}

// dropBlobs deletes bytes put before a moment that no row names. Bytes are put
// before their row, so young ones are left alone.
func (d *Desk) dropBlobs(ctx context.Context, before time.Time) error {
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	return d.blob.Walk(ctx, func(b blob.Blob, put time.Time) error {
		if !put.Before(before) || b.Hash == s.Logo {
			return nil
		}
		used := true
		if err := d.read(ctx, func(tx store.Tx) (err error) {
			used, err = tx.HashUsed(b.Hash)
			return err
		}); err != nil || used {
			return err
		}
		if err := d.blob.Delete(ctx, b.Hash, before); err != nil && !errors.Is(err, blob.ErrNotFound) {
			return err
		}
		return nil
	})
}

// Ready says what keeps the desk from answering, for the
// health page; nil: nothing.
func (d *Desk) Ready(ctx context.Context) error {
	return d.read(ctx, func(tx store.Tx) error {
		_, err := tx.Settings()
		if okno.ReasonOf(err) == okno.NotFound {
			return nil
		}
		return err
	})
}
