// Package demo is a help desk to try: sample people and tickets in the chosen
// language, and a tray where the letters that would have left can be read and
// answered, so that the whole round trip works without a mail server.
package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// Password is everyone's in the sample; the desk it opens answers on this
// machine only.
const Password = "open-the-window"

// Tickets is how many tickets the sample has.
const Tickets = 200

// answerWithin is what the sample's departments promise, in working hours.
const answerWithin = 16

// Clock is a clock that the sample is made by: it stands where it is put.
type Clock struct{ At time.Time }

// Now is where the clock stands.
func (c *Clock) Now() time.Time { return c.At }

// SignIn is who may sign in to the sample.
type SignIn struct{ Login, Role string }

// seeder makes the sample through the desk's own commands, as if everything
// had happened when it says.
type seeder struct {
	desk   *desk.Desk
	clock  *Clock
	rand   *rand.Rand
	text   sample
	agents map[string][]okno.Actor // by department's name
	team   okno.Ref
	people []customer
	keys   int
}

type customer struct{ name, address string }

// Seed makes the sample in a language over a desk that is not set up yet and
// whose clock is c; facts must have no consequences meanwhile. The same seed
// makes the same content.
func Seed(ctx context.Context, d *desk.Desk, c *Clock, lang string, now time.Time) error {
	s := &seeder{desk: d, clock: c, rand: rand.New(rand.NewPCG(7, 2026)), text: samples[lang], agents: map[string][]okno.Actor{}}
	c.At = now.AddDate(0, 0, -70)
	if err := s.house(ctx, lang); err != nil {
		return fmt.Errorf("sample: %w", err)
	}
	for i := range Tickets {
		// Most tickets are young: the square of an even spread over 60 days.
		age := s.rand.Float64()
		c.At = now.Add(-time.Duration(age * age * float64(60*24*time.Hour))).Add(-3 * time.Minute)
		if err := s.ticket(ctx, lang, i, now); err != nil {
			return fmt.Errorf("sample ticket %d: %w", i, err)
		}
	}
	return nil
}

// house makes the administrator, departments, topics, agents and companies.
func (s *seeder) house(ctx context.Context, lang string) error {
	t := s.text
	if err := s.desk.SetUp(ctx, okno.Console(), "", desk.Setup{
		Name: t.admin, Address: "admin@okno.example", Password: Password, Company: t.supplier, Product: t.product,
		Support: "support@okno.example", Lang: lang,
	}); err != nil {
		return err
	}
	admin := okno.Console()
	departments, err := s.makeDepartments(ctx)
	if err != nil {
		return err
	}
	for i, topic := range t.topics {
		dep := departments[topic.department]
		if err := s.desk.SaveTopic(ctx, admin, "", okno.Topic{Names: map[string]string{lang: topic.name}, Position: i}, dep.Ref); err != nil {
			return err
		}
	}
	roles, err := s.desk.Roles(ctx, admin)
	if err != nil {
		return err
	}
	for _, a := range t.agents {
		if err := s.agent(ctx, a, roles[0].Ref, departments[a.department]); err != nil {
			return err
		}
	}
	if err := s.makeTeam(ctx, departments[0]); err != nil {
		return err
	}
	return s.companies(ctx)
}

// makeDepartments adds the others to the one that is there from the start; each
// promises an answer.
func (s *seeder) makeDepartments(ctx context.Context) ([]okno.Department, error) {
	there, err := s.desk.Departments(ctx)
	if err != nil {
		return nil, err
	}
	first := there[0]
	first.AnswerWithin = answerWithin
	if err := s.desk.SaveDepartment(ctx, okno.Console(), first.Ref, first); err != nil {
		return nil, err
	}
	for _, name := range s.text.departments[1:] {
		dep := okno.Department{Name: name, Signature: s.text.signature, AnswerWithin: answerWithin}
		if err := s.desk.SaveDepartment(ctx, okno.Console(), "", dep); err != nil {
			return nil, err
		}
	}
	return s.desk.Departments(ctx)
}

// makeTeam makes a team of a department's agents and the administrator.
func (s *seeder) makeTeam(ctx context.Context, dep okno.Department) error {
	admin, err := s.desk.KnownSender(ctx, "admin@okno.example")
	if err != nil {
		return err
	}
	t := okno.Team{Name: s.text.team, Department: dep.ID, Members: []okno.PersonID{admin.ID}}
	for _, a := range s.agents[dep.Name] {
		t.Members = append(t.Members, a.Person)
	}
	if err := s.desk.SaveTeam(ctx, okno.Console(), "", t); err != nil {
		return err
	}
	all, err := s.desk.AllTeams(ctx, okno.Console())
	if err == nil {
		s.team = all[0].Ref
	}
	return err
}

func (s *seeder) agent(ctx context.Context, a agent, role okno.Ref, dep okno.Department) error {
	address := a.login + "@okno.example"
	if err := s.desk.AddAgent(ctx, okno.Console(), "sample "+address, desk.AgentForm{
		Name: a.name, Address: address, Role: role, Departments: []okno.Ref{dep.Ref},
	}); err != nil {
		return err
	}
	token, err := s.enter(ctx, address)
	if err != nil {
		return err
	}
	actor, _, err := s.desk.ActorOf(ctx, token, okno.DoorWorkspace)
	if err != nil {
		return err
	}
	s.agents[dep.Name] = append(s.agents[dep.Name], actor)
	return nil
}

// enter is the first entry of someone who was invited.
func (s *seeder) enter(ctx context.Context, address string) (token string, err error) {
	link, err := s.desk.ResetByConsole(ctx, address)
	if err != nil {
		return "", err
	}
	return s.desk.UseEntry(ctx, link, Password, "", "sample")
}

func (s *seeder) companies(ctx context.Context) error {
	for i, c := range s.text.companies {
		number, address := fmt.Sprint(1001+i), func(p person) string { return p.login + "@" + c.domain }
		company, err := s.desk.AddCompany(ctx, okno.Console(), s.key(), desk.CompanyForm{
			Number: number, Name: c.name, SeesAll: true, AdminName: c.people[0].name, AdminAddress: address(c.people[0]),
		})
		if err != nil {
			return err
		}
		for j, p := range c.people {
			if j > 0 {
				if err := s.desk.AddContact(ctx, okno.Console(), s.key(), company.Ref, desk.ContactForm{
					Name: p.name, Address: address(p), Login: number + "-" + p.login, Password: "first " + Password,
				}); err != nil {
					return err
				}
			}
			if _, err := s.enter(ctx, address(p)); err != nil {
				return err
			}
			s.people = append(s.people, customer{p.name, address(p)})
		}
	}
	for _, p := range s.text.people {
		s.people = append(s.people, customer{p.name, p.login + "@mail.example"})
	}
	return nil
}

func (s *seeder) key() string {
	s.keys++
	return fmt.Sprintf("sample %d", s.keys)
}

// later moves the clock by up to so long; false: that would be after now, so
// it has not happened yet.
func (s *seeder) later(now time.Time, most time.Duration) bool {
	at := s.clock.At.Add(time.Minute + time.Duration(s.rand.Int64N(int64(most))))
	if at.After(now) {
		return false
	}
	s.clock.At = at
	return true
}
