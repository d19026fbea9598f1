package desk_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/secret"
)

// rig is a desk that was just set up, with two departments and an agent in
// each, on a clock that moves only when told.
type rig struct {
	*desk.Desk
	t     *testing.T
	db    *db.DB
	clock time.Time
	asked func() // whenever the desk looks at the clock; nil: nothing

	admin, ann, bob okno.Actor // Ann works in the first department, Bob in the second
	first, second   okno.Department
}

func (r *rig) now() time.Time {
	if r.asked != nil {
		r.asked()
	}
	return r.clock
}

const password = "correct horse battery"

// each runs the test on both databases.
func each(t *testing.T, test func(t *testing.T, r *rig)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newRig(t, d)) }, jobs.Migrations, desk.Migrations)
}

func newRig(t *testing.T, d *db.DB) *rig {
	t.Helper()
	ctx := t.Context()
	if err := d.Migrate(ctx, jobs.Migrations, desk.Migrations); err != nil {
		t.Fatal(err)
	}
	files, err := blob.NewDisk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	key, err := secret.LoadKey(t.TempDir() + "/key")
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, db: d, clock: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
	r.Desk = desk.New(desk.Config{
		DB: d, Blob: files, Key: key, Now: r.now, Log: slog.New(slog.DiscardHandler), Lang: "en",
		Consequences: func(okno.Event) []string { return []string{"told"} },
	})
	t.Cleanup(r.Close)
	must(t, r.SetUp(ctx, okno.Console(), "", desk.Setup{
		Name: "Ada Admin", Address: "ada@desk.example", Password: password, Company: "Supplier", Support: "support@desk.example", Lang: "en",
	}))
	r.admin = r.enter("ada@desk.example", password)
	must(t, r.SaveDepartment(ctx, r.admin, "", okno.Department{Name: "Second"}))
	deps, err := r.Departments(ctx)
	must(t, err)
	r.first, r.second = deps[0], deps[1]
	r.ann = r.agent("Ann", "ann@desk.example", r.first)
	r.bob = r.agent("Bob", "bob@desk.example", r.second)
	return r
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (r *rig) ctx() context.Context { return r.t.Context() }

func (r *rig) enter(login, password string) okno.Actor {
	r.t.Helper()
	token, err := r.SignIn(r.ctx(), login, password, "", "test")
	must(r.t, err)
	a, _, err := r.ActorOf(r.ctx(), token, okno.DoorWorkspace)
	must(r.t, err)
	a.Door = okno.DoorAdmin
	if !a.MayManage(okno.ManageSettings) {
		a.Door = okno.DoorWorkspace
	}
	return a
}

// agent makes an agent who has chosen a password, and lets him in.
func (r *rig) agent(name, address string, dep okno.Department) okno.Actor {
	r.t.Helper()
	roles, err := r.Roles(r.ctx(), r.admin)
	must(r.t, err)
	must(r.t, r.AddAgent(r.ctx(), r.admin, "add "+address, desk.AgentForm{Name: name, Address: address, Role: roles[0].Ref, Departments: []okno.Ref{dep.Ref}}))
	link, err := r.ResetByConsole(r.ctx(), address)
	must(r.t, err)
	token, err := r.UseEntry(r.ctx(), link, password, "", "test")
	must(r.t, err)
	a, _, err := r.ActorOf(r.ctx(), token, okno.DoorWorkspace)
	must(r.t, err)
	return a
}

var submissions int

// open files a ticket through the form in a name.
func (r *rig) open(address, subject string) okno.Number {
	r.t.Helper()
	submissions++
	o, err := r.OpenTicket(r.ctx(), okno.Nobody("en"), desk.Opening{
		Key: "open " + subject + address + time.Now().String(), Name: "Carl Customer", Address: address, Channel: okno.ChannelWeb, Subject: subject, Text: "It does not work.", Lang: "en",
	})
	must(r.t, err)
	return o.Number
}
