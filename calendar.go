package okno

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Day is a day of the calendar as ISO 8601 writes it, "2026-12-31"; days sort
// as text.
type Day string

// DayOf is the day of a moment, in the moment's own zone.
func DayOf(t time.Time) Day { return Day(t.Format(time.DateOnly)) }

// Span is a stretch of one day, in minutes since midnight by the clock on the
// wall; To may be 24 hours.
type Span struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Calendar is when people work: the installation's, or one department's.
type Calendar struct {
	Department DepartmentID `json:"-"` // 0: the installation's
	Zone       string       `json:"zone,omitempty"`
	// Hours are by time.Weekday: Sunday is 0.
	Hours [7][]Span `json:"hours"`
	// Holidays are days off whatever their weekday says.
	Holidays []Day `json:"holidays,omitempty"`
	// Moved are worked whatever their weekday says, by the hours of the last
	// weekday before them that has any: a Saturday by Friday's.
	Moved []Day `json:"moved,omitempty"`
	// Shortened end an hour earlier.
	Shortened []Day `json:"shortened,omitempty"`
	// CloseAfter is after how many working days a done ticket closes by
	// itself, having been announced; 0: never.
	CloseAfter int `json:"close_after"`

	Version int64 `json:"-"` // 0: nobody has changed it, it is the default
}

// Bounds of a calendar.
const (
	MaxCloseAfter = 60
	maxDays       = 1000 // of each list
	maxSpans      = 6    // of one weekday
	midnight      = 24 * 60
)

// Check says everything that is wrong with the calendar, or nil.
func (c *Calendar) Check() error {
	var wrong Errors
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "Local" {
		wrong = append(wrong, &Error{Reason: Invalid, Key: "error.choice", Field: "zone"})
	}
	if c.CloseAfter < 0 || c.CloseAfter > MaxCloseAfter {
		wrong = append(wrong, &Error{Reason: Invalid, Key: "error.closeafter", Field: "close_after", Args: []any{"Max", MaxCloseAfter}})
	}
	worked := false
	for day, spans := range c.Hours {
		worked = worked || len(spans) > 0
		if !orderly(spans) {
			wrong = append(wrong, &Error{Reason: Invalid, Key: "error.hours", Field: HoursField(time.Weekday(day))})
		}
	}
	if !worked {
		wrong = append(wrong, &Error{Reason: Invalid, Key: "error.hours.none", Field: HoursField(time.Monday)})
	}
	for field, days := range map[string][]Day{"holidays": c.Holidays, "moved": c.Moved, "shortened": c.Shortened} {
		if len(days) > maxDays {
			wrong = append(wrong, &Error{Reason: Invalid, Key: "error.days.many", Field: field, Args: []any{"Max", maxDays}})
		}
		for _, d := range days {
			if _, err := time.Parse(time.DateOnly, string(d)); err != nil {
				wrong = append(wrong, &Error{Reason: Invalid, Key: "error.day", Field: field, Args: []any{"Day", string(d)}})
				break
			}
		}
	}
	return wrong.Err()
}

// HoursField is the form's field for a weekday's hours.
func HoursField(d time.Weekday) string { return "hours_" + strconv.Itoa(int(d)) }

func orderly(spans []Span) bool {
	last := 0
	for i, s := range spans {
		if s.From < last || i > 0 && s.From == last || s.To <= s.From || s.To > midnight || i >= maxSpans {
			return false
		}
		last = s.To
	}
	return true
}

// ParseSpans reads hours as people write them, "9:00-13:00, 14:00-18:00"; a
// dash may be long. Empty text is a day off. ok is false where it cannot be
// read; whether the spans are in order is for Check to say.
func ParseSpans(s string) (spans []Span, ok bool) {
	s = strings.NewReplacer("–", "-", "—", "-", ";", ",", " ", "").Replace(s)
	if s == "" {
		return nil, true
	}
	for _, part := range strings.Split(s, ",") {
		from, to, found := strings.Cut(part, "-")
		a, okA := minutes(from)
		b, okB := minutes(to)
		if !found || !okA || !okB || len(spans) >= maxSpans {
			return nil, false
		}
		spans = append(spans, Span{a, b})
	}
	return spans, true
}

func minutes(clock string) (int, bool) {
	hour, minute, found := strings.Cut(clock, ":")
	if !found {
		minute = "0"
	}
	h, err := strconv.Atoi(hour)
	m, err2 := strconv.Atoi(minute)
	if err != nil || err2 != nil || h < 0 || m < 0 || m > 59 || h*60+m > midnight {
		return 0, false
	}
	return h*60 + m, true
}

// SpansText writes hours as ParseSpans reads them.
func SpansText(spans []Span) string {
	parts := make([]string, len(spans))
	for i, s := range spans {
		parts[i] = fmt.Sprintf("%02d:%02d-%02d:%02d", s.From/60, s.From%60, s.To/60, s.To%60)
	}
	return strings.Join(parts, ", ")
}

// ParseDays reads days, one a line or apart by commas or blanks, in order and
// each once. What is no day stays as it was written, for Check to name.
func ParseDays(s string) []Day {
	var days []Day
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r <= ' ' }) {
		days = append(days, Day(word))
	}
	slices.Sort(days)
	return slices.Compact(days)
}

// CalendarChanged is the fact that a working calendar was changed.
const CalendarChanged EventKind = "calendar.changed"
