package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/picture"
	"github.com/oknodesk/okno/internal/safehtml"
	"github.com/oknodesk/okno/internal/web/ui"
)

// Bounds of pictures that are fetched from other hosts.
const (
	// RemoteBytes is the most that is read of one, and RemoteTime how long that
	// may take with its redirects.
	RemoteBytes = 5 << 20
	RemoteTime  = 10 * time.Second

	remoteSide    = 2000     // pixels they are shown at
	remoteKept    = 32 << 20 // bytes held in memory
	remoteAtOnce  = 16       // fetched at a time
	remoteFor     = time.Hour
	remoteAgent   = "Okno" // tells nothing of the reader, the version or the desk
	remoteAccepts = "image/png, image/jpeg, image/gif, image/webp"
)

// Asker sends a request to a host of the world (outbound.Dialer.Strangers).
type Asker interface {
	Do(*http.Request) (*http.Response, error)
}

// remoteKey is a picture of one message in one hour.
type remoteKey struct {
	message okno.Ref
	address string
	hour    int64
}

// remotePictures fetches pictures that stand on other hosts. What was fetched,
// or could not be, is held in memory within the hour: not asked for again by
// the next reader, and in no file, backup or database, where erasing a person
// would have to find it.
type remotePictures struct {
	client Asker // nil: none is ever fetched
	kept   *recent[remoteKey, picture.Picture]
	turns  chan struct{}
}

func newRemotePictures(client Asker) *remotePictures {
	weight := func(p picture.Picture) int { return len(p.Bytes) + 512 }
	return &remotePictures{client, newRecent[remoteKey](remoteKept, weight), make(chan struct{}, remoteAtOnce)}
}

// get is the picture at an address that stands in a message, or
// okno.ErrNotFound when there is none that can be shown.
func (r *remotePictures) get(ctx context.Context, m okno.Ref, address string, now time.Time) (picture.Picture, error) {
	key := remoteKey{m, address, now.UnixNano() / int64(remoteFor)}
	shown, ok := r.kept.get(key)
	if !ok {
		select {
		case r.turns <- struct{}{}:
			defer func() { <-r.turns }()
		case <-ctx.Done():
			return shown, okno.ErrNotFound
		}
		var err error
		if shown, err = r.fetch(ctx, address); err != nil && ctx.Err() != nil {
			return shown, okno.ErrNotFound // the reader went away: nothing is known of the picture
		}
		shown = r.kept.add(key, shown)
	}
	if len(shown.Bytes) == 0 {
		return shown, okno.ErrNotFound
	}
	return shown, nil
}

// errNotShown says that an address led to no picture.
var errNotShown = errors.New("web: no picture there")

// fetch asks for a picture and makes it anew, so that only its pixels are left.
// What the server calls it does not count.
func (r *remotePictures) fetch(ctx context.Context, address string) (picture.Picture, error) {
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return picture.Picture{}, err
	}
	ask.Header.Set("User-Agent", remoteAgent)
	ask.Header.Set("Accept", remoteAccepts)
	answer, err := r.client.Do(ask)
	if err != nil {
		return picture.Picture{}, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return picture.Picture{}, errNotShown
	}
	return picture.Thumbnail(io.LimitReader(answer.Body, RemoteBytes+1), remoteSide)
}

// remotePicture shows one picture of a message's letter that stands on another
// host: to a reader who asked for them, and only by an address that stands in
// that letter and was signed for this reader.
func remotePicture(q *Request) error {
	p, err := q.remotePictures()
	if err != nil {
		return err
	}
	if p.Choice == okno.RemoteNone || q.server.remote.client == nil {
		return okno.ErrNotFound
	}
	for _, address := range safehtml.Remote(p.Message.HTML) {
		if p.Sign(address) != q.Path("mark") {
			continue
		}
		shown, err := q.server.remote.get(q.Context(), p.Message.Ref, address, q.Now)
		if err != nil {
			return err
		}
		q.server.deadline(q.Route, http.NewResponseController(q.Writer).SetWriteDeadline(time.Now().Add(answerTime)))
		return q.sendPicture(shown.Type, shown.Bytes)
	}
	return okno.ErrNotFound
}

// remotePictures reads the message of the address as whoever asks may see it.
func (q *Request) remotePictures() (p desk.RemotePictures, err error) {
	err = q.widest(func(by okno.Actor) (err error) {
		p, err = q.server.source.RemotePictures(q.Context(), by, okno.Ref(q.Path("ref")))
		return err
	})
	return p, err
}

// withRemote is a message's HTML as this reader wants it: with the pictures of
// other hosts, by way of us, or with their places.
func (q *Request) withRemote(p desk.RemotePictures) string {
	if p.Choice == okno.RemoteNone || q.server.remote.client == nil {
		return p.Message.HTML
	}
	shown := map[string]string{}
	for _, address := range safehtml.Remote(p.Message.HTML) {
		shown[address] = remotePath(p.Message.Ref) + "/" + p.Sign(address)
	}
	return safehtml.ShowRemote(p.Message.HTML, func(address string) string { return shown[address] })
}

// chooseRemote records whether the reader wants those pictures.
func chooseRemote(q *Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	err = q.widest(func(by okno.Actor) error {
		return q.server.source.ChooseRemotePictures(q.Context(), by, okno.Ref(q.Path("ref")), okno.RemoteChoice(form.Get("show")))
	})
	if err != nil {
		return fmt.Errorf("pictures of other hosts: %w", err)
	}
	return q.Redirect(q.Return("/"))
}

func remotePath(m okno.Ref) string { return "/messages/" + url.PathEscape(string(m)) + "/pictures" }

// hostsNamed is how many hosts the button names.
const hostsNamed = 2

// Remote is what a word says about its letter's pictures of other hosts; nil:
// it has none. sender is whom the reader may trust for good; "": nobody.
func Remote(m *okno.Message, choice okno.RemoteChoice, back, sender string) *ui.Remote {
	if !m.Deleted.IsZero() || !safehtml.HasRemote(m.HTML) {
		return nil
	}
	addresses := safehtml.Remote(m.HTML)
	if len(addresses) == 0 {
		return nil
	}
	return &ui.Remote{
		Action: remotePath(m.Ref), Back: back + "#" + Anchor(m), Count: len(addresses), Hosts: hosts(addresses),
		Shown: choice != okno.RemoteNone, Always: choice == okno.RemoteSender, Sender: sender,
	}
}

// hosts names where pictures stand: the first few, each once.
func hosts(addresses []string) string {
	var names []string
	seen := map[string]bool{}
	for _, address := range addresses {
		u, err := url.Parse(address)
		if err != nil || seen[u.Hostname()] {
			continue
		}
		seen[u.Hostname()] = true
		names = append(names, u.Hostname())
	}
	if len(names) > hostsNamed {
		return strings.Join(names[:hostsNamed], ", ") + "…"
	}
	return strings.Join(names, ", ")
}
