package peer_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/oknodesk/okno"
)

func TestLettersAreFetchedFromDovecotAndPutAway(t *testing.T) {
	d := open(t)
	cases := []struct {
		okno.Fetch
		left, archived int // letters in the folder, in the archive
	}{
		{okno.Fetch{User: "marked", Port: d.IMAPS, Security: okno.TLS, After: okno.MarkSeen}, 2, -1},
		{okno.Fetch{User: "foldered", Port: d.IMAP, Security: okno.StartTLS, Folder: "Заявки/Новые & срочные", After: okno.MarkSeen}, 2, -1},
		{okno.Fetch{User: "archived", Port: d.IMAPS, Security: okno.TLS, After: okno.ArchiveIt, Archive: "Обработано/Ящик"}, 0, 2},
		{okno.Fetch{User: "deleted", Port: d.IMAPS, Security: okno.TLS, After: okno.DeleteIt}, 0, -1},
	}
	for i := range cases {
		c := &cases[i]
		if c.Folder == "" {
			c.Folder = "INBOX"
		}
		must(t, d.Put(c.User, c.Folder, letter(c.User, "waiting."+c.User)))
		d.mailbox(c.Fetch)
	}
	for _, c := range cases {
		until(t, "the letter that waited is fetched for "+c.User, func() bool { return len(d.came(c.User)) == 1 && !d.state(c.User).At.IsZero() })
		must(t, d.Put(c.User, c.Folder, letter(c.User, "told."+c.User))) // and nobody asks: Dovecot tells
	}
	for _, c := range cases {
		until(t, "the letter that Dovecot told of is fetched for "+c.User, func() bool { return len(d.came(c.User)) == 2 })
		until(t, "both letters of "+c.User+" are put away", func() bool {
			return d.holds(c.User, c.Folder) == c.left && (c.Archive == "" || d.holds(c.User, c.Archive) == c.archived)
		})
		if trouble := d.state(c.User).Trouble; trouble != "" {
			t.Errorf("%s: %s", c.User, trouble)
		}
	}
}

func TestAFolderMadeAnewAtDovecotBringsNoLetterTwice(t *testing.T) {
	d := open(t)
	const user, folder = "renumbered", "Support"
	for _, id := range []string{"a", "b"} {
		must(t, d.Put(user, folder, letter(user, id)))
	}
	d.mailbox(okno.Fetch{User: user, Port: d.IMAPS, Security: okno.TLS, Folder: folder, After: okno.MarkSeen})
	until(t, "both letters are fetched", func() bool { return len(d.came(user)) == 2 && !d.state(user).At.IsZero() })
	before := d.state(user)
	must(t, d.Remove(user, folder))
	for _, id := range []string{"b", "c", "a"} {
		must(t, d.Put(user, folder, letter(user, id)))
	}
	until(t, "the folder is read anew", func() bool {
		d.fetchNow() // for it may be in a pause after trouble
		return d.state(user).UIDValidity != before.UIDValidity
	})
	if came := d.came(user); !slices.Equal(slices.Sorted(maps.Keys(came)), []string{"a@customer.example", "b@customer.example", "c@customer.example"}) || came["a@customer.example"] != 1 || came["b@customer.example"] != 1 {
		t.Errorf("%v", came)
	}
}

func TestFetchingGoesOnWhenDovecotIsBack(t *testing.T) {
	d := open(t)
	const user = "patient"
	d.mailbox(okno.Fetch{User: user, Port: d.IMAPS, Security: okno.TLS, After: okno.MarkSeen})
	must(t, d.Put(user, "INBOX", letter(user, "before")))
	until(t, "a letter is fetched", func() bool { return len(d.came(user)) == 1 })
	must(t, d.Kill())
	until(t, "the trouble is said", func() bool { return d.state(user).Trouble != "" })
	must(t, d.Start())
	must(t, d.Put(user, "INBOX", letter(user, "after")))
	until(t, "the next letter is fetched", func() bool { d.fetchNow(); return len(d.came(user)) == 2 })
	until(t, "nothing troubles it any longer", func() bool { return d.state(user).Trouble == "" })
}
