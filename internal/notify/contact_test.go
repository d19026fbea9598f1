package notify_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
)

const (
	boss = "boss@firm.example"
	gil  = "gil@firm.example"
	// issued is the password that stands in Gil's invitation.
	issued = "issued by the firm"
)

// firm is a company whose administrator is invited.
func (r *rig) firm(lang, name string) okno.Company {
	r.t.Helper()
	c, err := r.AddCompany(r.ctx(), r.ada, r.key(), desk.CompanyForm{Number: "17", Name: name, AdminName: "Boss", AdminAddress: boss, Lang: lang})
	must(r.t, err)
	return c
}

func (r *rig) contact(c okno.Company, address, lang string) {
	r.t.Helper()
	login, _, _ := strings.Cut(address, "@")
	must(r.t, r.AddContact(r.ctx(), r.ada, r.key(), c.Ref, desk.ContactForm{Name: "Contact", Address: address, Login: login, Password: issued, Lang: lang}))
}

var (
	entryLink   = regexp.MustCompile(`/(?:entry|join)/([A-Za-z0-9_-]{43})`)
	passwordRow = regexp.MustCompile(`(?m)^(?:Пароль|Password): (.+)$`)
)

func TestR36InvitationReads(t *testing.T) {
	for lang, name := range map[string]string{"en": "Harbour Labs", "ru": "Гавань"} {
		t.Run(lang, func(t *testing.T) {
			r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)), lang)
			c := r.firm(lang, name)
			r.letters()
			r.byForm(lang, "carl@customer.example", "Lamp", "Dark.")
			r.letters()
			r.contact(c, gil, lang)
			r.contact(c, "carl@customer.example", lang)
			letters := r.letters()
			for file, l := range map[string]sent{"contact": to(t, letters, gil), "join": to(t, letters, "carl@customer.example")} {
				found := entryLink.FindStringSubmatch(l.read.Text)
				if found == nil {
					t.Fatalf("no link: %s", l.read.Text)
				}
				tidy := func(s string) string { return strings.ReplaceAll(s, found[1], "TOKEN") }
				file = "testdata/" + lang + "-" + file + "-customer"
				compare(t, file+".txt", "Subject: "+l.read.Subject+"\nFrom: "+l.read.From[0].Name+"\nAuto-Submitted: "+l.read.Header.Get("Auto-Submitted")+"\n\n"+tidy(l.read.Text))
				compare(t, file+".html", tidy(l.read.HTML))
			}
		})
	}
}

func TestR35R37FirstAdministratorIsInvited(t *testing.T) {
	each(t, "ru", func(t *testing.T, r *rig) {
		r.firm("ru", "Гавань")
		l := to(t, r.letters(), boss)
		for _, text := range []string{"Добрый день!", "Для вас был создан аккаунт в тикет системе.", "Логин: Admin-17", "Войти в тикет систему", "Это автоматическое уведомление. Пожалуйста, не отвечайте на него."} {
			if !strings.Contains(l.read.Text, text) {
				t.Errorf("the letter does not say %q:\n%s", text, l.read.Text)
			}
		}
		password := passwordRow.FindStringSubmatch(l.read.Text)
		if password == nil || len(password[1]) < 12 {
			t.Fatalf("no random password:\n%s", l.read.Text)
		}
		if _, err := r.SignIn(r.ctx(), "admin-17", strings.TrimSpace(password[1]), "", "test"); err != nil {
			t.Errorf("the letter's password: %v", err)
		}
		link := entryLink.FindStringSubmatch(l.read.Text)
		if e, err := r.Entry(r.ctx(), link[1]); err != nil || e.Login != "Admin-17" || !e.First {
			t.Errorf("the letter's link: %+v %v", e, err)
		}
	})
}

func TestIssuedPasswordStandsInTheSealedLetterOnly(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		c := r.firm("en", "Harbour Labs")
		r.contact(c, gil, "en")
		letters := r.letters()
		l := to(t, letters, gil)
		if !strings.Contains(l.read.Text, issued) {
			t.Fatalf("the letter does not hold it:\n%s", l.read.Text)
		}
		if strings.Contains(l.Shown, issued) || !strings.Contains(l.Shown, "Password: …") {
			t.Errorf("shown: %s", l.Shown)
		}
		for table, columns := range map[string]string{"event": "data", "job": "payload", "letter": "shown", "account": "password", "issued": "sealed"} {
			if strings.Contains(r.column(table, columns), issued) {
				t.Errorf("it stands in %s", table)
			}
		}
		if left := r.column("issued", "sealed"); left != "" {
			t.Error("the sealed password is kept although its letter is queued")
		}
		if strings.Contains(r.logged(), issued) {
			t.Error("it stands in the log")
		}
		// After a crash the fact's duty is done again: nobody is told twice.
		must(t, r.again(l.Event))
		if again := r.letters(); len(again) != 0 {
			t.Errorf("told again: %s", list(again))
		}
	})
}

func TestR66InvitedAgainGetsAnotherPasswordAndLink(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		c := r.firm("en", "Harbour Labs")
		r.contact(c, gil, "en")
		first := to(t, r.letters(), gil)
		page, err := r.Contacts(r.ctx(), r.ada, c.Ref, "")
		must(t, err)
		ref := page.Contacts[1].Ref
		must(t, r.InviteContact(r.ctx(), r.ada, ref))
		second := to(t, r.letters(), gil)
		if second.Kind != okno.LetterInvitation || strings.Contains(second.read.Text, issued) || passwordRow.FindString(second.read.Text) == "" {
			t.Errorf("%s:\n%s", second.Kind, second.read.Text)
		}
		if _, err := r.Entry(r.ctx(), entryLink.FindStringSubmatch(first.read.Text)[1]); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("the first letter's link: %v", err)
		}
		if _, err := r.Entry(r.ctx(), entryLink.FindStringSubmatch(second.read.Text)[1]); err != nil {
			t.Errorf("the second letter's link: %v", err)
		}
		// An address is not flooded.
		for range 3 {
			must(t, r.InviteContact(r.ctx(), r.ada, ref))
		}
		if n := len(r.letters()); n != 1 {
			t.Errorf("%d more letters within the hour, want 1", n)
		}
		r.pass(2 * time.Hour)
		must(t, r.InviteContact(r.ctx(), r.ada, ref))
		to(t, r.letters(), gil)
	})
}
