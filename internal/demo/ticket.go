package demo

import (
	"context"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// ticket makes one ticket and lets it go as far as its age allows.
func (s *seeder) ticket(ctx context.Context, lang string, i int, now time.Time) error {
	story := s.text.stories[i%len(s.text.stories)]
	who := s.people[s.rand.IntN(len(s.people))]
	opened, err := s.open(ctx, lang, story, who)
	if err != nil {
		return err
	}
	departments, err := s.desk.Departments(ctx)
	if err != nil {
		return err
	}
	dep := departments[story.department]
	agents := s.agents[dep.Name]
	agent := agents[s.rand.IntN(len(agents))]
	young := now.Sub(s.clock.At) < 36*time.Hour
	if young && s.rand.IntN(3) > 0 || !s.later(now, 3*time.Hour) {
		if story.department != 0 || i%2 == 0 {
			return nil // nobody has taken it up yet
		}
		return s.desk.AssignTeam(ctx, okno.Console(), opened.Number, s.team, 0)
	}
	if err := s.desk.Take(ctx, agent, opened.Number, 0); err != nil {
		return err
	}
	if tag := s.text.tags[i%len(s.text.stories)]; tag != "" && i%3 > 0 {
		if err := s.desk.ChangeTags(ctx, agent, opened.Number, []string{tag}, nil); err != nil {
			return err
		}
	}
	sender, err := s.desk.KnownSender(ctx, who.address)
	if err != nil {
		return err
	}
	customer, err := s.desk.MailActor(ctx, sender.ID, okno.Proven, opened.Ticket)
	if err != nil {
		return err
	}
	return s.course(ctx, story, agent, customer, opened.Number, now)
}

func (s *seeder) open(ctx context.Context, lang string, story story, who customer) (desk.Opened, error) {
	o := desk.Opening{
		Key: s.key(), Name: who.name, Address: who.address, Channel: okno.ChannelWeb,
		Subject: story.subject, Text: story.words[0], Lang: lang,
	}
	topics, err := s.desk.Topics(ctx)
	if err != nil {
		return desk.Opened{}, err
	}
	departments, err := s.desk.Departments(ctx)
	if err != nil {
		return desk.Opened{}, err
	}
	for _, t := range topics {
		if t.Department == departments[story.department].ID {
			o.Topic = t.Ref
			break
		}
	}
	by := okno.Nobody(lang)
	switch s.rand.IntN(10) {
	case 0, 1, 2, 3, 4:
		o.Channel, o.Letter = okno.ChannelMail, &desk.LetterWords{}
		sender, err := s.desk.Sender(ctx, who.name, who.address, lang)
		if err != nil {
			return desk.Opened{}, err
		}
		o.Requester = sender.ID
		if by, err = s.desk.MailActor(ctx, sender.ID, okno.Proven, 0); err != nil {
			return desk.Opened{}, err
		}
	case 5:
		agents := s.agents[departments[story.department].Name]
		by, o.Channel = agents[s.rand.IntN(len(agents))], okno.ChannelPhone
	}
	return s.desk.OpenTicket(ctx, by, o)
}

// course plays the dialogue and ends it as the ticket's age suggests.
func (s *seeder) course(ctx context.Context, story story, agent, customer okno.Actor, n okno.Number, now time.Time) error {
	words := story.words[1:]
	for i, text := range words {
		if !s.later(now, 20*time.Hour) {
			return nil
		}
		last := i == len(words)-1
		by, w := agent, desk.Words{Key: s.key(), Text: text, Channel: okno.ChannelWeb}
		if i%2 == 1 {
			by, w.Channel, w.Letter = customer, okno.ChannelMail, &desk.LetterWords{}
		} else if !last {
			w.Then = okno.StatusWaiting
		}
		if _, err := s.desk.AddMessage(ctx, by, n, w); err != nil {
			return err
		}
		if story.note != "" && i == 0 {
			if _, err := s.desk.AddNote(ctx, agent, n, desk.Words{Key: s.key(), Text: story.note, Channel: okno.ChannelWeb}); err != nil {
				return err
			}
		}
		if now.Sub(s.clock.At) < 8*time.Hour || s.rand.IntN(6) == 0 {
			return nil // the dialogue still goes on
		}
	}
	if !s.later(now, 10*time.Hour) {
		return nil
	}
	if s.rand.IntN(9) == 0 {
		return s.desk.SetStatus(ctx, agent, n, okno.StatusHold, okno.Hold{Until: now.AddDate(0, 0, 1+s.rand.IntN(9)), WakeOnAnswer: true}, 0)
	}
	if err := s.desk.SetStatus(ctx, agent, n, okno.StatusDone, okno.Hold{}, 0); err != nil {
		return err
	}
	if now.Sub(s.clock.At) < 3*24*time.Hour || !s.later(now, 10*time.Hour) {
		return nil // the customer has not said yet whether it is solved
	}
	return s.desk.ConfirmDone(ctx, customer, n, true)
}
