package peer_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/access"
	setup "github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest"
	"github.com/oknodesk/okno/internal/oknotest/peer"
	"github.com/oknodesk/okno/internal/outbound"
)

// keyed is an installation whose mailboxes lie at a Dovecot that lets nobody in
// but by the tokens of an authority.
type keyed struct {
	*desk
	authority *peer.Authority
	access    *access.Access
}

func openKeyed(t *testing.T) *keyed {
	t.Helper()
	peer.Need(t)
	authority := peer.NewAuthority()
	t.Cleanup(authority.Close)
	dir := filepath.Join(home, "keyed")
	must(t, os.Mkdir(dir, 0o755))
	dovecot, err := peer.StartDovecot(dir, certificate, authority.URL+"/introspect?token=")
	must(t, err)
	t.Cleanup(func() { must(t, dovecot.Kill()) })
	d := &desk{oknotest.Start(t, oknotest.Options{Args: []string{"--outbound-allow", peer.Host + ",127.0.0.1"}}), dovecot, t}
	must(t, d.Desk.SaveProvider(t.Context(), okno.Console(), okno.Provider{
		Kind: okno.OtherProvider, App: peer.App, Secret: peer.AppSecret, Name: "Authority", Hosts: []string{peer.Host}, Scopes: []string{"openid", "email"},
		AuthURL: authority.URL + "/authorize", TokenURL: authority.URL + "/token", RevokeURL: authority.URL + "/revoke",
	}))
	near, err := outbound.New([]string{"127.0.0.1"})
	must(t, err)
	return &keyed{d, authority, access.New(d.Desk, near, d.URL, d.House.Log)}
}

// connected has the letters of a mailbox fetched with a token.
func (k *keyed) connected(f okno.Fetch) okno.Ref {
	k.t.Helper()
	ctx, address := k.t.Context(), f.User
	departments, err := k.Desk.Departments(ctx)
	must(k.t, err)
	must(k.t, k.Desk.SaveMailbox(ctx, okno.Console(), "", okno.Mailbox{Address: address, Lang: "en"}, departments[0].Ref))
	box := k.box(address)
	asked, err := k.access.Ask(ctx, okno.Console(), box.Ref, okno.OtherProvider, address, false)
	must(k.t, err)
	state, code, err := k.authority.Consent(asked.URL, address)
	must(k.t, err)
	if _, err := k.access.Finish(ctx, okno.Console(), state, code); err != nil {
		k.t.Fatal(err)
	}
	f.Host, f.SignIn, f.After = peer.Host, okno.ByToken, okno.MarkSeen
	box = k.box(address)
	box.Fetch = &f
	must(k.t, k.Desk.SaveMailbox(ctx, okno.Console(), box.Ref, box.Mailbox, departments[0].Ref))
	return box.Ref
}

func (k *keyed) box(address string) setup.MailboxState {
	k.t.Helper()
	all, err := k.Desk.Mailboxes(k.t.Context(), okno.Console())
	must(k.t, err)
	for _, m := range all {
		if m.Address == address {
			return m
		}
	}
	k.t.Fatal("no mailbox " + address)
	return setup.MailboxState{}
}

// Dovecot asks the authority about every token, by both mechanisms.
func TestDovecotLetsAMailboxInByItsToken(t *testing.T) {
	k := openKeyed(t)
	cases := []okno.Fetch{
		{User: "imap-token@desk.example", Port: k.IMAPS, Security: okno.TLS},
		{User: "pop-token@desk.example", Protocol: okno.POP3, Port: k.POP3, Security: okno.StartTLS},
	}
	for _, f := range cases {
		must(t, k.Put(f.User, "INBOX", letter(strings.TrimSuffix(f.User, "@desk.example"), "first."+strings.TrimSuffix(f.User, "@desk.example"))))
		k.connected(f)
	}
	for _, f := range cases {
		until(t, "the letter is fetched for "+f.User, func() bool { return !k.box(f.User).State.At.IsZero() })
		if trouble := k.box(f.User).State.Trouble; trouble != "" {
			t.Errorf("%s: %s", f.User, trouble)
		}
	}
	t.Run("a token that is refused is replaced", func(t *testing.T) {
		before := k.authority.Refreshes()
		k.authority.Forget()
		must(t, k.Put(cases[1].User, "INBOX", letter("pop-token", "second")))
		until(t, "another token is asked for", func() bool { k.fetchNow(); return k.authority.Refreshes() > before })
		until(t, "the mailbox is read again", func() bool { k.fetchNow(); return len(k.came("pop-token")) == 2 })
	})
	t.Run("access that was withdrawn is told by name", func(t *testing.T) {
		k.authority.Withdraw()
		until(t, "the refusal stands at the mailbox", func() bool {
			k.fetchNow()
			m := k.box(cases[1].User)
			return m.Access.Refused == okno.GrantRefused && strings.Contains(m.State.Trouble, "invalid_grant")
		})
	})
}
