package desk_test

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk"
)

// selves: only who has signed in as himself, and has no password to change.
var selves = only(okno.NotFound, "stranger", "no role", "other's agent", "participant", "requester", "agent", "admin").
	but(okno.Forbidden, "held", "held agent", "held admin")

// accountSteps are what one does with one's own account.
var accountSteps = []step{
	{"MyCounts", only(okno.NotFound, "stranger", "other's guest", "participant", "requester", "guest"), func(s *scene, by okno.Actor) error {
		open, _, err := s.MyCounts(s.ctx(), by)
		return holds(open > 0, err)
	}},
	{"SaveProfile", selves, func(s *scene, by okno.Actor) error { return s.SaveProfile(s.ctx(), by, s.profile(by)) }},
	{"SetPicture", selves, func(s *scene, by okno.Actor) error { return s.SetPicture(s.ctx(), by, dot(s.t)) }},
	// Ann has one from the step before. An agent's is shown to whoever writes to him.
	{"Picture", everyone.but(okno.NotFound, "nobody", "held", "held agent", "held admin", "stranger's letter", "unproven letter", "agent's letter", "admin's letter"),
		func(s *scene, by okno.Actor) error {
			p, err := s.KnownSender(s.ctx(), "ann@desk.example")
			must(s.t, err)
			_, r, err := s.Picture(s.ctx(), by, p.Ref)
			return closeIt(r, err)
		}},
	{"Sessions", selves, func(s *scene, by okno.Actor) error { return done(s.Sessions(s.ctx(), by)) }},
	{"EndOtherSessions", selves, func(s *scene, by okno.Actor) error { return s.EndOtherSessions(s.ctx(), by) }},
	// Customers here have no session of their own.
	{"EndSession", selves.but(okno.NotFound, "stranger", "no role", "participant", "requester"), func(s *scene, by okno.Actor) error {
		own, err := s.Sessions(s.ctx(), by)
		if err != nil || len(own) == 0 {
			return holds(false, err)
		}
		p := map[okno.PersonID]string{s.ann.Person: "ann@desk.example", s.bob.Person: "bob@desk.example", s.admin.Person: "ada@desk.example"}
		_, err = s.SignIn(s.ctx(), p[by.Person], password, "", "another")
		must(s.t, err)
		own, err = s.Sessions(s.ctx(), by)
		must(s.t, err)
		for _, session := range own {
			if session.Browser == "another" {
				return s.EndSession(s.ctx(), by, session.Ref)
			}
		}
		return okno.ErrNotFound
	}},
	{"AskAddress", selves.but(okno.NotFound, "stranger", "no role", "participant", "requester"), func(s *scene, by okno.Actor) error {
		return s.AskAddress(s.ctx(), by, password, "new@customer.example")
	}},
}

// profile is what a person says of himself already.
func (s *scene) profile(by okno.Actor) okno.Profile {
	p := okno.Profile{Lang: "ru"}
	must(s.t, s.db.Read(s.ctx(), func(tx *db.Tx) error {
		_, err := db.Collect(tx, func(row db.Scanner) (bool, error) { return true, row.Scan(&p.Name, &p.Version) }, `SELECT name, version FROM person WHERE id = ?`, by.Person)
		return err
	}))
	if p.Name == "" {
		p.Name = "Nobody"
	}
	return p
}

// dot is a small picture.
func dot(t *testing.T) io.Reader {
	t.Helper()
	var b bytes.Buffer
	must(t, png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 8, 8))))
	return &b
}

// registered is a customer with an account, at the portal.
func (r *rig) registered(name, address string) (by okno.Actor, p okno.Person) {
	r.t.Helper()
	must(r.t, r.Register(r.ctx(), desk.Registration{Key: "register " + address, Name: name, Address: address, Password: password, Lang: "ru"}))
	token, err := r.ConfirmRegistration(r.ctx(), r.registrationLink(), password, "", "Firefox")
	must(r.t, err)
	by, p, err = r.ActorOf(r.ctx(), token, okno.DoorPortal)
	must(r.t, err)
	return by, p
}

