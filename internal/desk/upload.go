package desk

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"path"
	"strings"
	"unicode"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/picture"
	"github.com/oknodesk/okno/internal/secret"
)

// What one visitor may keep here before he sends his form.
const (
	maxUploads     = okno.MaxFiles
	maxUploadBytes = 200 << 20
)

// What may wait here for its form altogether before those who are not signed
// in may add no more: visitors of many addresses cannot fill the disk.
const (
	maxWaiting      = 5_000
	maxWaitingBytes = 5 << 30
)

// KeepUpload keeps a file that will belong to a form still being filled in.
// A visitor without a session gets one; its token is for the cookie. limit is
// in bytes.
func (d *Desk) KeepUpload(ctx context.Context, by okno.Actor, name string, r io.Reader, limit int64) (f okno.File, token string, err error) {
	if by.MustChange {
		return f, "", okno.ErrForbidden
	}
	if err := d.read(ctx, func(tx store.Tx) error { return roomForUpload(tx, by) }); err != nil {
		return f, "", err
	}
	if f, err = d.keepFile(ctx, name, "", r, limit); err != nil {
		return f, "", err
	}
	fresh, hash := secret.NewToken()
	now := d.Now()
	err = d.write(ctx, func(tx store.Tx) error {
		session := by.Session
		token = ""
		if session == 0 {
			s := store.Session{Hash: hash, Created: now, Seen: now, Expires: now.Add(guestLasts)}
			if err := tx.AddSession(&s); err != nil {
				return err
			}
			session, token = s.ID, fresh
		}
		return tx.AddFile(&f, session, now)
	})
	return f, token, err
}

// roomForUpload refuses one more upload where too much waits already: from
// this session, or, of whoever is not signed in, altogether.
func roomForUpload(tx store.Tx, by okno.Actor) error {
	if by.Session != 0 {
		n, size, err := tx.UploadsOf(by.Session)
		if err != nil {
			return err
		}
		if n >= maxUploads || size >= maxUploadBytes {
			return &okno.Error{Reason: okno.TooLarge, Key: "error.uploads.full", Field: "file"}
		}
	}
	if by.Person != 0 {
		return nil
	}
	n, size, err := tx.UploadsWaiting(maxWaiting)
	if err == nil && (n >= maxWaiting || size >= maxWaitingBytes) {
		err = &okno.Error{Reason: okno.Busy, Key: "error.full", Field: "file"}
	}
	return err
}

// KeepFile makes the bytes of a letter's attachment durable; the message that
// gets it keeps the rest.
func (d *Desk) KeepFile(ctx context.Context, name, mediaType, contentID string, content []byte) (okno.File, error) {
	f, err := d.keepFile(ctx, name, mediaType, bytes.NewReader(content), int64(len(content)))
	f.ContentID = contentID
	return f, err
}

func (d *Desk) keepFile(ctx context.Context, name, mediaType string, r io.Reader, limit int64) (okno.File, error) {
	head := make([]byte, 512)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return okno.File{}, err
	}
	head = head[:n]
	kept, err := d.blob.Put(ctx, io.MultiReader(bytes.NewReader(head), r), limit)
	switch {
	case errors.Is(err, blob.ErrTooLarge):
		return okno.File{}, &okno.Error{Reason: okno.TooLarge, Key: "error.file.large", Field: "file", Args: []any{"Max", limit}}
	case errors.Is(err, blob.ErrFull):
		return okno.File{}, &okno.Error{Reason: okno.Busy, Key: "error.full", Field: "file"}
	case err != nil:
		return okno.File{}, err
	}
	f := okno.File{Ref: okno.Ref(secret.NewRef()), Name: fileName(name), Type: mediaTypeOf(name, mediaType, head), Size: kept.Size, Hash: kept.Hash}
	if picture.Blottable(head) {
		return f, d.keepBlotted(ctx, &f, limit)
	}
	if !strings.HasPrefix(f.Type, "image/") {
		return f, nil
	}
	return f, d.keepBare(ctx, &f, limit)
}

// fileName is a name without folders and control characters.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	if name = strings.TrimSpace(cut(name, 200)); name == "" || name == "." || name == "/" {
		return "file"
	}
	return name
}

// mediaTypeOf judges a file by its bytes first, then by what was said of it.
func mediaTypeOf(name, said string, head []byte) string {
	seen, _, _ := strings.Cut(http.DetectContentType(head), ";")
	if seen != "application/octet-stream" && seen != "text/plain" && seen != "application/zip" {
		return seen
	}
	if t, _, err := mime.ParseMediaType(said); err == nil && t != "" && !strings.HasPrefix(t, "image/") {
		return cut(t, 100)
	}
	if t, _, err := mime.ParseMediaType(mime.TypeByExtension(strings.ToLower(path.Ext(name)))); err == nil && !strings.HasPrefix(t, "image/") {
		return t
	}
	return seen
}

// spareHead is how many bytes a bare picture may be longer by, for a head that
// was shorter than ours.
const spareHead = 64

// keepBare measures a picture that we can show and keeps, in place of its bytes,
// those without what they say beside the pixels: where it was taken, and by
// whose camera (spec R47). Nothing refers to the first ones any longer, and they
// go with the next tidying. Other pictures stay files as they came, but for those
// of keepBlotted.
func (d *Desk) keepBare(ctx context.Context, f *okno.File, limit int64) error {
	r, err := d.blob.Open(ctx, f.Hash)
	if err != nil {
		return err
	}
	defer r.Close()
	width, height, err := picture.Size(r)
	if err != nil {
		return nil
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return err
	}
	from, to := io.Pipe()
	go func() { to.CloseWithError(picture.Bare(to, r)) }()
	bare, err := d.blob.Put(ctx, from, limit+spareHead)
	from.CloseWithError(err) // ends the copying, whatever ended the keeping
	switch {
	case errors.Is(err, picture.ErrFormat):
		return nil
	case err != nil:
		return err
	}
	f.Hash, f.Size, f.Width, f.Height = bare.Hash, bare.Size, width, height
	return nil
}

// keepBlotted keeps a TIFF or HEIF, which we do not show, with what it says
// beside the pixels blotted out. One that is damaged, or a camera's raw file,
// stays as it came.
func (d *Desk) keepBlotted(ctx context.Context, f *okno.File, limit int64) error {
	r, err := d.blob.Open(ctx, f.Hash)
	if err != nil {
		return err
	}
	defer r.Close()
	blots, err := picture.Blots(r)
	if errors.Is(err, picture.ErrFormat) || err == nil && len(blots) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return err
	}
	kept, err := d.blob.Put(ctx, picture.Blotted(r, blots), limit)
	if err == nil {
		f.Hash = kept.Hash
	}
	return err
}
