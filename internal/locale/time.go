package locale

import (
	"strconv"
	"time"
)

const day = 24 * time.Hour

// Ago says how long before now t was: "just now" below a minute, "5 minutes
// ago", «5 минут назад», up to seven days; a later t is "in 5 minutes". Further
// away it is the date. Number and noun do not part at a line's end.
func (l *Locale) Ago(t, now time.Time) string {
	past := now.Sub(t)
	unit := func(minutes, hours, days string, d time.Duration) string {
		switch {
		case d < time.Hour:
			return l.N(minutes, int(d/time.Minute))
		case d < day:
			return l.N(hours, int(d/time.Hour))
		}
		return l.N(days, int(d/day))
	}
	switch {
	case past > -time.Minute && past < time.Minute:
		return l.T("time.now")
	case past > 7*day || past < -7*day:
		return l.Date(t)
	case past > 0:
		return unit("time.ago.minutes", "time.ago.hours", "time.ago.days", past)
	}
	return unit("time.in.minutes", "time.in.hours", "time.in.days", -past)
}

// Full is date and time of day: "22 November 2026, 14:05",
// «22 ноября 2026 г., 14:05».
func (l *Locale) Full(t time.Time) string {
	return l.T("time.full", "Date", l.Date(t), "Clock", l.Clock(t))
}

// Date is the day without the hour: "22 November 2026", «22 ноября 2026 г.».
func (l *Locale) Date(t time.Time) string {
	t = t.In(l.zone)
	return l.T("time.date", "Day", t.Day(), "Month", l.T("time.month."+strconv.Itoa(int(t.Month()))), "Year", t.Year())
}

// Clock is the time of day on a 24-hour clock: "14:05".
func (l *Locale) Clock(t time.Time) string { return t.In(l.zone).Format("15:04") }

// Short is for dense lists: the clock for today, the weekday for the six days
// before ("Mon", «пн»), else the day ("3 Nov", «3 ноя»), with the year when it
// is not this one.
func (l *Locale) Short(t, now time.Time) string {
	t, now = t.In(l.zone), now.In(l.zone)
	days := civilDay(now) - civilDay(t)
	if days == 0 {
		return l.Clock(t)
	}
	if days > 0 && days < 7 {
		return l.T("time.weekday.short." + strconv.Itoa(int(t.Weekday())))
	}
	key := "time.date.short"
	if t.Year() != now.Year() {
		key = "time.date.short.year"
	}
	month := l.T("time.month.short." + strconv.Itoa(int(t.Month())))
	return l.T(key, "Day", t.Day(), "Month", month, "Year", t.Year())
}

// civilDay counts the days of the calendar, where a day of 23 or 25 hours is one.
func civilDay(t time.Time) int64 {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix() / int64(day/time.Second)
}

// Duration is a span in its two largest units, rounded down to minutes:
// "42 min", "2 h 5 min", «3 дн 4 ч»; below a minute "<1 min". A negative span
// has a minus before it.
func (l *Locale) Duration(d time.Duration) string {
	if d <= -time.Minute {
		return "−" + l.Duration(-d)
	}
	minutes := int64(d / time.Minute)
	hours := minutes / 60
	days := hours / 24
	switch {
	case minutes < 1:
		return l.T("time.duration.moment")
	case hours < 1:
		return l.span("time.duration.minutes", minutes, "", 0)
	case days < 1:
		return l.span("time.duration.hours", hours, "time.duration.minutes", minutes%60)
	}
	return l.span("time.duration.days", days, "time.duration.hours", hours%24)
}

func (l *Locale) span(large string, n int64, small string, rest int64) string {
	text := l.T(large, "Count", l.Number(n))
	if rest > 0 {
		text += "\u00a0" + l.T(small, "Count", l.Number(rest))
	}
	return text
}
