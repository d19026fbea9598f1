package workspace_test

import (
	"crypto/rand"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

func TestListShowsTheAgentsTicketsWithCountsAndNobodyElses(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("The printer is on fire")
		list := r.ann.get("/desk")
		list.has(t, 200, "The printer is on fire", "Carl Customer", "It does not work.", "#"+string(n), "Web form", "1 new message",
			`<span class="nav-count" aria-hidden="true">1</span>`, "1\u00a0ticket")
		r.bob.get("/desk").lacks(t, "The printer is on fire", "nav-count")
		r.bob.get(page(n)).has(t, 404)
		r.bob.get(page(n)+"/details").has(t, 404)
		r.bob.post(page(n)+"/messages", "_key", "0123456789abcdef", "public", "Hello").has(t, 404)
		r.bob.post(page(n)+"/assignee", "assignee", "me").has(t, 404)
	})
}

func TestEmptyDeskShowsAnAdministratorHowToBegin(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		token := r.token("ada@desk.example")
		ada := agent{r, r.actor(token, okno.DoorWorkspace), token}
		ada.get("/desk?view=open").has(t, 200, "First steps", `href="/admin/mailboxes"`, `href="/admin/agents/new"`, `href="/open"`)
		ada.get("/desk?q=nothing").lacks(t, "First steps")
		r.ann.get("/desk?view=open").lacks(t, "First steps")
		r.open("The first of all")
		ada.get("/desk?view=waiting").lacks(t, "First steps")
	})
}

func TestViewsHoldWhatTheirNamesSay(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		mine, other := r.open("Mine to do"), r.open("Anyone’s to do")
		must(t, r.Take(t.Context(), r.ann.Actor, mine, 0))
		for view, want := range map[okno.ViewKind][]string{
			okno.ViewMine: {"Mine to do"}, okno.ViewUnassigned: {"Anyone’s to do"}, okno.ViewOpen: {"Mine to do", "Anyone’s to do"},
			okno.ViewWaiting: nil, okno.ViewClosed: nil,
		} {
			got := r.ann.get("/desk?view=" + string(view))
			got.has(t, 200, want...)
			if n := strings.Count(got.body, `id="row-`); n != len(want) {
				t.Errorf("%s: %d rows, want %d", view, n, len(want))
			}
		}
		r.ann.part("/desk?view=mine&part=list&current="+string(mine)).has(t, 200, `id="rows"`, `aria-current="page"`)
		if whole := r.ann.part("/desk?view=mine&part=list"); strings.Contains(whole.body, "<html") {
			t.Error("a part is a whole page")
		}
		if direct := r.ann.get("/desk?view=mine&part=list"); !strings.Contains(direct.body, "<html") {
			t.Error("the address of a part, opened by hand, is no page")
		}
		_ = other
	})
}

func TestListGoesOnBelowItsFirstRows(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for i := range 52 {
			r.clock = r.clock.Add(1e9)
			r.open(fmt.Sprintf("Request number %02d", i))
		}
		first := r.ann.get("/desk")
		first.has(t, 200, "Request number 51", "Show more", `href="/desk?view=open&amp;rows=50"`, `hx-get="/desk?view=open&amp;rows=50&amp;part=list&amp;current="`)
		first.lacks(t, "Request number 26")
		r.ann.get("/desk?view=open&rows=50").lacks(t, "Request number 01")
		all := r.ann.get("/desk?view=open&rows=100")
		all.has(t, 200, "Request number 51", "Request number 00")
		all.lacks(t, "Show more")
	})
}

func TestANumberLeadsToItsTicket(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("Found by number")
		r.ann.get("/desk?q=%23"+string(n)).leads(t, page(n))
		must(t, r.Desk.IndexAll(t.Context()))
		r.ann.get("/desk?q=999999").has(t, 200, "Nothing found")
		r.bob.get("/desk?q="+string(n)).has(t, 200, "Nothing found")
		r.ann.get("/desk?q=%3Cb%3E").lacks(t, "<b>")
	})
}

func TestCompanyStandsInTheListAndInTheDetails(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		_, err := r.AddCompany(t.Context(), r.admin, rand.Text(), desk.CompanyForm{
			Number: "17", Name: "Harbour Labs", AdminName: "Carl Customer", AdminAddress: "carl@customer.example"})
		must(t, err)
		link, err := r.ResetByConsole(t.Context(), "Admin-17")
		must(t, err)
		_, err = r.UseEntry(t.Context(), link, "a password of his own", "", "test")
		must(t, err)
		n := r.open("For a company")
		r.ann.get("/desk").has(t, 200, `<span class="row-company">Harbour Labs</span>`)
		r.ann.part(page(n)+"?part=details").has(t, 200, "Company", "Harbour Labs")
	})
}

func TestLongTicketShowsItsEarlierMessagesOnAPageOfTheirOwn(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("A long story")
		for i := range 102 {
			r.clock = r.clock.Add(1e9)
			_, err := r.AddMessage(t.Context(), r.ann.Actor, n, desk.Words{Key: rand.Text(), Text: fmt.Sprintf("Chapter %03d.", i), Channel: okno.ChannelWeb})
			must(t, err)
		}
		last := r.ann.get(page(n))
		last.has(t, 200, "Earlier messages", "Chapter 101.", `name="public"`)
		last.lacks(t, "It does not work.</p>", "Chapter 001.")
		found := regexp.MustCompile(`href="([^"]*before=[^"]*)"`).FindStringSubmatch(last.body)
		if found == nil {
			t.Fatal("no link to the earlier messages")
		}
		first := r.ann.get(strings.ReplaceAll(found[1], "&amp;", "&"))
		first.has(t, 200, "It does not work.", "Chapter 000.", "Chapter 001.", "To the latest messages")
		first.lacks(t, "Chapter 101.</p>", `name="public"`)
	})
}
