package mail

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"
)

const (
	foldedLine  = 76   // characters of a header's line (RFC 5322 2.1.1, RFC 2047 2)
	base64Bytes = 57   // that make a line of 76 characters (RFC 2045 6.8)
	headerRoom  = 2048 // bytes
)

// composition is a letter while it is put together.
type composition struct {
	out    bytes.Buffer
	words  mime.WordEncoder // for what in a header is not ASCII
	base64 bool             // how texts are encoded; else quoted-printable
	limits []string         // of the multiparts that are open, the outermost first
	begun  bool             // the innermost has a part already
}

// compose puts a checked letter together: the fields, then the texts, with the
// pictures that HTML shows beside it, with the files beside them all (RFC 2046,
// RFC 2387).
func (o *Outgoing) compose() []byte {
	c := composition{words: mime.QEncoding}
	if c.base64 = mostlyWide(o.Subject + o.Text); c.base64 {
		c.words = mime.BEncoding
	}
	c.out.Grow(o.room())
	c.header(o)
	if len(o.Attachments) > 0 {
		c.open("mixed")
	}
	if len(o.Inline) > 0 {
		c.open("related")
	}
	if o.HTML != "" {
		c.open("alternative")
	}
	c.text("text/plain", o.Text)
	if o.HTML != "" {
		c.text("text/html", o.HTML)
		c.close()
	}
	for _, a := range o.Inline {
		c.file(a, "inline")
	}
	if len(o.Inline) > 0 {
		c.close()
	}
	for _, a := range o.Attachments {
		c.file(a, "attachment")
	}
	if len(o.Attachments) > 0 {
		c.close()
	}
	if !bytes.HasSuffix(c.out.Bytes(), []byte("\r\n")) {
		c.out.WriteString("\r\n") // text alone ends as it was typed
	}
	return c.out.Bytes()
}

// room is about how many bytes a letter has.
func (o *Outgoing) room() int {
	room := 2*(len(o.Text)+len(o.HTML)) + headerRoom
	for _, files := range [][]Attachment{o.Inline, o.Attachments} {
		for _, a := range files {
			room += len(a.Content)/base64Bytes*(foldedLine+2) + 1024
		}
	}
	return room
}

// header writes the letter's fields; those without a value are left out.
func (c *composition) header(o *Outgoing) {
	for _, f := range o.fields() {
		if f[1] != "" {
			c.field(f[0], c.words.Encode("UTF-8", f[1]))
		}
	}
	c.field("Subject", c.words.Encode("UTF-8", oneLine(clip(o.Subject, maxSubjectOut))))
	c.field("From", o.From.header().String())
	c.field("To", o.To.header().String())
	if o.ReplyTo.Addr != "" {
		c.field("Reply-To", o.ReplyTo.header().String())
	}
}

// fields are those of the header that hold no address.
func (o *Outgoing) fields() [][2]string {
	fields := [][2]string{
		{"Date", o.Date.Format(time.RFC1123Z)}, {"MIME-Version", "1.0"}, {"Message-ID", "<" + o.MessageID + ">"},
		{"In-Reply-To", strings.Join(bracket([]string{o.InReplyTo}), " ")}, {"References", strings.Join(bracket(o.References), " ")},
		{"Content-Language", o.Lang}, {MarkHeader, o.Mark},
	}
	if o.AutoSubmitted != "" {
		fields = append(fields, [2]string{"Auto-Submitted", o.AutoSubmitted},
			[2]string{"X-Auto-Response-Suppress", "OOF, AutoReply"}) // Exchange heeds only its own
	}
	if base64Index.MatchString(o.ThreadIndex) {
		fields = append(fields, [2]string{"Thread-Index", o.ThreadIndex}, [2]string{"Thread-Topic", oneLine(clip(o.ThreadTopic, maxSubjectOut))})
	}
	if plainToken.MatchString(o.Unsubscribe) {
		fields = append(fields, [2]string{"List-Unsubscribe", "<" + o.Unsubscribe + ">"})
		if o.OneClick {
			fields = append(fields, [2]string{"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"})
		}
	}
	return fields
}

