package notify_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
)

// read compares letters with what was read through by a person, each once.
func (r *rig) read(lang, name string, letters []sent, seen map[string]bool) {
	r.t.Helper()
	for _, l := range letters {
		side := "customer"
		if strings.HasSuffix(l.Letter.To, "@desk.example") {
			side = "agent"
		}
		file := fmt.Sprintf("testdata/%s-%s-%s", lang, name, side)
		if seen[file] {
			continue
		}
		seen[file] = true
		tidy := func(s string) string {
			if found := linkForm.FindStringSubmatch(l.read.Text); found != nil {
				s = strings.ReplaceAll(s, found[1], "TOKEN")
			}
			return s
		}
		compare(r.t, file+".txt", "Subject: "+l.read.Subject+"\nFrom: "+l.read.From[0].Name+"\nAuto-Submitted: "+l.read.Header.Get("Auto-Submitted")+"\n\n"+tidy(l.read.Text))
		compare(r.t, file+".html", tidy(l.read.HTML))
	}
}

// leave has letters gone, as the post does.
func (r *rig) leave(letters []sent) {
	r.t.Helper()
	for _, l := range letters {
		l.State, l.Sent = okno.LetterSent, r.now()
		must(r.t, r.SaveDelivery(r.ctx(), l.Letter))
	}
}

// until moves the clock and has announced closings seen to.
func (r *rig) until(at time.Time) []sent {
	r.t.Helper()
	r.pass(at.Sub(r.now()))
	_, err := r.CloseAnnounced(r.ctx())
	must(r.t, err)
	return r.letters()
}

func november(day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC)
}

func TestR25EveryLetterOfAnAnnouncedClosing(t *testing.T) {
	for lang, say := range map[string]struct{ subject, closes string }{
		"en": {"Lamp", "If you say nothing, the ticket closes by itself on 26 November 2026."},
		"ru": {"Лампа", "Если Вы ничего не скажете, 26 ноября 2026 г. заявка закроется сама."},
	} {
		t.Run(lang, func(t *testing.T) {
			r, seen := newRig(t, dbtest.Open(t, dbtest.SQLite(t)), lang), map[string]bool{}
			o := r.byForm(lang, "carl@customer.example", say.subject, "…")
			must(t, r.Take(r.ctx(), r.ann, o.Number, 0))
			r.letters()
			must(t, r.SetStatus(r.ctx(), r.ann, o.Number, okno.StatusDone, okno.Hold{}, 0))
			asked := r.letters()
			if l := to(t, asked, "carl@customer.example"); !strings.Contains(strings.ReplaceAll(l.read.Text, "\u00a0", " "), say.closes) || l.Announces.IsZero() {
				t.Fatalf("nothing is announced: %q", l.read.Text)
			}
			r.leave(asked)
			reminder := r.until(november(24, 18, 0))
			if got := list(reminder); got != "reminder to carl@customer.example" || !reminder[0].Announces.Equal(asked[0].Announces) {
				t.Fatalf("half way: %s", got)
			}
			r.read(lang, "reminder", reminder, seen)
			if got := list(r.until(november(25, 18, 0))); got != "" {
				t.Errorf("reminded again: %s", got)
			}
			closed := r.until(november(26, 18, 0))
			if got := list(closed); got != "closed to carl@customer.example" {
				t.Fatalf("at the time: %s", got)
			}
			r.read(lang, "closed-by-itself", closed, seen)

			o = r.byForm(lang, "dora@customer.example", say.subject, "…")
			must(t, r.Take(r.ctx(), r.ann, o.Number, 0))
			r.letters()
			must(t, r.SetStatus(r.ctx(), r.ann, o.Number, okno.StatusDone, okno.Hold{}, 0))
			lost := to(t, r.letters(), "dora@customer.example")
			r.leave([]sent{lost})
			_, err := r.bounced(lost.MessageID, true, "550 5.1.1 no such mailbox")
			must(t, err)
			for _, l := range r.until(november(30, 18, 0)) { // the reminder comes back too
				if l.Kind == okno.LetterReminder {
					r.leave([]sent{l})
					_, err := r.bounced(l.MessageID, true, "550 5.1.1 no such mailbox")
					must(t, err)
				}
			}
			r.letters()
			told := r.until(november(30, 18, 0).AddDate(0, 0, 3))
			if got := list(told); got != "notclosed to ann@desk.example" {
				t.Fatalf("what was not announced: %s", got)
			}
			r.read(lang, "not-closed", told, seen)
		})
	}
}

func TestAnAnswerThatMakesItDoneAnnouncesToTheRequesterOnly(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		o := r.byLetter(okno.Proven, "en", lampLetter, "dora@customer.example")
		r.letters()
		_, err := r.AddMessage(r.ctx(), r.ann, o.Number, desk.Words{Key: r.key(), Text: "A new bulb is in.", Channel: okno.ChannelWeb, Then: okno.StatusDone})
		must(t, err)
		letters := r.letters()
		if carl := to(t, letters, "carl@customer.example"); carl.Announces.IsZero() || !strings.Contains(carl.read.HTML, "closes by itself on") {
			t.Errorf("the requester is not told: %q", carl.read.Text)
		}
		if dora := to(t, letters, "dora@customer.example"); !dora.Announces.IsZero() || strings.Contains(dora.read.Text, "closes by itself") {
			t.Error("a participant is told what only the requester can stop")
		}
	})
}
