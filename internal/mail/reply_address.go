package mail

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"regexp"
	"strings"
)

const (
	replyMark    = "+r"
	bounceMark   = "+b"
	replyTag     = 10 // bytes of signature: 80 bits
	maxLocalPart = 64 // RFC 5321, 4.5.3.1.1
)

var replyAlphabet = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// ReplyAddresses makes and reads the addresses our letters are answered to:
// local+rOPAQUE@domain, where OPAQUE holds ticket and person, signed and
// unreadable to others. It proves that the letter we sent to that person was
// answered, by whoever holds it. The addresses that reports on a letter come
// to, local+bOPAQUE@domain, are made alike.
type ReplyAddresses struct{ reply, bounce signed }

// signed makes and reads addresses of one mark with keys of their own.
type signed struct {
	mark       string
	sign, hide []byte
}

// NewReplyAddresses takes the installation's key, at least 32 random bytes; a
// shorter one is a mistake of the program and panics.
func NewReplyAddresses(key []byte) *ReplyAddresses {
	if len(key) < 32 {
		panic("mail: the key of reply addresses is shorter than 32 bytes")
	}
	return &ReplyAddresses{
		reply:  signed{replyMark, keyed(key, []byte("reply address: sign")), keyed(key, []byte("reply address: hide"))},
		bounce: signed{bounceMark, keyed(key, []byte("bounce address: sign")), keyed(key, []byte("bounce address: hide"))},
	}
}

// For returns the reply address of a person at a ticket. The mailbox itself is
// returned if it is no address, an id is negative, or its local part (over about
// 30 bytes) leaves no room.
func (r *ReplyAddresses) For(mailbox string, ticket, person int64) string {
	return r.reply.address(mailbox, ticket, person)
}

// Parse reads an address made by For, however its case was changed on the way.
// The mailbox comes back folded. ok is false for any other address.
func (r *ReplyAddresses) Parse(addr string) (mailbox string, ticket, person int64, ok bool) {
	return r.reply.parse(addr)
}

// ForBounce returns the return path of a letter (RFC 5321, 3.6.3), as For does.
// It holds the Fingerprint of the letter's Message-ID: a letter that is taken
// back may leave its id to another, and a late report must not be that one's.
func (r *ReplyAddresses) ForBounce(mailbox string, letter int64, messageID string) string {
	return r.bounce.address(mailbox, letter, Fingerprint(messageID))
}

// ParseBounce reads an address made by ForBounce.
func (r *ReplyAddresses) ParseBounce(addr string) (mailbox string, letter, fingerprint int64, ok bool) {
	return r.bounce.parse(addr)
}

// Fingerprint tells one Message-ID from another: 1 to 65,536.
func Fingerprint(messageID string) int64 {
	sum := sha256.Sum256([]byte(messageID))
	return 1 + int64(binary.BigEndian.Uint16(sum[:2]))
}

// signedReply finds what may be a reply address within words.
var signedReply = regexp.MustCompile(`[^\s<>@",;:]{1,40}\+r[a-zA-Z2-7]{16,40}@[^\s<>@",;:]{1,255}`)

// maxFound bounds how many addresses FindReplies looks at.
const maxFound = 20

// FindReplies reads the reply addresses that stand in a text, as in the header
// of a letter that came back: tickets and persons, in pairs.
func (r *ReplyAddresses) FindReplies(text string) (found [][2]int64) {
	for _, addr := range signedReply.FindAllString(text, maxFound) {
		if _, ticket, person, ok := r.Parse(addr); ok {
			found = append(found, [2]int64{ticket, person})
		}
	}
	return found
}

// PlainSender is a return path made by ForBounce without its signed part, for
// relays that let nothing but the mailbox itself send; ok is false for any
// other address. It proves nothing.
func PlainSender(addr string) (mailbox string, ok bool) {
	at := strings.LastIndexByte(addr, '@')
	mark := strings.LastIndex(addr[:max(at, 0)], bounceMark)
	if mark <= 0 {
		return addr, false
	}
	return addr[:mark] + addr[at:], true
}

func (s *signed) address(mailbox string, first, second int64) string {
	at := strings.LastIndexByte(mailbox, '@')
	if Fold(mailbox) == "" || first < 0 || second < 0 {
		return mailbox
	}
	ids := binary.AppendUvarint(nil, uint64(first))
	ids = binary.AppendUvarint(ids, uint64(second))
	tag := s.tag(Fold(mailbox), ids)
	opaque := replyAlphabet.EncodeToString(append(tag, s.mask(tag, ids)...))
	local := mailbox[:at] + s.mark + opaque
	if len(local) > maxLocalPart {
		return mailbox
	}
	return local + mailbox[at:]
}

func (s *signed) parse(addr string) (mailbox string, first, second int64, ok bool) {
	if !strings.Contains(addr, "+") { // as most: it need not be folded
		return "", 0, 0, false
	}
	folded := Fold(addr)
	at := strings.LastIndexByte(folded, '@')
	if at < 0 {
		return "", 0, 0, false
	}
	mark := strings.LastIndex(folded[:at], s.mark)
	if mark <= 0 {
		return "", 0, 0, false
	}
	written := folded[mark+len(s.mark) : at]
	opaque, err := replyAlphabet.DecodeString(written)
	if err != nil || replyAlphabet.EncodeToString(opaque) != written || len(opaque) < replyTag+2 || len(opaque) > replyTag+2*binary.MaxVarintLen64 {
		return "", 0, 0, false
	}
	mailbox = folded[:mark] + folded[at:]
	tag := opaque[:replyTag]
	ids := s.mask(tag, opaque[replyTag:])
	if !hmac.Equal(tag, s.tag(mailbox, ids)) {
		return "", 0, 0, false
	}
	t, n := binary.Uvarint(ids)
	p, m := binary.Uvarint(ids[max(n, 0):])
	if n <= 0 || m <= 0 || n+m != len(ids) {
		return "", 0, 0, false
	}
	return mailbox, int64(t), int64(p), true
}

func (s *signed) tag(mailbox string, ids []byte) []byte {
	return keyed(s.sign, append([]byte(mailbox+"\x00"), ids...))[:replyTag]
}

// mask hides or shows the ids: they are added to a stream made from the tag
// (which itself is made from the ids, as in SIV, RFC 5297).
func (s *signed) mask(tag, ids []byte) []byte {
	stream := keyed(s.hide, tag)
	out := make([]byte, len(ids))
	for i := range ids {
		out[i] = ids[i] ^ stream[i]
	}
	return out
}

func keyed(key, data []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(data)
	return mac.Sum(nil)
}
