package intake

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/mail"
)

// keepAttachments makes the letter's files durable. What a message cannot hold
// comes as a file: the rest of a text that is too long, and the letter itself
// where it has more files than a message may have.
func (r *Receiver) keepAttachments(ctx context.Context, l *reading) (finding, error) {
	files := l.letter.Attachments
	if len(l.words.HTML) > okno.MaxHTML {
		files = append(files[:len(files):len(files)], mail.Attachment{Name: "message.html", Type: "text/html", Content: []byte(l.words.HTML)})
		l.words.HTML = ""
	}
	if utf8.RuneCountInString(l.words.Text) > okno.MaxText {
		files = append(files[:len(files):len(files)], mail.Attachment{Name: "message.txt", Type: "text/plain", Content: []byte(l.words.Text)})
		l.words.Text = string([]rune(l.words.Text)[:okno.MaxText-1]) + "…"
		l.words.HTML = ""
	}
	if utf8.RuneCountInString(l.words.QuotedText) > okno.MaxText {
		l.words.QuotedText = string([]rune(l.words.QuotedText)[:okno.MaxText-1]) + "…"
	}
	found := finding{"kept", fmt.Sprintf("%d files", len(files))}
	if len(files) > okno.MaxFiles {
		found = finding{"letter", fmt.Sprintf("%d files are too many; the whole letter is one of them", len(files))}
		files = append(files[:okno.MaxFiles-1:okno.MaxFiles-1], mail.Attachment{Name: "letter.eml", Type: "message/rfc822", Content: l.kept.Raw})
	}
	for _, a := range files {
		f, err := r.desk.KeepFile(ctx, a.Name, a.Type, a.ContentID, a.Content)
		if err != nil {
			return finding{}, err
		}
		l.files = append(l.files, f)
	}
	return found, nil
}
