package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/oknodesk/okno/internal/intake"
	"github.com/oknodesk/okno/internal/mail"
)

// trayHolds is how many letters the tray keeps; older ones are thrown away.
const trayHolds = 500

// marker is the file that says a data directory is a demo's own.
const marker = "demo"

// Prepare makes a demo's data directory, or refuses what is not one: a demo
// never writes into a real installation, never answers the network and never
// lets a letter leave.
func Prepare(dir, listen string, relay bool) error {
	if relay {
		return errors.New("--demo lets no letter leave; take --smtp away")
	}
	if at, err := netip.ParseAddrPort(listen); err != nil || !at.Addr().IsLoopback() {
		return fmt.Errorf("--demo answers this machine only; --listen %s is for others too", listen)
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if len(entries) > 0 && !slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == marker }) {
		return fmt.Errorf("%s holds something that is no demo; name another directory with --data", dir)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, marker), []byte("The data of okno serve --demo; it may be deleted.\n"), 0o600)
}

// Tray is where a demo's letters go instead of leaving.
type Tray struct {
	dir      string
	receiver *intake.Receiver
	now      func() time.Time

	mu      sync.Mutex
	letters []trayLetter // oldest first
	next    int
}

// trayLetter is one letter in the tray, as it would have left.
type trayLetter struct {
	N    int       `json:"n"`
	From string    `json:"from"`
	To   string    `json:"to"`
	At   time.Time `json:"at"`
	Raw  []byte    `json:"raw"`
}

// read is the letter as its recipient would see it.
func (l trayLetter) read() *mail.Letter { return mail.Read(l.Raw) }

// NewTray opens the tray in the data directory; what is answered there goes to
// the receiver like any letter.
func NewTray(data string, r *intake.Receiver, now func() time.Time) (*Tray, error) {
	t := &Tray{dir: filepath.Join(data, "letters"), receiver: r, now: now, next: 1}
	if err := os.MkdirAll(t.dir, 0o700); err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(t.dir, "*.json"))
	if err != nil {
		return nil, err
	}
	slices.Sort(files)
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		var l trayLetter
		if err := json.Unmarshal(b, &l); err != nil {
			return nil, fmt.Errorf("%s: %w", f, err)
		}
		t.letters, t.next = append(t.letters, l), l.N+1
	}
	return t, nil
}

func (t *Tray) file(n int) string { return filepath.Join(t.dir, fmt.Sprintf("%08d.json", n)) }

// Send lays a letter into the tray; it is post.Transport.
func (t *Tray) Send(_ context.Context, from, to string, raw []byte) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := trayLetter{N: t.next, From: from, To: to, At: t.now(), Raw: raw}
	b, err := json.Marshal(l)
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(t.file(l.N), b, 0o600); err != nil {
		return "", err
	}
	t.letters, t.next = append(t.letters, l), t.next+1
	if len(t.letters) > trayHolds {
		if err := os.Remove(t.file(t.letters[0].N)); err != nil {
			return "", err
		}
		t.letters = t.letters[1:]
	}
	return fmt.Sprintf("250 in the tray as %d", l.N), nil
}

// all are the letters in the tray, newest first.
func (t *Tray) all() []trayLetter {
	t.mu.Lock()
	defer t.mu.Unlock()
	letters := slices.Clone(t.letters)
	slices.Reverse(letters)
	return letters
}

// letter is one letter in the tray.
func (t *Tray) letter(n int) (trayLetter, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.IndexFunc(t.letters, func(l trayLetter) bool { return l.N == n })
	if i < 0 {
		return trayLetter{}, false
	}
	return t.letters[i], true
}

// answer writes what a mail program would: to the letter's reply address, in
// its thread.
func (t *Tray) answer(ctx context.Context, l trayLetter, text string) error {
	was := l.read()
	to := was.From[0].Addr
	if len(was.ReplyTo) > 0 {
		to = was.ReplyTo[0].Addr
	}
	return t.hand(ctx, mail.Outgoing{
		From: mail.Address{Addr: l.To}, To: mail.Address{Addr: to}, Subject: mail.SubjectReply(was.Subject),
		InReplyTo: was.MessageID, References: append(was.References, was.MessageID), Text: text,
	})
}

// write is a new letter of someone to the desk.
func (t *Tray) write(ctx context.Context, name, from, to, subject, text string) error {
	return t.hand(ctx, mail.Outgoing{From: mail.Address{Name: name, Addr: from}, To: mail.Address{Addr: to}, Subject: subject, Text: text})
}

func (t *Tray) hand(ctx context.Context, o mail.Outgoing) error {
	o.Date, o.MessageID = t.now(), mail.NewMessageID(mail.Domain(o.From.Addr), "")
	raw, err := mail.Write(o)
	if err != nil {
		return err
	}
	return t.receiver.Keep(ctx, intake.Arrival{EnvelopeFrom: o.From.Addr, EnvelopeTo: o.To.Addr, Source: "demo", Raw: raw})
}

// SignIns are who may sign in to the sample, the administrator first.
func SignIns(lang string) []SignIn {
	t, ok := samples[lang]
	if !ok {
		t = english
	}
	all := []SignIn{{"admin@okno.example", t.admin}}
	for _, a := range t.agents {
		all = append(all, SignIn{a.login + "@okno.example", a.name + ", " + t.departments[a.department]})
	}
	return all
}
