package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

func register(r *rig, address, password string) {
	r.t.Helper()
	submissions++
	must(r.t, r.Register(r.ctx(), desk.Registration{Key: fmt.Sprint("registration ", submissions), Name: "Carl", Address: address, Password: password, Lang: "ru"}))
}

func TestR27ARegistrationIsConfirmedWithin48Hours(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := r.ctx()
		register(r, "Carl@customer.example", password)
		late := r.registrationLink()
		r.clock = r.clock.Add(desk.RegistrationLasts)
		if _, err := r.RegisteredAddress(ctx, late); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("after 48 hours: %v", err)
		}
		link := r.registrationLink() // sent again
		address, err := r.RegisteredAddress(ctx, link)
		must(t, err)
		if address != "Carl@customer.example" {
			t.Errorf("it confirms %s", address)
		}
		if _, err := r.ConfirmRegistration(ctx, link, "another "+password, "", ""); okno.ReasonOf(err) != okno.Invalid {
			t.Errorf("whoever does not know the password confirms: %v", err)
		}
		token, err := r.ConfirmRegistration(ctx, link, password, "", "")
		must(t, err)
		a, p, err := r.ActorOf(ctx, token, okno.DoorPortal)
		must(t, err)
		if a.Person == 0 || p.Name != "Carl" || p.Lang != "ru" {
			t.Errorf("signed in as %+v", p)
		}
		if _, err := r.ConfirmRegistration(ctx, link, password, "", ""); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("confirmed twice: %v", err)
		}
		if _, err := r.SignIn(ctx, "carl@customer.example", password, "", ""); err != nil {
			t.Errorf("a confirmed customer: %v", err)
		}
	})
}

func TestR28AnUnconfirmedAccountIsToldWhyAfterTheRightPassword(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := r.ctx()
		register(r, "carl@customer.example", password)
		if _, err := r.SignIn(ctx, "carl@customer.example", password, "", ""); err != desk.Unconfirmed {
			t.Errorf("with the right password: %v", err)
		}
		_, wrong := r.SignIn(ctx, "carl@customer.example", "wrong "+password, "", "")
		_, unknown := r.SignIn(ctx, "eve@customer.example", password, "", "")
		if wrong == nil || wrong != unknown || wrong == desk.Unconfirmed {
			t.Errorf("with a wrong one: %v, and with no account: %v", wrong, unknown)
		}
		r.clock = r.clock.Add(30 * 24 * time.Hour)
		must(t, r.Tidy(ctx))
		if _, err := r.SignIn(ctx, "carl@customer.example", password, "", ""); err != wrong {
			t.Errorf("after a month: %v", err)
		}
	})
}

// Whoever registers another's address and tries his own password there learns
// nothing of whether the address has an account.
func TestARegistrationOverAnAccountTellsNothingAndChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := r.ctx()
		r.registered("Carl", "carl@customer.example")
		for _, address := range []string{"carl@customer.example", "ann@desk.example", "nobody@customer.example"} {
			register(r, address, "mallory's "+password)
			if _, err := r.SignIn(ctx, address, "mallory's "+password, "", ""); err != desk.Unconfirmed {
				t.Errorf("%s: %v", address, err)
			}
		}
		if _, err := r.SignIn(ctx, "carl@customer.example", password, "", ""); err != nil {
			t.Errorf("the owner: %v", err)
		}
		register(r, "carl@customer.example", "mallory's "+password)
		if _, err := r.RegisteredAddress(ctx, r.registrationLink()); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("a registration over an account can be confirmed: %v", err)
		}
	})
}

// The owner of an address who follows a link that a stranger caused does not
// give the stranger his account.
func TestAStrangersRegistrationIsNotConfirmedByTheOwnersOwn(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := r.ctx()
		register(r, "carl@customer.example", "mallory's "+password)
		strangers := r.registrationLink()
		register(r, "carl@customer.example", password)
		own := r.registrationLink()
		if _, err := r.ConfirmRegistration(ctx, strangers, password, "", ""); okno.ReasonOf(err) != okno.Invalid {
			t.Errorf("the stranger's link with the owner's password: %v", err)
		}
		if _, err := r.ConfirmRegistration(ctx, own, password, "", ""); err != nil {
			t.Fatal(err)
		}
		if _, err := r.SignIn(ctx, "carl@customer.example", "mallory's "+password, "", ""); okno.ReasonOf(err) != okno.Invalid {
			t.Errorf("the stranger: %v", err)
		}
		if _, err := r.RegisteredAddress(ctx, strangers); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("the stranger's link afterwards: %v", err)
		}
	})
}

