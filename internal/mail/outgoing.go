package mail

import (
	"bytes"
	"errors"
	"fmt"
	stdmail "net/mail"
	"regexp"
	"strings"
	"time"
)

// MarkHeader names the field that carries our own mark; a letter that comes back
// with it is our own.
const MarkHeader = "X-Okno-Mark"

// Limits of a letter written.
const (
	maxSubjectOut    = 900 // bytes; a longer subject is cut
	maxReferencesOut = 20  // the root and the nearest ancestors
	maxLine          = 998 // RFC 5322, 2.1.1
)

// Outgoing is a letter to be sent to one recipient. Text is required; HTML,
// ReplyTo, threading and Auto-Submitted are left out where empty.
type Outgoing struct {
	From, ReplyTo, To        Address
	Subject                  string
	MessageID, InReplyTo     string
	References               []string // oldest first
	Date                     time.Time
	Text, HTML               string
	Inline                   []Attachment // shown in HTML as cid:ContentID
	Attachments              []Attachment
	AutoSubmitted            string // "", "auto-replied" or "auto-generated" (RFC 3834)
	ThreadIndex, ThreadTopic string
	Mark                     string // value of MarkHeader; "" leaves it out
	Lang                     string // Content-Language, as "ru"
	// Unsubscribe is an address that leads to switching letters like this one
	// off (RFC 2369); with OneClick a POST there does it (RFC 8058).
	Unsubscribe string
	OneClick    bool
}

var (
	languageTag = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)
	base64Index = regexp.MustCompile(`^[A-Za-z0-9+/=]{1,700}$`)
	plainToken  = regexp.MustCompile(`^[!-~]{1,200}$`)
	plainID     = regexp.MustCompile(`^[!-;=?A-~]+@[!-;=?A-~]+$`)
)

// Write gives the bytes of the letter: CRLF line ends, no line over 998 bytes,
// 7-bit unless a local part is not ASCII (RFC 6531). It refuses a letter without valid From, To,
// Message-ID, Date or text, and values that would break the header; foreign
// references that would are left out.
func Write(o Outgoing) ([]byte, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	letter := o.compose()
	return letter, checkLines(letter)
}

func (o Outgoing) check() error {
	switch {
	case Fold(o.From.Addr) == "":
		return errors.New("mail: From is no address")
	case Fold(o.To.Addr) == "":
		return errors.New("mail: To is no address")
	case o.ReplyTo.Addr != "" && Fold(o.ReplyTo.Addr) == "":
		return errors.New("mail: Reply-To is no address")
	case !plainID.MatchString(o.MessageID) || len(o.MessageID) > maxMessageID:
		return errors.New("mail: Message-ID is malformed")
	case o.Date.IsZero():
		return errors.New("mail: Date is missing")
	case strings.TrimSpace(o.Text) == "":
		return errors.New("mail: the text is empty")
	case o.AutoSubmitted != "" && o.AutoSubmitted != "auto-replied" && o.AutoSubmitted != "auto-generated":
		return errors.New("mail: Auto-Submitted is neither auto-replied nor auto-generated")
	case o.Mark != "" && !plainToken.MatchString(o.Mark):
		return errors.New("mail: the mark is no plain word")
	case o.Lang != "" && !languageTag.MatchString(o.Lang):
		return errors.New("mail: the language is malformed")
	}
	for _, a := range o.Inline {
		if !plainToken.MatchString(a.ContentID) || strings.ContainsAny(a.ContentID, "<>") {
			return fmt.Errorf("mail: inline file %q has no valid Content-ID", a.Name)
		}
	}
	return nil
}

// bracket leaves out what is no plain identifier, and the middle of a long list.
func bracket(ids []string) []string {
	var out []string
	for _, id := range ids {
		if plainID.MatchString(id) && len(id) <= maxMessageID {
			out = append(out, "<"+id+">")
		}
	}
	if len(out) > maxReferencesOut {
		out = append(out[:1:1], out[len(out)-maxReferencesOut+1:]...)
	}
	return out
}

func (a Address) header() *stdmail.Address {
	at := strings.LastIndexByte(a.Addr, '@')
	return &stdmail.Address{Name: oneLine(clip(a.Name, maxDisplayName)), Address: bareLocal(a.Addr[:at]) + "@" + foldDomain(a.Addr[at+1:])}
}

func (a Attachment) outName() string {
	if name := cleanFileName(a.Name); name != "" {
		return name
	}
	return "attachment"
}

func crlf(s string) string {
	return strings.ReplaceAll(cleanText(strings.ToValidUTF8(s, "\uFFFD")), "\n", "\r\n")
}

// checkLines makes sure of what every relay demands.
func checkLines(letter []byte) error {
	for len(letter) > 0 {
		line := firstLine(letter)
		letter = letter[min(len(letter), len(line)+1):]
		if len(line) > maxLine+1 || !bytes.HasSuffix(line, []byte("\r")) || bytes.IndexByte(line[:len(line)-1], '\r') >= 0 {
			return errors.New("mail: a line of the letter is too long or not ended by CRLF")
		}
	}
	return nil
}
