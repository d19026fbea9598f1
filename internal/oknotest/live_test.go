package oknotest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest"
)

const (
	answer  = "Your answer to the customer"
	message = "Write a message"
)

// asked is a ticket that Carl has opened by letter, and his link to it.
func asked(t *testing.T, r *oknotest.Rig, subject string) (n okno.Number, link string) {
	t.Helper()
	must(t, oknotest.Send(r.SMTP, oknotest.Carl, oknotest.Support, fmt.Appendf(nil,
		"From: Carl <%s>\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <%d@customer.example>\r\n\r\nPlease help.\r\n", oknotest.Carl, oknotest.Support, subject, time.Now().UnixNano())))
	confirmation := r.Sink.Letter(oknotest.Carl, subject)
	tickets, err := r.Desk.View(t.Context(), r.Agent(oknotest.Ann), okno.ViewOpen, "")
	must(t, err)
	for _, row := range tickets.Rows {
		if row.Subject == subject {
			return row.Number, confirmation.Link(t, "/t/")
		}
	}
	t.Fatalf("there is no ticket %q", subject)
	return "", ""
}

// mark writes on the open page what a reload would wipe off.
func mark(visitors ...*oknotest.Visitor) {
	for _, v := range visitors {
		v.Do(`window.marked = true`)
	}
}

func marked(t *testing.T, v *oknotest.Visitor, who string) {
	t.Helper()
	if !oknotest.Ask[bool](v, `window.marked === true`) {
		t.Errorf("%s's page was loaded anew", who)
	}
}

func TestR3EachSideSeesWhatTheOtherWrites(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	n, link := asked(t, r, "A lamp that flickers")
	b := r.Browser(t)
	ann := b.Person("Ann").SignIn(oknotest.Ann).Open("/desk/tickets/" + string(n)).Sees("Please help.")
	carl := b.Person("Carl").Open(link).At("/tickets/").Sees("Please help.")
	mark(ann, carl)

	carl.Fill(message, "While I think of it")
	ann.Fill(answer, "Which bulb is it?").Press("Send")
	carl.Sees("Which bulb is it?").Holds(message, "While I think of it")
	if !oknotest.Ask[bool](carl, `document.activeElement.name === "text" && document.activeElement.selectionEnd === 19`) {
		t.Error("Carl was thrown out of what he was typing")
	}
	marked(t, carl, "Carl")

	ann.Sees("Your answer is in the ticket.").Fill(answer, "And does it")
	carl.Type(": it is a new one.").Press("Send").Sees("While I think of it: it is a new one.")
	ann.Sees("While I think of it: it is a new one.").Type(" get warm?").Holds(answer, "And does it get warm?")
	marked(t, ann, "Ann")

	must(t, r.Desk.SetStatus(t.Context(), r.Agent(oknotest.Ann), n, okno.StatusDone, okno.Hold{}, 0))
	carl.Sees("Are you satisfied with the answer")
	carl.Press("Yes").Sees("Closed")
	ann.Sees("Closed").Holds(answer, "And does it get warm?")
	ann.NoFaults()
	carl.NoFaults()
}

// Over a slow line a page's script may come seconds after the page.
func TestR3WhatChangesBeforeThePageListensIsShown(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	ann := r.Browser(t).Person("Ann").SignIn(oknotest.Ann)
	ann.Open("/healthz") // nothing of hers listens any longer
	ann.Scripts(false).Open("/desk?view=open").Sees("No tickets here")
	asked(t, r, "A lamp that flickers")
	r.Settle()
	r.Clock.Advance(5 * time.Second)
	ann.Misses("A lamp that flickers").Scripts(true)
	ann.Do(`const late = document.createElement("script"); late.type = "module"; late.src = document.querySelector("script[type=module]").src; document.head.append(late)`)
	ann.Sees("A lamp that flickers")
}

func TestR4WhoElseIsThereIsShownAndNoAnswerGoesOverAnothersUnseen(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	n, link := asked(t, r, "A lamp that flickers")
	b := r.Browser(t)
	path := "/desk/tickets/" + string(n)
	ann := b.Person("Ann").SignIn(oknotest.Ann).Open(path).Sees("Please help.")
	ada := b.Person("Ada").SignIn(oknotest.Ada).Open(path).Sees("Ann Agent is viewing this ticket")
	ann.Sees("Ada Admin is viewing this ticket").Fill(answer, "I would change the bulb.")
	ada.Sees("Ann Agent is writing an answer")

	ann.Without(`*://*:*/*\?*part=*`) // what changes is lost on the way to her
	ada.Fill(answer, "I would change the lamp.").Press("Send").Sees("Your answer is in the ticket.")
	ann.Press("Send").Sees("This has changed in the meantime. Your text is kept.").Sees("I would change the lamp.")
	ann.Holds(answer, "I would change the bulb.")
	carl := b.Person("Carl").Open(link).Sees("I would change the lamp.").Misses("I would change the bulb.")

	ann.Without().Press("Send anyway").Sees("Your answer is in the ticket.")
	carl.Sees("I would change the bulb.")
	ada.Sees("I would change the bulb.")

	ada.Open("/desk")
	ann.Misses("Ada Admin is viewing this ticket")
	ada.NoFaults()
}

// What was told while nobody could hear is fetched once the connection is
// back.
func TestALostConnectionLosesNothing(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{Wire: true})
	n, _ := asked(t, r, "A lamp that flickers")
	ann := r.Browser(t).Person("Ann").SignIn(oknotest.Ann).Open("/desk/tickets/" + string(n)).Sees("Please help.")
	ann.Sees("New").Fill(answer, "Does it")
	mark(ann)

	r.Wire.Cut()
	_, err := r.Desk.AddNote(t.Context(), r.Agent(oknotest.Ada), n, desk.Words{Key: "while the wire is cut", Text: "It smells.", Channel: okno.ChannelWeb})
	must(t, err)
	r.Wire.Mend()
	ann.Sees("It smells.").Type(" smoke?").Holds(answer, "Does it smoke?")
	marked(t, ann, "Ann")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
