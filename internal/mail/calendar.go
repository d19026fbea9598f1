package mail

import (
	"strings"
	"time"
)

// invitation says in words what an invitation holds (RFC 5545): what, when,
// where and its description; "" if it is none.
func invitation(content []byte) string {
	text, _ := toUTF8("", content[:min(len(content), maxText)])
	text = strings.NewReplacer("\n ", "", "\n\t", "").Replace(cleanText(text))
	fields, event := map[string]string{}, false
	for _, line := range strings.Split(text, "\n") {
		switch strings.ToUpper(strings.TrimSpace(line)) {
		case "BEGIN:VEVENT", "BEGIN:VTODO":
			event = true
		case "END:VEVENT", "END:VTODO":
			return said(fields)
		}
		name, value, found := strings.Cut(line, ":")
		name, _, _ = strings.Cut(strings.ToUpper(name), ";")
		if _, seen := fields[name]; event && found && !seen {
			fields[name] = strings.TrimSpace(strings.NewReplacer(`\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";", `\\`, `\`).Replace(value))
		}
	}
	return said(fields)
}

func said(fields map[string]string) string {
	when := calendarTime(fields["DTSTART"])
	if end := calendarTime(fields["DTEND"]); end != "" {
		when += " – " + end
	}
	var lines []string
	for _, line := range []string{fields["SUMMARY"], when, fields["LOCATION"], fields["DESCRIPTION"]} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// calendarTime writes a time so that it can be read; one it does not know stays.
func calendarTime(v string) string {
	for layout, out := range map[string]string{"20060102T150405": "2006-01-02 15:04", "20060102T150405Z": "2006-01-02 15:04 UTC", "20060102": "2006-01-02"} {
		if at, err := time.Parse(layout, v); err == nil {
			return at.Format(out)
		}
	}
	return v
}
