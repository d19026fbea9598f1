package oknotest_test

import (
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest"
)

func TestAChangedMessageIsChangedAtTheOtherSide(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	n, link := asked(t, r, "A lamp that flickers")
	b := r.Browser(t)
	ann := b.Person("Ann").SignIn(oknotest.Ann).Open("/desk/tickets/" + string(n)).Sees("Please help.")
	carl := b.Person("Carl").Open(link).At("/tickets/").Sees("Please help.")
	ann.Fill(answer, "Take the red wire.").Press("Send").Sees("Your answer is in the ticket.")
	carl.Sees("Take the red wire.")
	ann.Sees("Seen on the site by Carl")
	mark(carl)

	ann.Press("Edit or delete").Sees("Edit message").Fill("Message text", " No, the blue one.").Press("Save")
	ann.At("/desk/tickets/" + string(n)).Sees("Take the red wire. No, the blue one.").Sees("Edited")
	carl.Sees("Take the red wire. No, the blue one.").Sees("Edited")

	ann.Press("Edit or delete").Press("Delete message").Sees("Message deleted")
	carl.Sees("Message deleted").Misses("No, the blue one.")
	marked(t, carl, "Carl")

	carl.Press("Edit or delete").Fill("Message text", "Please help: it hums.").Press("Save").At("/tickets/" + string(n)).Sees("Please help: it hums.")
	ann.Sees("Please help: it hums.")
	ann.NoFaults()
	carl.NoFaults()
}

func TestATabBehindOthersCountsWhatIsNew(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	n, link := asked(t, r, "A lamp that flickers")
	b := r.Browser(t)
	carl := b.Person("Carl").Open(link).At("/tickets/").Sees("Please help.")
	behind := func(is string) {
		carl.Do(`Object.defineProperty(document, "hidden", {value: ` + is + `, configurable: true}); document.dispatchEvent(new Event("visibilitychange"))`)
	}
	behind("true")
	_, err := r.Desk.AddMessage(t.Context(), r.Agent(oknotest.Ann), n, desk.Words{Key: "while he is away", Text: "Which bulb is it?", Channel: okno.ChannelWeb})
	must(t, err)
	carl.Titled("(1) A lamp")
	page, err := r.Desk.Ticket(t.Context(), r.Agent(oknotest.Ann), n, 0)
	must(t, err)
	if sights := page.SightsOf(&page.Messages[1]); len(sights) != 0 {
		t.Errorf("a tab behind others is taken for seen: %+v", sights)
	}
	behind("false")
	carl.Sees("Which bulb is it?").Titled("A lamp")
	ann := b.Person("Ann").SignIn(oknotest.Ann).Open("/desk/tickets/" + string(n)).Sees("Seen on the site by Carl")
	ann.NoFaults()
	carl.NoFaults()
}
