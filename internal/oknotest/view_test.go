package oknotest_test

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest"
)

// TestViewIsMadeByKeyboardAndFindsWhatItPreviews makes a view, a condition at a
// time, and works with it.
func TestViewIsMadeByKeyboardAndFindsWhatItPreviews(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	for _, subject := range []string{"The lamp is dark", "The chair squeaks", "The lamp hums"} {
		_, err := r.Desk.OpenTicket(t.Context(), okno.Nobody("en"), desk.Opening{
			Key: subject, Name: "Carl", Address: oknotest.Carl, Channel: okno.ChannelWeb, Subject: subject, Text: "Please mend it.", Lang: "en",
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	r.Settle()
	v := r.Browser(t).Person("Ann").SignIn(oknotest.Ann).Open("/desk/views/new")
	v.Sees("Matches now: 3").Fill("Name of the view", "Lamps")
	v.Choose("What the condition is about", "Words and filters").Press("Add a condition")
	v.Until("the new condition has the focus", `document.activeElement?.name === "value2"`).Sees("What matches is shown once")
	v.Type("lamps").Sees("Matches now: 2").Sees("The lamp hums").Misses("The chair squeaks")
	v.Holds("Name of the view", "Lamps").Choose("Who has the view", "All agents").Press("Save")
	v.At("/desk?view=").Sees("The lamp is dark").Sees("The lamp hums").Misses("The chair squeaks")
	v.Until("the left pane counts it", `document.querySelector("#views [aria-current]").textContent.includes("2")`)
	v.Press("The lamp hums").Shows("#details [data-shortcut=l]").Key("l").Until("the tag's line has the focus", `document.activeElement?.name === "add"`)
	v.Type("Urgent, Ceiling").Key(kb.Enter).Until("the tags stand in the ticket and in the list", `document.querySelectorAll("#details .tag-remove").length === 2 && document.querySelectorAll("#rows .tag-small").length === 2`)
	v.Press("Remove the tag “Ceiling”").Until("one is left", `document.querySelectorAll("#details .tag-remove").length === 1`)
	v.Key("l").Until("the tag's line has the focus", `document.activeElement?.name === "add"`)
	v.Type("Urgent, Cei").Until("what is begun is offered", `document.querySelector("#offers-add [role=option]")?.textContent === "Ceiling"`)
	v.Until("what is offered covers no button", `((button) => { const at = button.getBoundingClientRect(); return button.contains(document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2)); })(document.querySelector(".tag-form button"))`)
	v.Key(kb.ArrowDown).Key(kb.Enter).Holds("Add a tag", "Urgent, Ceiling").Key(kb.Enter)
	v.Until("it is put on again", `document.querySelectorAll("#details .tag-remove").length === 2`)
	v.Press("Remove the tag “Ceiling”").Until("one is left", `document.querySelectorAll("#details .tag-remove").length === 1`)
	v.Press("Edit the view").Press("Remove the condition “Words and filters”").Sees("Matches now: 3")
	v.Choose("What the condition is about", "Tag").Press("Add a condition").Until("the new condition has the focus", `document.activeElement?.name === "op2"`)
	v.Do(`[...document.querySelectorAll("input[name=value2]")].find((box) => box.parentElement.textContent.trim() === "Urgent").click()`)
	v.Sees("Matches now: 1").Press("Save").At("/desk?view=").Sees("The lamp hums").Misses("The lamp is dark")
	v.Press("Edit the view").Press("Delete this view").Shows("dialog.modal-ask[open]").Key(kb.Escape).Gone("dialog.modal-ask")
	v.Press("Delete this view").Shows("dialog.modal-ask[open]").Do(`document.querySelector("dialog.modal-ask [value=yes]").click()`)
	v.Shows("#rows .row").Misses("Lamps")
	v.Open("/desk?view=open").Key("j").Key("x").Until("one is chosen", `document.querySelector(".bulk-count").textContent === "Chosen: 1"`)
	v.Until("it looks chosen", `((face) => face(":checked") !== face(":not(:checked)"))((state) => getComputedStyle(document.querySelector(".row-check" + state)).backgroundColor)`)
	v.Key("j").Key("j").Key("X").Until("all between are chosen", `document.querySelector(".bulk-count").textContent === "Chosen: 3"`)
	v.Press("More…").Sees("3 tickets are chosen").Fill("Add a tag", "Together").Key(kb.Tab).Key(kb.Enter)
	v.At("/desk?view=open").Until("each has the tag", `[...document.querySelectorAll(".tag-small")].filter(t => t.textContent === "Together").length === 3`)
	v.Key("j").Key("x").Do(`document.querySelector(".bulk [value=done]").click()`)
	v.Until("it is open no longer", `document.querySelectorAll("#rows .row").length === 2`)
	v.NoFaults()
}
