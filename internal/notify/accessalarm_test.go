package notify_test

import (
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
)

// connected connects the support mailbox with Microsoft by an app whose secret
// ends at a time, for as long as the tokens say.
func (r *rig) connected(secretEnds, ends time.Time) okno.Mailbox {
	r.t.Helper()
	ctx, t := r.ctx(), r.t
	all, err := r.Providers(ctx, r.ada)
	must(t, err)
	p := okno.Provider{Kind: okno.Microsoft, App: "app", Secret: "secret of the app", SecretEnds: secretEnds, Version: all[1].Version}
	must(t, r.SaveProvider(ctx, r.ada, p))
	boxes, err := r.Mailboxes(ctx, r.ada)
	must(t, err)
	must(t, r.KeepAccess(ctx, r.ada, desk.Consent{Mailbox: boxes[0].Mailbox, Provider: p, Address: boxes[0].Address},
		desk.Tokens{Address: boxes[0].Address, Token: "a token", Refresh: "a refresh token", Expires: r.Now().Add(time.Hour), Ends: ends}))
	return boxes[0].Mailbox
}

// refused has the provider refuse the next token.
func (r *rig) refused(box okno.MailboxID, why okno.AccessRefusal, words string) {
	r.t.Helper()
	now, err := r.Token(r.ctx(), box)
	must(r.t, err)
	claim, err := r.ClaimRefresh(r.ctx(), box, now.Refreshed)
	must(r.t, err)
	must(r.t, r.RefreshFailed(r.ctx(), claim, why, words))
}

func TestAlarmsAboutAccessReadAsTheyShould(t *testing.T) {
	for _, lang := range []string{"en", "ru"} {
		t.Run(lang, func(t *testing.T) {
			r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)), lang)
			now := r.Now()
			var box okno.Mailbox
			for _, c := range []struct {
				name string
				do   func()
			}{
				{"alarm-secretends", func() { box = r.connected(now.Add(5*24*time.Hour), time.Time{}) }},
				{"alarm-ends", func() { r.connected(time.Time{}, now.Add(10*time.Minute)); r.pass(6 * time.Minute) }},
				{"alarm-app", func() {
					box = r.connected(time.Time{}, time.Time{})
					r.refused(box.ID, okno.AppRefused, "invalid_client: AADSTS7000222: The provided client secret keys are expired.")
				}},
				{"alarm-grant", func() {
					r.connected(time.Time{}, time.Time{})
					r.refused(box.ID, okno.GrantRefused, "invalid_grant: AADSTS50173: The provided grant has expired due to it being revoked.")
				}},
				{"alarmover-grant", func() { r.connected(time.Time{}, time.Time{}) }},
			} {
				c.do()
				r.letters()
				must(t, r.WatchMailboxes(r.ctx()))
				letters := r.letters()
				l := to(t, letters, "ada@desk.example")
				if len(letters) != 1 {
					t.Errorf("%s: %s", c.name, list(letters))
				}
				compare(t, "testdata/"+lang+"-"+c.name+"-agent.txt", "Subject: "+l.read.Subject+"\n\n"+strings.ReplaceAll(l.read.Text, string(box.Ref), "REF"))
			}
		})
	}
}
