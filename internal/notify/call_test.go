package notify_test

import (
	"strings"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
)

// askCall asks for a call about a ticket as its requester.
func (r *rig) askCall(o desk.Opened, about string) okno.Call {
	r.t.Helper()
	must(r.t, r.AskCall(r.ctx(), r.atPage(o), o.Number, desk.CallForm{Key: r.key(), Phone: "+375 29 625 48 95", When: "14:00", About: about}))
	p, err := r.Ticket(r.ctx(), r.ann, o.Number, 0)
	must(r.t, err)
	return p.Calls[0]
}

func TestR55EveryLetterAboutACall(t *testing.T) {
	for lang, about := range map[string]string{"en": "The lamp.", "ru": "Лампа."} {
		t.Run(lang, func(t *testing.T) {
			r, seen := newRig(t, dbtest.Open(t, dbtest.SQLite(t)), lang), map[string]bool{}
			o := r.byForm(lang, "carl@customer.example", "Lamp", "…")
			must(t, r.Take(r.ctx(), r.ann, o.Number, 0))
			r.letters()
			c := r.askCall(o, about)
			asked := r.letters()
			if got := list(asked); got != "call to ann@desk.example" {
				t.Fatalf("asked: %s", got)
			}
			for _, words := range []string{"+375 29 625 48 95", "14:00", about} {
				if !strings.Contains(asked[0].read.Text, words) {
					t.Errorf("the letter does not say %q: %s", words, asked[0].read.Text)
				}
			}
			r.read(lang, "call", asked, seen)
			must(t, r.HandleCall(r.ctx(), r.ann, o.Number, c.Ref, okno.CallMissed, "", 0))
			missed := r.letters()
			if got := list(missed); got != "callmissed to carl@customer.example" {
				t.Fatalf("missed: %s", got)
			}
			r.read(lang, "call-missed", missed, seen)
			c = r.askCall(o, about)
			r.letters()
			must(t, r.CancelCall(r.ctx(), r.atPage(o), o.Number, c.Ref))
			off := r.letters()
			if got := list(off); got != "calloff to ann@desk.example" {
				t.Fatalf("cancelled: %s", got)
			}
			r.read(lang, "call-off", off, seen)
		})
	}
}

func TestR55WithoutAnAssigneeTheDepartmentsAgentsAreTold(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		o := r.byForm("en", "carl@customer.example", "Lamp", "Dark.")
		r.letters()
		c := r.askCall(o, "")
		told := r.letters()
		for _, agent := range []string{"ada@desk.example", "ann@desk.example", "bob@desk.example"} {
			to(t, told, agent)
		}
		must(t, r.HandleCall(r.ctx(), r.ann, o.Number, c.Ref, okno.CallAccepted, "", 0))
		must(t, r.HandleCall(r.ctx(), r.ann, o.Number, c.Ref, okno.CallHeld, "", 0))
		if got := list(r.letters()); got != "" {
			t.Errorf("what went well is mailed: %s", got)
		}
	})
}
