package desk

import (
	"context"
	"errors"

	"github.com/oknodesk/okno"
)

// MaxChosen is how many tickets can be changed together.
const MaxChosen = 500

// Chosen is a ticket among several that are changed together, at the version
// that was seen.
type Chosen struct {
	Number  okno.Number
	Version int64
}

// Act is what is done with each of several tickets; one of its fields is set.
type Act struct {
	Take       bool
	Release    bool     // nobody's work, but the department's
	Assignee   okno.Ref // an agent
	Team       okno.Ref
	Status     okno.StatusKind // any but StatusHold, which wants a date
	Department okno.Ref
	Tags       []string // put on, by name
	Untag      []okno.Ref
}

// Refused is a ticket that was left as it is, and why.
type Refused struct {
	Number okno.Number
	Why    error // always a refusal
}

// ChangeMany does the same with several tickets, each by itself: with the
// rights, the version and the history that it has alone. What is refused for
// one does not stop the others.
func (d *Desk) ChangeMany(ctx context.Context, by okno.Actor, chosen []Chosen, act Act) (changed int, refused []Refused, err error) {
	if !keepsViews(by) {
		return 0, nil, okno.ErrNotFound
	}
	if len(chosen) == 0 || len(chosen) > MaxChosen || act.Status == okno.StatusHold {
		return 0, nil, okno.Refuse(okno.Invalid, "error.bulk.many", "Max", MaxChosen)
	}
	for _, one := range chosen {
		switch err := whereItWent(d.act(ctx, by, one, act)); {
		case err == nil:
			changed++
		case okno.ReasonOf(err) == "" || okno.ReasonOf(err) == okno.Busy:
			return changed, refused, err
		default:
			refused = append(refused, Refused{one.Number, err})
		}
	}
	return changed, refused, nil
}

// whereItWent says of a ticket that was merged where it is, without the other
// one at hand.
func whereItWent(err error) error {
	var e *okno.Error
	if errors.As(err, &e) && e.Key == mergedKey {
		return okno.Refuse(e.Reason, "error.merged.bulk", e.Args...)
	}
	return err
}

func (d *Desk) act(ctx context.Context, by okno.Actor, t Chosen, act Act) error {
	switch {
	case act.Take:
		return d.Take(ctx, by, t.Number, t.Version)
	case act.Release:
		return d.Assign(ctx, by, t.Number, "", t.Version)
	case act.Assignee != "":
		return d.Assign(ctx, by, t.Number, act.Assignee, t.Version)
	case act.Team != "":
		return d.AssignTeam(ctx, by, t.Number, act.Team, t.Version)
	case act.Status != "":
		return d.SetStatus(ctx, by, t.Number, act.Status, okno.Hold{}, t.Version)
	case act.Department != "":
		return d.Transfer(ctx, by, t.Number, act.Department, t.Version)
	case len(act.Tags) > 0 || len(act.Untag) > 0:
		return d.ChangeTags(ctx, by, t.Number, act.Tags, act.Untag)
	}
	return okno.Errors{{Reason: okno.Invalid, Key: "error.choice", Field: "act"}}
}