// field writes one field, folded between its words.
func (c *composition) field(name, value string) {
	c.out.WriteString(name)
	c.out.WriteByte(':')
	left := foldedLine - len(name) - 1
	for word := range strings.SplitSeq(value, " ") {
		if word != "" && len(word)+1 > left && left < foldedLine { // no line is of spaces alone
			c.out.WriteString("\r\n")
			left = foldedLine
		}
		c.out.WriteByte(' ')
		c.out.WriteString(word)
		left -= len(word) + 1
	}
	c.out.WriteString("\r\n")
}

// open begins a multipart, within the one that is open.
func (c *composition) open(kind string) {
	limit := rand.Text()
	c.part()
	c.out.WriteString("Content-Type: multipart/" + kind + ";\r\n boundary=" + limit + "\r\n\r\n")
	c.limits, c.begun = append(c.limits, limit), false
}

// part begins a part of the multipart that is open; without one the letter's
// own header goes on.
func (c *composition) part() {
	if len(c.limits) == 0 {
		return
	}
	if c.begun {
		c.out.WriteString("\r\n")
	}
	c.begun = true
	c.out.WriteString("--" + c.limits[len(c.limits)-1] + "\r\n")
}

// close ends the multipart that is open.
func (c *composition) close() {
	last := len(c.limits) - 1
	c.out.WriteString("\r\n--" + c.limits[last] + "--\r\n")
	c.limits, c.begun = c.limits[:last], true
}

func (c *composition) text(mediaType, text string) {
	c.part()
	encoding := "quoted-printable"
	if c.base64 {
		encoding = "base64"
	}
	c.out.WriteString("Content-Transfer-Encoding: " + encoding + "\r\nContent-Type: " + mediaType + "; charset=UTF-8\r\n\r\n")
	if c.base64 {
		c.lines([]byte(crlf(text)))
		return
	}
	w := quotedprintable.NewWriter(&c.out) // a buffer refuses nothing
	w.Write([]byte(crlf(text)))
	w.Close()
}

// file writes a file, named twice: by RFC 2231 for those who know it, by encoded
// words in Content-Type for the older ones.
func (c *composition) file(a Attachment, disposition string) {
	c.part()
	name := a.outName()
	c.out.WriteString("Content-Disposition: " + mime.FormatMediaType(disposition, map[string]string{"filename": name}) + "\r\n")
	if a.ContentID != "" && disposition == "inline" {
		c.out.WriteString("Content-ID: <" + a.ContentID + ">\r\n")
	}
	mediaType, _, err := mime.ParseMediaType(a.Type)
	if err != nil || strings.HasPrefix(mediaType, "multipart/") || strings.HasPrefix(mediaType, "message/") {
		mediaType = "application/octet-stream" // base64 is not allowed for message/rfc822 (RFC 2046, 5.2.1)
	}
	quoted := strings.NewReplacer(`"`, "_", `\`, "_").Replace(name)
	c.out.WriteString("Content-Transfer-Encoding: base64\r\nContent-Type: " + mediaType + `; name="` + mime.BEncoding.Encode("utf-8", quoted) + "\"\r\n\r\n")
	c.lines(a.Content)
}

// lines writes base64.
func (c *composition) lines(content []byte) {
	for len(content) > 0 {
		n := min(len(content), base64Bytes)
		c.out.Write(base64.StdEncoding.AppendEncode(c.out.AvailableBuffer(), content[:n]))
		c.out.WriteString("\r\n")
		content = content[n:]
	}
}

// mostlyWide tells mostly Latin text, which stays readable raw as
// quoted-printable, from the rest, for which base64 is half the size.
func mostlyWide(s string) bool {
	high := 0
	for i := range len(s) {
		if s[i] >= 0x80 {
			high++
		}
	}
	return high*4 > len(s)
}
