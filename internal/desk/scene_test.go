package desk_test

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// scene is one ticket of Carl's in the first department, with Pat taking part,
// and everyone who may come to it.
type scene struct {
	*rig
	n             okno.Number
	ticket        okno.Ticket
	word, note    okno.Ref    // a message and a note of it
	shown, hidden okno.Ref    // a file of each
	upload        okno.Ref    // waits for Carl's form
	waits, within okno.Ref    // an answer of Ann's that is planned, and a file of it
	twin          okno.Number // Carl's other ticket
	session       okno.SessionID
	askers        map[string]okno.Actor
}

// Everyone who asks, from the least to the most that he is to the ticket.
var walkers = []string{
	"nobody", "stranger", "other's guest", "other's agent", "no role", "held", "held agent", "held admin",
	"stranger's letter", "unproven letter", "participant", "requester", "guest", "agent's letter", "admin's letter", "agent", "admin",
}

var scenes int

func (r *rig) scene() *scene {
	r.t.Helper()
	scenes++
	ctx, key := r.ctx(), fmt.Sprint("scene ", scenes, " ")
	person := func(name string) okno.PersonID {
		p, err := r.Sender(ctx, name, strings.ToLower(name)+"@customer.example", "en")
		must(r.t, err)
		return p.ID
	}
	carl, dora, pat := person("Carl"), person("Dora"), person("Pat")
	s := &scene{rig: r}
	requester := okno.Actor{Person: carl, Door: okno.DoorPortal}
	opened, err := r.OpenTicket(ctx, requester, desk.Opening{Key: key + "1", Channel: okno.ChannelWeb, Subject: "Lamp", Text: "Dark.", Lang: "en"})
	must(r.t, err)
	others, err := r.OpenTicket(ctx, okno.Actor{Person: dora, Door: okno.DoorPortal}, desk.Opening{Key: key + "2", Channel: okno.ChannelWeb, Subject: "Chair", Text: "Hard.", Lang: "en"})
	must(r.t, err)
	s.n = opened.Number
	opened, err = r.OpenTicket(ctx, requester, desk.Opening{Key: key + "6", Channel: okno.ChannelWeb, Subject: "The lamp", Text: "As dark.", Lang: "en"})
	must(r.t, err)
	s.twin = opened.Number
	upload := func() okno.Ref {
		f, _, err := r.KeepUpload(ctx, r.ann, "lamp.txt", strings.NewReader("a lamp"), 100)
		must(r.t, err)
		return f.Ref
	}
	s.shown, s.hidden = upload(), upload()
	form, token, err := r.KeepUpload(ctx, okno.Nobody("en"), "chair.txt", strings.NewReader("a chair"), 100)
	must(r.t, err)
	visitor, _, err := r.ActorOf(ctx, token, okno.DoorPortal)
	must(r.t, err)
	s.upload, s.session = form.Ref, visitor.Session
	w, err := r.AddMessage(ctx, r.ann, s.n, desk.Words{Key: key + "3", Text: "Which?", Channel: okno.ChannelWeb, Uploads: []okno.Ref{s.shown}, Participants: []string{"pat@customer.example"}})
	must(r.t, err)
	s.word = w.Ref
	w, err = r.AddNote(ctx, r.ann, s.n, desk.Words{Key: key + "4", Text: "Again.", Channel: okno.ChannelWeb, Uploads: []okno.Ref{s.hidden}})
	must(r.t, err)
	s.note = w.Ref
	s.within = upload()
	w, err = r.AddMessage(ctx, r.ann, s.n, desk.Words{Key: key + "5", Text: "Tomorrow.", Channel: okno.ChannelWeb, Uploads: []okno.Ref{s.within}, Hold: true, At: r.Now().Add(time.Hour)})
	must(r.t, err)
	s.waits = w.Ref
	must(r.t, r.ChangeTags(ctx, r.ann, s.n, []string{s.tagName("Renamed"), s.tagName("Merged"), s.tagName("Lasting")}, nil))
	s.ticket, err = r.TicketOfNumber(ctx, s.n)
	must(r.t, err)
	s.cast(carl, dora, pat, others.Ticket)
	return s
}

