package mail

import (
	"net/mail"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// usualDate is how nearly all write it (RFC 5322, 3.3); net/mail tries other
// forms first.
const usualDate = "Mon, 2 Jan 2006 15:04:05 -0700"

// dateLayouts are forms seen in letters beyond RFC 5322.
var dateLayouts = []string{
	"Mon Jan 2 15:04:05 2006", "Mon Jan 2 15:04:05 MST 2006", "Mon Jan 2 15:04:05 -0700 2006", "Mon, Jan 2 2006 15:04:05 -0700",
	time.RFC3339, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", "2006-01-02T15:04:05", "02.01.2006 15:04:05", "02.01.2006 15:04",
	"1/2/2006 3:04:05 PM", "1/2/2006 3:04 PM", "Monday, January 2, 2006 3:04 PM", "Monday, January 2, 2006 3:04:05 PM", "Mon, Jan 2, 2006 3:04 PM", "Mon, Jan 2, 2006 15:04:05 -0700",
	"January 2, 2006 3:04 PM", "Jan 2, 2006 3:04 PM", "Jan 2, 2006 15:04:05",
}

var (
	looseDate  = regexp.MustCompile(`(?i)\b(\d{1,2})[\s.-]*(\p{L}{3,10})\.?[\s,-]*(\d{2,4})\b[\s,]*(?:at\s+|в\s+)?(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s*(am|pm)?\s*(.*)$`)
	zoneDigits = regexp.MustCompile(`(?i)^(?:gmt|utc|z)?\s*([+-])\s*(\d{1,2}):?(\d{2})?\b`)
)

// months are the beginnings of months' names, English and Russian.
var months = map[string]time.Month{
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
	"янв": 1, "фев": 2, "мар": 3, "апр": 4, "май": 5, "мая": 5, "июн": 6, "июл": 7, "авг": 8, "сен": 9, "окт": 10, "ноя": 11, "дек": 12,
	"mrz": 3, "mär": 3, "mai": 5, "okt": 10, "dez": 12, "fév": 2, "fev": 2, "avr": 4, "aoû": 8, "déc": 12, "ene": 1, "abr": 4, "ago": 8, "dic": 12,
	"sty": 1, "lut": 2, "kwi": 4, "maj": 5, "cze": 6, "lip": 7, "sie": 8, "wrz": 9, "paź": 10, "lis": 11, "gru": 12,
}

// zones are names of zones in hours from UTC, those of RFC 5322 and of our parts.
var zones = map[string]float64{
	"ut": 0, "utc": 0, "gmt": 0, "z": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
	"msk": 3, "msd": 4, "eet": 2, "eest": 3, "cet": 1, "cest": 2, "met": 1, "mest": 2, "wet": 0, "bst": 1, "samt": 4, "yekt": 5,
	"omst": 6, "novt": 7, "krat": 7, "irkt": 8, "yakt": 9, "vlat": 10, "magt": 11, "almt": 5, "jst": 9, "kst": 9, "hkt": 8, "ist": 5.5,
}

// date is when the letter was written by its own word, else when the server
// nearest to us took it. Zero if neither can be read.
func (l *Letter) date() time.Time {
	if at := readDate(l.Header.Raw("Date")); !at.IsZero() {
		return at
	}
	if l.Header.Has("Date") {
		l.fault("the date could not be read")
	}
	for _, name := range []string{"Resent-Date", "Delivery-Date", "X-Original-Date"} {
		if at := readDate(l.Header.Raw(name)); !at.IsZero() {
			l.fault("the date is that of " + name)
			return at
		}
	}
	for _, received := range l.Header.rawValues("Received") {
		if at := readDate(received[strings.LastIndexByte(received, ';')+1:]); !at.IsZero() {
			l.fault("the date is that of Received")
			return at
		}
	}
	return time.Time{}
}

// readDate reads a Date field. Zero for what cannot be read and for years
// before 1990 and after 2099.
func readDate(value string) time.Time {
	value = clip(strings.TrimSpace(value), 200)
	plain, _, _ := strings.Cut(value, "(")
	plain = strings.Join(strings.Fields(plain), " ")
	at, ok := parseDate(value, plain)
	if !ok || at.UTC().Year() < 1990 || at.UTC().Year() > 2099 {
		return time.Time{}
	}
	return at.UTC()
}

func parseDate(value, plain string) (time.Time, bool) {
	if at, err := time.Parse(usualDate, value); err == nil {
		return at, true
	}
	named := strings.LastIndexByte(plain, ' ')
	if _, known := zones[strings.ToLower(plain[named+1:])]; !known {
		if at, err := mail.ParseDate(value); err == nil {
			return at, true
		}
	}
	if at, ok := parseLooseDate(plain); ok {
		return at, true
	}
	for _, layout := range dateLayouts {
		if at, err := time.Parse(layout, plain); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// parseLooseDate reads day, month's name, year, time and zone, whatever stands
// between them. A zone that is not known is taken as UTC.
func parseLooseDate(s string) (time.Time, bool) {
	m := looseDate.FindStringSubmatch(strings.ToLower(s))
	if m == nil {
		return time.Time{}, false
	}
	month, known := months[string([]rune(m[2])[:3])]
	number := func(i int) int {
		n, err := strconv.Atoi(m[i])
		if err != nil {
			return 0 // seconds may be missing
		}
		return n
	}
	year, hour := number(3), number(4)
	switch {
	case year < 100:
		year += 2000
	case year < 1000: // RFC 5322, 4.3
		year += 1900
	}
	switch {
	case m[7] == "pm" && hour < 12:
		hour += 12
	case m[7] == "am" && hour == 12:
		hour = 0
	}
	if !known || number(1) < 1 || number(1) > 31 || hour > 24 || number(5) > 59 {
		return time.Time{}, false
	}
	at := time.Date(year, month, number(1), hour, number(5), number(6), 0, time.UTC)
	return at.Add(-zoneOffset(m[8])), true
}

func zoneOffset(zone string) time.Duration {
	zone = strings.TrimSpace(zone)
	if m := zoneDigits.FindStringSubmatch(zone); m != nil {
		hours, _ := strconv.Atoi(m[2]) // one or two digits
		minutes := 0
		if m[3] != "" {
			minutes, _ = strconv.Atoi(m[3]) // two digits
		}
		offset := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
		if hours > 14 {
			return 0
		}
		if m[1] == "-" {
			return -offset
		}
		return offset
	}
	name, _, _ := strings.Cut(zone, " ")
	return time.Duration(zones[name] * float64(time.Hour))
}
