package oknotest_test

import (
	"fmt"
	"os"
	"path"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest"
)

// bell waits until the visitor's bell says a count; "": it is silent.
func bell(v *oknotest.Visitor, count string) {
	if count == "" {
		v.Shows("#bell").Gone("#bell .bell-count")
		return
	}
	v.Shows("#bell .bell-count").Sees(count)
}

// known makes a customer who can sign in of whoever has an address.
func known(t *testing.T, r *oknotest.Rig, name, address, lang string) {
	t.Helper()
	must(t, r.Desk.Register(t.Context(), desk.Registration{Key: "registration of " + address, Name: name, Address: address, Password: oknotest.Password, Lang: lang}))
	link := r.Sink.Letter(address, "/register/").Link(t, "/register/")
	_, err := r.Desk.ConfirmRegistration(t.Context(), path.Base(link), oknotest.Password, "", "test")
	must(t, err)
}

func TestTheBellGoesUpAtOnceAndOpeningTheTicketReadsIt(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	n, link := asked(t, r, "A lamp that flickers")
	must(t, r.Desk.Take(t.Context(), r.Agent(oknotest.Ann), n, 0))
	known(t, r, "Carl", oknotest.Carl, "en")
	b := r.Browser(t)
	ann := b.Person("Ann").SignIn(oknotest.Ann).Open("/desk/notices").Sees("No notifications yet")
	bell(ann, "")
	mark(ann)
	guest := b.Person("Carl's other machine").Open(link).At("/tickets/").Sees("Please help.").Gone("#bell")

	guest.Fill(message, "It smells.").Press("Send").Sees("It smells.")
	bell(ann, "1")
	ann.Sees("The customer wrote in ticket #" + string(n))
	guest.Fill(message, "And it smokes.").Press("Send").Sees("And it smokes.")
	bell(ann, "2")
	marked(t, ann, "Ann")

	carl := b.Person("Carl").SignIn(oknotest.Carl).Open("/tickets").Sees("A lamp that flickers")
	bell(carl, "")
	mark(carl)
	_, err := r.Desk.AddMessage(t.Context(), r.Agent(oknotest.Ann), n, desk.Words{Key: "the answer of Ann's", Text: "Which bulb is it?", Channel: okno.ChannelWeb})
	must(t, err)
	bell(carl, "1")
	marked(t, carl, "Carl")
	carl.Press("Notifications: 1 new").Sees("An agent answered in ticket #" + string(n)).Sees("Ann Agent")
	carl.Do(`document.querySelector("#bell-latest a.bell-line").click()`)
	carl.At("/tickets/" + string(n)).Sees("Which bulb is it?")
	bell(carl, "")

	ann.Open("/desk/tickets/" + string(n)).Sees("And it smokes.")
	bell(ann, "")
	ann.NoFaults()
	carl.NoFaults()
}

func TestWhatIsToldIsSwitchedInTheProfile(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	n, _ := asked(t, r, "A lamp that flickers")
	known(t, r, "Carl", oknotest.Carl, "en")
	carl := r.Browser(t).Person("Carl").SignIn(oknotest.Carl).Open("/profile").Sees("Answers and messages in my tickets").Sees("Always")
	carl.Do(`document.querySelector('[name="answers.letter"]').click()`)
	carl.Press("Save notifications").At("/profile").Sees("Your notification settings are saved")
	if oknotest.Ask[bool](carl, `document.querySelector('[name="answers.letter"]').checked`) || !oknotest.Ask[bool](carl, `document.querySelector('[name="answers.bell"]').checked`) {
		t.Error("the table does not show what was chosen")
	}
	r.Sink.Forget()
	_, err := r.Desk.AddMessage(t.Context(), r.Agent(oknotest.Ann), n, desk.Words{Key: "the answer of Ann's", Text: "Which bulb is it?", Channel: okno.ChannelWeb})
	must(t, err)
	bell(carl, "1")
	r.Settle()
	if left := r.Sink.All(); len(left) != 0 {
		t.Errorf("%d letters left", len(left))
	}
	carl.NoFaults()
}

