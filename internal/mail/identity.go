package mail

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"time"
)

// IdentityHash tells whether two raw letters are the same letter: it covers
// From, Date and the body, not the fields added on the way, nor the kind of line
// ends, nor empty lines at the end. Two deliveries of one letter have one hash.
// A letter without Message-ID is told apart by its Subject and To as well, and
// one without Date by the hour it arrived in: a machine may send the same words
// every day.
func IdentityHash(raw []byte, arrived time.Time) [32]byte {
	l := Letter{}
	header, body, _ := splitHeader(l.mendStart(raw))
	sum := sha256.New()
	names := []string{"From", "Date"}
	if !header.Has("Message-ID") {
		names = append(names, "Subject", "To")
		if !header.Has("Date") {
			fmt.Fprintf(sum, "arrived %d\n", arrived.Truncate(time.Hour).Unix())
		}
	}
	for _, name := range names {
		values := header.rawValues(name)
		fmt.Fprintf(sum, "%s %d\n", name, len(values))
		for _, v := range values {
			v := bytes.Join(bytes.Fields([]byte(v)), []byte(" "))
			fmt.Fprintf(sum, "%d %s\n", len(v), v)
		}
	}
	body = bytes.TrimRight(body, "\r\n")
	for len(body) > 0 {
		line := firstLine(body)
		body = body[min(len(body), len(line)+1):]
		sum.Write(bytes.TrimRight(line, "\r"))
		sum.Write([]byte("\n"))
	}
	return [32]byte(sum.Sum(nil))
}
