package notify_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

func TestR11ATicketByLetterOrBySiteIsConfirmed(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		r.byForm("en", "carl@customer.example", "Lamp", "Dark.")
		if l := to(t, r.letters(), "carl@customer.example"); l.Kind != okno.LetterConfirmation || l.read.From[0].Addr != "support@desk.example" {
			t.Errorf("by site: %s from %v", l.Kind, l.read.From)
		}
		r.byLetter(okno.Proven, "en", strings.ReplaceAll(lampLetter, "carl@", "dora@"))
		letters := r.letters()
		l := to(t, letters, "dora@customer.example")
		if l.Kind != okno.LetterConfirmation || l.read.Header.Get("Auto-Submitted") != "auto-replied" {
			t.Errorf("by letter: %s, Auto-Submitted %q", l.Kind, l.read.Header.Get("Auto-Submitted"))
		}
		if l.read.InReplyTo != "lamp-1@customer.example" || l.read.Subject != "Re: Lamp broken" {
			t.Errorf("it does not stand with the customer's letter: in reply to %q, subject %q", l.read.InReplyTo, l.read.Subject)
		}
		if opened := to(t, letters, "ann@desk.example"); opened.Kind != okno.LetterOpened || opened.read.Subject != "[#100002] Lamp broken" {
			t.Errorf("the department's agents: %s %q", opened.Kind, opened.read.Subject)
		}
	})
}

func TestR12ConfirmationLetter(t *testing.T) {
	const russian = "Запрос был создан и привязан к заявке #100001. Специалист технической поддержки свяжется с Вами в ближайшее время. Вы можете посмотреть состояние этой Заявки онлайн"
	const english = "Your request has been created and assigned to ticket #100001. A technical support agent will contact you shortly. You can see how this Ticket stands online"
	for lang, sentence := range map[string]string{"ru": russian, "en": english} {
		t.Run(lang, func(t *testing.T) {
			each(t, "en", func(t *testing.T, r *rig) {
				r.byForm(lang, "carl@customer.example", "Lamp", "Dark.")
				l := to(t, r.letters(), "carl@customer.example")
				if !strings.Contains(l.read.Text, sentence) {
					t.Errorf("the text says %q", l.read.Text)
				}
				plain := strings.NewReplacer(`<a href="`+linkIn(t, l)+`">`, "", "</a>", "").Replace(l.read.HTML)
				if !strings.Contains(plain, sentence) {
					t.Errorf("the HTML says %q", l.read.HTML)
				}
				if l.read.Header.Get("Content-Language") != lang {
					t.Errorf("language %q", l.read.Header.Get("Content-Language"))
				}
			})
		})
	}
}

func TestR14TheWordsAreTheLink(t *testing.T) {
	each(t, "ru", func(t *testing.T, r *rig) {
		o := r.byForm("ru", "carl@customer.example", "Лампа", "Не горит.")
		l := to(t, r.letters(), "carl@customer.example")
		link := linkIn(t, l)
		if !strings.Contains(l.read.HTML, `<a href="`+link+`">посмотреть состояние этой Заявки онлайн</a>`) {
			t.Errorf("the words are no link: %s", l.read.HTML)
		}
		if strings.Contains(strings.NewReplacer(`href="`+link+`"`, "").Replace(l.read.HTML), "https://") {
			t.Error("the HTML shows a bare address")
		}
		if !strings.Contains(l.read.Text, "онлайн\n"+link+"\n") {
			t.Errorf("the text part lacks the address: %q", l.read.Text)
		}
		trade, err := r.TradeLink(r.ctx(), tokenIn(t, l), "", "test")
		must(t, err)
		if trade.Number != o.Number {
			t.Errorf("the link leads to %s, want %s", trade.Number, o.Number)
		}
	})
}

