package notify_test

import (
	"strings"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

func TestTheRequesterIsAskedWhetherItIsSolved(t *testing.T) {
	each(t, "ru", func(t *testing.T, r *rig) {
		ctx := r.ctx()
		o := r.byForm("ru", "carl@customer.example", "Лампа", "Не горит.")
		r.letters()
		must(t, r.SetStatus(ctx, r.ann, o.Number, okno.StatusDone, okno.Hold{}, 0))
		l := to(t, r.letters(), "carl@customer.example")
		if l.Kind != okno.LetterDone || !strings.Contains(l.read.Text, "Удовлетворены ли вы ответом специалиста технической поддержки?") {
			t.Fatalf("%s: %q", l.Kind, l.read.Text)
		}
		link := linkIn(t, l)
		for caption, answer := range map[string]string{"Да": "yes", "Нет": "no"} {
			if !strings.Contains(l.read.Text, caption+": "+link+"?answer="+answer) || !strings.Contains(l.read.HTML, `">`+caption+`</a>`) {
				t.Errorf("«%s» is no link: %q", caption, l.read.Text)
			}
		}
		if _, err := r.TradeLink(ctx, tokenIn(t, l), "", "test"); err != nil {
			t.Errorf("the link leads nowhere: %v", err)
		}
		if ticket, err := r.TicketOf(ctx, o.Ticket); err != nil || ticket.Kind != okno.StatusDone {
			t.Errorf("following the link made the ticket %s, %v", ticket.Kind, err)
		}
	})
}

func TestTheQuestionComesWithTheAnswerThatMadeItDone(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		o := r.byLetter(okno.Proven, "en", lampLetter, "dora@customer.example")
		r.letters()
		_, err := r.AddMessage(r.ctx(), r.ann, o.Number, desk.Words{Key: r.key(), Text: "A new bulb is in.", Channel: okno.ChannelWeb, Then: okno.StatusDone})
		must(t, err)
		letters := r.letters()
		if got := list(letters); got != "answer to carl@customer.example, answer to dora@customer.example" {
			t.Fatalf("letters: %s", got)
		}
		const question = "Are you satisfied with the technical support agent’s answer?"
		if carl := to(t, letters, "carl@customer.example"); !strings.Contains(carl.read.Text, question) || !strings.Contains(carl.read.Text, "?answer=yes") {
			t.Errorf("the requester is not asked: %q", carl.read.Text)
		}
		if dora := to(t, letters, "dora@customer.example"); strings.Contains(dora.read.Text, question) {
			t.Error("a participant is asked what only the requester may answer")
		}
	})
}

func TestWhoHearsThatATicketIsClosedOrOpenAgain(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(r *rig, o desk.Opened) error
		want string
	}{
		{"by an agent", func(r *rig, o desk.Opened) error {
			return r.SetStatus(r.ctx(), r.bob, o.Number, okno.StatusClosed, okno.Hold{}, 0)
		}, "closed to carl@customer.example"},
		{"on the page", func(r *rig, o desk.Opened) error {
			return r.CloseTicket(r.ctx(), r.atPage(o), o.Number, "page")
		}, "closed to ann@desk.example"},
		{"by a letter that says so", func(r *rig, o desk.Opened) error {
			return r.CloseTicket(r.ctx(), r.customer("carl@customer.example", okno.Proven, o.Ticket), o.Number, "phrase")
		}, "closed to carl@customer.example, closed to ann@desk.example"},
		{"done and satisfied", func(r *rig, o desk.Opened) error {
			must(r.t, r.SetStatus(r.ctx(), r.ann, o.Number, okno.StatusDone, okno.Hold{}, 0))
			r.letters()
			return r.ConfirmDone(r.ctx(), r.atPage(o), o.Number, true)
		}, "closed to ann@desk.example"},
		{"done and not satisfied", func(r *rig, o desk.Opened) error {
			must(r.t, r.SetStatus(r.ctx(), r.ann, o.Number, okno.StatusDone, okno.Hold{}, 0))
			r.letters()
			return r.ConfirmDone(r.ctx(), r.atPage(o), o.Number, false)
		}, "customer to ann@desk.example"},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, "en", func(t *testing.T, r *rig) {
				o := r.byForm("en", "carl@customer.example", "Lamp", "Dark.")
				must(t, r.Take(r.ctx(), r.ann, o.Number, 0))
				r.letters()
				must(t, c.do(r, o))
				if got := list(r.letters()); got != c.want {
					t.Errorf("letters: %s, want %s", got, c.want)
				}
			})
		})
	}
}

func TestAnUnprovenClosingPhraseMailsAButton(t *testing.T) {
	each(t, "ru", func(t *testing.T, r *rig) {
		o := r.byLetter(okno.Proven, "ru", lampLetter)
		r.letters()
		by := r.customer("carl@customer.example", okno.ThreadOnly, o.Ticket)
		w, err := r.AddMessage(r.ctx(), by, o.Number, desk.Words{Key: r.key(), Text: "Закрыть", Channel: okno.ChannelMail, Letter: &desk.LetterWords{}})
		must(t, err)
		r.letters()
		for range 4 {
			must(t, r.AskClosing(r.ctx(), by, o.Number, w.Message))
		}
		letters := r.letters()
		if got := list(letters); got != "button to carl@customer.example, button to carl@customer.example, button to carl@customer.example" {
			t.Fatalf("letters: %s", got)
		}
		if text := letters[0].read.Text; !strings.Contains(text, "Закрыть заявку: "+linkIn(t, letters[0])+"?answer=close") || strings.Contains(text, "\nЗакрыть\n") {
			t.Errorf("the letter says %q", text)
		}
	})
}

func TestTheAssigneeHearsOfALetterThatCameBack(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		ctx := r.ctx()
		o := r.byForm("en", "carl@customer.example", "Lamp", "Dark.")
		must(t, r.Take(ctx, r.ann, o.Number, 0))
		confirmation := to(t, r.letters(), "carl@customer.example")
		_, err := r.bounced(confirmation.MessageID, true, "550 5.1.1 no such mailbox")
		must(t, err)
		letters := r.letters()
		if got := list(letters); got != "returned to ann@desk.example" || !strings.Contains(letters[0].read.Text, "Carl Customer") {
			t.Fatalf("letters: %s", got)
		}
		_, err = r.bounced(letters[0].MessageID, true, "550 5.1.1 no such mailbox")
		must(t, err)
		told := r.letters()
		if got := list(told); got != "returned to ada@desk.example" {
			t.Fatalf("a notice that came back was told by: %s", got)
		}
		_, err = r.bounced(told[0].MessageID, true, "550 5.1.1 no such mailbox")
		must(t, err)
		if got := list(r.letters()); got != "" {
			t.Errorf("a notice that came back was told to its own recipient: %s", got)
		}
	})
}
