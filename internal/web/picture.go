package web

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/picture"
)

// Sides that pictures are shown at, in pixels.
const (
	thumbSide   = 360
	pictureSide = 2400
)

// thumbsKept is how many bytes of thumbnails are held in memory.
const thumbsKept = 32 << 20

type thumbKey struct {
	hash string
	side int
}

func newThumbs() *recent[thumbKey, picture.Picture] {
	return newRecent[thumbKey](thumbsKept, func(p picture.Picture) int { return len(p.Bytes) })
}

// thumb shows a file's picture small; picture in a message's text, large. Both
// are made anew from the file's, so that nothing else that its bytes may hold
// reaches the browser as a picture.
func thumb(q *Request) error { return q.showPicture(thumbSide) }

func large(q *Request) error { return q.showPicture(pictureSide) }

func (q *Request) showPicture(side int) error {
	kept, bytes, err := q.openFile()
	if err != nil {
		return err
	}
	defer bytes.Close()
	key := thumbKey{kept.Hash, side}
	shown, ok := q.server.thumbs.get(key)
	if !ok {
		shown, err = picture.Thumbnail(bytes, side)
		if errors.Is(err, picture.ErrFormat) || errors.Is(err, picture.ErrTooLarge) {
			return okno.ErrNotFound
		}
		if err != nil {
			return fmt.Errorf("picture of file %s: %w", kept.Ref, err)
		}
		if side == thumbSide {
			q.server.thumbs.add(key, shown)
		}
	}
	return q.sendPicture(shown.Type, shown.Bytes)
}

// sendPicture shows a picture of our own making. A file's bytes never change,
// but who may see them does: the browser keeps one for a day at most, a shared
// cache never.
func (q *Request) sendPicture(media string, bytes []byte) error {
	h := q.Writer.Header()
	h.Set("Content-Security-Policy", filePolicy)
	h.Set("Content-Type", media)
	h.Set("Content-Disposition", "inline")
	h.Set("Cache-Control", "private, max-age=86400")
	h.Set("Vary", "Cookie")
	q.Writer.WriteHeader(http.StatusOK)
	_, _ = q.Writer.Write(bytes)
	return nil
}
