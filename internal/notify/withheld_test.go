package notify_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
)

// count is how many of the letters are of a kind.
func count(letters []sent, kind okno.LetterKind) (n int) {
	for _, l := range letters {
		if l.Kind == kind {
			n++
		}
	}
	return n
}

func TestAnswersByThemselvesEndAtTheLimitAndCanBeSentAfterAll(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		const limit = 4
		s, err := r.Settings(r.ctx())
		must(t, err)
		s.Limits.Answers = limit
		must(t, r.SaveSettings(r.ctx(), okno.Console(), s))
		write := func(i int, subject string) okno.Number {
			return r.byLetter(okno.Proven, "en", fmt.Sprintf("From: Carl <carl@customer.example>\r\nSubject: %s\r\nMessage-ID: <%d@customer.example>\r\n\r\nHello.\r\n", subject, i)).Number
		}
		var last okno.Number
		var letters []sent
		for i := range limit + 2 {
			last = write(i, fmt.Sprint("Request ", i))
			letters = append(letters, r.letters()...)
		}
		if got := count(letters, okno.LetterConfirmation); got != limit {
			t.Errorf("%d confirmations", got)
		}
		if got := count(letters, okno.LetterStopped); got != 3 { // once to each agent
			t.Errorf("agents were told by %d letters: %s", got, list(letters))
		}
		must(t, r.SendWithheld(r.ctx(), r.ann, last))
		if got := list(r.letters()); got != "confirmation to carl@customer.example" {
			t.Errorf("sent after all: %s", got)
		}
		r.pass(25 * time.Hour)
		letters = nil
		for i, subject := range []string{"Next day", "Re: Next day", "Next day"} {
			write(100+i, subject)
			letters = append(letters, r.letters()...)
		}
		if got := count(letters, okno.LetterConfirmation); got != 2 {
			t.Errorf("the next day: %s", list(letters))
		}
		for _, l := range letters {
			if l.Kind == okno.LetterStopped && !strings.Contains(l.read.Text, "answers our letters") {
				t.Errorf("an echo is told as %q", l.read.Text)
			}
		}
	})
}
