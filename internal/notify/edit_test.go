package notify_test

import (
	"strings"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

func TestALetterThatHasNotLeftSaysWhatTheMessageSaysNow(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		o := r.byForm("en", "carl@customer.example", "Lamp", "It flickers.")
		r.letters()
		w, err := r.AddMessage(r.ctx(), r.ann, o.Number, desk.Words{Key: r.key(), Text: "Take the red wire.", Channel: okno.ChannelWeb})
		must(t, err)
		red := to(t, r.letters(), "carl@customer.example")
		if !strings.Contains(red.read.Text, "the red wire") {
			t.Fatalf("the answer: %s", red.read.Text)
		}
		l, err := r.LetterToSend(r.ctx(), red.ID)
		must(t, err)
		l.State, l.Attempts, l.Trouble, l.Answer = okno.LetterDelayed, 1, "451 not now", "451 not now"
		must(t, r.SaveDelivery(r.ctx(), l))
		if r.column("letter_attempt", "words") == "" {
			t.Fatal("what the relay said is not kept")
		}
		r.seen-- // what takes a letter's place may get its number
		must(t, r.EditMessage(r.ctx(), r.ann, o.Number, w.Ref, "Take the blue wire.", "", 1))
		if l := to(t, r.letters(), "carl@customer.example"); !strings.Contains(l.read.Text, "the blue wire") || strings.Contains(l.read.Text, "red") {
			t.Errorf("after the change: %s", l.read.Text)
		}
		if said := r.column("letter_attempt", "words"); said != "" {
			t.Errorf("what the relay said of the former letter is told of the new one: %s", said)
		}
		if n := r.answers(); n != 1 {
			t.Errorf("%d answers wait, want one", n)
		}
		must(t, r.DeleteMessage(r.ctx(), r.ann, o.Number, w.Ref))
		if left := r.letters(); len(left) != 0 {
			t.Errorf("a deleted message is told: %s", list(left))
		}
		if n := r.answers(); n != 0 {
			t.Errorf("%d answers wait, want none", n)
		}
	})
}

// answers counts the answers that are queued or were sent.
func (r *rig) answers() int {
	return strings.Count(r.column("letter", "kind")+"\n", string(okno.LetterAnswer)+"\n")
}

func TestALetterThatHasLeftStaysAsItWas(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		o := r.byForm("en", "carl@customer.example", "Lamp", "It flickers.")
		r.letters()
		w, err := r.AddMessage(r.ctx(), r.ann, o.Number, desk.Words{Key: r.key(), Text: "Take the red wire.", Channel: okno.ChannelWeb})
		must(t, err)
		sent := to(t, r.letters(), "carl@customer.example")
		l, err := r.LetterToSend(r.ctx(), sent.ID)
		must(t, err)
		l.State, l.Sent = okno.LetterSent, r.now()
		must(t, r.SaveDelivery(r.ctx(), l))
		must(t, r.EditMessage(r.ctx(), r.ann, o.Number, w.Ref, "Take the blue wire.", "", 1))
		if again := r.letters(); len(again) != 0 {
			t.Errorf("it is told twice: %s", list(again))
		}
		if _, err := r.LetterToSend(r.ctx(), sent.ID); err != nil {
			t.Errorf("it is gone: %v", err)
		}
	})
}
