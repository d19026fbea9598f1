package oknotest_test

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest"
)

func TestAnAgentMergesATicketOnItsPageAndSplitsItOffAgain(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	open := func(name, address, subject string) okno.Number {
		o, err := r.Desk.OpenTicket(t.Context(), okno.Nobody("en"), desk.Opening{
			Key: "a ticket to be merged: " + subject, Channel: okno.ChannelWeb, Name: name, Address: address, Subject: subject, Text: subject})
		must(t, err)
		return o.Number
	}
	a, b := open("Carl", oknotest.Carl, "Lamp"), open("Dora", oknotest.Dora, "The lamp in the hall")
	v := r.Browser(t).Person("Ann").SignIn(oknotest.Ann)
	v.Open("/desk/tickets/" + string(a)).Shows("#thread").Key("m").At("/merge").Shows("input[name=find]")
	v.Size(320, 640).Fill("Into which ticket", "hall").Press("Find").Until("read whole words of what is found", `document.querySelector(".merge-subject")?.clientWidth > 200`).Fits().Size(1280, 900).Fits().Size(1440, 900)
	v.Fill("Into which ticket", string(b)).Press("Find").Shows(".merge-pair").Sees("Dora")
	v.Press("Merge into #" + string(b)).Shows(".field-error") // not before he says that they may read it
	v.Do(`document.querySelector("[name=shown]").click()`)
	v.Press("Merge into #" + string(b)).At("/desk/tickets/" + string(b)).Sees("Ticket #" + string(a) + " was merged into this one")
	v.Open("/desk/tickets/" + string(a)).At("/desk/tickets/" + string(b)).Press("Split off #" + string(a)).At("/parts/")
	v.Press("Split off #" + string(a)).At("/desk/tickets/" + string(a)).Shows("#thread").Sees("stands by itself again")
	v.NoFaults()
}

// Nothing here is clicked, and every step says where the focus is.
func TestMergingAndSplittingNeedNoMouse(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	first, _ := asked(t, r, "A lamp that flickers")
	second, _ := asked(t, r, "The lamp again")
	a, b := string(first), string(second)
	must(t, r.Desk.ChangeTags(t.Context(), r.Agent(oknotest.Ann), first, []string{"hall"}, nil))
	ann := r.Browser(t).Person("Ann").SignIn(oknotest.Ann)
	ann.Open("/desk/tickets/" + a).Shows("#thread").Key("m").At("/merge").Stands("Into which ticket")
	ann.Type("lamp again").Key(kb.Enter).Sees("Found").TabTo("#" + b).Key(kb.Enter).Shows(".merge-pair")
	ann.Sees("Tags of #" + a + " that #" + b + " lacks are put on it too: hall.")
	ann.TabTo("Merge into #" + b).Key(kb.Enter).At("/desk/tickets/" + b).Sees("Ticket #" + a + " was merged into this one").Sees("hall")

	ann.Open("/desk?view=closed").Sees("→ #"+b).Key("j").Until("stand on its row", onRow("→ #"+b)).Lit()
	ann.Until("be told where it leads", `document.activeElement.innerText.includes("Merged into #`+b+`; this link leads there")`)
	ann.Key(kb.Enter).At("/desk/tickets/" + b)
	known(t, r, "Carl", oknotest.Carl, "en")
	carl := r.Browser(t).Person("Carl").SignIn(oknotest.Carl).Open("/tickets?state=closed").Sees("→ #" + b)
	carl.NoFaults()

	ann.TabTo("Split off #" + a).Key(kb.Enter).At("/parts/" + a)
	ann.TabTo("Split off #" + a).Key(kb.Enter).At("/desk/tickets/" + a).Shows("#thread").Sees("stands by itself again")
	ann.NoFaults()
}