// cast makes the askers; letters are graded by the desk itself.
func (s *scene) cast(carl, dora, pat okno.PersonID, others okno.TicketID) {
	byLetter := func(p okno.PersonID, claim okno.Claim) okno.Actor {
		a, err := s.MailActor(s.ctx(), p, claim, s.ticket.ID)
		must(s.t, err)
		return a
	}
	own := okno.Actor{Person: carl, Door: okno.DoorPortal, Session: s.session}
	at := func(p okno.PersonID) okno.Actor { return okno.Actor{Person: p, Door: okno.DoorPortal} }
	held := func(a okno.Actor) okno.Actor {
		a.MustChange = true
		return a
	}
	s.askers = map[string]okno.Actor{
		"nobody": okno.Nobody("en"), "stranger": at(dora), "no role": {Person: dora, Door: okno.DoorWorkspace},
		"other's guest": {Door: okno.DoorPortal, Guest: map[okno.TicketID]okno.PersonID{others: dora}},
		"other's agent": s.bob, "held": held(own), "held agent": held(s.ann), "held admin": held(s.admin),
		"stranger's letter": byLetter(dora, okno.Proven), "unproven letter": byLetter(carl, okno.ThreadOnly),
		"participant": at(pat), "requester": own,
		"guest":          {Door: okno.DoorPortal, Guest: map[okno.TicketID]okno.PersonID{s.ticket.ID: carl}},
		"agent's letter": byLetter(s.ann.Person, okno.Proven), "admin's letter": byLetter(s.admin.Person, okno.Proven), "agent": s.ann, "admin": s.admin,
	}
}

// answers are what each asker hears of a command; whoever is missing may.
type answers map[string]okno.Reason

// only refuses everyone but those named.
func only(reason okno.Reason, may ...string) answers {
	a := answers{}
	for _, who := range walkers {
		a[who] = reason
	}
	for _, who := range may {
		delete(a, who)
	}
	return a
}

// but is a with other answers for some.
func (a answers) but(reason okno.Reason, whom ...string) answers {
	all := answers{}
	for who, r := range a {
		all[who] = r
	}
	for _, who := range whom {
		all[who] = reason
	}
	return all
}

var (
	managing = only(okno.Forbidden, "admin")
	// arranging a company's contacts: to others the company is not there.
	arranging = only(okno.NotFound, "admin")
	// reading: to whom the ticket is not his, it is not there.
	reading = only(okno.NotFound, "participant", "requester", "guest", "agent's letter", "admin's letter", "agent", "admin")
	// working: who sees it but is no agent hears that he may not.
	working = only(okno.NotFound, "agent's letter", "admin's letter", "agent", "admin").
		but(okno.Forbidden, "stranger's letter", "unproven letter", "participant", "requester", "guest")
	// merges: no letter merges or splits off.
	merges = working.but(okno.Forbidden, "agent's letter", "admin's letter")
	// deciding is the requester's and, but for confirming, the agents'.
	deciding   = only(okno.NotFound, "requester", "guest", "agent's letter", "admin's letter", "agent", "admin").but(okno.Forbidden, "stranger's letter", "unproven letter", "participant")
	confirming = deciding.but(okno.Forbidden, "agent's letter", "admin's letter", "agent", "admin")
	// writing: nobody changes what another wrote, and no letter what was said.
	writing = only(okno.NotFound, "agent").
		but(okno.Forbidden, "stranger's letter", "unproven letter", "participant", "requester", "guest", "agent's letter", "admin's letter", "admin")
	// speaking: letters may always add words.
	speaking = only(okno.NotFound, "stranger's letter", "unproven letter", "participant", "requester", "guest", "agent's letter", "admin's letter", "agent", "admin")
	agents   = only(okno.NotFound, "agent's letter", "admin's letter", "agent", "admin")
	// heldAnswers do not exist for customers, nor for letters.
	heldAnswers = only(okno.NotFound, "agent", "admin")
)

