package oknotest_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/oknotest"
)

// Nothing here is clicked, and every step says where the focus is.
func TestACustomerNeedsNoMouse(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	carl := r.Browser(t).Person("Carl").Open("/")
	carl.TabTo("Open a new ticket").Key(kb.Enter).At("/open")
	carl.TabTo("E-mail").Type(oknotest.Carl)
	carl.TabTo("Name").Type("Carl")
	carl.TabTo("Subject").Type("A lamp that flickers")
	carl.TabTo("Description").Type("Please help.")
	carl.TabTo("Files").TabTo("Send the request").Key(kb.Enter).At("/open/done")

	carl.Open("/login").TabTo("User").Type(oknotest.Carl).TabTo("Password").Type("a guess").Key(kb.Enter).Stands("There is no such login and password here.")

	carl.Open(r.Sink.Letter(oknotest.Carl, "#100001").Link(t, "/t/")).At("/tickets/100001")
	carl.TabTo("Write a message").Type("While I think of it: it is a new one.").TabTo("Send").Key(kb.Enter)
	carl.Sees("While I think of it: it is a new one.").Holds("Write a message", "")

	carl.TabTo("Close the ticket").Key(kb.Enter).Sees("The ticket is closed.")
	carl.TabTo("Open again").Key(" ").Sees("The ticket is open again.")

	ann := r.Agent(oknotest.Ann)
	must(t, r.Desk.SetStatus(t.Context(), ann, "100001", okno.StatusDone, okno.Hold{}, 0))
	carl.Open(r.Sink.Letter(oknotest.Carl, "answer=no").Link(t, "answer=no")).Stands("No")
	must(t, r.Desk.SetStatus(t.Context(), ann, "100001", okno.StatusOpen, okno.Hold{}, 0))
	carl.Misses("Are you satisfied").Lit() // taken away under his finger
	must(t, r.Desk.SetStatus(t.Context(), ann, "100001", okno.StatusDone, okno.Hold{}, 0))
	carl.Sees("Are you satisfied").TabTo("Yes").Key(kb.Enter).Sees("It can be opened again").TabTo("Open again")
	carl.NoFaults()
}

func TestAnAgentNeedsNoMouse(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	first, _ := asked(t, r, "A lamp that flickers")
	asked(t, r, "A chair that squeaks")
	ann := r.Browser(t).Person("Ann").Open("/login")
	ann.TabTo("User").Type(oknotest.Ann).TabTo("Password").Type(oknotest.Password).Key(kb.Enter).At("/desk")

	ann.Key("g").Key("o").At("view=open").Sees("A chair that squeaks")
	ann.Key("j").Until("stand on the first row", onRow("A chair that squeaks")).Lit().Key("j").Until("stand on the next", onRow("A lamp that flickers")).Lit()
	ann.Key("k").Until("stand on the first again", onRow("A chair that squeaks")).Key("j").Key(kb.Enter).At("/desk/tickets/" + string(first)).Sees("Please help.").Lit()
	ann.Size(320, 700).Misses("Send and wait").Key("r").Stands(answer).Sees("Send and wait").Sees("Please help.").Key(kb.Escape).Size(1440, 900)

	ann.Key("r").Stands(answer).Type("Which bulb is it? A list is attached.")
	ann.TabTo("Send and wait").TabTo("Send").Key(kb.Enter).Sees("none is attached").Stands("Cancel").Key(kb.Escape).Stands("Send")
	ann.Key(kb.Enter).Stands("Cancel").TabTo("Send").Key(kb.Enter).Sees("Which bulb is it?").Stands("Your answer is in the ticket.")
	ann.Key("n").Stands("A note that only agents see").Type("The same batch as last month.")
	ann.Key(kb.Enter, chromedp.ModifierCtrl).Sees("The same batch as last month.").Stands("Your note is in the ticket.")

	ann.Key("a").Stands("Take it").Key(kb.ArrowDown).Lit().Key(kb.Escape).Stands("Assignee:")
	ann.Key("a").Stands("Take it").Key(kb.Enter).Misses("Take it").Stands("Assignee: Ann Agent. Change")
	ann.Key("a").Until("stand in the menu", `document.activeElement.matches(".menu-item")`).Lit().Key(kb.Enter).Sees("Take it").Stands("Assignee:")
	ann.Key("t").Misses("Take it").Lit()
	ann.Key("s").Stands("Waiting for customer").Key(kb.Enter).Sees("Waiting for customer").Stands("Status:")
	ann.Key("e").Stands("Status: Done. Change").Key("g").Key("d").At("view=done").Sees("A lamp that flickers")

	ann.Key("/").Stands("Find tickets").Type(string(first)).Key(kb.Enter).At("/desk/tickets/" + string(first))
	ann.Key("k", chromedp.ModifierCtrl).Stands("Find anything").Key(kb.Escape).Until("have left it", `!document.activeElement.matches("input")`)
	ann.Key("?").Shows("#shortcuts[open]").Lit().Key(kb.Escape).Misses("Next and previous ticket")
	ann.Key("r").Stands(answer).Type("half").Key(kb.Escape).Stands("Answer").Key("n").Stands("A note that only agents see")
	ann.NoFaults()
}

