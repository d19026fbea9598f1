package sla_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/sla"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// moment reads "2026-03-29 01:30" in a zone.
func moment(t testing.TB, z *time.Location, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, z)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestWorkingDaysAreCountedFromTheNextDay(t *testing.T) {
	moscow := zone(t, "Europe/Moscow")
	c := sla.New(sla.Default("ru"), moscow)
	for _, x := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-11-20 12:00", 4, "2026-11-26 18:00"}, // a Friday
		{"2026-11-21 12:00", 1, "2026-11-23 18:00"}, // a Saturday
		{"2026-11-02 12:00", 1, "2026-11-03 17:00"}, // the eve of a holiday is shorter
		{"2026-11-03 12:00", 1, "2026-11-05 18:00"}, // the holiday
		{"2025-12-31 12:00", 1, "2026-01-12 18:00"}, // the 9th is off for the 3rd
		{"2026-12-30 12:00", 1, "2027-01-11 18:00"}, // the 31st for the 4th
		{"2026-03-06 12:00", 1, "2026-03-10 18:00"}, // the 9th for Sunday the 8th
		{"2026-11-20 12:00", 0, "2026-11-20 12:00"},
	} {
		if got, want := c.Days(moment(t, moscow, x.from), x.n), moment(t, moscow, x.want); !got.Equal(want) {
			t.Errorf("%d working days after %s: %s, want %s", x.n, x.from, got.In(moscow), want)
		}
	}
}

func TestWorkedTimeLeavesOutNightsAndBreaks(t *testing.T) {
	utc := time.UTC
	var c okno.Calendar
	c.Hours[time.Monday] = []okno.Span{{From: 9 * 60, To: 13 * 60}, {From: 14 * 60, To: 18 * 60}}
	c.Hours[time.Tuesday] = []okno.Span{{From: 9 * 60, To: 24 * 60}}
	c.Moved = []okno.Day{"2026-11-28"} // a Saturday, by Tuesday's hours
	c.Shortened = []okno.Day{"2026-11-23"}
	w := sla.New(c, utc)
	for _, x := range []struct {
		from string
		add  time.Duration
		want string
	}{
		{"2026-11-16 12:00", 2 * time.Hour, "2026-11-16 15:00"},
		{"2026-11-16 13:00", time.Minute, "2026-11-16 14:01"},
		{"2026-11-16 08:00", 8 * time.Hour, "2026-11-16 18:00"},
		{"2026-11-16 17:00", 2 * time.Hour, "2026-11-17 10:00"},
		{"2026-11-23 16:00", 2 * time.Hour, "2026-11-24 10:00"}, // shortened: to 17:00
		{"2026-11-24 23:00", 2 * time.Hour, "2026-11-28 10:00"}, // the Saturday that is worked
	} {
		from := moment(t, utc, x.from)
		got := w.Add(from, x.add)
		if !got.Equal(moment(t, utc, x.want)) {
			t.Errorf("%s after %s: %s, want %s", x.add, x.from, got, x.want)
		}
		if back := w.Between(from, got); back != x.add {
			t.Errorf("between %s and %s %s are worked, want %s", x.from, got, back, x.add)
		}
	}
	for at, open := range map[string]bool{
		"2026-11-16 08:59": false, "2026-11-16 09:00": true, "2026-11-16 13:00": false, "2026-11-16 17:59": true, "2026-11-16 18:00": false,
		"2026-11-17 23:59": true, "2026-11-18 00:00": false, "2026-11-23 17:00": false, "2026-11-28 09:00": true, "2026-11-21 09:00": false,
	} {
		if w.Open(moment(t, utc, at)) != open {
			t.Errorf("open at %s: %v, want %v", at, !open, open)
		}
	}
}

func TestSummerTimeShortensAndLengthensTheNightShift(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	var c okno.Calendar
	for day := range c.Hours {
		c.Hours[day] = []okno.Span{{From: 0, To: 24 * 60}}
	}
	round := sla.New(c, berlin)
	c.Hours[time.Sunday] = []okno.Span{{From: 60, To: 5 * 60}}
	night := sla.New(c, berlin)
	for _, x := range []struct {
		name string
		c    *sla.Calendar
		day  string
		want time.Duration
	}{
		{"all day in spring", round, "2026-03-29", 23 * time.Hour},
		{"all day in autumn", round, "2026-10-25", 25 * time.Hour},
		{"all day between", round, "2026-06-14", 24 * time.Hour},
		{"by night in spring", night, "2026-03-29", 3 * time.Hour},
		{"by night in autumn", night, "2026-10-25", 5 * time.Hour},
	} {
		from := moment(t, berlin, x.day+" 00:00")
		to := time.Date(from.Year(), from.Month(), from.Day()+1, 0, 0, 0, 0, berlin)
		if got := x.c.Between(from, to); got != x.want {
			t.Errorf("%s: %s are worked, want %s", x.name, got, x.want)
		}
	}
	// By the wall an office works as ever on the Monday after.
	office := sla.New(sla.Default("en"), berlin)
	if got, want := office.Days(moment(t, berlin, "2026-03-27 12:00"), 1), moment(t, berlin, "2026-03-30 18:00"); !got.Equal(want) {
		t.Errorf("the Monday after the change ends at %s", got.In(berlin))
	}
	if got, want := office.Add(moment(t, berlin, "2026-10-23 17:00"), 2*time.Hour), moment(t, berlin, "2026-10-26 10:00"); !got.Equal(want) {
		t.Errorf("two hours over the change: %s", got.In(berlin))
	}
}

