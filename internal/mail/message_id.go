package mail

import (
	"crypto/rand"
	"regexp"
	"strings"
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
