// Package mail knows letters: how to read whatever arrives, how to write what
// leaves, which words of a reply are new, what the signs of machines and
// bounces are, and how a reply address is signed. It does no I/O.
//
// Message-IDs stand without angle brackets everywhere in this package.
package mail

import (
	"bytes"
	"slices"
	"strings"
	"time"
)

// Limits of what Read takes apart. A letter beyond them is still read: what is
// shown is cut or left raw, and Faults says so.
const (
	maxParts     = 1000    // parts of one letter
	maxDepth     = 20      // multiparts within one another
	maxText      = 1 << 20 // bytes of text or HTML shown; the whole is attached
	maxAddresses = 1000    // addresses of one field
	maxFaults    = 50
	maxUnpacked  = 64 << 20 // bytes that packed files may grow to together
)

// Letter is one e-mail as it was read.
type Letter struct {
	From, ReplyTo, To, Cc []Address
	Subject               string
	MessageID, InReplyTo  string
	References            []string  // oldest first, at most 100
	Date                  time.Time // UTC; zero if nothing tells it
	Text, HTML            string    // valid UTF-8 without NUL; line ends are \n
	TextOnlyHTML          bool      // the letter had no text of its own: Text was made from HTML
	Attachments           []Attachment
	Header                Header
	Faults                []string // what had to be mended, in words
	ThreadIndex           string   // Outlook's conversation, base64; empty if absent
	ThreadTopic           string
	Signed, Encrypted     string // "S/MIME" or "PGP"; empty if not. No signature is checked

	mboxFrom  string // the envelope's sender in an mbox's "From " line
	mediaType string // lower case; of the first Content-Type, with params
	params    map[string]string
}

// Attachment is one file of a letter.
type Attachment struct {
	Name      string // never empty, no path
	Type      string // media type, lower case, without parameters
	ContentID string // without angle brackets; empty if none
	Inline    bool   // shown within the text, not beside it
	Content   []byte
}

// Read reads a letter. It never fails: of the worst letter the raw text is
// left, and Faults says why.
func Read(raw []byte) *Letter {
	l := &Letter{}
	raw = l.mendStart(raw)
	header, body, faults := splitHeader(raw)
	l.mediaType, l.params = header.mediaType()
	header.hint = charsetHint(l.params, body)
	l.Header = header
	l.fault(faults...)
	l.readFields()
	l.readBody(body)
	return l
}

// ReadHeader reads a letter's header alone; what stands behind it may be left out.
func ReadHeader(raw []byte) Header {
	header, _, _ := splitHeader((&Letter{}).mendStart(raw))
	if slices.ContainsFunc(header.fields, func(f field) bool { return !f.plain() }) {
		_, params := header.mediaType()
		header.hint = charsetHint(params, nil)
	}
	return header
}

// fault records what was mended, each thing once.
func (l *Letter) fault(words ...string) {
	for _, w := range words {
		if len(l.Faults) >= maxFaults {
			return
		}
		seen := false
		for _, f := range l.Faults {
			seen = seen || f == w
		}
		if !seen {
			l.Faults = append(l.Faults, w)
		}
	}
}

// mendStart removes what stands before the header: a byte order mark, empty
// lines, the "From " line of an mbox file. A letter with CR line ends only is
// given usual ones.
func (l *Letter) mendStart(raw []byte) []byte {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	raw = l.mendLineEnds(raw)
	if trimmed := bytes.TrimLeft(raw, "\r\n \t"); len(trimmed) < len(raw) && looksLikeField(firstLine(trimmed)) {
		l.fault("empty lines before the header")
		raw = trimmed
	}
	for _, mark := range []string{"From ", ">From "} {
		if line := firstLine(raw); bytes.HasPrefix(line, []byte(mark)) && !looksLikeField(line) {
			l.fault(`a "From " line before the header`)
			if words := strings.Fields(clip(string(line), 1000)); len(words) > 1 {
				l.mboxFrom = strings.ToValidUTF8(strings.Trim(words[1], "<>"), "")
			}
			raw = raw[min(len(raw), len(line)+1):]
		}
	}
	return l.dropJunk(raw)
}

// dropJunk removes up to five lines before the header that are no fields, if a
// field that letters are known to have follows them.
func (l *Letter) dropJunk(raw []byte) []byte {
	rest := raw
	for range 5 {
		line := firstLine(rest)
		if len(bytes.TrimSpace(line)) == 0 || looksLikeField(line) {
			break
		}
		rest = rest[min(len(rest), len(line)+1):]
		if !knownField(firstLine(rest)) {
			continue
		}
		if second := rest[min(len(rest), len(firstLine(rest))+1):]; fieldsFollow(second) || len(bytes.TrimSpace(firstLine(second))) == 0 || second[0] == ' ' || second[0] == '\t' {
			l.fault("a line of the header was no field and was left out")
			return rest
		}
	}
	return raw
}

// mendLineEnds gives usual line ends to a letter that ends its lines, or those
// of its header, with CR only.
func (l *Letter) mendLineEnds(raw []byte) []byte {
	line := firstLine(raw[:min(len(raw), maxHeader)])
	inside := bytes.IndexByte(bytes.TrimRight(line, "\r"), '\r')
	if inside < 0 || len(bytes.TrimRight(line, "\r")) == inside+1 {
		return raw
	}
	after := bytes.TrimLeft(line[inside:], "\r")
	if len(line) < len(raw) && !knownField(after) && !knownField(bytes.TrimLeft(after, " \t")) {
		return raw
	}
	l.fault("line ends were CR only")
	raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(raw, []byte("\r"), []byte("\n"))
}

func (l *Letter) readFields() {
	h := l.Header
	l.From = l.addresses("From")
	l.ReplyTo = l.addresses("Reply-To")
	l.To = l.addresses("To")
	l.Cc = l.addresses("Cc")
	l.Subject = h.Subject()
	l.MessageID = h.MessageID()
	if ids := messageIDs(h.Raw("In-Reply-To")); len(ids) > 0 {
		l.InReplyTo = ids[0]
	}
	l.References = messageIDs(h.Raw("References"))
	l.Date = l.date()
	if len(h.Values("From")) > 1 {
		l.fault("more than one From field")
	}
	l.ThreadIndex = h.ThreadIndex()
	l.ThreadTopic = h.Get("Thread-Topic")
}

func (l *Letter) addresses(name string) []Address {
	var all []Address
	for _, v := range l.Header.rawValues(name) {
		if name == "To" || name == "Cc" { // of writers the last would become the first
			v = uncommaed.ReplaceAllString(v, "$1, $2")
		}
		list, whole := parseAddresses(v)
		if !whole {
			l.fault("the field " + name + " was not a list of addresses")
		}
		all = append(all, list...)
	}
	if len(all) > maxAddresses {
		l.fault("only the first 1000 addresses of " + name + " were read")
		all = all[:maxAddresses]
	}
	return all
}
