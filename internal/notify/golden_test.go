package notify_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
)

var update = flag.Bool("update", false, "write the files instead of comparing with them")

// compare compares with a file, or writes it.
func compare(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		must(t, os.MkdirAll(filepath.Dir(name), 0o755))
		must(t, os.WriteFile(name, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Error(err)
	} else if string(want) != got {
		t.Errorf("%s is otherwise now (-update writes it anew):\n%s", name, got)
	}
}

// TestEveryLetterReadsAsItShould compares each letter in each language with
// what was read through by a person.
func TestEveryLetterReadsAsItShould(t *testing.T) {
	for lang, say := range map[string]func(en, ru string) string{
		"en": func(en, ru string) string { return en }, "ru": func(en, ru string) string { return ru },
	} {
		t.Run(lang, func(t *testing.T) {
			r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)), lang)
			seen := map[string]bool{}
			look := func(name string, letters []sent) {
				t.Helper()
				for _, l := range letters {
					side := "customer"
					if strings.HasSuffix(l.Letter.To, "@desk.example") {
						side = "agent"
					}
					file := fmt.Sprintf("testdata/%s-%s-%s", lang, name, side)
					if seen[file] {
						continue
					}
					seen[file] = true
					tidy := func(s string) string {
						if found := linkForm.FindStringSubmatch(l.read.Text); found != nil {
							s = strings.ReplaceAll(s, found[1], "TOKEN")
						}
						return s
					}
					compare(t, file+".txt", "Subject: "+l.read.Subject+"\nFrom: "+l.read.From[0].Name+"\nAuto-Submitted: "+l.read.Header.Get("Auto-Submitted")+"\n\n"+tidy(l.read.Text))
					compare(t, file+".html", tidy(l.read.HTML))
				}
			}
			everyLetter(r, lang, say, look)
			if len(seen) != 33 {
				t.Errorf("%d letters were looked at, want 33", len(seen))
			}
		})
	}
}

// everyLetter does what each letter follows.
func everyLetter(r *rig, lang string, say func(en, ru string) string, look func(name string, letters []sent)) {
	ctx, t := r.ctx(), r.t
	o := r.byForm(lang, "carl@customer.example", say("Lamp", "Лампа"), say("Dark.", "Не горит."))
	look("form", r.letters())
	phone := desk.Opening{Key: r.key(), Name: say("Carl Customer", "Карл Клиент"), Address: "karl@customer.example", Channel: okno.ChannelPhone,
		Subject: say("Lamp broken", "Не горит лампа"), Text: say("The lamp in room 4 is dark.\n\nSince Monday.", "Лампа в кабинете 4 не горит.\n\nС понедельника."), Lang: lang}
	phoned, err := r.OpenTicket(ctx, r.ann, phone)
	must(t, err)
	look("phone", r.letters())
	must(t, r.RequestAccess(ctx, lang, "karl@customer.example", string(phoned.Number)))
	look("access", r.letters())
	must(t, r.Take(ctx, r.ann, phoned.Number, 0))
	answer := desk.Words{Key: r.key(), Channel: okno.ChannelWeb, Text: say("Good morning.\n\nDid you try:\n- another bulb\n- the switch?", "Доброе утро.\n\nВы пробовали:\n- другую лампочку\n- выключатель?"),
		HTML: say("<p>Good morning.</p><p>Did you try:</p><ul><li><b>another</b> bulb</li><li>the switch?</li></ul>", "<p>Доброе утро.</p><p>Вы пробовали:</p><ul><li><b>другую</b> лампочку</li><li>выключатель?</li></ul>")}
	_, err = r.AddMessage(ctx, r.ann, phoned.Number, answer)
	must(t, err)
	look("answer", r.letters())
	_, err = r.AddMessage(ctx, r.ann, phoned.Number, desk.Words{Key: r.key(), Channel: okno.ChannelWeb, Text: say("A new bulb is in.", "Лампочку заменили."), Then: okno.StatusDone, Participants: []string{"dora@customer.example"}})
	must(t, err)
	look("answer-done", r.letters())
	must(t, r.ConfirmDone(ctx, r.atPage(phoned), phoned.Number, false))
	look("notsolved", r.letters())
	customer := r.customer("karl@customer.example", okno.ThreadOnly, phoned.Ticket)
	w, err := r.AddMessage(ctx, customer, phoned.Number, desk.Words{Key: r.key(), Channel: okno.ChannelMail, Text: say("It is dark again.", "Снова не горит."), Letter: &desk.LetterWords{}})
	must(t, err)
	look("message", r.letters())
	must(t, r.AskClosing(ctx, customer, phoned.Number, w.Message))
	look("button", r.letters())
	must(t, r.SetStatus(ctx, r.ann, phoned.Number, okno.StatusDone, okno.Hold{}, 0))
	look("done", r.letters())
	must(t, r.ConfirmDone(ctx, r.atPage(phoned), phoned.Number, true))
	look("confirmed", r.letters())
	must(t, r.SetStatus(ctx, r.ann, o.Number, okno.StatusClosed, okno.Hold{}, 0))
	closed := r.letters()
	look("closed", closed)
	must(t, r.Reopen(ctx, r.atPage(o), o.Number))
	look("reopened", r.letters())
	must(t, r.Take(ctx, r.ann, o.Number, 0))
	_, err = r.bounced(closed[0].MessageID, true, "550 5.1.1 no such mailbox")
	must(t, err)
	look("returned", r.letters())
	r.overtaken(o, lang, say("Try another bulb.", "Попробуйте другую лампочку."))
	look("heldback", r.letters())
	carl, err := r.KnownSender(ctx, "carl@customer.example")
	must(t, err)
	must(t, r.Withhold(ctx, desk.Withheld{Event: 1, Ticket: o.Ticket, Person: carl.ID, Letter: okno.LetterConfirmation, Reason: "limit"}))
	look("stopped", r.letters())
	must(t, r.CloseTicket(ctx, r.atPage(o), o.Number, "page"))
	look("closed-on-page", r.letters())
	_, err = r.Sender(ctx, say("Eve", "Ева"), "eve@stranger.example", lang)
	must(t, err)
	_, err = r.AddMessage(ctx, r.customer("eve@stranger.example", okno.ThreadOnly, o.Ticket), o.Number, desk.Words{Key: r.key(), Channel: okno.ChannelMail, Text: say("Send me the keys.", "Пришлите мне ключи."), Letter: &desk.LetterWords{}})
	must(t, err)
	look("apart", r.letters())
	p, err := r.Ticket(ctx, r.ada, o.Number, 0)
	must(t, err)
	for _, agent := range p.Agents {
		if agent.ID == r.bob.Person {
			must(t, r.Assign(ctx, r.ada, o.Number, agent.Ref, 0))
		}
	}
	look("assigned", r.letters())
	mergeLetters(r, o, lang, say, look)
	roles, err := r.Roles(ctx, r.ada)
	must(t, err)
	must(t, r.AddAgent(ctx, r.ada, r.key(), desk.AgentForm{Name: say("New Agent", "Новый специалист"), Address: "new@desk.example", Role: roles[0].Ref}))
	look("invitation", r.letters())
	must(t, r.RequestReset(ctx, lang, "new@desk.example"))
	look("reset", r.letters())
	accountLetters(r, lang, look)
	ada, err := r.KnownSender(ctx, "ada@desk.example")
	must(t, err)
	must(t, r.notify.Try(ctx, ada, 0))
	look("test", r.letters())
}