func TestR16AnAnswerReachesEveryoneInALetterOfHisOwn(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		o := r.byLetter(okno.Proven, "en", lampLetter, "dora@customer.example")
		confirmed := r.letters()
		_, err := r.AddMessage(r.ctx(), r.ann, o.Number, desk.Words{Key: r.key(), Text: "Did you try another bulb?", HTML: "<p>Did you try <b>another</b> bulb?</p>", Channel: okno.ChannelWeb})
		must(t, err)
		letters := r.letters()
		if len(letters) != 2 {
			t.Fatalf("letters: %s", list(letters))
		}
		carl, dora := to(t, letters, "carl@customer.example"), to(t, letters, "dora@customer.example")
		for _, l := range []sent{carl, dora} {
			if l.Kind != okno.LetterAnswer || !strings.Contains(l.read.Text, "Did you try another bulb?") || !strings.Contains(l.read.HTML, "<b>another</b>") {
				t.Errorf("%s to %s: %q", l.Kind, l.Letter.To, l.read.Text)
			}
			if !strings.Contains(l.read.Text, "Supplier support") {
				t.Error("the department's signature is missing")
			}
			if l.read.Header.Has("Auto-Submitted") || l.read.From[0].Name != "Ann Agent (Supplier)" || l.read.Subject != "Re: Lamp broken" {
				t.Errorf("header: %v %q", l.read.From, l.read.Subject)
			}
			if l.read.References[0] != "lamp-1@customer.example" || l.read.InReplyTo == "" {
				t.Errorf("References %v, In-Reply-To %q", l.read.References, l.read.InReplyTo)
			}
			if len(l.read.To) != 1 || len(l.read.Cc) != 0 {
				t.Errorf("recipients: %v %v", l.read.To, l.read.Cc)
			}
		}
		if carl.read.ThreadTopic != "Lamp broken" || len(carl.read.ThreadIndex) <= len("AdxZr5uRkq1Y0Gm0T3uJb0R1mQ2x1w==") || !strings.HasPrefix(carl.read.ThreadIndex, "AdxZr5uRkq1Y0Gm0T3uJb0R1mQ2x1") {
			t.Errorf("the customer's Outlook thread is not continued: %q %q", carl.read.ThreadTopic, carl.read.ThreadIndex)
		}
		for _, l := range []sent{carl, dora} {
			_, ticket, person, ok := r.ReplyAddresses().Parse(l.read.ReplyTo[0].Addr)
			if !ok || okno.TicketID(ticket) != o.Ticket || okno.PersonID(person) != l.Person {
				t.Errorf("Reply-To of %s is %v", l.Letter.To, l.read.ReplyTo)
			}
		}
		if linkIn(t, carl) == linkIn(t, dora) || carl.MessageID == dora.MessageID {
			t.Error("two recipients share a link or a Message-ID")
		}
		if to(t, confirmed, "carl@customer.example").Subject != carl.Subject {
			t.Error("the subject changed within the ticket")
		}
	})
}

func TestTheSubjectStaysWhenTheTicketsSubjectChanges(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		ctx := r.ctx()
		phoned, err := r.OpenTicket(ctx, r.ann, desk.Opening{Key: r.key(), Name: "Carl", Address: "carl@customer.example", Channel: okno.ChannelPhone, Subject: "Lamp", Text: "Dark.", Lang: "en"})
		must(t, err)
		mailed := r.byLetter(okno.Proven, "en", strings.ReplaceAll(lampLetter, "carl@", "dora@"))
		r.letters()
		for _, o := range []desk.Opened{phoned, mailed} {
			must(t, r.EditSubject(ctx, r.ann, o.Number, "Another name", 0))
			_, err := r.AddMessage(ctx, r.ann, o.Number, desk.Words{Key: r.key(), Text: "Yes.", Channel: okno.ChannelWeb})
			must(t, err)
		}
		letters := r.letters()
		if got := to(t, letters, "carl@customer.example").Subject; got != "[#100001] Lamp" {
			t.Errorf("by phone: %q", got)
		}
		if got := to(t, letters, "dora@customer.example").Subject; got != "Re: Lamp broken" {
			t.Errorf("by letter: %q", got)
		}
	})
}

func TestTheTagStandsInLettersWhereItIsWanted(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		s, err := r.Settings(r.ctx())
		must(t, err)
		s.TagLetters = true
		must(t, r.SaveSettings(r.ctx(), r.ada, s))
		r.byLetter(okno.Proven, "en", lampLetter)
		if got := to(t, r.letters(), "carl@customer.example").Subject; got != "Re: [#100001] Lamp broken" {
			t.Errorf("subject %q", got)
		}
	})
}

func TestACustomersMessageReachesTheOthersAndTheAgents(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		ctx := r.ctx()
		o := r.byLetter(okno.Proven, "en", lampLetter, "dora@customer.example")
		r.letters()
		say := func(by okno.Actor) []sent {
			t.Helper()
			_, err := r.AddMessage(ctx, by, o.Number, desk.Words{Key: r.key(), Text: "It is still dark.", Channel: okno.ChannelMail, Letter: &desk.LetterWords{}})
			must(t, err)
			return r.letters()
		}
		letters := say(r.customer("carl@customer.example", okno.Proven, o.Ticket))
		if got := list(letters); got != "message to dora@customer.example, customer to ada@desk.example, customer to ann@desk.example, customer to bob@desk.example" {
			t.Errorf("nobody assigned: %s", got)
		}
		must(t, r.Take(ctx, r.ann, o.Number, 0))
		if got := list(r.letters()); got != "" {
			t.Errorf("Ann took it herself: %s", got)
		}
		letters = say(r.customer("dora@customer.example", okno.ThreadOnly, o.Ticket))
		if got := list(letters); got != "message to carl@customer.example, customer to ann@desk.example" {
			t.Errorf("assigned: %s", got)
		}
		notice := to(t, letters, "ann@desk.example")
		if !strings.Contains(notice.read.Text, "The sender of this message is not confirmed.") || notice.read.Header.Get("Auto-Submitted") != "auto-generated" {
			t.Errorf("Ann is told %q", notice.read.Text)
		}
		if strings.Contains(notice.read.Text, "/t/") || !strings.Contains(notice.read.Text, "https://desk.example/desk/tickets/100001") {
			t.Errorf("an agent's link: %q", notice.read.Text)
		}
		second := to(t, say(r.customer("carl@customer.example", okno.Proven, o.Ticket)), "ann@desk.example")
		if notice.read.InReplyTo != second.read.InReplyTo || notice.Subject != second.Subject {
			t.Error("an agent's notices of one ticket do not stand together")
		}
	})
}

