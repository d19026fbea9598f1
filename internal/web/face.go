package web

import (
	"fmt"
	"io"
	"net/url"

	"github.com/oknodesk/okno"
)

// maxFace is the largest picture of a person, in bytes; the desk keeps it
// small.
const maxFace = 1 << 20

// face shows a person's picture to whom it may be shown.
func face(q *Request) error {
	var media string
	var r io.ReadSeekCloser
	err := q.widest(func(by okno.Actor) (err error) {
		media, r, err = q.server.source.Picture(q.Context(), by, okno.Ref(q.Path("ref")))
		return err
	})
	if err != nil {
		return err
	}
	defer r.Close()
	bytes, err := io.ReadAll(io.LimitReader(r, maxFace))
	if err != nil {
		return fmt.Errorf("the picture of a person: %w", err)
	}
	return q.sendPicture(media, bytes)
}

// Face is where a person's picture is; empty: he has none. Its content stands
// in the address, so that a new one is seen at once.
func Face(p okno.Person) string {
	if p.Picture == "" {
		return ""
	}
	return "/people/" + url.PathEscape(string(p.Ref)) + "/picture?" + url.Values{"of": {p.Picture[:min(12, len(p.Picture))]}}.Encode()
}