// step is how to use one method of the desk, and who may.
type step struct {
	method string // and, after a space, in which case
	who    answers
	do     func(s *scene, by okno.Actor) error
}

// holds is not found unless it is true: a list without the ticket.
func holds(found bool, err error) error {
	if err == nil && !found {
		return okno.ErrNotFound
	}
	return err
}

func (s *scene) listed(l *desk.List, err error) error {
	found := false
	if err == nil {
		for _, row := range l.Rows {
			found = found || row.Number == s.n
		}
	}
	return holds(found, err)
}

func closeIt(f io.Closer, err error) error {
	if err != nil {
		return err
	}
	return f.Close()
}

// key is a submission key of its own for each asker.
func (s *scene) key(by okno.Actor) string {
	return fmt.Sprint("walk ", s.n, by.Door, by.Person, by.Claim, by.MustChange, len(by.Guest))
}

// standing is how the ticket must stand before a method is of any use.
var standing = map[string]okno.StatusKind{"Reopen": okno.StatusClosed, "ConfirmDone": okno.StatusDone}

// ticketSteps are what is done with one ticket.
var ticketSteps = []step{
	// Lists first: Transfer gives the other department a ticket.
	{"View", agents, func(s *scene, by okno.Actor) error { return s.listed(s.View(s.ctx(), by, okno.ViewOpen, "")) }},
	{"Counts", agents, func(s *scene, by okno.Actor) error {
		counts, err := s.Counts(s.ctx(), by)
		return holds(counts[okno.ViewOpen] > 0, err)
	}},
	{"MyTickets", only(okno.NotFound, "participant", "requester", "guest"), func(s *scene, by okno.Actor) error {
		return s.listed(s.MyTickets(s.ctx(), by, desk.Mine{}))
	}},
	{"Palette", only(okno.NotFound, "agent", "admin"), func(s *scene, by okno.Actor) error {
		must(s.t, s.IndexAll(s.ctx()))
		found, err := s.Palette(s.ctx(), by, desk.Sought{Text: string(s.n)})
		if err != nil {
			return err
		}
		return s.listed(&desk.List{Rows: found.Tickets}, nil)
	}},
	{"Search", only(okno.NotFound, "participant", "requester", "guest", "agent's letter", "admin's letter", "agent", "admin"), func(s *scene, by okno.Actor) error {
		must(s.t, s.IndexAll(s.ctx()))
		found, err := s.Search(s.ctx(), by, desk.Asked{Text: string(s.n)})
		if err != nil {
			return err
		}
		return s.listed(&found.List, nil)
	}},
	{"Ticket", reading, func(s *scene, by okno.Actor) error { _, err := s.Ticket(s.ctx(), by, s.n, 0); return err }},
	{"SeesTicket", reading, func(s *scene, by okno.Actor) error {
		sees, err := s.SeesTicket(s.ctx(), by, s.n)
		if err == nil && !sees {
			err = okno.ErrNotFound
		}
		return err
	}},
	{"Message", reading, func(s *scene, by okno.Actor) error { _, err := s.Message(s.ctx(), by, s.word); return err }},
	{"Message of a note", only(okno.NotFound, "agent's letter", "admin's letter", "agent", "admin"), func(s *scene, by okno.Actor) error { _, err := s.Message(s.ctx(), by, s.note); return err }},
	{"RemotePictures", reading, func(s *scene, by okno.Actor) error { return done(s.RemotePictures(s.ctx(), by, s.word)) }},
	{"ChooseRemotePictures", reading, func(s *scene, by okno.Actor) error {
		return s.ChooseRemotePictures(s.ctx(), by, s.word, okno.RemoteMessage)
	}},
	{"OpenFile", reading, func(s *scene, by okno.Actor) error {
		_, f, err := s.OpenFile(s.ctx(), by, s.shown)
		return closeIt(f, err)
	}},
	{"OpenFile of a note", only(okno.NotFound, "agent's letter", "admin's letter", "agent", "admin"), func(s *scene, by okno.Actor) error {
		_, f, err := s.OpenFile(s.ctx(), by, s.hidden)
		return closeIt(f, err)
	}},
	{"OpenFile of a form", only(okno.NotFound, "requester"), func(s *scene, by okno.Actor) error {
		_, f, err := s.OpenFile(s.ctx(), by, s.upload)
		return closeIt(f, err)
	}},
	{"OpenFile of a planned answer", only(okno.NotFound, "agent's letter", "admin's letter", "agent", "admin"), func(s *scene, by okno.Actor) error {
		_, f, err := s.OpenFile(s.ctx(), by, s.within)
		return closeIt(f, err)
	}},
	{"UndoAnswer", heldAnswers, func(s *scene, by okno.Actor) error { return s.UndoAnswer(s.ctx(), by, s.n, s.waits) }},
	{"PlanAnswer", heldAnswers, func(s *scene, by okno.Actor) error {
		return s.PlanAnswer(s.ctx(), by, s.n, s.waits, s.Now().Add(2*time.Hour))
	}},
	{"GiveAnswerNow", heldAnswers, func(s *scene, by okno.Actor) error { return s.GiveAnswerNow(s.ctx(), by, s.n, s.waits) }},
	{"AddMessage", speaking, func(s *scene, by okno.Actor) error {
		_, err := s.AddMessage(s.ctx(), by, s.n, desk.Words{Key: s.key(by), Text: "Still dark.", Channel: okno.ChannelWeb})
		return err
	}},
	{"AddMessage with people", deciding, func(s *scene, by okno.Actor) error {
		_, err := s.AddMessage(s.ctx(), by, s.n, desk.Words{Key: s.key(by), Text: "Also mine.", Channel: okno.ChannelWeb, Participants: []string{"eve@customer.example"}})
		return err
	}},
	{"AddNote", agents, func(s *scene, by okno.Actor) error {
		_, err := s.AddNote(s.ctx(), by, s.n, desk.Words{Key: s.key(by), Text: "Between us.", Channel: okno.ChannelWeb})
		return err
	}},
	{"AddUnsureNote", only(okno.NotFound, "agent's letter", "admin's letter"), func(s *scene, by okno.Actor) error {
		return done(s.AddUnsureNote(s.ctx(), by, s.n, desk.Words{Key: s.key(by), Text: "They say it is mine.", Channel: okno.ChannelMail}))
	}},
	{"SaveDraft", agents, func(s *scene, by okno.Actor) error { return s.SaveDraft(s.ctx(), by, s.n, okno.Public, "Perhaps") }},
	{"MarkSeen", reading, func(s *scene, by okno.Actor) error { return s.MarkSeen(s.ctx(), by, s.n, "") }},
	{"EditMessage", writing, func(s *scene, by okno.Actor) error {
		return s.EditMessage(s.ctx(), by, s.n, s.word, "Which one?", "", 1)
	}},
	{"EditMessage of a note", only(okno.NotFound).but(okno.Forbidden, "stranger's letter", "unproven letter", "agent", "agent's letter", "admin's letter", "admin"), func(s *scene, by okno.Actor) error {
		return s.EditMessage(s.ctx(), by, s.n, s.note, "Not again.", "", 1)
	}},
	{"DeleteMessage", writing, func(s *scene, by okno.Actor) error { return s.DeleteMessage(s.ctx(), by, s.n, s.word) }},
	{"Versions", agents, func(s *scene, by okno.Actor) error {
		_, _, err := s.Versions(s.ctx(), by, s.n, s.word)
		return err
	}},
	{"Take", working, func(s *scene, by okno.Actor) error { return s.Take(s.ctx(), by, s.n, 0) }},
	{"Assign", working, func(s *scene, by okno.Actor) error { return s.Assign(s.ctx(), by, s.n, "", 0) }},
	{"AssignTeam", working, func(s *scene, by okno.Actor) error { return s.AssignTeam(s.ctx(), by, s.n, s.team(), 0) }},
	{"Transfer", working, func(s *scene, by okno.Actor) error { return s.Transfer(s.ctx(), by, s.n, s.second.Ref, 0) }},
	{"MergeView", merges, func(s *scene, by okno.Actor) error { return done(s.MergeView(s.ctx(), by, s.n, s.twin)) }},
	{"Merge", merges, func(s *scene, by okno.Actor) error {
		return s.Merge(s.ctx(), by, s.twin, desk.Merging{Into: s.n, Shown: true})
	}},
	{"SplitOff", merges, func(s *scene, by okno.Actor) error { return s.SplitOff(s.ctx(), by, s.n, s.twin, 0) }},
	{"SetStatus", working, func(s *scene, by okno.Actor) error {
		return s.SetStatus(s.ctx(), by, s.n, okno.StatusWaiting, okno.Hold{}, 0)
	}},
	{"ChangeTags", working, func(s *scene, by okno.Actor) error {
		return s.ChangeTags(s.ctx(), by, s.n, []string{"Dark"}, nil)
	}},
	{"EditSubject", working, func(s *scene, by okno.Actor) error { return s.EditSubject(s.ctx(), by, s.n, "Mine now", 0) }},
	{"CloseTicket", deciding, func(s *scene, by okno.Actor) error { return s.CloseTicket(s.ctx(), by, s.n, "page") }},
	{"Reopen", deciding, func(s *scene, by okno.Actor) error { return s.Reopen(s.ctx(), by, s.n) }},
	{"ConfirmDone", confirming, func(s *scene, by okno.Actor) error { return s.ConfirmDone(s.ctx(), by, s.n, true) }},
	{"AskCall", only(okno.NotFound, "requester", "guest").but(okno.Forbidden, "stranger's letter", "unproven letter", "participant", "agent's letter", "admin's letter", "agent", "admin"), func(s *scene, by okno.Actor) error {
		return s.AskCall(s.ctx(), by, s.n, desk.CallForm{Key: s.key(by), Phone: "+375 29 625 48 95"})
	}},
	{"CancelCall", only(okno.NotFound, "requester", "guest").but(okno.Forbidden, "stranger's letter", "unproven letter", "participant", "agent's letter", "admin's letter", "agent", "admin"), func(s *scene, by okno.Actor) error {
		return s.CancelCall(s.ctx(), by, s.n, s.call().Ref)
	}},
	{"HandleCall", working, func(s *scene, by okno.Actor) error {
		return s.HandleCall(s.ctx(), by, s.n, s.call().Ref, okno.CallAccepted, "I will.", 0)
	}},
	{"AskClosing", speaking.but(okno.Forbidden, "agent's letter", "admin's letter", "agent", "admin"), func(s *scene, by okno.Actor) error { return s.AskClosing(s.ctx(), by, s.n, 0) }},
}

// team is the first department's team.
func (s *scene) team() okno.Ref {
	s.t.Helper()
	teams, err := s.AllTeams(s.ctx(), s.admin)
	must(s.t, err)
	return teams[0].Ref
}

// call is the ticket's open call request; the requester asks for one where
// there is none.
func (s *scene) call() okno.Call {
	s.t.Helper()
	page := func() *desk.TicketPage {
		p, err := s.Ticket(s.ctx(), s.ann, s.n, 0)
		must(s.t, err)
		return p
	}
	if c := page().OpenCall(); c != nil {
		return *c
	}
	must(s.t, s.AskCall(s.ctx(), s.askers["requester"], s.n, desk.CallForm{Key: "a call about " + string(s.n), Phone: "+375 29 625 48 95"}))
	return *page().OpenCall()
}
