package notify

import (
	"context"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/mail"
	"github.com/oknodesk/okno/internal/safehtml"
)

// maxEnclosed is how much a letter carries of a message's files, in bytes; the
// rest stands on the ticket's page.
const maxEnclosed = 20 << 20

// enclosure is a message's files and its HTML, made ready for letters.
type enclosure struct {
	html     string // its pictures are in inline
	bare     string // its pictures are left out
	inline   []mail.Attachment
	attached []mail.Attachment
	left     []okno.File // too large to be carried
}

// carriesFiles reports whether a letter brings the message's files with it.
func (r recipient) carriesFiles() bool {
	return r.letter == okno.LetterAnswer || r.letter == okno.LetterMessage
}

// enclose reads what the letters about a message carry.
func (w *Notifier) enclose(ctx context.Context, n *desk.Notice, told []recipient) (enclosure, error) {
	var e enclosure
	m := &n.Message
	if m.ID == 0 {
		return e, nil
	}
	clean := cleanHTML(m)
	e.bare = withPictures(clean, noPicture)
	carried := false
	for _, r := range told {
		carried = carried || r.carriesFiles()
	}
	if !carried {
		return e, nil
	}
	enclosed := map[string]mail.Attachment{}
	room := int64(maxEnclosed)
	for _, f := range m.Files {
		if f.Size > room {
			e.left = append(e.left, f)
			continue
		}
		content, err := w.desk.FileBytes(ctx, f)
		if err != nil {
			return e, err
		}
		room -= f.Size
		enclosed[string(f.Ref)] = mail.Attachment{Name: f.Name, Type: f.Type, Content: content}
	}
	e.html = withPictures(clean, func(ref string) string {
		a, ok := enclosed[ref]
		if !ok {
			return ""
		}
		if !a.Inline {
			a.Inline, a.ContentID = true, ref+"@"+mail.Domain(n.Mailbox.Address)
			enclosed[ref] = a
		}
		return "cid:" + a.ContentID
	})
	for _, f := range m.Files {
		if a, ok := enclosed[string(f.Ref)]; ok && a.Inline {
			e.inline = append(e.inline, a)
		} else if ok {
			e.attached = append(e.attached, a)
		}
	}
	return e, nil
}

// cleanHTML is a message's HTML as simple as a letter needs it.
func cleanHTML(m *okno.Message) string {
	if m.HTML != "" {
		return safehtml.Inline(m.HTML)
	}
	return safehtml.FromText(m.Text)
}

// noPicture has no file for any picture.
func noPicture(string) string { return "" }

// withPictures gives each picture of clean HTML the address for its file's ref;
// without one ("") it is left out. Every picture is a file of ours.
func withPictures(clean string, address func(ref string) string) string {
	if !strings.Contains(clean, "<img") {
		return clean
	}
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(clean), body)
	if err != nil {
		return safehtml.FromText(safehtml.Text(clean))
	}
	var out strings.Builder
	for _, n := range nodes {
		body.AppendChild(n)
	}
	var gone []*html.Node
	for n := range body.Descendants() {
		if n.DataAtom == atom.Img && !pointPicture(n, address) {
			gone = append(gone, n)
		}
	}
	for _, n := range gone {
		n.Parent.RemoveChild(n)
	}
	for n := range body.ChildNodes() {
		if err := html.Render(&out, n); err != nil {
			return safehtml.FromText(safehtml.Text(clean))
		}
	}
	return out.String()
}

// pointPicture gives one picture its address; false: there is none.
func pointPicture(n *html.Node, address func(ref string) string) bool {
	for i, a := range n.Attr {
		if a.Key != "src" {
			continue
		}
		ref, _, _ := strings.Cut(strings.TrimPrefix(a.Val, safehtml.FilesPath), "/")
		n.Attr[i].Val = address(ref)
		if n.Attr[i].Val == "" {
			return false
		}
		n.Attr = append(n.Attr, html.Attribute{Key: "style", Val: "max-width:100%;height:auto"})
		return true
	}
	return false
}