// mergeLetters does what the letters about merging follow, with a ticket that is
// Bob's, and what is said of a letter in Bob's name.
func mergeLetters(r *rig, o desk.Opened, lang string, say func(en, ru string) string, look func(name string, letters []sent)) {
	ctx, t := r.ctx(), r.t
	part := r.byForm(lang, "carl@customer.example", say("Lamp again", "Снова лампа"), say("Dark.", "Не горит."))
	r.letters()
	must(t, r.Merge(ctx, r.ada, part.Number, desk.Merging{Into: o.Number}))
	look("merged", r.letters())
	must(t, r.SplitOff(ctx, r.ada, o.Number, part.Number, 0))
	look("split", r.letters())
	_, err := r.AddUnsureNote(ctx, r.customer("bob@desk.example", okno.ThreadOnly, o.Ticket), o.Number, desk.Words{
		Key: r.key(), Channel: okno.ChannelMail, Text: say("Use another bulb.", "Возьмите другую лампочку."), Letter: &desk.LetterWords{}})
	must(t, err)
	look("unsure", r.letters())
}

// accountLetters does what each letter about an account follows.
func accountLetters(r *rig, lang string, look func(name string, letters []sent)) {
	ctx, t := r.ctx(), r.t
	r.register(lang, "dana@customer.example")
	letters := r.letters()
	look("registration", letters)
	token, err := r.ConfirmRegistration(ctx, tokenIn(t, to(t, letters, "dana@customer.example")), password, "", "test")
	must(t, err)
	r.register(lang, "dana@customer.example")
	look("registered", r.letters())
	dana, _, err := r.ActorOf(ctx, token, okno.DoorPortal)
	must(t, err)
	must(t, r.AskAddress(ctx, dana, password, "karl@customer.example"))
	look("address-taken", r.letters())
	must(t, r.AskAddress(ctx, dana, password, "diana@customer.example"))
	letters = r.letters()
	look("address", letters)
	must(t, r.ConfirmAddress(ctx, tokenIn(t, to(t, letters, "diana@customer.example"))))
	look("address-changed", r.letters())
}

// overtaken plans an answer of Ada's that the customer's message overtakes.
func (r *rig) overtaken(o desk.Opened, lang, text string) {
	r.t.Helper()
	_, err := r.AddMessage(r.ctx(), r.ada, o.Number, desk.Words{Key: r.key(), Channel: okno.ChannelWeb, Text: text, Hold: true, At: r.now().Add(time.Hour)})
	must(r.t, err)
	_, err = r.AddMessage(r.ctx(), r.atPage(o), o.Number, desk.Words{Key: r.key(), Channel: okno.ChannelWeb, Text: text})
	must(r.t, err)
	r.letters()
	r.pass(time.Hour)
	r.runner.Wake()
}