// registrationLink is the link of a letter about the latest registration.
func (r *rig) registrationLink() string {
	r.t.Helper()
	return r.linkOf(r.RegistrationLink(r.last(okno.RegistrationAsked)))
}

// last is the subject of the latest fact of a kind.
func (r *rig) last(kind okno.EventKind) (subject int64) {
	r.t.Helper()
	must(r.t, r.db.Read(r.ctx(), func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT subject FROM event WHERE kind = ? ORDER BY id DESC LIMIT 1`, kind).Scan(&subject)
	}))
	return subject
}

// linkOf queues a letter with a link, which is good from then on.
func (r *rig) linkOf(link desk.LinkToken) string {
	r.t.Helper()
	must(r.t, r.QueueLetters(r.ctx(), []desk.Outgoing{{
		Letter: okno.Letter{Kind: okno.LetterTest, Origin: link.Token, From: "support@desk.example", To: "carl@customer.example", MessageID: link.Token + "@desk.example", Bytes: []byte("x")},
		Links:  []desk.LinkToken{link},
	}}))
	return link.Token
}

func TestAPersonSaysOfHimselfWhatIsTrue(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		by, p := r.registered("Carl", "carl@customer.example")
		must(t, r.SaveProfile(r.ctx(), by, okno.Profile{Name: " Carl Customer ", Phone: "+375 29 625 48 95", Lang: "en", Zone: "Europe/Minsk", Version: p.Version}))
		now, err := r.KnownSender(r.ctx(), "carl@customer.example")
		must(t, err)
		if now.Name != "Carl Customer" || now.Phone != "+375 29 625 48 95" || now.Lang != "en" || now.Zone != "Europe/Minsk" {
			t.Errorf("kept: %+v", now)
		}
		if err := r.SaveProfile(r.ctx(), by, okno.Profile{Name: "Carl", Lang: "en", Version: p.Version}); okno.ReasonOf(err) != okno.Conflict {
			t.Errorf("over a stale version: %v", err)
		}
		for field, wrong := range map[string]okno.Profile{
			"name": {Lang: "en"}, "phone": {Name: "Carl", Lang: "en", Phone: strings.Repeat("1", 41)}, "lang": {Name: "Carl", Lang: "xx"}, "zone": {Name: "Carl", Lang: "en", Zone: "Local"},
		} {
			wrong.Version = now.Version
			if err := r.SaveProfile(r.ctx(), by, wrong); err == nil || !strings.Contains(err.Error(), "("+field+")") {
				t.Errorf("a wrong %s: %v", field, err)
			}
		}
	})
}

func TestAPictureIsSeenByAgentsAndItsOwner(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		by, p := r.registered("Carl", "carl@customer.example")
		dora, _ := r.registered("Dora", "dora@customer.example")
		must(t, r.SetPicture(r.ctx(), by, dot(t)))
		for who, ask := range map[string]okno.Actor{"himself": by, "an agent": r.ann} {
			media, f, err := r.Picture(r.ctx(), ask, p.Ref)
			must(t, closeIt(f, err))
			if media != "image/png" {
				t.Errorf("%s is given %s", who, media)
			}
		}
		if _, _, err := r.Picture(r.ctx(), dora, p.Ref); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("another customer: %v", err)
		}
		r.clock = r.clock.Add(48 * time.Hour)
		must(t, r.Tidy(r.ctx()))
		_, f, err := r.Picture(r.ctx(), by, p.Ref)
		must(t, closeIt(f, err))
		if err := r.SetPicture(r.ctx(), by, strings.NewReader("no picture")); okno.ReasonOf(err) != okno.Invalid {
			t.Errorf("what is no picture: %v", err)
		}
		must(t, r.SetPicture(r.ctx(), by, nil))
		if _, _, err := r.Picture(r.ctx(), by, p.Ref); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("a picture taken away: %v", err)
		}
	})
}

func TestSessionsAreEndedOneByOneAndAllOthers(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		by, _ := r.registered("Carl", "carl@customer.example")
		tokens := map[string]string{}
		for _, browser := range []string{"phone", "tablet", "office"} {
			r.clock = r.clock.Add(time.Minute)
			token, err := r.SignIn(r.ctx(), "carl@customer.example", password, "", browser)
			must(t, err)
			tokens[browser] = token
		}
		own, err := r.Sessions(r.ctx(), by)
		must(t, err)
		var names []string
		for _, s := range own {
			names = append(names, s.Browser)
			if s.This != (s.Browser == "Firefox") {
				t.Errorf("%s: this is %v", s.Browser, s.This)
			}
		}
		if got := strings.Join(names, " "); got != "office tablet phone Firefox" {
			t.Fatalf("sessions: %s", got)
		}
		dora, _ := r.registered("Dora", "dora@customer.example")
		if err := r.EndSession(r.ctx(), dora, own[0].Ref); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("another's session: %v", err)
		}
		must(t, r.EndSession(r.ctx(), by, own[0].Ref))
		in := func(browser string) bool {
			a, _, err := r.ActorOf(r.ctx(), tokens[browser], okno.DoorPortal)
			must(t, err)
			return a.Person != 0
		}
		if in("office") || !in("phone") || !in("tablet") {
			t.Error("one session was to end")
		}
		must(t, r.EndOtherSessions(r.ctx(), by))
		if own, err = r.Sessions(r.ctx(), by); err != nil || len(own) != 1 || !own[0].This || in("phone") || in("tablet") {
			t.Errorf("all others were to end: %v %v", own, err)
		}
	})
}

func TestANewAddressCountsOnceItIsConfirmed(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := r.ctx()
		by, p := r.registered("Carl", "carl@customer.example")
		if err := r.AskAddress(ctx, by, "wrong "+password, "karl@new.example"); okno.ReasonOf(err) != okno.Invalid {
			t.Errorf("without his password: %v", err)
		}
		must(t, r.AskAddress(ctx, by, password, "Karl@new.example"))
		if _, err := r.KnownSender(ctx, "karl@new.example"); okno.ReasonOf(err) != okno.NotFound {
			t.Error("it counts before it is confirmed")
		}
		link := r.linkOf(r.AddressConfirmationLink(r.last(okno.AddressAsked)))
		reset, err := r.ResetByConsole(ctx, "carl@customer.example")
		must(t, err)
		for range 2 { // looking spends nothing
			address, err := r.NewAddress(ctx, link)
			must(t, err)
			if address != "Karl@new.example" {
				t.Errorf("it confirms %s", address)
			}
		}
		must(t, r.ConfirmAddress(ctx, link))
		now, err := r.KnownSender(ctx, "karl@new.example")
		must(t, err)
		if now.ID != p.ID || now.Address != "Karl@new.example" {
			t.Errorf("it is %+v", now)
		}
		if err := r.ConfirmAddress(ctx, link); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("spent twice: %v", err)
		}
		if _, err := r.SignIn(ctx, "karl@new.example", password, "", ""); err != nil {
			t.Errorf("with the new address: %v", err)
		}
		if _, err := r.SignIn(ctx, "carl@customer.example", password, "", ""); okno.ReasonOf(err) != okno.Invalid {
			t.Errorf("with the former address: %v", err)
		}
		if _, err := r.Entry(ctx, reset); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("a link mailed to the former address: %v", err)
		}
	})
}

func TestAnAddressOfAnotherIsNotTaken(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		by, _ := r.registered("Carl", "carl@customer.example")
		must(t, r.AskAddress(r.ctx(), by, password, "soon@customer.example"))
		link := r.linkOf(r.AddressConfirmationLink(r.last(okno.AddressAsked)))
		r.registered("Soon", "soon@customer.example")
		if err := r.ConfirmAddress(r.ctx(), link); okno.ReasonOf(err) != okno.NotFound {
			t.Errorf("an address that became another's: %v", err)
		}
		p, err := r.KnownSender(r.ctx(), "carl@customer.example")
		must(t, err)
		if p.Name != "Carl" {
			t.Errorf("the present address is %+v's", p)
		}
	})
}
