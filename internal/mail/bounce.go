package mail

import (
	"bytes"
	"regexp"
	"strings"
)

const maxBounced = 100 // recipients of one report

// Bounce is a delivery report (RFC 3464).
type Bounce struct {
	Permanent         bool // a recipient failed for good; false while delays last or all is well
	Recipients        []BouncedRecipient
	OriginalMessageID string // of our letter; "" if the report does not show it
}

// BouncedRecipient says what became of a letter for one recipient.
type BouncedRecipient struct {
	Address    string // as our server gave it, else as the last one knew it
	Status     string // as "5.1.1" (RFC 3463)
	Action     string // failed, delayed, delivered, relayed or expanded
	Diagnostic string // the other server's words, at most 1,000 bytes
}

// Bounce reads the letter as a delivery report, nil if it is none: RFC 3464
// first, then what Amazon and the programs say that do not follow it.
func (l *Letter) Bounce() *Bounce {
	var b *Bounce
	for _, a := range l.Attachments {
		if a.Type == "message/delivery-status" || a.Type == "message/global-delivery-status" {
			b = readDeliveryStatus(a.Content)
		}
	}
	if b == nil && l.fromDaemon() {
		if at := statusInText.FindStringIndex(l.Text); at != nil {
			b = readDeliveryStatus([]byte(l.Text[at[0]:]))
		}
		if b == nil {
			b = l.proseBounce()
		}
	}
	if b == nil {
		b = l.amazonBounce()
	}
	if b != nil && b.OriginalMessageID == "" {
		b.OriginalMessageID = l.returnedMessageID()
	}
	return b
}

// statusInText finds a delivery report that was sent as plain text.
var statusInText = regexp.MustCompile(`(?mi)^(?:Reporting-MTA|Original-Recipient|Final-Recipient)[ \t]*:`)

// returnedMessageID finds the Message-ID of the letter that came back: in what
// was sent back of it, else in the words, else in what the report answers.
func (l *Letter) returnedMessageID() string {
	for _, a := range l.Attachments {
		switch a.Type {
		case "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "message/rfc822-headers":
			h, _, _ := splitHeader(bytes.TrimLeft(a.Content, "\r\n"))
			if ids := messageIDs(h.Raw("Message-ID")); len(ids) > 0 {
				return ids[0]
			}
		}
	}
	if m := messageIDInText.FindStringSubmatch(l.Text); m != nil {
		return cleanID(m[1])
	}
	for _, a := range l.Attachments {
		if m := messageIDInText.FindSubmatch(a.Content[:min(len(a.Content), 64<<10)]); m != nil && strings.HasPrefix(a.Type, "text/") {
			return cleanID(string(m[1]))
		}
	}
	for _, name := range []string{"X-Original-Message-ID", "In-Reply-To", "References"} {
		if ids := messageIDs(l.Header.Raw(name)); len(ids) > 0 {
			return ids[len(ids)-1]
		}
	}
	return ""
}

var messageIDInText = regexp.MustCompile(`(?mi)^[ \t>]*(?:x-original-|original-)?message-id:[ \t]*\n?[ \t]*<([^<>\s]{1,400})>`)

// readDeliveryStatus reads groups of fields: the first about the letter, each
// other about one recipient. nil if no recipient is named.
func readDeliveryStatus(content []byte) *Bounce {
	b := &Bounce{}
	for len(content) > 0 && len(b.Recipients) < maxBounced {
		content = bytes.TrimLeft(content, "\r\n")
		h, rest, _ := splitHeader(content)
		if len(rest) >= len(content) {
			rest = content[min(len(content), len(firstLine(content))+1):]
		}
		content = rest
		r := BouncedRecipient{
			Address:    typedValue(h.Get("Original-Recipient")),
			Action:     strings.ToLower(h.Get("Action")),
			Diagnostic: clip(typedValue(h.Get("Diagnostic-Code")), 1000),
		}
		if fields := strings.Fields(h.Get("Status")); len(fields) > 0 {
			r.Status = clip(fields[0], 20)
		}
		if r.Address == "" {
			r.Address = typedValue(h.Get("Final-Recipient"))
		}
		if r.Address == "" && r.Action == "" {
			continue
		}
		if r.Action == "" {
			r.Action = actionOf(r.Status)
		}
		if r.Action == "failed" && !strings.HasPrefix(r.Status, "2.") {
			b.Permanent = true
		}
		b.Recipients = append(b.Recipients, r)
	}
	if len(b.Recipients) == 0 {
		return nil
	}
	return b
}

// actionOf is what a status without an action means (RFC 3463, 3.1).
func actionOf(status string) string {
	switch {
	case strings.HasPrefix(status, "2"):
		return "delivered"
	case strings.HasPrefix(status, "4"):
		return "delayed"
	}
	return "failed"
}

// typedValue takes "rfc822; a@b" or "smtp; 550 no" apart; brackets go.
func typedValue(v string) string {
	if _, value, found := strings.Cut(v, ";"); found {
		v = value
	}
	v = strings.TrimSpace(v)
	if strings.HasPrefix(v, "<") && strings.HasSuffix(v, ">") {
		v = v[1 : len(v)-1]
	}
	return clip(v, 1000)
}
