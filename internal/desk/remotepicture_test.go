package desk_test

import (
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

func TestPicturesOfOtherHostsAreEachReadersChoice(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n, carl, _, _ := r.told()
		letter := func(claim okno.Claim, key string) okno.MessageID {
			t.Helper()
			by := carl
			by.Door, by.Claim = okno.DoorMail, claim
			w, err := r.AddMessage(t.Context(), by, n, desk.Words{Key: key + " " + string(n), Text: "Look.",
				HTML: `<p>Look <img src="https://pictures.example/lamp.png"></p>`, Channel: okno.ChannelMail, Letter: &desk.LetterWords{}})
			must(t, err)
			return w.Message
		}
		first, second, forged := letter(okno.Proven, "the first"), letter(okno.Proven, "the second"), letter(okno.Claimed, "a forged one")
		ref := func(m okno.MessageID) okno.Ref {
			t.Helper()
			for _, found := range r.page(r.ann, n).Messages {
				if found.ID == m {
					return found.Ref
				}
			}
			t.Fatalf("no message %d", m)
			return ""
		}
		choose := func(by okno.Actor, m okno.MessageID, choice okno.RemoteChoice, want okno.Reason) {
			t.Helper()
			if err := r.ChooseRemotePictures(t.Context(), by, ref(m), choice); okno.ReasonOf(err) != want {
				t.Errorf("choosing %q: %v, want %q", choice, err, want)
			}
		}
		chosen := func(what string, by okno.Actor, want ...okno.RemoteChoice) {
			t.Helper()
			page := r.page(by, n)
			for i, m := range []okno.MessageID{first, second, forged} {
				one, err := r.RemotePictures(t.Context(), by, ref(m))
				must(t, err)
				if page.Remote[m] != want[i] || one.Choice != want[i] {
					t.Errorf("%s: letter %d is %q on the page, %q alone, want %q", what, i, page.Remote[m], one.Choice, want[i])
				}
			}
		}
		none, message, sender := okno.RemoteNone, okno.RemoteMessage, okno.RemoteSender
		chosen("at first", r.ann, none, none, none)
		choose(r.ann, first, message, "")
		chosen("one letter", r.ann, message, none, none)
		chosen("another agent", r.admin, none, none, none)
		chosen("the customer", carl, none, none, none)
		choose(r.ann, forged, sender, okno.Forbidden)
		choose(carl, second, sender, okno.Forbidden)
		choose(r.bob, first, message, okno.NotFound)
		choose(r.ann, second, sender, "")
		chosen("always from him, where it is proven his", r.ann, sender, sender, none)
		choose(r.ann, forged, message, "")
		chosen("the forged one too", r.ann, sender, sender, message)
		choose(r.ann, second, none, "")
		chosen("no more from him", r.ann, message, none, message)
		page, err := r.RemotePictures(t.Context(), r.ann, ref(first))
		must(t, err)
		other, err := r.RemotePictures(t.Context(), carl, ref(first))
		must(t, err)
		if page.Sign("https://pictures.example/lamp.png") == other.Sign("https://pictures.example/lamp.png") {
			t.Error("two readers have one mark")
		}
	})
}
