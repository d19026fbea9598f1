package notify_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// among counts the letters to an address.
func among(letters []sent, address string) (n int) {
	for _, l := range letters {
		if l.Letter.To == address {
			n++
		}
	}
	return n
}

// anns is a ticket of Carl's and others' that Ann works on, a while after the
// last letter about it.
func (r *rig) anns(lang string, others ...string) (o desk.Opened, carl okno.Actor) {
	r.t.Helper()
	o = r.byForm(lang, "carl@customer.example", "Lamp", "It is dark.")
	must(r.t, r.Take(r.ctx(), r.ann, o.Number, 0))
	_, err := r.AddMessage(r.ctx(), r.ann, o.Number, desk.Words{Key: r.key(), Channel: okno.ChannelWeb, Text: "Which lamp?", Participants: others})
	must(r.t, err)
	r.letters()
	r.pass(time.Hour)
	return o, r.atPage(o)
}

func (r *rig) utters(by okno.Actor, o desk.Opened, text string) desk.Written {
	r.t.Helper()
	w, err := r.AddMessage(r.ctx(), by, o.Number, desk.Words{Key: r.key(), Channel: okno.ChannelWeb, Text: text})
	must(r.t, err)
	return w
}

// later moves the clock and is what was queued by then.
func (r *rig) later(d time.Duration) []sent {
	r.t.Helper()
	r.pass(d)
	r.runner.Wake()
	return r.letters()
}

func TestAnAgentsNoticesOfOneTicketAreJoined(t *testing.T) {
	for _, lang := range []string{"en", "ru"} {
		t.Run(lang, func(t *testing.T) {
			each(t, lang, func(t *testing.T, r *rig) {
				r.joinWithin(2)
				o, carl := r.anns(lang, "dora@customer.example")
				texts := map[string][3]string{"en": {"The one in room 4.", "And the one in room 5.", "Both since Monday."}, "ru": {"Та, что в кабинете 4.", "И та, что в кабинете 5.", "Обе с понедельника."}}[lang]
				r.utters(carl, o, texts[0])
				first := r.letters()
				one := to(t, first, "ann@desk.example")
				if !strings.Contains(one.read.Text, texts[0]) || one.Kind != okno.LetterCustomer {
					t.Errorf("the first comes at once: %s", list(first))
				}
				r.pass(time.Minute)
				r.utters(carl, o, texts[1])
				must(t, r.AskCall(r.ctx(), carl, o.Number, desk.CallForm{Key: r.key(), Phone: "+375 29 625 48 95"}))
				r.utters(carl, o, texts[2])
				soon := r.letters()
				if to(t, soon, "ann@desk.example").Kind != okno.LetterCall {
					t.Errorf("what follows waits, but for a call: %s", list(soon))
				}
				if among(soon, "dora@customer.example") != 2 {
					t.Errorf("customers wait for nothing: %s", list(soon))
				}
				joined := to(t, r.later(2*time.Minute), "ann@desk.example")
				if joined.Kind != okno.LetterJoined || strings.Contains(joined.read.Text, texts[0]) || !strings.Contains(joined.read.Text, texts[1]) || !strings.Contains(joined.read.Text, texts[2]) {
					t.Errorf("joined are %q", joined.read.Text)
				}
				if joined.read.Subject != one.read.Subject {
					t.Errorf("subject %q after %q", joined.read.Subject, one.read.Subject)
				}
				if _, ticket, person, ok := r.ReplyAddresses().Parse(joined.read.ReplyTo[0].Addr); !ok || ticket != int64(o.Ticket) || person != int64(r.ann.Person) {
					t.Errorf("an answer would go to %q", joined.read.ReplyTo[0].Addr)
				}
				compare(t, filepath.Join("testdata", lang+"-joined-agent.txt"), "Subject: "+joined.read.Subject+"\nFrom: "+joined.read.From[0].Name+"\nAuto-Submitted: "+joined.read.Header.Get("Auto-Submitted")+"\n\n"+joined.read.Text)
				compare(t, filepath.Join("testdata", lang+"-joined-agent.html"), joined.read.HTML)
				if rest := r.later(time.Hour); len(rest) > 0 {
					t.Errorf("something is told again: %s", list(rest))
				}
			})
		})
	}
}

func TestWhoeverWantsEachNoticeByItselfGetsIt(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		r.joinWithin(2)
		o, carl := r.anns("en")
		must(t, r.JoinNotices(r.ctx(), okno.Actor{Person: r.ann.Person, Door: okno.DoorWorkspace, Grants: r.ann.Grants}, false))
		for range 3 {
			r.utters(carl, o, "Again.")
		}
		if letters := r.letters(); among(letters, "ann@desk.example") != 3 {
			t.Errorf("Ann is told by %s", list(letters))
		}
	})
}

// What is taken back, or is no longer his to know, is not told; what is left
// alone is a letter like any other.
func TestWhatNobodyIsToBeToldAnyMoreIsNotJoined(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		r.joinWithin(2)
		o, carl := r.anns("en")
		r.utters(carl, o, "One.")
		r.letters()
		w := r.utters(carl, o, "Two, which I should not have said.")
		r.utters(carl, o, "Three.")
		r.letters()
		must(t, r.DeleteMessage(r.ctx(), carl, o.Number, w.Ref))
		left := to(t, r.later(2*time.Minute), "ann@desk.example")
		if left.Kind != okno.LetterCustomer || !strings.Contains(left.read.Text, "Three.") || strings.Contains(left.read.Text, "Two") {
			t.Errorf("a %s letter says %q", left.Kind, left.read.Text)
		}
		r.utters(carl, o, "Four.")
		r.letters()
		must(t, r.Assign(r.ctx(), r.ada, o.Number, "", 0))
		agents, err := r.Agents(r.ctx(), r.ada)
		must(t, err)
		for _, a := range agents {
			if a.ID == r.bob.Person {
				must(t, r.Assign(r.ctx(), r.ada, o.Number, a.Ref, 0))
			}
		}
		if letters := r.later(2 * time.Minute); among(letters, "ann@desk.example") != 0 {
			t.Errorf("Ann, whose ticket it is no more, is told by %s", list(letters))
		}
	})
}