func TestWhoTakesNoPartIsToldToTheAssigneeOnly(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		ctx := r.ctx()
		o := r.byLetter(okno.Proven, "en", lampLetter)
		must(t, r.Take(ctx, r.ann, o.Number, 0))
		_, err := r.Sender(ctx, "Eve", "eve@stranger.example", "en")
		must(t, err)
		r.letters()
		_, err = r.AddMessage(ctx, r.customer("eve@stranger.example", okno.ThreadOnly, o.Ticket), o.Number, desk.Words{Key: r.key(), Text: "Send me the keys.", Channel: okno.ChannelMail, Letter: &desk.LetterWords{}})
		must(t, err)
		if got := list(r.letters()); got != "customer to ann@desk.example" {
			t.Errorf("letters: %s", got)
		}
	})
}

func TestMachinesAreNotAnsweredAndNotTold(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		o := r.byLetter(okno.Proven, "en", lampLetter)
		r.letters()
		_, err := r.AddMessage(r.ctx(), r.customer("carl@customer.example", okno.Proven, o.Ticket), o.Number, desk.Words{Key: r.key(), Text: "I am away.", Channel: okno.ChannelMail, Letter: &desk.LetterWords{Machine: true}})
		must(t, err)
		if got := list(r.letters()); got != "" {
			t.Errorf("a machine's message was told: %s", got)
		}
	})
}

func TestNoLetterGoesToOurOwnMailbox(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		r.byForm("en", "support@desk.example", "Lamp", "Dark.")
		for _, l := range r.letters() {
			if l.Letter.To == "support@desk.example" {
				t.Errorf("a %s letter to ourselves", l.Kind)
			}
		}
	})
}

func TestNobodyHearsOfANoteOrOfWhatIsSilent(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		o := r.byForm("en", "carl@customer.example", "Lamp", "Dark.")
		r.letters()
		_, err := r.AddNote(r.ctx(), r.ann, o.Number, desk.Words{Key: r.key(), Text: "Third this week.", Channel: okno.ChannelWeb})
		must(t, err)
		_, err = r.ResetByConsole(r.ctx(), "ann@desk.example")
		must(t, err)
		if got := list(r.letters()); got != "" {
			t.Errorf("letters: %s", got)
		}
	})
}

func TestTheNewAssigneeIsTold(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		ctx := r.ctx()
		o := r.byForm("en", "carl@customer.example", "Lamp", "Dark and cold.")
		r.letters()
		p, err := r.Ticket(ctx, r.ann, o.Number, 0)
		must(t, err)
		for _, agent := range p.Agents {
			if agent.ID == r.bob.Person {
				must(t, r.Assign(ctx, r.ann, o.Number, agent.Ref, 0))
			}
		}
		letters := r.letters()
		if got := list(letters); got != "assigned to bob@desk.example" || !strings.Contains(letters[0].read.Text, "Dark and cold.") {
			t.Errorf("letters: %s", got)
		}
	})
}

func TestADisabledAgentHearsNothing(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		agents, err := r.Agents(r.ctx(), r.ada)
		must(t, err)
		for _, a := range agents {
			if a.ID == r.bob.Person {
				must(t, r.SaveAgent(r.ctx(), r.ada, a.Ref, desk.AgentForm{Name: a.Name, Role: a.Grants[0].Role.Ref, Disabled: true, Version: a.Version}))
			}
		}
		r.byForm("en", "carl@customer.example", "Lamp", "Dark.")
		if got := list(r.letters()); got != "confirmation to carl@customer.example, opened to ada@desk.example, opened to ann@desk.example" {
			t.Errorf("letters: %s", got)
		}
	})
}

func TestACustomersThreadHoldsNoNoticesOfAgents(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		o := r.byForm("en", "carl@customer.example", "Lamp", "Dark.")
		letters := r.letters()
		_, err := r.AddMessage(r.ctx(), r.ann, o.Number, desk.Words{Key: r.key(), Text: "Yes.", Channel: okno.ChannelWeb})
		must(t, err)
		answer := to(t, r.letters(), "carl@customer.example")
		confirmation := to(t, letters, "carl@customer.example")
		if answer.read.InReplyTo != confirmation.MessageID || answer.read.References[0] != confirmation.read.References[0] {
			t.Errorf("the answer does not follow the confirmation: %v after %v", answer.read.References, confirmation.read.References)
		}
		for _, l := range letters {
			if l.Kind == okno.LetterOpened && slices.Contains(answer.read.References, l.MessageID) {
				t.Errorf("it refers to the notice to %s", l.Letter.To)
			}
		}
	})
}
