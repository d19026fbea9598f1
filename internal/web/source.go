package web

import (
	"context"
	"io"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// source is what the front itself asks of the desk; the surfaces have the
// whole of it.
type source interface {
	ActorOf(ctx context.Context, token string, door okno.Door) (okno.Actor, okno.Person, error)
	Settings(ctx context.Context) (okno.Settings, error)
	KeepUpload(ctx context.Context, by okno.Actor, name string, r io.Reader, limit int64) (f okno.File, token string, err error)
	OpenFile(ctx context.Context, by okno.Actor, ref okno.Ref) (okno.File, io.ReadSeekCloser, error)
	RemotePictures(ctx context.Context, by okno.Actor, ref okno.Ref) (desk.RemotePictures, error)
	ChooseRemotePictures(ctx context.Context, by okno.Actor, ref okno.Ref, choice okno.RemoteChoice) error
	SetLang(ctx context.Context, by okno.Actor, lang string) error
	SetTheme(ctx context.Context, by okno.Actor, theme string) error
	Picture(ctx context.Context, by okno.Actor, ref okno.Ref) (mediaType string, r io.ReadSeekCloser, err error)
	UnreadNotices(ctx context.Context, by okno.Actor) (int, error)
	Logo(ctx context.Context) (mediaType string, r io.ReadSeekCloser, err error)
	Try(ctx context.Context, what, who string, atOnce int, interval time.Duration) (wait time.Duration, err error)
}
