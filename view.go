package okno

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// View is a saved filter over tickets: conditions, all of which hold, and an
// order. Who looks at it sees what it finds among the tickets that he sees.
type View struct {
	Ref        Ref
	Name       string
	Person     PersonID // whose it is
	Shared     bool     // all agents have it
	Team       TeamID   // whose members have it too; 0: no team's
	Conditions []Condition
	Order      Order
	Version    int64
	Created    time.Time
}

// MayBeChanged reports whether the agent may change or drop the view: his own,
// or a shared one where he manages the installation.
func (v View) MayBeChanged(by Actor) bool {
	return v.Person == by.Person || (v.Shared || v.Team != 0) && by.MayManage(ManageSettings)
}

// Condition asks one thing of a ticket. With several values any of them will
// do.
type Condition struct {
	Field  ViewField
	Op     Op
	Values []string
}

// ViewField is what a condition is about. Fields that the search box knows as
// filters bear the filters' names.
type ViewField string

// The fields of conditions.
const (
	FieldWords      ViewField = "words" // a question as it is typed into the search box
	FieldStatus     ViewField = "status"
	FieldAssignee   ViewField = "assignee"
	FieldTeam       ViewField = "team"
	FieldDepartment ViewField = "department"
	FieldTag        ViewField = "tag"
	FieldCompany    ViewField = "company"
	FieldRequester  ViewField = "requester"
	FieldChannel    ViewField = "channel"
	FieldCreated    ViewField = "created"
	FieldUpdated    ViewField = "updated"
	FieldDeadline   ViewField = "deadline"
	FieldHas        ViewField = "has"
)

// ViewFields lists the fields in the order they are offered.
var ViewFields = []ViewField{FieldStatus, FieldAssignee, FieldTeam, FieldDepartment, FieldTag, FieldCompany, FieldRequester,
	FieldChannel, FieldCreated, FieldUpdated, FieldDeadline, FieldHas, FieldWords}

// Op is how a condition compares.
type Op string

// The comparisons. Days are whole ones before the present moment.
const (
	OpIs     Op = "is"
	OpNot    Op = "not"
	OpWithin Op = "within" // the last so many days
	OpOlder  Op = "older"  // more than so many days ago
)

// Ops are the comparisons that a field knows; none: there is no such field.
func (f ViewField) Ops() []Op {
	switch f {
	case FieldStatus, FieldAssignee, FieldTeam, FieldDepartment, FieldTag, FieldChannel, FieldCompany, FieldRequester, FieldHas:
		return []Op{OpIs, OpNot}
	case FieldCreated, FieldUpdated:
		return []Op{OpWithin, OpOlder}
	case FieldWords, FieldDeadline:
		return []Op{OpIs}
	}
	return nil
}

// Several reports whether a condition of the field may have several values, any
// of which will do.
func (f ViewField) Several() bool {
	switch f {
	case FieldStatus, FieldAssignee, FieldTeam, FieldDepartment, FieldTag, FieldChannel:
		return true
	}
	return false
}

// Values that mean the one who looks, or what is so at the time.
const (
	ValueMe     = "me"
	ValueNobody = "nobody"
	ValueMine   = "mine" // of teams: those he is in
	ValuePast   = "past" // of a deadline
	ValueCall   = "call" // what a ticket has: a call that is asked for
	ValueFile   = "file"
)

// Order is in what order a view lists its tickets.
type Order string

// The orders.
const (
	OrderChanged  Order = "changed"  // the latest change first
	OrderStale    Order = "stale"    // longest without a change first
	OrderNewest   Order = "newest"   // the last opened first
	OrderOldest   Order = "oldest"   // the first opened first
	OrderDeadline Order = "deadline" // the next deadline first; tickets without one are left out
)

// Orders lists them as they are offered.
var Orders = []Order{OrderChanged, OrderStale, OrderNewest, OrderOldest, OrderDeadline}

// Bounds of saved views.
const (
	MaxViews       = 50 // of one agent
	MaxViewName    = 60 // characters
	MaxConditions  = 12
	MaxValues      = 20  // of one condition
	MaxValue       = 400 // bytes
	MaxDays        = 3650
	conditionField = "conditions" // of a refusal
)

// Check brings a view into its form and says everything that is wrong with it,
// or nil.
func (v *View) Check() error {
	v.Name = strings.TrimSpace(v.Name)
	var wrong Errors
	switch n := utf8.RuneCountInString(v.Name); {
	case n == 0:
		wrong = append(wrong, Missing("name"))
	case n > MaxViewName:
		wrong = append(wrong, TooLong("name", MaxViewName))
	}
	if err := wrong.Add(v.CheckConditions()); err != nil {
		return err
	}
	return wrong.Err()
}

