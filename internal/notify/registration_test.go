package notify_test

import (
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// register asks for an account as a visitor does.
func (r *rig) register(lang, address string) {
	r.t.Helper()
	must(r.t, r.Register(r.ctx(), desk.Registration{Key: r.key(), Name: "Cheap Pills", Address: address, Phone: "pills", Password: password, Lang: lang}))
}

// registered is a customer who has confirmed.
func (r *rig) registered(lang, address string) okno.Actor {
	r.t.Helper()
	r.register(lang, address)
	token, err := r.ConfirmRegistration(r.ctx(), tokenIn(r.t, to(r.t, r.letters(), address)), password, "", "test")
	must(r.t, err)
	a, _, err := r.ActorOf(r.ctx(), token, okno.DoorPortal)
	must(r.t, err)
	return a
}

func TestR27RegistrationSendsALetterThatCanBeSentAgain(t *testing.T) {
	each(t, "ru", func(t *testing.T, r *rig) {
		r.register("ru", "carl@customer.example")
		first := to(t, r.letters(), "carl@customer.example")
		if first.Kind != okno.LetterRegistration || !strings.Contains(linkIn(t, first), "/register/") {
			t.Errorf("%s with %s", first.Kind, linkIn(t, first))
		}
		if strings.Contains(strings.ToLower(first.raw+first.read.Text+first.read.HTML), "pills") {
			t.Error("the letter repeats what was typed")
		}
		r.pass(47 * time.Hour)
		must(t, r.RegisterAgain(r.ctx(), "ru", "Carl@customer.example"))
		must(t, r.RegisterAgain(r.ctx(), "ru", "eve@customer.example"))
		again := r.letters()
		if got := list(again); got != "registration to carl@customer.example" {
			t.Fatalf("sent again: %s", got)
		}
		if _, err := r.RegisteredAddress(r.ctx(), tokenIn(t, first)); err != nil {
			t.Errorf("the first letter's link: %v", err)
		}
		r.pass(47 * time.Hour)
		if _, err := r.RegisteredAddress(r.ctx(), tokenIn(t, first)); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("the first letter's link after 94 hours: %v", err)
		}
		_, err := r.ConfirmRegistration(r.ctx(), tokenIn(t, again[0]), password, "", "")
		must(t, err)
	})
}

func TestWhoHasAnAccountIsToldSoInTheLetterOnly(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		r.registered("en", "carl@customer.example")
		for _, address := range []string{"carl@customer.example", "ann@desk.example"} {
			r.register("en", address)
			l := to(t, r.letters(), address)
			if l.Kind != okno.LetterRegistered || !strings.Contains(l.read.Text, "sign in as "+address) || !strings.Contains(l.read.Text, "https://desk.example/reset") {
				t.Errorf("%s: %q", l.Kind, l.read.Text)
			}
		}
		r.register("en", "support@desk.example")
		if got := list(r.letters()); got != "" {
			t.Errorf("our own mailbox is sent %s", got)
		}
	})
}

func TestAnAddressIsSentThreeRegistrationLettersAnHour(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		for range 3 {
			r.register("en", "victim@elsewhere.example")
			must(t, r.RegisterAgain(r.ctx(), "en", "victim@elsewhere.example"))
		}
		if n := len(r.letters()); n != 3 {
			t.Errorf("%d letters, want 3", n)
		}
	})
}

func TestAForgottenPasswordIsMailedToItsOwnerOnly(t *testing.T) {
	each(t, "ru", func(t *testing.T, r *rig) {
		r.registered("ru", "carl@customer.example")
		r.byForm("ru", "dora@customer.example", "Лампа", "Не горит.")
		r.letters()
		for _, address := range []string{"CARL@customer.example", "dora@customer.example", "eve@customer.example"} {
			must(t, r.RequestReset(r.ctx(), "ru", address))
		}
		letters := r.letters()
		if got := list(letters); got != "reset to carl@customer.example" {
			t.Fatalf("letters: %s", got)
		}
		if rows := r.column("job", "payload"); strings.Contains(rows, "eve@") || strings.Contains(r.logged(), "eve@") {
			t.Error("the address of a stranger is written down")
		}
		_, err := r.UseEntry(r.ctx(), tokenIn(t, letters[0]), "new "+password, "", "")
		must(t, err)
		if _, err := r.UseEntry(r.ctx(), tokenIn(t, letters[0]), "newer "+password, "", ""); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("spent twice: %v", err)
		}
		must(t, r.RequestReset(r.ctx(), "ru", "carl@customer.example"))
		late := to(t, r.letters(), "carl@customer.example")
		r.pass(time.Hour)
		if _, err := r.Entry(r.ctx(), tokenIn(t, late)); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("after an hour: %v", err)
		}
	})
}

func TestTheFormerAddressIsToldOfTheNewOne(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		carl := r.registered("en", "carl@customer.example")
		r.registered("en", "dora@customer.example")
		must(t, r.AskAddress(r.ctx(), carl, password, "dora@customer.example"))
		if l := to(t, r.letters(), "dora@customer.example"); l.Kind != okno.LetterAddressTaken || strings.Contains(l.raw, "carl") {
			t.Errorf("another's address is sent %s", l.Kind)
		}
		must(t, r.AskAddress(r.ctx(), carl, password, "karl@new.example"))
		l := to(t, r.letters(), "karl@new.example")
		must(t, r.ConfirmAddress(r.ctx(), tokenIn(t, l)))
		former := r.letters()
		if got := list(former); got != "address-changed to carl@customer.example" {
			t.Fatalf("letters: %s", got)
		}
		if strings.Contains(former[0].read.Text, "karl@new.example") {
			t.Error("whoever reads the former mailbox learns the new address")
		}
	})
}

func TestSecretsOfAccountsStandOnlyInTheLetter(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		r.register("en", "carl@customer.example")
		l := to(t, r.letters(), "carl@customer.example")
		rows := r.everything() + r.column("registration", "password") + r.column("registration", "name")
		for _, secret := range []string{tokenIn(t, l), password} {
			if strings.Contains(l.Shown, secret) || strings.Contains(rows, secret) || strings.Contains(r.logged(), secret) {
				t.Errorf("%s stands outside the letter", secret[:4])
			}
		}
	})
}
