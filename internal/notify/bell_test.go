package notify_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// bell are the notices that an actor has not read, by name: facts are told of
// at once, in any order.
func (r *rig) bell(by okno.Actor) string {
	r.t.Helper()
	page, err := r.Notices(r.ctx(), by, "", 0)
	must(r.t, err)
	var kinds []string
	for _, line := range page.Lines {
		if line.Read.IsZero() {
			kinds = append(kinds, string(line.Kind))
		}
	}
	slices.Sort(kinds)
	return strings.Join(kinds, " ")
}

// switchTo turns one matter of an actor's by one way on or off.
func (r *rig) switchTo(by okno.Actor, matter okno.Matter, way okno.Way, on bool) {
	r.t.Helper()
	must(r.t, r.SetSwitches(r.ctx(), by, func(m okno.Matter, w okno.Way) bool {
		if m == matter && w == way {
			return on
		}
		return okno.Switches("").On(m, w)
	}))
}

func (r *rig) says(by okno.Actor, n okno.Number, text string) {
	r.t.Helper()
	_, err := r.AddMessage(r.ctx(), by, n, desk.Words{Key: r.key(), Channel: okno.ChannelWeb, Text: text})
	must(r.t, err)
}

func TestBellTellsWhatTheLettersTell(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		dana := r.registered("en", "dana@customer.example")
		o, err := r.OpenTicket(r.ctx(), dana, desk.Opening{Key: r.key(), Channel: okno.ChannelWeb, Subject: "Lamp", Text: "Dark.", Lang: "en"})
		must(t, err)
		if r.letters(); r.bell(dana)+r.bell(r.ann) != "" {
			t.Errorf("a new ticket rings at Dana's %q and, nobody's work yet, at Ann's %q", r.bell(dana), r.bell(r.ann))
		}
		must(t, r.Take(r.ctx(), r.ann, o.Number, 0))
		r.says(r.ann, o.Number, "Which bulb?")
		r.says(dana, o.Number, "The big one.")
		must(t, r.SetStatus(r.ctx(), r.ann, o.Number, okno.StatusDone, okno.Hold{}, 0))
		must(t, r.ConfirmDone(r.ctx(), dana, o.Number, true))
		told := r.letters()
		if got, want := r.bell(dana), "answer done"; got != want {
			t.Errorf("Dana is told %q, want %q", got, want)
		}
		if got, want := r.bell(r.ann), "ended wrote"; got != want {
			t.Errorf("Ann is told %q, want %q", got, want)
		}
		if got := r.bell(r.bob); got != "" {
			t.Errorf("Bob, whose work it is not, is told %q", got)
		}
		if got := len(told); got != 4 {
			t.Errorf("%d letters, want as many as notices: %s", got, list(told))
		}
	})
}

func TestEachWayIsSwitchedByItself(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		dana := r.registered("en", "dana@customer.example")
		r.switchTo(dana, okno.MatterAnswers, okno.WayLetter, false)
		o, err := r.OpenTicket(r.ctx(), dana, desk.Opening{Key: r.key(), Channel: okno.ChannelWeb, Subject: "Lamp", Text: "Dark.", Lang: "en"})
		must(t, err)
		to(t, r.letters(), "dana@customer.example") // the confirmation comes whatever is switched
		must(t, r.Take(r.ctx(), r.ann, o.Number, 0))
		r.says(r.ann, o.Number, "Which bulb?")
		if got := list(r.letters()); got != "" {
			t.Errorf("without letters of answers: %s", got)
		}
		if got := r.bell(dana); got != "answer" {
			t.Errorf("the bell says %q", got)
		}
		must(t, r.ReadNotices(r.ctx(), dana))

		must(t, r.SetSwitches(r.ctx(), dana, func(_ okno.Matter, w okno.Way) bool { return w == okno.WayLetter }))
		r.says(r.ann, o.Number, "And is it new?")
		if got := list(r.letters()); got != "answer to dana@customer.example" {
			t.Errorf("with letters alone: %s", got)
		}
		if got := r.bell(dana); got != "" {
			t.Errorf("with letters alone the bell says %q", got)
		}

		must(t, r.SetSwitches(r.ctx(), dana, func(okno.Matter, okno.Way) bool { return false }))
		r.says(r.ann, o.Number, "Hello?")
		if got := list(r.letters()) + r.bell(dana); got != "" {
			t.Errorf("with nothing switched on: %s", got)
		}
	})
}

func TestNewsOfADepartmentRingWhereTheyAreWanted(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		r.switchTo(r.ann, okno.MatterDepartment, okno.WayBell, true)
		r.switchTo(r.bob, okno.MatterDepartment, okno.WayLetter, false)
		o := r.byForm("en", "carl@customer.example", "Lamp", "Dark.")
		letters := list(r.letters())
		if strings.Contains(letters, "bob@") || !strings.Contains(letters, "ann@") {
			t.Errorf("letters: %s", letters)
		}
		if a, b := r.bell(r.ann), r.bell(r.bob); a != "opened" || b != "" {
			t.Errorf("Ann is told %q and Bob %q", a, b)
		}
		r.askCall(o, "")
		r.letters()
		if a, b := r.bell(r.ann), r.bell(r.bob); a != "call opened" || b != "call" {
			t.Errorf("of a call that nobody has taken Ann is told %q and Bob %q", a, b)
		}
	})
}

func TestLettersThatCanBeSwitchedOffSayWhere(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		o := r.byForm("en", "carl@customer.example", "Lamp", "Dark.")
		letters := r.letters()
		if text := to(t, letters, "carl@customer.example").read.Text; strings.Contains(text, "/profile") {
			t.Errorf("a confirmation says it can be switched off: %s", text)
		}
		if text := to(t, letters, "ann@desk.example").read.Text; !strings.Contains(text, "https://desk.example/desk/settings#notices-settings") {
			t.Errorf("an agent's letter does not say where: %s", text)
		}
		r.says(r.ann, o.Number, "Which bulb?")
		if text := to(t, r.letters(), "carl@customer.example").read.Text; !strings.Contains(text, "https://desk.example/profile#notices-settings") {
			t.Errorf("an answer does not say where: %s", text)
		}
	})
}
