package locale

import (
	"strings"
	"testing"
	"time"
)

// plain makes the non-breaking spaces of a text ordinary, to be readable here.
func plain(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }

func TestTextFillsPlaceholdersAndShowsWhatIsMissing(t *testing.T) {
	en, ru := New("en", nil), New("ru", nil)
	for _, c := range []struct{ name, got, want string }{
		{"English", en.T("status.waiting"), "Waiting for customer"},
		{"Russian", ru.T("status.waiting"), "Ожидает ответа клиента"},
		{"unknown language is English", New("fr", nil).T("status.done"), "Done"},
		{"values", en.T("time.full", "Date", "today", "Clock", "14:05"), "today, 14:05"},
		{"missing key", en.T("no.such.key"), "⟦no.such.key⟧"},
		{"missing value", en.T("time.full", "Date", "today"), "⟦time.full⟧"},
		{"odd arguments", en.T("time.full", "Date"), "⟦time.full⟧"},
		{"name is not a string", en.N("words.tickets", 1, 2, 3), "⟦words.tickets⟧"},
	} {
		if got := plain(c.got); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if !en.Has("status.done") || !en.Has("words.tickets") || en.Has("status.none") {
		t.Error("Has does not tell what the catalogue holds")
	}
}

func TestPluralFormsFollowTheCount(t *testing.T) {
	for _, c := range []struct {
		lang  string
		count int
		want  string
	}{
		{"en", 0, "0 tickets"}, {"en", 1, "1 ticket"}, {"en", 2, "2 tickets"}, {"en", 12345, "12,345 tickets"},
		{"ru", 0, "0 заявок"}, {"ru", 1, "1 заявка"}, {"ru", 2, "2 заявки"}, {"ru", 5, "5 заявок"}, {"ru", 11, "11 заявок"},
		{"ru", 21, "21 заявка"}, {"ru", 112, "112 заявок"}, {"ru", 1002, "1 002 заявки"},
	} {
		if got := plain(New(c.lang, nil).N("words.tickets", c.count)); got != c.want {
			t.Errorf("%s %d: %q, want %q", c.lang, c.count, got, c.want)
		}
	}
}

var minsk = time.FixedZone("Minsk", 3*60*60)

// now is 14:05 in Minsk on Sunday, 22 November 2026.
var now = time.Date(2026, 11, 22, 11, 5, 0, 0, time.UTC)

func TestTimesAreToldInTheReadersLanguageAndZone(t *testing.T) {
	en, ru := New("en", minsk), New("ru", minsk)
	midnight := time.Date(2026, 11, 21, 21, 30, 0, 0, time.UTC) // already the 22nd in Minsk
	for _, c := range []struct{ got, want string }{
		{en.Full(now), "22 November 2026, 14:05"},
		{ru.Full(now), "22 ноября 2026 г., 14:05"},
		{en.Date(midnight), "22 November 2026"},
		{ru.Date(midnight), "22 ноября 2026 г."},
		{New("ru", nil).Date(midnight), "21 ноября 2026 г."},
		{ru.Clock(midnight), "00:30"},
		{en.Short(midnight, now), "00:30"},
		{en.Short(midnight.Add(-time.Hour), now), "Sat"},
		{ru.Short(now.AddDate(0, 0, -6), now), "пн"},
		{en.Short(now.AddDate(0, 0, -7), now), "15 Nov"},
		{ru.Short(now.AddDate(0, 0, -19), now), "3 ноя"},
		{en.Short(now.AddDate(-1, 0, -19), now), "3 Nov 2025"},
		{ru.Short(now.AddDate(0, 0, 2), now), "24 ноя"},
	} {
		if got := plain(c.got); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestAgoNamesTheLargestUnit(t *testing.T) {
	en, ru := New("en", minsk), New("ru", minsk)
	for _, c := range []struct {
		past   time.Duration
		en, ru string
	}{
		{59 * time.Second, "just now", "только что"},
		{-59 * time.Second, "just now", "только что"},
		{time.Minute, "1 minute ago", "1 минуту назад"},
		{5 * time.Minute, "5 minutes ago", "5 минут назад"},
		{59*time.Minute + 59*time.Second, "59 minutes ago", "59 минут назад"},
		{3 * time.Hour, "3 hours ago", "3 часа назад"},
		{24 * time.Hour, "1 day ago", "1 день назад"},
		{7 * day, "7 days ago", "7 дней назад"},
		{7*day + time.Second, "15 November 2026", "15 ноября 2026 г."},
		{-21 * time.Minute, "in 21 minutes", "через 21 минуту"},
		{-2 * time.Hour, "in 2 hours", "через 2 часа"},
		{-8 * day, "30 November 2026", "30 ноября 2026 г."},
	} {
		at := now.Add(-c.past)
		if got := plain(en.Ago(at, now)); got != c.en {
			t.Errorf("%v: %q, want %q", c.past, got, c.en)
		}
		if got := plain(ru.Ago(at, now)); got != c.ru {
			t.Errorf("%v: %q, want %q", c.past, got, c.ru)
		}
	}
}

func TestDurationsTakeTwoUnits(t *testing.T) {
	for _, c := range []struct {
		d      time.Duration
		en, ru string
	}{
		{0, "<1 min", "<1 мин"},
		{42 * time.Minute, "42 min", "42 мин"},
		{2 * time.Hour, "2 h", "2 ч"},
		{2*time.Hour + 5*time.Minute, "2 h 5 min", "2 ч 5 мин"},
		{3*day + 4*time.Hour + 59*time.Minute, "3 d 4 h", "3 дн 4 ч"},
		{-90 * time.Minute, "−1 h 30 min", "−1 ч 30 мин"},
	} {
		if got := plain(New("en", nil).Duration(c.d)); got != c.en {
			t.Errorf("%v: %q, want %q", c.d, got, c.en)
		}
		if got := plain(New("ru", nil).Duration(c.d)); got != c.ru {
			t.Errorf("%v: %q, want %q", c.d, got, c.ru)
		}
	}
}

func TestNumbersAndSizesAreGrouped(t *testing.T) {
	en, ru := New("en", nil), New("ru", nil)
	for _, c := range []struct{ got, want string }{
		{en.Number(0), "0"}, {en.Number(999), "999"}, {en.Number(1000), "1,000"}, {ru.Number(1234567), "1 234 567"},
		{en.Number(-1234), "−1,234"}, {en.Number(-1 << 63), "−9,223,372,036,854,775,808"},
		{en.Bytes(0), "0 B"}, {en.Bytes(512), "512 B"}, {en.Bytes(1023), "1,023 B"}, {en.Bytes(1024), "1 KB"},
		{en.Bytes(1258291), "1.2 MB"}, {ru.Bytes(1258291), "1,2 МБ"}, {en.Bytes(25 << 20), "25 MB"},
		{en.Bytes(1<<20 - 1), "1 MB"}, {en.Bytes(10<<20 - 1), "10 MB"}, {ru.Bytes(3 << 40), "3 ТБ"},
	} {
		if got := plain(c.got); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func BenchmarkTextWithValues(b *testing.B) {
	l := New("ru", nil)
	for b.Loop() {
		l.N("words.tickets", 25)
	}
}
