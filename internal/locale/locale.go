// Package locale gives words, plurals, dates and numbers in the reader's
// language and time zone. The words stand in catalogue/<language>/<noun>.json.
package locale

import (
	"strconv"
	"time"
)

// Language is one the product is complete in.
type Language struct {
	Code string // ISO 639-1, as stored on a person: "en", "ru"
	Name string // in the language itself
}

const (
	english = "en"
	russian = "ru"
)

// Languages lists the languages a person can choose from, English first.
func Languages() []Language {
	return []Language{{english, "English"}, {russian, "Русский"}}
}

// Locale is a reader's language and time zone. It is immutable and safe for
// concurrent use.
type Locale struct {
	words *catalogue
	zone  *time.Location
	own   Texts // stand before the catalogue's; nil: none
}

// New returns the locale of a reader. An unknown language is read as English,
// a nil zone as UTC. It costs one small allocation, so a locale may be made
// for every request.
func New(lang string, zone *time.Location) *Locale {
	if zone == nil {
		zone = time.UTC
	}
	words, ok := catalogues()[lang]
	if !ok {
		words = catalogues()[english]
	}
	return &Locale{words: words, zone: zone}
}

// Lang is the code of the language the words are in: "en" or "ru".
func (l *Locale) Lang() string { return l.words.lang }

// Zone is the time zone the times are told in, never nil.
func (l *Locale) Zone() *time.Location { return l.zone }

// Has reports whether the catalogue holds the key.
func (l *Locale) Has(key string) bool {
	_, ok := l.words.plain[key]
	if !ok {
		_, ok = l.words.open[key]
	}
	if !ok {
		_, ok = l.words.counted[key]
	}
	return ok
}

// T is the text of a key. The args are pairs of a placeholder's name and its
// value. A missing key or placeholder gives "⟦key⟧": visible, never fatal.
func (l *Locale) T(key string, args ...any) string {
	if text, ok := l.own[key]; ok {
		if filled, ok := text.fill(args); ok {
			return filled
		}
	}
	if text, ok := l.words.plain[key]; ok {
		return text
	}
	if text, ok := l.words.open[key]; ok {
		if filled, ok := text.fill(args); ok {
			return filled
		}
	}
	return missing(key)
}

// N is the text of a key in the plural form of count, which also fills the
// placeholder Count, grouped as in [Locale.Number]. For the rest it is as T.
func (l *Locale) N(key string, count int, args ...any) string {
	forms, ok := l.words.counted[key]
	if !ok {
		return missing(key)
	}
	values := append([]any{"Count", l.Number(int64(count))}, args...)
	if filled, ok := forms[l.words.formOf(count)].fill(values); ok {
		return filled
	}
	return missing(key)
}

func missing(key string) string { return "⟦" + key + "⟧" }

// Number is a whole number with its thousands apart: "12,345", «12 345».
func (l *Locale) Number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "−", digits[1:]
	}
	separator := l.words.plain["number.group"]
	grouped := make([]byte, 0, len(digits)+3*len(separator))
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			grouped = append(grouped, separator...)
		}
		grouped = append(grouped, digits[i])
	}
	return sign + string(grouped)
}

// Bytes is a size in units of 1024 bytes, with one decimal below ten:
// "512 B", "1.2 MB", «1,2 МБ». The space does not break.
func (l *Locale) Bytes(n int64) string {
	units := [...]string{"number.byte", "number.kilobyte", "number.megabyte", "number.gigabyte", "number.terabyte"}
	unit, size := 0, float64(n)
	// From 1023.5 on, rounding would give 1024 of the smaller unit.
	for size >= 1023.5 && unit < len(units)-1 {
		size /= 1024
		unit++
	}
	whole := int64(size + 0.5)
	tenths := int64(size*10 + 0.5)
	amount := l.Number(whole)
	if unit > 0 && tenths < 100 && tenths%10 != 0 {
		amount = strconv.FormatInt(tenths/10, 10) + l.words.plain["number.decimal"] + strconv.FormatInt(tenths%10, 10)
	}
	return amount + "\u00a0" + l.words.plain[units[unit]]
}