// A browser of ours reaches no push service; what it would be given, and what
// it does with what comes, is all real but for the exchange between the two.
func TestABrowserIsAllowedToShowNotices(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	b := r.WholeBrowser(t)
	bob := b.Person("Bob").SignIn(oknotest.Bob).Notifications(false).Open("/desk/settings").Sees("You have blocked notifications from this site")
	bob.NoFaults()

	ann := b.Person("Ann").SignIn(oknotest.Ann).Notifications(true).Open("/desk/settings")
	ann.Do(`PushManager.prototype.subscribe = async (options) => {
		if (options.applicationServerKey.length !== 87 || !options.userVisibleOnly) throw new Error("not what a browser takes");
		return { toJSON: () => ({ endpoint: "https://push.example/ann", keys: { p256dh: "B".padEnd(87, "A"), auth: "A".repeat(22) } }) };
	}`)
	ann.Press("Turn on in this browser").Sees("this browser").Misses("Turn on in this browser")
	ann.Pushed(`{"title":"Okno","body":"Ticket #100001 is assigned to you","tag":"100001","path":"/desk/tickets/100001"}`)
	ann.Do(`setInterval(async () => {
		const all = await (await navigator.serviceWorker.ready).getNotifications();
		window.shown = all.map((n) => n.body + " " + n.data).join();
	}, 50)`)
	ann.Until("be shown the notice", fmt.Sprintf(`window.shown === %q`, "Ticket #100001 is assigned to you "+r.URL+"/desk/tickets/100001"))
	ann.Press("Turn off").Sees("This browser will show no more notifications").Sees("Turn on in this browser")
	ann.NoFaults()
}

func TestNoticesLookAsTheyShould(t *testing.T) {
	dir := os.Getenv("OKNO_TEST_SHOTS")
	for _, lang := range []string{"en", "ru"} {
		r := oknotest.Start(t, oknotest.Options{Lang: lang})
		n, _ := asked(t, r, map[string]string{"en": "A lamp that flickers", "ru": "Лампа мигает"}[lang])
		known(t, r, "Carl", oknotest.Carl, lang)
		ann := r.Agent(oknotest.Ann)
		must(t, r.Desk.Take(t.Context(), ann, n, 0))
		b := r.Browser(t)
		carl := b.Person("Carl").SignIn(oknotest.Carl)
		for i, words := range []string{"Which bulb?", "Is it new?"} {
			_, err := r.Desk.AddMessage(t.Context(), ann, n, desk.Words{Key: fmt.Sprint("an answer of Ann's ", i), Text: words, Channel: okno.ChannelWeb})
			must(t, err)
		}
		must(t, r.Desk.SetStatus(t.Context(), ann, n, okno.StatusDone, okno.Hold{}, 0))
		r.Settle()
		agent := b.Person("Ann").SignIn(oknotest.Ann)
		for name, at := range map[string]struct {
			v    *oknotest.Visitor
			path string
		}{"portal-list": {carl, "/notices"}, "portal-switches": {carl, "/profile#notices-settings"}, "portal-bell": {carl, "/tickets"}, "desk-list": {agent, "/desk/notices"}, "desk-switches": {agent, "/desk/settings#notices-settings"}, "desk-bell": {agent, "/desk"}} {
			for _, width := range []int64{1440, 320} {
				for _, dark := range []bool{false, true} {
					if dir == "" && dark != (width == 320) {
						continue // each width and each theme once is enough where nobody looks
					}
					at.v.Size(width, 900).Dark(dark).Open("/robots.txt").Open(at.path).Shows("h1, .list-head")
					if len(name) > 5 && name[len(name)-4:] == "bell" {
						at.v.Do(`[...document.querySelectorAll(".bell")].find((e) => e.checkVisibility()).click()`)
						at.v.Shows(".bell-pop:popover-open")
						r.Settle()
						at.v.Until("be shown the latest", `document.querySelector(".bell-pop:popover-open [id$=latest]").childElementCount > 0`)
					}
					at.v.Accessible()
					if wide := oknotest.Ask[bool](at.v, `document.documentElement.scrollWidth > innerWidth`); wide {
						t.Errorf("%s %s at %d scrolls sideways", lang, name, width)
					}
					if dir != "" {
						at.v.Shot(fmt.Sprintf("%s/%s-%s-%d-%v.png", dir, lang, name, width, dark))
					}
				}
			}
		}
		carl.NoFaults()
		agent.NoFaults()
	}
}