func TestR30TicketsFromBeforeRegistrationAreFoundAndFiltered(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := r.ctx()
		chair, lamp := r.open("carl@customer.example", "Стул скрипит"), r.open("Carl@customer.example", "Лампа не горит")
		table := r.open("carl@customer.example", "Стол шатается")
		r.open("dora@customer.example", "Лампа Доры")
		must(t, r.SetStatus(ctx, r.ann, table, okno.StatusDone, okno.Hold{}, 0))
		must(t, r.SetStatus(ctx, r.ann, chair, okno.StatusClosed, okno.Hold{}, 0))
		r.clock = r.clock.Add(time.Minute) // the lists go by the last change
		must(t, r.SetStatus(ctx, r.ann, lamp, okno.StatusWaiting, okno.Hold{}, 0))
		by, _ := r.registered("Carl", "carl@customer.example")
		r.indexed()
		for _, c := range []struct {
			name string
			ask  desk.Mine
			want []okno.Number
		}{
			{"open", desk.Mine{}, []okno.Number{lamp, table}}, // what is done waits for his word
			{"closed", desk.Mine{Closed: true}, []okno.Number{chair}},
			{"of a status", desk.Mine{Kind: okno.StatusWaiting}, []okno.Number{lamp}},
			{"of a status that none has", desk.Mine{Kind: okno.StatusHold}, nil},
			{"of an unknown status", desk.Mine{Kind: "odd"}, []okno.Number{lamp, table}},
			{"by number", desk.Mine{Words: "#" + string(chair)}, []okno.Number{chair}},
			{"by words", desk.Mine{Words: "ГОРИТ лампа"}, []okno.Number{lamp}},
			{"by words and status", desk.Mine{Words: "лампа", Kind: okno.StatusClosed}, nil},
			{"by a word that none has", desk.Mine{Words: "Доры"}, nil},
		} {
			list, err := r.MyTickets(ctx, by, c.ask)
			must(t, err)
			var got []okno.Number
			for _, row := range list.Rows {
				got = append(got, row.Number)
			}
			if strings.Join(texts(got), " ") != strings.Join(texts(c.want), " ") {
				t.Errorf("%s: %v, want %v", c.name, got, c.want)
			}
		}
		if open, closed, err := r.MyCounts(ctx, by); err != nil || open != 2 || closed != 1 {
			t.Errorf("counted %d and %d, %v", open, closed, err)
		}
	})
}

func texts(numbers []okno.Number) (all []string) {
	for _, n := range numbers {
		all = append(all, string(n))
	}
	return all
}

// A search goes on over pages, each ticket once.
func TestASearchReadsOnFromWhereItEnded(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		by, _ := r.registered("Carl", "carl@customer.example")
		for i := range 120 {
			r.clock = r.clock.Add(time.Second)
			r.open("carl@customer.example", map[bool]string{true: "Lamp", false: "Chair"}[i%2 == 0])
		}
		r.indexed()
		seen := map[okno.Number]bool{}
		from, pages := "", 0
		for {
			list, err := r.MyTickets(r.ctx(), by, desk.Mine{Words: "lamp", From: from})
			must(t, err)
			for _, row := range list.Rows {
				if seen[row.Number] || row.Subject != "Lamp" {
					t.Errorf("%s %s again or wrongly", row.Number, row.Subject)
				}
				seen[row.Number] = true
			}
			pages++
			if from = list.Next; from == "" {
				break
			}
		}
		if len(seen) != 60 || pages != 3 {
			t.Errorf("%d tickets on %d pages", len(seen), pages)
		}
		if open, _, err := r.MyCounts(r.ctx(), by); err != nil || open != desk.MineCounted+1 {
			t.Errorf("counted %d, %v", open, err)
		}
	})
}

func TestResetLinksEndWithANewPassword(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := r.ctx()
		by, _ := r.registered("Carl", "carl@customer.example")
		first, err := r.ResetByConsole(ctx, "carl@customer.example")
		must(t, err)
		second, err := r.ResetByConsole(ctx, "carl@customer.example")
		must(t, err)
		_, err = r.UseEntry(ctx, second, "new "+password, "", "")
		must(t, err)
		for _, link := range []string{first, second} {
			if _, err := r.Entry(ctx, link); okno.ReasonOf(err) != okno.NotFound {
				t.Errorf("a link from before: %v", err)
			}
		}
		own, err := r.Sessions(ctx, by)
		must(t, err)
		if len(own) != 1 { // but the new one
			t.Errorf("the sessions from before go on: %+v", own)
		}
	})
}
