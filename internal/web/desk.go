package web

import (
	"context"
	"io"

	"github.com/oknodesk/okno"
)

// Desk is what the front needs of the desk.
type Desk interface {
	ActorOf(ctx context.Context, token string, door okno.Door) (okno.Actor, okno.Person, error)
	Settings(ctx context.Context) (okno.Settings, error)
	KeepUpload(ctx context.Context, by okno.Actor, name string, r io.Reader, limit int64) (f okno.File, token string, err error)
	OpenFile(ctx context.Context, by okno.Actor, ref okno.Ref, thumb bool) (okno.File, io.ReadSeekCloser, error)
	MessageHTML(ctx context.Context, by okno.Actor, ref okno.Ref) (string, error)
	SetLang(ctx context.Context, by okno.Actor, lang string) error
	SetTheme(ctx context.Context, by okno.Actor, theme string) error
}
