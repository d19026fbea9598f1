// Package api is where programs come in.
package api

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/web"
)

// Letter is a raw letter that a program hands over for a mailbox.
type Letter struct {
	Mailbox   okno.Ref
	Time      string
	Signature string
	Peer      string
	Body      io.Reader
}

// Refusals of Config.TakeLetter that the program is told; any other error means
// that it should try again.
var (
	ErrSignature = errors.New("the signature does not hold, its time is more than five minutes off, or there is no such mailbox")
	ErrTooLarge  = errors.New("the letter is larger than allowed")
	ErrEmpty     = errors.New("there is no letter in the body")
	ErrBusy      = errors.New("too many letters at once; try again")
)

// Config is what the API works on.
type Config struct {
	// TakeLetter makes a letter durable before it returns nil.
	TakeLetter func(ctx context.Context, l Letter) error
	MaxLetter  int64 // bytes
}

// API answers programs.
type API struct{ c Config }

// New makes an API.
func New(c Config) *API { return &API{c} }

// Routes adds the API's addresses.
func (a *API) Routes(r *web.Router) {
	r.Anyone("POST /mail/in/{mailbox}", a.takeLetter, web.Plain(), web.Problems(), web.Body(a.c.MaxLetter+1), web.Limit("mail in", 600, time.Minute))
}

// Headers that sign a letter.
const (
	timeHeader      = "Okno-Timestamp"
	signatureHeader = "Okno-Signature"
	letterType      = "message/rfc822"
)

// takeLetter answers 204 once the letter is durable; the same letter again has
// the same answer.
func (a *API) takeLetter(q *web.Request) error {
	h := q.HTTP.Header
	if media, _, err := mime.ParseMediaType(h.Get("Content-Type")); err != nil || media != letterType {
		return answer(q, http.StatusUnsupportedMediaType, "the body must be "+letterType)
	}
	err := a.c.TakeLetter(q.Context(), Letter{
		Mailbox: okno.Ref(q.Path("mailbox")), Time: h.Get(timeHeader), Signature: h.Get(signatureHeader), Peer: q.RemoteAddr().String(), Body: q.HTTP.Body,
	})
	var cut *http.MaxBytesError
	switch {
	case err == nil:
		q.Writer.WriteHeader(http.StatusNoContent)
		return nil
	case errors.Is(err, ErrSignature):
		return answer(q, http.StatusUnauthorized, err.Error())
	case errors.Is(err, ErrTooLarge), errors.As(err, &cut):
		return answer(q, http.StatusRequestEntityTooLarge, ErrTooLarge.Error())
	case errors.Is(err, ErrEmpty):
		return answer(q, http.StatusBadRequest, err.Error())
	case errors.Is(err, ErrBusy):
		q.Writer.Header().Set("Retry-After", "5")
		return answer(q, http.StatusServiceUnavailable, err.Error())
	}
	return err
}

func answer(q *web.Request, status int, words string) error {
	http.Error(q.Writer, words, status)
	return nil
}
