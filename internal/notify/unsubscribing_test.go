package notify_test

import (
	"path"
	"strings"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

func TestLettersOneMayDoWithoutOfferToBeSwitchedOff(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		ctx := r.ctx()
		o := r.byForm("en", "carl@customer.example", "Lamp", "Dark.")
		letters := r.letters()
		if to(t, letters, "carl@customer.example").read.Header.Get("List-Unsubscribe") != "" {
			t.Error("a confirmation can be switched off")
		}
		notice := to(t, letters, "ann@desk.example").read.Header
		off := strings.Trim(notice.Get("List-Unsubscribe"), "<>")
		if !strings.HasPrefix(off, "https://desk.example/off/") || notice.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
			t.Fatalf("a notice to an agent has %q, %q", off, notice.Get("List-Unsubscribe-Post"))
		}
		must(t, r.Take(ctx, r.ann, o.Number, 0))
		_, err := r.AddMessage(ctx, r.ann, o.Number, desk.Words{Key: r.key(), Text: "Yes.", Channel: okno.ChannelWeb})
		must(t, err)
		if to(t, r.letters(), "carl@customer.example").read.Header.Get("List-Unsubscribe") != "" {
			t.Error("an answer can be switched off")
		}
		must(t, r.SetStatus(ctx, r.ann, o.Number, okno.StatusClosed, okno.Hold{}, 0))
		if to(t, r.letters(), "carl@customer.example").read.Header.Get("List-Unsubscribe") == "" {
			t.Error("the word that a ticket is closed cannot be switched off")
		}

		token := path.Base(off)
		for range 2 {
			m, err := r.SwitchLettersOff(ctx, token)
			if err != nil || m != okno.MatterDepartment {
				t.Fatalf("switching off %q: %v", m, err)
			}
		}
		for _, forged := range []string{token + "x", "x" + token, strings.Replace(token, "department", "assigned", 1), "", "1.department"} {
			if _, err := r.SwitchLettersOff(ctx, forged); okno.ReasonOf(err) != okno.NotFound {
				t.Errorf("%q: %v", forged, err)
			}
		}
		r.byForm("en", "dora@customer.example", "Chair", "Hard.")
		if got := list(r.letters()); strings.Contains(got, "ann@desk.example") || !strings.Contains(got, "bob@desk.example") {
			t.Errorf("after Ann switched them off: %s", got)
		}
	})
}