func TestACalendarWithoutWorkHasNoDeadline(t *testing.T) {
	c := sla.New(okno.Calendar{}, time.UTC)
	at := moment(t, time.UTC, "2026-11-20 12:00")
	if !c.Add(at, time.Hour).IsZero() || !c.Days(at, 1).IsZero() || c.Open(at) || c.Between(at, at.AddDate(1, 0, 0)) != 0 {
		t.Error("time is worked where nobody works")
	}
}

func TestRussiasDaysAreDaysInOrder(t *testing.T) {
	c := sla.Default("ru")
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	for _, d := range c.Shortened {
		at, err := time.Parse(time.DateOnly, string(d))
		if err != nil || at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
			t.Errorf("%s is off and cannot be shortened", d)
		}
	}
	off := 0
	day := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	w := sla.New(c, time.UTC)
	for ; day.Year() == 2026; day = day.AddDate(0, 0, 1) {
		if !w.Open(day) {
			off++
		}
	}
	if off != 118 {
		t.Errorf("2026 has %d days off, want 118", off)
	}
	if en := sla.Default("en"); len(en.Holidays) != 0 || en.Check() != nil {
		t.Errorf("elsewhere: %+v", en)
	}
}

var zones = []string{"UTC", "Europe/Moscow", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago"}

// calendars draws any calendar in which at least one weekday is worked.
func calendars(t *rapid.T) *sla.Calendar {
	var c okno.Calendar
	for day := range c.Hours {
		last := 0
		for range rapid.IntRange(0, 3).Draw(t, "spans") {
			from := rapid.IntRange(last, 1438).Draw(t, "from")
			to := rapid.IntRange(from+1, 1440).Draw(t, "to")
			c.Hours[day] = append(c.Hours[day], okno.Span{From: from, To: to})
			if last = to + 1; last > 1438 {
				break
			}
		}
	}
	c.Hours[rapid.IntRange(0, 6).Draw(t, "always")] = []okno.Span{{From: 540, To: 1080}}
	days := func(name string) (all []okno.Day) {
		for range rapid.IntRange(0, 5).Draw(t, name) {
			all = append(all, okno.DayOf(time.Date(2026, 1, rapid.IntRange(1, 730).Draw(t, name+" day"), 0, 0, 0, 0, time.UTC)))
		}
		return all
	}
	c.Holidays, c.Moved, c.Shortened = days("holidays"), days("moved"), days("shortened")
	z, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Check(); err != nil {
		t.Fatalf("%+v: %v", c.Hours, err)
	}
	return sla.New(c, z)
}

func moments(t *rapid.T, name string) time.Time {
	return time.Date(2026, 1, 1, 0, 0, rapid.IntRange(0, 2*365*86400).Draw(t, name), 0, time.UTC)
}

func TestAddAndBetweenUndoEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, from := calendars(t), moments(t, "moment")
		worked := time.Duration(rapid.IntRange(1, 200*3600).Draw(t, "seconds")) * time.Second
		to := c.Add(from, worked)
		if got := c.Between(from, to); got != worked {
			t.Fatalf("%s after %s is %s, between them %s are worked", worked, from, to, got)
		}
		if before := c.Between(from, to.Add(-time.Second)); before != worked-time.Second {
			t.Fatalf("%s is not the first such moment: a second before %s were worked", to, before)
		}
	})
}

func TestWorkedTimeAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, a := calendars(t), moments(t, "moment")
		b := a.Add(time.Duration(rapid.IntRange(0, 60*86400).Draw(t, "first")) * time.Second)
		d := b.Add(time.Duration(rapid.IntRange(0, 60*86400).Draw(t, "second")) * time.Second)
		whole, parts := c.Between(a, d), c.Between(a, b)+c.Between(b, d)
		if whole != parts || whole < 0 || whole > d.Sub(a) || c.Between(b, a) != 0 {
			t.Fatalf("%s to %s to %s: %s, in parts %s", a, b, d, whole, parts)
		}
	})
}

func TestDaysFollowOneAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, from := calendars(t), moments(t, "moment")
		n := rapid.IntRange(1, 20).Draw(t, "n")
		last, to := c.Days(from, n), c.Days(from, n+1)
		if !last.After(from) || !to.After(last) || !c.Days(last.Add(-time.Second), 1).Equal(to) {
			t.Fatalf("day %d after %s ends at %s, the next at %s", n, from, last, to)
		}
		if c.Between(last.Add(-time.Second), last) != time.Second {
			t.Fatalf("%s is no end of work", last)
		}
	})
}
