// Package sla counts working time: when people are at work, and which moment
// is so many working hours or days away. It is pure: it knows no clock.
package sla

import (
	"slices"
	"time"

	"github.com/oknodesk/okno"
)

// maxDays is how far ahead a moment is looked for; beyond it there is none.
const maxDays = 20 * 366

// Calendar is an okno.Calendar made ready for counting. Worked time is what
// passes by every clock: a night shift over the hour that summer time skips is
// an hour shorter. It is safe for concurrent use.
type Calendar struct {
	zone      *time.Location
	hours     [7][]okno.Span
	holidays  map[okno.Day]bool
	moved     map[okno.Day]bool
	shortened map[okno.Day]bool
}

// New makes a calendar ready. zone is used where c names none, or none that
// is known.
func New(c okno.Calendar, zone *time.Location) *Calendar {
	if z, err := time.LoadLocation(c.Zone); err == nil && c.Zone != "" {
		zone = z
	}
	return &Calendar{zone: zone, hours: c.Hours, holidays: set(c.Holidays), moved: set(c.Moved), shortened: set(c.Shortened)}
}

func set(days []okno.Day) map[okno.Day]bool {
	all := make(map[okno.Day]bool, len(days))
	for _, d := range days {
		all[d] = true
	}
	return all
}

// Zone is where the calendar's clocks stand.
func (c *Calendar) Zone() *time.Location { return c.zone }

// stretch is worked time between two moments.
type stretch struct{ from, to time.Time }

func (s stretch) length() time.Duration { return s.to.Sub(s.from) }

// spans are the hours of a day by the wall's clock. noon is the day's noon in
// UTC: days are counted where none has 23 or 25 hours.
func (c *Calendar) spans(noon time.Time) []okno.Span {
	day := okno.DayOf(noon)
	spans := c.hours[noon.Weekday()]
	switch {
	case c.moved[day]:
		for back := 0; len(spans) == 0 && back < 7; back++ {
			spans = c.hours[(int(noon.Weekday())+6-back)%7]
		}
	case c.holidays[day]:
		return nil
	}
	if !c.shortened[day] || len(spans) == 0 {
		return spans
	}
	spans = slices.Clone(spans)
	for less := 60; less > 0 && len(spans) > 0; {
		last := &spans[len(spans)-1]
		take := min(less, last.To-last.From)
		last.To, less = last.To-take, less-take
		if last.To == last.From {
			spans = spans[:len(spans)-1]
		}
	}
	return spans
}

// stretches are the worked times of a day, in order and apart even where the
// clocks are changed in the midst of them.
func (c *Calendar) stretches(noon time.Time) []stretch {
	var all []stretch
	var last time.Time
	for _, s := range c.spans(noon) {
		one := stretch{c.at(noon, s.From), c.at(noon, s.To)}
		if one.from.Before(last) {
			one.from = last
		}
		if one.to.After(one.from) {
			all = append(all, one)
			last = one.to
		}
	}
	return all
}

// at is a moment of a day by the wall's clock.
func (c *Calendar) at(noon time.Time, minute int) time.Time {
	return time.Date(noon.Year(), noon.Month(), noon.Day(), 0, minute, 0, 0, c.zone)
}

// day is the noon that stands for the day of a moment.
func (c *Calendar) day(t time.Time) time.Time {
	t = t.In(c.zone)
	return time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC)
}

func next(noon time.Time) time.Time { return noon.AddDate(0, 0, 1) }

// Open reports whether people are at work at a moment; at the end of their
// hours they are not.
func (c *Calendar) Open(at time.Time) bool {
	return slices.ContainsFunc(c.stretches(c.day(at)), func(s stretch) bool { return !at.Before(s.from) && at.Before(s.to) })
}

// Add is the first moment by which so much time has been worked since from;
// from itself when worked is 0 or less. The zero time: there is none within
// twenty years.
func (c *Calendar) Add(from time.Time, worked time.Duration) time.Time {
	if worked <= 0 {
		return from
	}
	noon := c.day(from)
	for range maxDays {
		for _, s := range c.stretches(noon) {
			if s.from.Before(from) {
				s.from = from
			}
			switch length := s.length(); {
			case length <= 0:
			case length >= worked:
				return s.from.Add(worked).UTC()
			default:
				worked -= length
			}
		}
		noon = next(noon)
	}
	return time.Time{}
}

// Days is the end of the n-th working day after the day of from, whatever is
// left of that one; from itself when n is 0 or less. The zero time: there is
// none within twenty years.
func (c *Calendar) Days(from time.Time, n int) time.Time {
	if n <= 0 {
		return from
	}
	noon := c.day(from)
	for range maxDays {
		noon = next(noon)
		if all := c.stretches(noon); len(all) > 0 {
			if n--; n == 0 {
				return all[len(all)-1].to.UTC()
			}
		}
	}
	return time.Time{}
}

// Between is how much time is worked from a to b; 0 when b is not after a.
// Beyond twenty years it counts no further.
func (c *Calendar) Between(a, b time.Time) time.Duration {
	var worked time.Duration
	noon := c.day(a)
	for range maxDays {
		if !c.at(noon, 0).Before(b) {
			break
		}
		for _, s := range c.stretches(noon) {
			if s.from.Before(a) {
				s.from = a
			}
			if s.to.After(b) {
				s.to = b
			}
			worked += max(s.length(), 0)
		}
		noon = next(noon)
	}
	return worked
}
