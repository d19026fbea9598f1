package post

import (
	"context"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
)

// asked is one letter that is to be read, and where it is put.
type asked struct {
	id  okno.LetterID
	got *desk.SealedLetter
}

// letters reads letters in sets.
func (p *Post) letters(ctx context.Context, all []asked) error {
	ids := make([]okno.LetterID, len(all))
	for i, a := range all {
		ids[i] = a.id
	}
	read, err := p.desk.SealedLetters(ctx, ids)
	for _, a := range all {
		*a.got = read[a.id]
	}
	return err
}

// letter is one letter to send, read with those that others want just now;
// okno.ErrNotFound: it was taken back.
func (p *Post) letter(ctx context.Context, id okno.LetterID) (okno.Letter, error) {
	got := new(desk.SealedLetter)
	if err := p.reading.Join(ctx, asked{id, got}); err != nil {
		return okno.Letter{}, err
	}
	return p.desk.Unseal(ctx, *got)
}

// taken keeps that the relay took a letter, in one change with what it took at
// this moment of others. That is not given up when the program is to stop.
func (p *Post) taken(ctx context.Context, l okno.Letter, duty jobs.Job) error {
	return p.keeping.Join(context.WithoutCancel(ctx), desk.Delivery{Letter: l, Duty: duty})
}
