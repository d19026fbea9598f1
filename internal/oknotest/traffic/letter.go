package traffic

import (
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/oknodesk/okno/internal/oknotest/program"
)

// Letter is what a customer writes.
type Letter struct {
	From     string // address
	Subject  string
	ID       string // Message-ID without brackets
	Answers  string // Message-ID that it answers; empty: none
	Text     string
	File     []byte // an attachment; nil: none
	FileName string
	Extra    string // further header fields, each ending with CRLF
}

// Bytes is the letter as it goes over the line, with the word of the relay
// before us that it is From's own (RFC 8601).
func (l Letter) Bytes() []byte {
	var b strings.Builder
	_, domain, _ := strings.Cut(l.From, "@")
	fmt.Fprintf(&b, "Authentication-Results: %s; dmarc=pass header.from=%s\r\n", program.Relay, domain)
	fmt.Fprintf(&b, "From: <%s>\r\nTo: <%s>\r\nSubject: %s\r\nDate: %s\r\n", l.From, program.Support, l.Subject, time.Now().Format(time.RFC1123Z))
	fmt.Fprintf(&b, "Message-ID: <%s>\r\nMIME-Version: 1.0\r\n%s", l.ID, l.Extra)
	if l.Answers != "" {
		fmt.Fprintf(&b, "In-Reply-To: <%s>\r\nReferences: <%[1]s>\r\n", l.Answers)
	}
	if l.File == nil {
		fmt.Fprintf(&b, "Content-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n", l.Text)
		return []byte(b.String())
	}
	const boundary = "a-line-between-parts"
	fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=%s\r\n\r\n--%[1]s\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n", boundary, l.Text)
	fmt.Fprintf(&b, "--%s\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=%q\r\n\r\n", boundary, l.FileName)
	for text := base64.StdEncoding.EncodeToString(l.File); len(text) > 0; {
		n := min(76, len(text))
		b.WriteString(text[:n] + "\r\n")
		text = text[n:]
	}
	fmt.Fprintf(&b, "--%s--\r\n", boundary)
	return []byte(b.String())
}
