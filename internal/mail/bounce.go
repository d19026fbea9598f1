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
	Guessed           bool   `json:",omitempty"` // by words alone, in a letter that a person may have written
}

// BouncedRecipient says what became of a letter for one recipient.
type BouncedRecipient struct {
	Address    string // as our server gave it, else as the last one knew it; "" if the report does not say it
	Status     string // as "5.1.1" (RFC 3463); "5.0.0" or "4.0.0" for one of another form
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
	daemon := b == nil && l.fromDaemon()
	if daemon {
		if at := statusInText.FindStringIndex(l.Text); at != nil {
			b = readDeliveryStatus([]byte(l.Text[at[0]:]))
		}
	}
	if b == nil {
		b = l.amazonBounce()
	}
	if b == nil && daemon {
		b = l.reportWithin()
	}
	if b == nil && daemon {
		if b = l.proseBounce(); b != nil {
			b.Guessed = !l.impersonal()
		}
	}
	if b != nil && b.OriginalMessageID == "" {
		b.OriginalMessageID = l.returnedMessageID()
	}
	return b
}

// reportWithin reads the report that a gateway sent on as a file; nil if there
// is none. It looks one letter deep.
func (l *Letter) reportWithin() *Bounce {
	for _, a := range l.Attachments {
		if a.Type != "message/rfc822" {
			continue
		}
		within := Read(a.Content)
		for _, part := range within.Attachments {
			if part.Type != "message/delivery-status" && part.Type != "message/global-delivery-status" || !within.fromDaemon() {
				continue
			}
			if b := readDeliveryStatus(part.Content); b != nil {
				b.OriginalMessageID = within.returnedMessageID()
				return b
			}
		}
		return nil
	}
	return nil
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
		case "message/disposition-notification":
			h, _, _ := splitHeader(bytes.TrimLeft(a.Content, "\r\n"))
			if ids := messageIDs(h.Raw("Original-Message-ID")); len(ids) > 0 {
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
			Diagnostic: clip(typedValue(h.Get("Diagnostic-Code")), 1000),
		}
		var said string
		if r.Status, said = readStatus(h.Get("Status")); r.Diagnostic == "" {
			r.Diagnostic = said
		}
		r.Action = readAction(h.Get("Action"), r.Status)
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

// readAction reads "failed" and what programs write instead: "failure", "error",
// "failed (bad mailbox)". "" if nothing is said.
func readAction(value, status string) string {
	fields := strings.FieldsFunc(strings.ToLower(value), func(r rune) bool { return r < 'a' || r > 'z' })
	if len(fields) == 0 {
		return ""
	}
	switch fields[0] {
	case "failed", "delayed", "delivered", "relayed", "expanded":
		return fields[0]
	case "fail", "failure", "error":
		return "failed"
	case "delay":
		return "delayed"
	}
	return actionOf(status)
}

var statusCode = regexp.MustCompile(`^([245])(\.\d{1,3}\.\d{1,3})?(?:\d\d)?(?:[^\d.]|$)`)

// readStatus reads "5.1.1 (no such user)"; a bare SMTP code gives only its class.
func readStatus(value string) (status, said string) {
	value = strings.TrimSpace(value)
	m := statusCode.FindStringSubmatch(value)
	switch {
	case m == nil:
		word, _, _ := strings.Cut(value, " ")
		return clip(word, 20), ""
	case m[2] == "":
		return m[1] + ".0.0", clip(value, 1000)
	}
	return m[1] + m[2], ""
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