// CheckConditions does so for what the view asks alone.
func (v *View) CheckConditions() error {
	if !slices.Contains(Orders, v.Order) {
		v.Order = OrderChanged
	}
	if len(v.Conditions) == 0 || len(v.Conditions) > MaxConditions {
		return Errors{{Reason: Invalid, Key: "error.view.conditions", Args: []any{"Max", MaxConditions}, Field: conditionField}}
	}
	for i := range v.Conditions {
		if !v.Conditions[i].check() {
			return Errors{{Reason: Invalid, Key: "error.view.condition", Args: []any{"N", i + 1}, Field: conditionField}}
		}
	}
	return nil
}

// check reports whether the condition asks something, without space around its
// values.
func (c *Condition) check() bool {
	values := make([]string, 0, len(c.Values))
	for _, v := range c.Values {
		if v = strings.TrimSpace(v); v != "" && !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	c.Values = values
	if !slices.Contains(c.Field.Ops(), c.Op) || len(values) == 0 || len(values) > 1 && !c.Field.Several() {
		return false
	}
	if c.Op == OpWithin || c.Op == OpOlder {
		n, err := strconv.Atoi(values[0])
		return err == nil && n > 0 && n <= MaxDays
	}
	return len(values) <= MaxValues &&
		!slices.ContainsFunc(values, func(v string) bool { return len(v) > MaxValue || strings.ContainsAny(v, "\n\r\x00") })
}

// ViewKind names the views every agent has.
type ViewKind string

// The built-in views.
const (
	ViewMine       ViewKind = "mine"
	ViewTeam       ViewKind = "team"       // the work of the agent's teams and nobody's own yet
	ViewUnassigned ViewKind = "unassigned" // a team's or a department's, and no agent's yet
	ViewOpen       ViewKind = "open"       // all that are alive
	ViewOverdue    ViewKind = "overdue"    // whose customer waits for an answer longer than was promised
	ViewCalls      ViewKind = "calls"      // in which a customer waits to be phoned
	ViewWaiting    ViewKind = "waiting"
	ViewHold       ViewKind = "hold"
	ViewDone       ViewKind = "done"
	ViewClosed     ViewKind = "closed"
)

// Views lists the built-in views in the order of the workspace's left pane.
var Views = []ViewKind{ViewMine, ViewTeam, ViewUnassigned, ViewOpen, ViewOverdue, ViewCalls, ViewWaiting, ViewHold, ViewDone, ViewClosed}

var aliveStatus = func() Condition {
	c := Condition{Field: FieldStatus, Op: OpIs}
	for _, k := range StatusKinds {
		if k.Alive() {
			c.Values = append(c.Values, string(k))
		}
	}
	return c
}()

func statusIs(kind StatusKind) []Condition {
	return []Condition{{FieldStatus, OpIs, []string{string(kind)}}}
}

// builtIn are the built-in views as the data that others are made of.
var builtIn = map[ViewKind]View{
	ViewMine:       {Conditions: []Condition{aliveStatus, {FieldAssignee, OpIs, []string{ValueMe}}}, Order: OrderChanged},
	ViewTeam:       {Conditions: []Condition{aliveStatus, {FieldTeam, OpIs, []string{ValueMine}}}, Order: OrderChanged},
	ViewUnassigned: {Conditions: []Condition{aliveStatus, {FieldAssignee, OpIs, []string{ValueNobody}}}, Order: OrderChanged},
	ViewOpen:       {Conditions: []Condition{aliveStatus}, Order: OrderChanged},
	ViewOverdue:    {Conditions: []Condition{{FieldDeadline, OpIs, []string{ValuePast}}}, Order: OrderDeadline},
	ViewCalls:      {Conditions: []Condition{{FieldHas, OpIs, []string{ValueCall}}}, Order: OrderOldest},
	ViewWaiting:    {Conditions: statusIs(StatusWaiting), Order: OrderChanged},
	ViewHold:       {Conditions: statusIs(StatusHold), Order: OrderChanged},
	ViewDone:       {Conditions: statusIs(StatusDone), Order: OrderChanged},
	ViewClosed:     {Conditions: statusIs(StatusClosed), Order: OrderChanged},
}

// View is what a built-in view asks; a kind that there is not asks nothing.
func (k ViewKind) View() View { return builtIn[k] }