// onRow is whether the focus is on the row of a list that says so.
func onRow(subject string) string {
	return `document.activeElement.matches("a.row") && document.activeElement.innerText.includes("` + subject + `")`
}

// A letter of one's own may be a command of one's speech program (WCAG 2.1.4).
func TestSingleLetterKeysCanBeSwitchedOff(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	asked(t, r, "A lamp that flickers")
	ann := r.Browser(t).Person("Ann").SignIn(oknotest.Ann)
	ann.Key("g").Key("s").At("/desk/settings").TabTo("Shortcuts of a single letter").Key(" ").TabTo("Save").Key(kb.Enter).Sees("Saved")
	ann.Open("/desk?view=open").Sees("A lamp that flickers")
	for _, key := range []string{"j", "c", "/", "?"} {
		ann.Key(key)
		if oknotest.Ask[bool](ann, `document.activeElement !== document.body || !location.pathname.endsWith("/desk") || Boolean(document.querySelector("dialog[open]"))`) {
			t.Fatalf("%s does something", key)
		}
	}
	ann.Key("k", chromedp.ModifierCtrl).Stands("Find anything")
	ann.NoFaults()
}

// The line that the reader is at stays, although it is older than the one that
// goes (WCAG 2.2.1).
func TestWordsOnWhatWasDoneWaitForTheirReader(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	_, link := asked(t, r, "A lamp that flickers")
	carl := r.Browser(t).Person("Carl").Open(link).At("/tickets/")
	carl.TabTo("Close the ticket").Key(kb.Enter).Sees("The ticket is closed.")
	carl.TabTo("Dismiss")
	carl.Do(`document.dispatchEvent(new CustomEvent("toast", {detail: {text: "And another."}}))`)
	carl.Sees("And another.").Misses("And another.")
	if !oknotest.Ask[bool](carl, `document.body.innerText.includes("It can be opened again")`) {
		t.Error("the line is gone while its reader was at it")
	}
	carl.Key(kb.Enter).Misses("It can be opened again").Lit()
}

