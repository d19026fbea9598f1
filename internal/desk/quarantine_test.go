package desk_test

import (
	"fmt"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// deciders decide on letters in quarantine: no letter does.
var (
	deciders = only(okno.NotFound, "agent", "admin")
	byHand   = working.but(okno.Forbidden, "agent's letter", "admin's letter")
)

// quarantineSteps are what is done with letters that nobody asked for, and
// with those of ours that came back.
var quarantineSteps = []step{
	{"Quarantine", deciders, func(s *scene, by okno.Actor) error {
		_, _, err := s.Quarantine(s.ctx(), by, "")
		return err
	}},
	{"QuarantineCount", everyone, func(s *scene, by okno.Actor) error { return done(s.QuarantineCount(s.ctx(), by)) }},
	{"QuarantinedLetter", deciders, func(s *scene, by okno.Actor) error { return done(s.QuarantinedLetter(s.ctx(), by, s.waiting())) }},
	{"ReleaseLetter", deciders, func(s *scene, by okno.Actor) error { return s.ReleaseLetter(s.ctx(), by, s.waiting()) }},
	{"DiscardLetter", deciders, func(s *scene, by okno.Actor) error { return s.DiscardLetter(s.ctx(), by, s.waiting()) }},
	// The scene's ticket came by the site.
	{"MarkSpam", byHand.but(okno.Conflict, "agent", "admin"), func(s *scene, by okno.Actor) error { return s.MarkSpam(s.ctx(), by, s.n, 0) }},
	{"BanSender", byHand, func(s *scene, by okno.Actor) error { return s.BanSender(s.ctx(), by, s.n, false) }},
	{"AddBan", managing, func(s *scene, by okno.Actor) error { return s.AddBan(s.ctx(), by, "shop.example") }},
	{"Bans", managing, func(s *scene, by okno.Actor) error {
		_, _, err := s.Bans(s.ctx(), by)
		return err
	}},
	{"LiftBan", managing, func(s *scene, by okno.Actor) error { return s.LiftBan(s.ctx(), by, s.ban()) }},
	// Nothing was withheld, nothing came back and no agent wrote by letter:
	// intake's and notify's tests have those.
	{"SendWithheld", working.but(okno.Conflict, "agent's letter", "admin's letter", "agent", "admin"), func(s *scene, by okno.Actor) error {
		return s.SendWithheld(s.ctx(), by, s.n)
	}},
	{"ClearAddresses", working, func(s *scene, by okno.Actor) error { return s.ClearAddresses(s.ctx(), by, s.n) }},
	{"ReturnedLetter", only(okno.NotFound).but(okno.Forbidden, "participant", "requester", "guest"), func(s *scene, by okno.Actor) error {
		return done(s.ReturnedLetter(s.ctx(), by, s.n, s.letter()))
	}},
	{"Readdress", working.but(okno.NotFound, "agent's letter", "admin's letter", "agent", "admin"), func(s *scene, by okno.Actor) error {
		return s.Readdress(s.ctx(), by, s.n, s.letter(), "carl@home.example")
	}},
	// The scene's words came by the site: who sees the ticket finds no letter.
	{"MessageLetter", only(okno.NotFound), func(s *scene, by okno.Actor) error {
		_, _, err := s.MessageLetter(s.ctx(), by, s.n, s.word)
		return err
	}},
	{"Publish", only(okno.NotFound).but(okno.Forbidden, "agent's letter", "admin's letter").but(okno.Conflict, "agent", "admin"), func(s *scene, by okno.Actor) error {
		return s.Publish(s.ctx(), by, s.n, s.note)
	}},
}

// quarantine gives the walk letters to decide on, and a ban.
func (r *rig) quarantine() {
	r.t.Helper()
	box, err := r.MailboxFor(r.ctx(), "support@desk.example")
	must(r.t, err)
	for i := range 8 {
		must(r.t, done(r.KeepLetter(r.ctx(), okno.KeptLetter{Mailbox: box.ID, MessageID: fmt.Sprintf("waits%d@shop.example", i), Source: "pipe", Raw: fmt.Appendf(nil, "Subject: Buy %d\r\n\r\nNow.\r\n", i)})))
		all, _, err := r.KeptLetters(r.ctx(), r.admin, "", "")
		must(r.t, err)
		k := all[0]
		k.State, k.Cause = okno.KeptQuarantined, okno.CauseSpam
		must(r.t, r.SaveVerdicts(r.ctx(), k))
	}
	must(r.t, r.AddBan(r.ctx(), r.admin, "banned.example"))
}

// waiting is the latest letter that waits.
func (s *scene) waiting() okno.Ref {
	all, _, err := s.Quarantine(s.ctx(), s.admin, "")
	must(s.t, err)
	return all[0].Ref
}

func (s *scene) ban() okno.Ref {
	all, _, err := s.Bans(s.ctx(), s.admin)
	must(s.t, err)
	return all[0].Ref
}

// TestLettersThatAProgramOfBeforeHeldBackWait: one that runs beside this one knows
// only their state.
func TestLettersThatAProgramOfBeforeHeldBackWait(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.quarantine()
		must(t, r.db.Write(r.ctx(), func(tx *db.Tx) error {
			if _, err := tx.Exec(`UPDATE kept_letter SET waits = 0`); err != nil {
				return err
			}
			_, err := tx.Exec(`UPDATE kept_letter SET state = 'discarded', waits = 1 WHERE messageid = 'waits3@shop.example'`)
			return err
		}))
		must(t, r.Tidy(r.ctx()))
		if n, err := r.QuarantineCount(r.ctx(), r.admin); n != 7 || err != nil {
			t.Errorf("%d wait, %v", n, err)
		}
	})
}
