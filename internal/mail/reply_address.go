package mail

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strings"
)

const (
	replyMark    = "+r"
	replyTag     = 10 // bytes of signature: 80 bits
	maxLocalPart = 64 // RFC 5321, 4.5.3.1.1
)

var replyAlphabet = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// ReplyAddresses makes and reads the addresses our letters are answered to:
// local+rOPAQUE@domain, where OPAQUE holds ticket and person, signed and
// unreadable to others. It proves that the letter we sent to that person was
// answered, by whoever holds it.
type ReplyAddresses struct{ sign, hide []byte }

// NewReplyAddresses takes the installation's key, at least 32 random bytes; a
// shorter one is a mistake of the program and panics.
func NewReplyAddresses(key []byte) *ReplyAddresses {
	if len(key) < 32 {
		panic("mail: the key of reply addresses is shorter than 32 bytes")
	}
	return &ReplyAddresses{sign: keyed(key, []byte("reply address: sign")), hide: keyed(key, []byte("reply address: hide"))}
}

// For returns the reply address of a person at a ticket. The mailbox itself is
// returned if it is no address, an id is negative, or its local part (over about
// 30 bytes) leaves no room.
func (r *ReplyAddresses) For(mailbox string, ticket, person int64) string {
	at := strings.LastIndexByte(mailbox, '@')
	if Fold(mailbox) == "" || ticket < 0 || person < 0 {
		return mailbox
	}
	ids := binary.AppendUvarint(nil, uint64(ticket))
	ids = binary.AppendUvarint(ids, uint64(person))
	tag := r.tag(Fold(mailbox), ids)
	opaque := replyAlphabet.EncodeToString(append(tag, r.mask(tag, ids)...))
	local := mailbox[:at] + replyMark + opaque
	if len(local) > maxLocalPart {
		return mailbox
	}
	return local + mailbox[at:]
}

// Parse reads an address made by For, however its case was changed on the way.
// The mailbox comes back folded. ok is false for any other address.
func (r *ReplyAddresses) Parse(addr string) (mailbox string, ticket, person int64, ok bool) {
	folded := Fold(addr)
	at := strings.LastIndexByte(folded, '@')
	if at < 0 {
		return "", 0, 0, false
	}
	mark := strings.LastIndex(folded[:at], replyMark)
	if mark <= 0 {
		return "", 0, 0, false
	}
	written := folded[mark+len(replyMark) : at]
	opaque, err := replyAlphabet.DecodeString(written)
	if err != nil || replyAlphabet.EncodeToString(opaque) != written || len(opaque) < replyTag+2 || len(opaque) > replyTag+2*binary.MaxVarintLen64 {
		return "", 0, 0, false
	}
	mailbox = folded[:mark] + folded[at:]
	tag := opaque[:replyTag]
	ids := r.mask(tag, opaque[replyTag:])
	if !hmac.Equal(tag, r.tag(mailbox, ids)) {
		return "", 0, 0, false
	}
	t, n := binary.Uvarint(ids)
	p, m := binary.Uvarint(ids[max(n, 0):])
	if n <= 0 || m <= 0 || n+m != len(ids) {
		return "", 0, 0, false
	}
	return mailbox, int64(t), int64(p), true
}

func (r *ReplyAddresses) tag(mailbox string, ids []byte) []byte {
	return keyed(r.sign, append([]byte(mailbox+"\x00"), ids...))[:replyTag]
}

// mask hides or shows the ids: they are added to a stream made from the tag
// (which itself is made from the ids, as in SIV, RFC 5297).
func (r *ReplyAddresses) mask(tag, ids []byte) []byte {
	stream := keyed(r.hide, tag)
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
