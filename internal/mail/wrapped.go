package mail

import (
	"fmt"
	"strings"

	"github.com/oknodesk/okno/internal/mail/unpack"
)

// embedded takes the files out of a plain text that older programs put there.
func (s *structure) embedded(content []byte) []byte {
	files, rest := unpack.Embedded(content, maxUnpacked-s.unpacked)
	for _, f := range files {
		s.keep(f)
	}
	return rest
}

// keep keeps a file that was taken out of something else.
func (s *structure) keep(f unpack.File) {
	a := Attachment{Type: strings.ToLower(strings.TrimSpace(f.Type)), ContentID: clip(f.ContentID, maxName), Inline: f.Inline, Content: f.Content}
	name, _ := toUTF8("", []byte(f.Name))
	if a.Name = cleanFileName(decodeWords(name)); !strings.Contains(a.Type, "/") {
		a.Type = typeOf(a.Name)
	}
	if a.Name == "" {
		a.Name = nameless(a)
	}
	s.unpacked += len(f.Content)
	if f.Damaged {
		s.letter.fault("a file within the letter was damaged")
	}
	s.letter.Attachments = append(s.letter.Attachments, a)
}

// file keeps a file, or what it wraps.
func (s *structure) file(a Attachment, depth int) []block {
	lower := strings.ToLower(a.Name)
	switch {
	case a.Type == "application/ms-tnef" || a.Type == "application/vnd.ms-tnef" || lower == "winmail.dat":
		if s.winmail(a) {
			return nil
		}
		s.letter.fault("winmail.dat could not be taken apart")
	case a.Type == "application/mac-binhex40" || strings.HasSuffix(lower, ".hqx"):
		if f, ok := unpack.BinHexDecode(a.Content, maxUnpacked-s.unpacked); ok {
			s.keep(f)
			return nil
		}
		s.letter.fault("BinHex was damaged")
	case a.Type == "application/pkcs7-mime" || a.Type == "application/x-pkcs7-mime" || lower == "smime.p7m":
		return s.smime(a, depth)
	}
	s.letter.Attachments = append(s.letter.Attachments, a)
	return nil
}

// winmail keeps what Outlook wrapped. Its words are spare: most such letters
// have them as plain text too. A stream with damage is kept beside its files.
func (s *structure) winmail(a Attachment) bool {
	words := func(codepage int, b []byte) string {
		label := ""
		if codepage > 0 {
			label = fmt.Sprintf("cp%d", codepage)
		}
		text, _ := toUTF8(label, b)
		return text
	}
	t, ok := unpack.ReadTNEF(a.Content, words)
	if !ok || len(t.Files) == 0 && t.Text == "" && t.HTML == "" && t.RTF == nil {
		return false
	}
	s.letter.fault("winmail.dat was taken apart")
	text, _ := toUTF8("utf-8", []byte(t.Text))
	page, _ := toUTF8("utf-8", []byte(t.HTML))
	if strings.TrimSpace(text) == "" && t.RTF != nil {
		text, _ = toUTF8("utf-8", []byte(unpack.RTFText(t.RTF, words)))
	}
	s.spare = append(s.spare, block{cleanText(text), cleanText(page)})
	for _, f := range t.Files {
		s.keep(f)
	}
	if t.Damaged {
		s.letter.fault("winmail.dat was damaged")
		s.letter.Attachments = append(s.letter.Attachments, a)
	}
	return true
}
