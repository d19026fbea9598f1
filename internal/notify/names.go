package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/mail"
)

// noticePrefix begins the Message-IDs of letters to agents, which must not
// stand in the References of letters to customers: those never had them.
const (
	noticePrefix = "notice-"
	letterPrefix = "letter-"
)

// names makes Message-IDs. The same origin has the same name, however often
// the letter is written, so that a letter sent twice is seen to be one.
type names struct{ key []byte }

func newNames(key []byte) names {
	if len(key) < 32 {
		panic("notify: the key that names letters is shorter than 32 bytes")
	}
	return names{key}
}

func (n names) token(of string) string {
	mac := hmac.New(sha256.New, n.key)
	mac.Write([]byte(of))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(mac.Sum(nil)[:20]))
}

// letter is the Message-ID of the letter of an origin.
func (n names) letter(origin, mailbox string, agent bool) string {
	prefix := letterPrefix
	if agent {
		prefix = noticePrefix
	}
	return mail.NewMessageID(mail.Domain(mailbox), prefix+n.token(origin))
}

// root is the Message-ID, of no letter, that all letters about a ticket to its
// customers, or to one agent (not 0), refer to, so that they stand together.
func (n names) root(t okno.TicketID, mailbox string, agent okno.PersonID) string {
	return n.letter(fmt.Sprintf("root:%d:%d", t, agent), mailbox, agent != 0)
}

// Mark is the value of mail.MarkHeader in our letters, so that one that comes
// back is known.
func (w *Notifier) Mark() string { return w.names.mark() }

func (n names) mark() string { return n.token("mark")[:16] }
