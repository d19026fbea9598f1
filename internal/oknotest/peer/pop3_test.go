package peer_test

import (
	"fmt"
	"testing"

	"github.com/oknodesk/okno"
)

func TestLettersAreFetchedFromDovecotByPOP3(t *testing.T) {
	d := open(t)
	cases := []struct {
		okno.Fetch
		left int
	}{
		{okno.Fetch{User: "pop-left", Port: d.POP3S, Security: okno.TLS, After: okno.MarkSeen}, 3},
		{okno.Fetch{User: "pop-deleted", Port: d.POP3, Security: okno.StartTLS, After: okno.DeleteIt}, 0},
	}
	for i := range cases {
		c := &cases[i]
		c.Protocol = okno.POP3
		for _, n := range []int{1, 2} {
			must(t, d.Put(c.User, "INBOX", letter(c.User, fmt.Sprintf("%d.%s", n, c.User))))
		}
		d.mailbox(c.Fetch)
	}
	for _, c := range cases {
		until(t, "the letters that waited are fetched for "+c.User, func() bool { return len(d.came(c.User)) == 2 && !d.state(c.User).At.IsZero() })
		must(t, d.Put(c.User, "INBOX", letter(c.User, "3."+c.User)))
	}
	for _, c := range cases {
		until(t, "the new letter is fetched for "+c.User, func() bool { d.fetchNow(); return len(d.came(c.User)) == 3 })
		until(t, "what is to be deleted is", func() bool { return d.holds(c.User, "INBOX") == c.left })
		for id, n := range d.came(c.User) {
			if n != 1 {
				t.Errorf("%s came %d times", id, n)
			}
		}
		if trouble := d.state(c.User).Trouble; trouble != "" {
			t.Errorf("%s: %s", c.User, trouble)
		}
	}
}
