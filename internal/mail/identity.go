package mail

import (
	"bytes"
	"crypto/sha256"
	"fmt"
)

// IdentityHash tells whether two raw letters are the same letter: it covers
// From, Date and the body, not the fields added on the way, nor the kind of line
// ends, nor empty lines at the end. Two deliveries of one letter have one hash.
func IdentityHash(raw []byte) [32]byte {
	l := Letter{}
	header, body, _ := splitHeader(l.mendStart(raw))
	sum := sha256.New()
	for _, name := range []string{"From", "Date"} {
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
