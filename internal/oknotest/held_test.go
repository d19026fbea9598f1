package oknotest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest"
)

func TestAnAnswerIsUndoneInTheBrowserAndReachesTheCustomerOnceItIsGiven(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	r.UndoWithin(okno.MaxUndo)
	n, link := asked(t, r, "A lamp that flickers")
	r.Settle()
	r.Sink.Forget()
	b := r.Browser(t)
	carl := b.Person("Carl").Open(link).At("/tickets/").Sees("Please help.")
	ann := b.Person("Ann").SignIn(oknotest.Ann).Open("/desk/tickets/" + string(n)).Sees("Please help.")
	ann.Key("r").Shows(".composer-box[open] .editor").Type("Try another bulb.")
	r.Clock.Hold()
	ann.Press("Send and wait").Until("be offered to undo it, and do", `(b => b && document.getElementById("toasts").innerText.replaceAll("\u00a0", " ").includes("The answer leaves in a moment.") && (b.click(), true))(document.querySelector(".toast-act"))`)
	ann.Sees("An answer was taken back before it was sent").Misses("Being sent in a few seconds")
	ann.Until("the text is in the composer", `document.querySelector("textarea[name=public]").value.includes("Try another bulb.")`)
	ann.Until("stand in it", `document.activeElement.matches(".composer-answer .editor") && document.activeElement.innerText.includes("Try another bulb.")`)
	carl.Misses("Try another bulb.")
	r.Clock.Advance(2 * okno.MaxUndo * time.Second)
	r.Settle()
	if got := len(r.Sink.All()); got != 0 {
		t.Fatalf("an answer that was taken back left as %d letters", got)
	}

	ann.Press("Send and wait").Sees("Being sent in a few seconds")
	r.Settle()
	if got := len(r.Sink.All()); got != 0 {
		t.Fatalf("%d letters have left", got)
	}
	mark(carl)
	r.Clock.Advance(okno.MaxUndo * time.Second)
	carl.Sees("Try another bulb.").Sees("Waiting for you")
	marked(t, carl, "Carl")
	ann.Misses("Being sent in a few seconds")
	r.Sink.Letter(oknotest.Carl, "Try another bulb.")
	ann.NoFaults()
	carl.NoFaults()
}

func TestAPlannedAnswerThatWasOvertakenIsToldToItsAuthor(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	n, link := asked(t, r, "A lamp that flickers")
	at := r.Desk.Now().Add(48 * time.Hour)
	_, err := r.Desk.AddMessage(t.Context(), r.Agent(oknotest.Ann), n, desk.Words{Key: "planned by Ann", Text: "Try another bulb.", Channel: okno.ChannelWeb, Hold: true, At: at})
	must(t, err)
	b := r.Browser(t)
	b.Person("Carl").Open(link).At("/tickets/").Sees("Please help.").Fill(message, "It works again.").Press("Send").Sees("It works again.")
	r.Clock.Advance(49 * time.Hour)
	letter := r.Sink.Letter(oknotest.Ann, "not sent")
	if strings.Contains(letter.Text, "Try another bulb.") {
		t.Error("the letter to the author repeats the answer")
	}
	ann := b.Person("Ann").SignIn(oknotest.Ann).Open("/desk/tickets/" + string(n)).Sees("the customer has written meanwhile")
	ann.Sees("Send now").Press("Back to the draft").Sees("A planned answer was taken back")
	ann.NoFaults()
}
