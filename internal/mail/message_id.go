package mail

import (
	"crypto/rand"
	"net/mail"
	"regexp"
	"strings"
	"time"
)

const (
	maxReferences = 100
	maxMessageID  = 500 // bytes; longer ones are left out
)

var bracketed = regexp.MustCompile(`<([^<>]+)>`)

// messageIDs returns the identifiers between angle brackets, spaces taken out.
// A field with one bare identifier gives that. Of more than 100 the first and
// the last 99 are kept: the root and the nearest ancestors.
func messageIDs(value string) []string {
	var ids []string
	for _, m := range bracketed.FindAllStringSubmatch(value, -1) {
		if id := cleanID(m[1]); id != "" {
			ids = append(ids, id)
		}
	}
	if bare := cleanID(value); len(ids) == 0 && len(strings.Fields(value)) == 1 && bare != "" {
		ids = []string{bare}
	}
	if len(ids) > maxReferences {
		ids = append(ids[:1:1], ids[len(ids)-maxReferences+1:]...)
	}
	return ids
}

func cleanID(id string) string {
	id = strings.Trim(strings.Join(strings.Fields(id), ""), "<>")
	if len(id) > maxMessageID {
		return ""
	}
	return id
}

// NewMessageID makes the Message-ID of a letter to be sent. The token tells
// letters apart and must not be guessable from a ticket's number; "" takes a
// random one of 128 bits.
func NewMessageID(domain, token string) string {
	if token == "" {
		token = strings.ToLower(rand.Text())
	}
	return token + "@" + foldDomain(domain)
}

// dateLayouts are forms seen in letters beyond RFC 5322.
var dateLayouts = []string{
	"Mon, 2 Jan 2006 15:04:05", "2 Jan 2006 15:04:05", "Mon Jan 2 15:04:05 2006", "Mon Jan 2 15:04:05 MST 2006",
	time.RFC3339, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", "Mon, 2 Jan 2006 15:04:05 GMT-0700", "02.01.2006 15:04:05",
}

// readDate reads a Date field. Zero for what cannot be read and for years
// before 1990 and after 2099.
func readDate(value string) time.Time {
	at, err := mail.ParseDate(value)
	if err != nil {
		plain, _, _ := strings.Cut(value, "(")
		for _, layout := range dateLayouts {
			if at, err = time.Parse(layout, strings.TrimSpace(plain)); err == nil {
				break
			}
		}
	}
	if err != nil || at.UTC().Year() < 1990 || at.UTC().Year() > 2099 {
		return time.Time{}
	}
	return at.UTC()
}
