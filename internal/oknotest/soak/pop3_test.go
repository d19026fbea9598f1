package soak

import (
	"fmt"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/oknotest/peer"
	"github.com/oknodesk/okno/internal/oknotest/traffic"
)

// byPOP3 fetches a mailbox of the Dovecot, and deletes there what is kept.
func byPOP3(d *peer.Dovecot, user string) okno.Fetch {
	return okno.Fetch{Protocol: okno.POP3, Port: d.POP3S, User: user, After: okno.DeleteIt}
}

// batch is how many letters wait in the mailbox when a fetch begins.
const batch = 80

// A server of POP3 deletes what it was told to when the session ends in good
// order. One that is cut off in between has all letters still; they are fetched
// again, and there once.
func TestSoakLettersFetchedByPOP3AreThereOnceAfterAKill(t *testing.T) {
	peer.Need(t)
	r := newTrial(t, "", 1, byPOP3)
	process := r.processes[0]
	count := r.reader(process)
	put := 0
	for cut := false; !cut; {
		if put == 10*batch {
			t.Fatal("each fetch was over before the process was killed")
		}
		r.must(process.Kill())
		letters := make(chan shipment, batch)
		for range batch {
			put++
			from := fmt.Sprintf("carl.%d@customer.example", put)
			letters <- shipment{0, from, traffic.Letter{From: from, Subject: fmt.Sprintf("Printer %d", put), ID: fmt.Sprintf("ask.%d@customer.example", put), Text: "It does not print."}.Bytes(), true}
		}
		close(letters)
		r.append(letters)
		r.serve(0)
		before := put - batch
		r.until(insistTime, "some letters are kept", func() bool { return count(`SELECT count(*) FROM kept_letter`) > before })
		r.must(process.Kill())
		// None was deleted, though some are kept: the session was under way.
		cut = r.waiting() == batch
		r.serve(0)
		r.until(insistTime, "the mailbox is emptied", func() bool { return r.waiting() == 0 })
	}
	r.until(insistTime, "all letters are worked off", func() bool {
		return count(`SELECT count(*) FROM kept_letter WHERE state = 'new'`) == 0 && count(`SELECT count(*) FROM letter WHERE kind = 'confirmation'`) >= put
	})
	for what, sql := range map[string]string{
		"tickets":              `SELECT count(*) FROM ticket`,
		"messages":             `SELECT count(*) FROM message`,
		"letters kept":         `SELECT count(*) FROM kept_letter`,
		"letters that joined":  `SELECT count(*) FROM kept_letter WHERE state = 'joined'`,
		"confirmations":        `SELECT count(*) FROM letter WHERE kind = 'confirmation'`,
		"people that wrote so": `SELECT count(DISTINCT author) FROM message`,
	} {
		if got := count(sql); got != put {
			t.Errorf("%s: %d, not %d", what, got, put)
		}
	}
	t.Logf("cut off with %d letters put, %d kept", put, count(`SELECT count(*) FROM kept_letter`))
	if dead := count(`SELECT count(*) FROM job WHERE dead_at IS NOT NULL`); dead > 0 {
		t.Errorf("%d duties were given up", dead)
	}
}
