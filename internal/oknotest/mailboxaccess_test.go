package oknotest_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/oknotest"
	"github.com/oknodesk/okno/internal/oknotest/peer"
)

// The whole way of an administrator who uses no mouse: the app is set up, the
// provider asked, the mailbox connected, and disconnected again.
func TestAnAdministratorConnectsAMailboxWithItsProvider(t *testing.T) {
	for _, lang := range []string{"en", "ru"} {
		t.Run(lang, func(t *testing.T) {
			authority := peer.NewAuthority()
			t.Cleanup(authority.Close)
			r := oknotest.Start(t, oknotest.Options{Lang: lang, Args: []string{"--outbound-allow", "127.0.0.1"}})
			l := locale.New(lang, nil)
			ada := r.Browser(t).Person("Ada").SignIn(oknotest.Ada)
			shot := func(name string) {
				if dir := os.Getenv("OKNO_TEST_SHOTS"); dir != "" {
					ada.Shot(filepath.Join(dir, lang+"-"+name+".png"))
				}
			}
			if lang == "ru" {
				ada.Size(320, 900)
			}
			ada.Open("/admin/providers").TabTo(l.T("provider.other")).Key(kb.Enter).At("/admin/providers/other")
			shot("provider")
			ada.TabTo(l.T("admin.provider.name")).Type("Keycloak").TabTo(l.T("admin.provider.app")).Type(peer.App).TabTo(l.T("admin.provider.secret")).Type(peer.AppSecret)
			ada.TabTo(l.T("admin.provider.auth_url")).Type(authority.URL + "/authorize").TabTo(l.T("admin.provider.token_url")).Type(authority.URL + "/token").TabTo(l.T("admin.provider.revoke_url")).Type(authority.URL + "/revoke")
			ada.TabTo(l.T("admin.provider.hosts")).Type("imap.example").TabTo(l.T("admin.save")).Key(kb.Enter).Sees(l.T("admin.provider.ready"))

			boxes, err := r.Desk.Mailboxes(t.Context(), okno.Console())
			must(t, err)
			page := "/admin/mailboxes/" + string(boxes[0].Ref)
			begin := func() *oknotest.Visitor {
				return ada.Open(page).TabTo(l.T("admin.access.connect")).Key(kb.Enter).Sees(l.T("admin.access.stay")).
					TabTo(l.T("admin.access.leave.go", "Provider", "Keycloak")).Key(kb.Enter).Sees("Give access")
			}
			finish := func() *oknotest.Visitor {
				return ada.Sees(l.T("admin.access.back.lead")).Stands(l.T("admin.access.finish")).Key(kb.Enter)
			}
			begin().TabTo("Deny").Key(kb.Enter).Sees(l.T("admin.access.denied"))
			begin().TabTo("Mailbox").Key("a", chromedp.ModifierCtrl).Type("else@desk.example").TabTo("Allow").Key(kb.Enter)
			finish().Sees(l.T("error.consent.other", "Given", "else@desk.example", "Expected", boxes[0].Address))
			authority.Answer(peer.Answers{Error: "invalid_scope"})
			begin().TabTo("Allow").Key(kb.Enter)
			finish().Sees("invalid_scope")
			authority.Answer(peer.Answers{})
			begin().TabTo("Allow").Key(kb.Enter).Sees(l.T("admin.access.back.lead"))
			shot("return")
			finish().At(page).Sees(l.T("admin.access.good")).Fits()
			ada.Do(`document.getElementById("access").scrollIntoView()`)
			shot("connected")
			ada.TabTo(l.T("admin.access.drop")).Key(kb.Enter).Sees(l.T("admin.access.dropped"))
			if n := authority.Grants(); n != 1 { // the other mailbox's, which was not taken
				t.Errorf("%d refresh tokens are good", n)
			}
			ada.NoFaults()
		})
	}
}