// Every step says where the focus is; nothing is clicked. After a refusal and
// after a test it is on what is said about it.
func TestAnAdministratorNeedsNoMouse(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	ada := r.Browser(t).Person("Ada").Open("/login")
	ada.TabTo("User").Type(oknotest.Ada).TabTo("Password").Type(oknotest.Password).Key(kb.Enter).At("/desk")
	ada.TabTo("Administration").Key(kb.Enter).At("/admin").TabTo("Find a setting").Type("departments").Key(kb.Enter).At("q=departments")

	ada.TabTo("Departments").Key(kb.Enter).At("/admin/departments").TabTo("Add a department").Key(kb.Enter).At("/admin/departments/new")
	ada.TabTo("Create").Key(kb.Enter).Sees("Please fill this in.").Stands("Some fields need your attention. Everything you typed is kept.").Key(kb.Tab).Key(kb.Enter).Stands("Name")
	ada.Type("Repairs").TabTo("Signature").Type("Yours, the repairers").TabTo("Create").Key(kb.Enter).Sees("Saved.").At("/admin/departments").Sees("Repairs")
	ada.TabTo("Repairs").Key(kb.Enter).Titled("Repairs").TabTo("Name").Key(kb.End).Type(" and spares").TabTo("Save").Key(kb.Enter).Sees("Repairs and spares")

	ada.TabTo("Agents").Key(kb.Enter).At("/admin/agents").TabTo("Add an agent").Key(kb.Enter).At("/admin/agents/new")
	ada.TabTo("Name").Type("Rita").TabTo("E-mail address").Type("rita@desk.example").TabTo("Role").Key(kb.ArrowDown).Key(kb.ArrowUp)
	ada.TabTo("Repairs and spares").Key(" ").TabTo("Add and invite").Key(kb.Enter).At("/admin/agents").Sees("rita@desk.example")
	r.Sink.Letter("rita@desk.example", "Password|password")

	ada.TabTo("Help topics").Key(kb.Enter).At("/admin/topics").TabTo("Add a help topic").Key(kb.Enter).At("/admin/topics/new")
	ada.TabTo("Name (English)").Type("Lamps").TabTo("Name (Русский)").Type("Лампы").TabTo("Department").Key(kb.ArrowDown).TabTo("Create").Key(kb.Enter).At("/admin/topics").Sees("Lamps")

	ada.TabTo("Mailboxes").Key(kb.Enter).At("/admin/mailboxes").TabTo("Add a mailbox").Key(kb.Enter).At("/admin/mailboxes/new")
	ada.TabTo("Address").Type("repairs@desk.example").TabTo("Fetch letters from a mail server").Key(" ").TabTo("Mail server").Type("127.0.0.1")
	ada.TabTo("Login").Type("repairs").TabTo("Password").Type("secret words")
	ada.TabTo("Test fetching").Key(kb.Enter).Sees("It does not work. This is an address of an inner network").
		Stands("It does not work. This is an address of an inner network, which the program speaks to only when it may: name the server in the setting --outbound-allow. Word for word:")
	ada.TabTo("Fetch letters from a mail server").Key(" ").TabTo("Create").Key(kb.Enter).At("/admin/mailboxes").Sees("repairs@desk.example")

	ada.TabTo("Names, look and rules").Key(kb.Enter).At("/admin/settings").TabTo("Name of the product").Key(kb.End).Type(" at last").TabTo("Save").Key(kb.Enter).Sees("Saved.").Sees("Okno at last")

	ada.TabTo("Outgoing letters").Key(kb.Enter).At("/admin/letters").TabTo("Send a test letter").Key(kb.Enter).At("/admin/letters/test")
	ada.TabTo("Only reach the mail server").Key(kb.Enter).Stands("The mail server answers.")
	ada.TabTo("Send the letter").Key(kb.Enter).At("/admin/letters").Sees("is on its way")
	r.Sink.Letter(oknotest.Ada, "")

	ada.TabTo("People").Key(kb.Enter).At("/admin/people").TabTo("Beginning of an e-mail address, or ticket number").Type("rita@").Key(kb.Enter).At("q=rita")
	ada.TabTo("Rita").Key(kb.Enter).Titled("Rita").TabTo("Erase this person’s data…").Key(kb.Enter).At("/erasure").Sees("Disable him among the agents first")

	ada.Size(320, 800).Open("/admin/jobs").Until("have the index begin at the page", `(() => { const at = document.querySelector(".admin-index [aria-current]").getBoundingClientRect(); return at.left >= 0 && at.right <= innerWidth })()`)
	ada.NoFaults()
}
