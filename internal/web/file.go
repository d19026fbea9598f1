package web

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/oknodesk/okno"
)

// file gives an attachment's bytes, to be saved and never shown: whatever it
// says it is, it came from anyone.
func file(q *Request) error {
	kept, bytes, err := q.openFile()
	if err != nil {
		return err
	}
	defer bytes.Close()
	h := q.Writer.Header()
	h.Set("Content-Security-Policy", filePolicy)
	h.Set("Content-Type", saved(kept.Type))
	h.Set("Content-Disposition", disposition("attachment", kept.Name))
	return q.sendFile(kept, bytes)
}

// pdf is the one type beside pictures that can be looked at.
const pdf = "application/pdf"

// view shows a PDF, which is one by its first bytes too, in the browser's own
// viewer.
func view(q *Request) error {
	kept, bytes, err := q.openFile()
	if err != nil {
		return err
	}
	defer bytes.Close()
	begins := make([]byte, len("%PDF-"))
	if _, err := io.ReadFull(bytes, begins); kept.Type != pdf || err != nil || string(begins) != "%PDF-" {
		return okno.ErrNotFound
	}
	h := q.Writer.Header()
	h.Set("Content-Security-Policy", viewPolicy)
	h.Set("Content-Type", pdf)
	h.Set("Content-Disposition", disposition("inline", kept.Name))
	return q.sendFile(kept, bytes)
}

// sendFile answers with a file's bytes, or the range that is asked for; its
// headers are set.
func (q *Request) sendFile(kept okno.File, bytes io.ReadSeeker) error {
	size, err := bytes.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = bytes.Seek(0, io.SeekStart)
	}
	if err != nil {
		return fmt.Errorf("size of file %s: %w", kept.Ref, err)
	}
	h := q.Writer.Header()
	h.Set("Vary", "Cookie")
	h.Set("Cache-Control", "private, no-store")
	whole := answerTime + time.Duration(size/slowestSpeed)*time.Second
	q.server.deadline(q.Route, http.NewResponseController(q.Writer).SetWriteDeadline(time.Now().Add(whole)))
	http.ServeContent(q.Writer, q.HTTP, "", time.Time{}, bytes)
	return nil
}

// openFile opens the file of the address as whoever asks may see it.
func (q *Request) openFile() (kept okno.File, bytes io.ReadSeekCloser, err error) {
	err = q.widest(func(by okno.Actor) (err error) {
		kept, bytes, err = q.server.source.OpenFile(q.Context(), by, okno.Ref(q.Path("ref")))
		return err
	})
	return kept, bytes, err
}

// saved is the media type that an attachment is sent with. Text that a browser
// would run or lay out is sent as bytes.
func saved(media string) string {
	bare, _, _ := strings.Cut(strings.ToLower(media), ";")
	switch {
	case bare == "image/svg+xml":
	case strings.HasPrefix(bare, "image/"), strings.HasPrefix(bare, "audio/"), strings.HasPrefix(bare, "video/"),
		bare == "application/pdf", bare == "application/zip":
		return bare
	}
	return "application/octet-stream"
}

// disposition is the header that says what is done with a file and what it is
// called: once plainly for old programs, once in full (RFC 6266, RFC 8187).
func disposition(what, name string) string {
	plain := strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e || strings.ContainsRune(`"\/%;`, r) {
			return '_'
		}
		return r
	}, name)
	whole := strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || r == '/' || r == '\\' {
			return '_'
		}
		return r
	}, name)
	encoded := strings.ReplaceAll(url.QueryEscape(whole), "+", "%20")
	return what + `; filename="` + plain + `"; filename*=UTF-8''` + encoded
}
