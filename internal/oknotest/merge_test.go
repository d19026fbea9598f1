package oknotest_test

import (
	"testing"

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
	v.Fill("Into which ticket", string(b)).Press("Find").Shows(".merge-pair").Sees("Dora")
	v.Press("Merge into #" + string(b)).Shows(".field-error") // not before he says that they may read it
	v.Do(`document.querySelector("[name=shown]").click()`)
	v.Press("Merge into #" + string(b)).At("/desk/tickets/" + string(b)).Sees("Ticket #" + string(a) + " was merged into this one")
	v.Open("/desk/tickets/" + string(a)).At("/desk/tickets/" + string(b)).Press("Split off #" + string(a)).At("/parts/")
	v.Press("Split off #" + string(a)).At("/desk/tickets/" + string(a)).Shows("#thread").Sees("stands by itself again")
	v.NoFaults()
}
