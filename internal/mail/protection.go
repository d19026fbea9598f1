package mail

import (
	"fmt"
	"strings"

	"github.com/oknodesk/okno/internal/mail/unpack"
)

// What a letter may be signed or encrypted with.
const (
	smime = "S/MIME"
	pgp   = "PGP"
)

// protection notes what a multipart says of itself (RFC 1847).
func (s *structure) protection(p part) {
	kind := pgp
	if strings.Contains(strings.ToLower(p.params["protocol"]), "pkcs7") {
		kind = smime
	}
	switch p.mediaType {
	case "multipart/signed":
		s.letter.Signed = kind
	case "multipart/encrypted":
		s.letter.Encrypted = kind
	}
}

// smime reads a letter within a signature; one that is encrypted stays a file.
func (s *structure) smime(a Attachment, depth int) []block {
	s.letter.Attachments = append(s.letter.Attachments, a)
	inner, ok := unpack.SignedContent(a.Content)
	if !ok {
		s.letter.Encrypted = smime
		return nil
	}
	s.letter.Signed = smime
	h, body, faults := splitHeader(inner)
	h.hint = s.letter.Header.hint
	s.faults(faults)
	return s.walk(newPart(h, body), depth+1)
}

// encryptedNotice stands for the words of an encrypted letter. It is stored with
// the letter and read by people of either language.
func encryptedNotice(kind string) string {
	return fmt.Sprintf("Письмо зашифровано (%[1]s). Прочитать его здесь нельзя; оно приложено файлом.\nThe letter is encrypted (%[1]s). It cannot be read here; it is attached as a file.", kind)
}

// Armour of PGP within plain text (RFC 9580, 6 and 7).
const (
	armourSigned    = "-----BEGIN PGP SIGNED MESSAGE-----\n"
	armourSignature = "\n-----BEGIN PGP SIGNATURE-----\n"
	armourEnd       = "\n-----END PGP SIGNATURE-----"
	armourEncrypted = "-----BEGIN PGP MESSAGE-----\n"
)

// unarmour takes the words out of a text that PGP signed; the signature becomes
// a file. What PGP encrypted stays as it is.
func (s *structure) unarmour(text string) string {
	if strings.Contains(text, armourEncrypted) {
		s.letter.Encrypted = pgp
	}
	before, rest, signed := strings.Cut(text, armourSigned)
	if !signed || before != "" && !strings.HasSuffix(before, "\n") {
		return text
	}
	_, rest, found := strings.Cut("\n"+rest, "\n\n") // its "Hash:" fields
	words, rest, closed := strings.Cut(rest, armourSignature)
	signature, after, ended := strings.Cut(rest, armourEnd)
	if !found || !closed || !ended {
		return text
	}
	s.letter.Signed = pgp
	s.letter.Attachments = append(s.letter.Attachments, Attachment{
		Name: "signature.asc", Type: "application/pgp-signature", Content: []byte(armourSignature[1:] + signature + armourEnd + "\n"),
	})
	words = strings.TrimPrefix(strings.ReplaceAll("\n"+words, "\n- ", "\n"), "\n")
	return before + words + after
}
