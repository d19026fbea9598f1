package web

import (
	"strings"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/safehtml"
	"github.com/oknodesk/okno/internal/web/ui"
)

// Word is a message as it stands in a dialogue: in the page itself where that
// loses nothing, else in a frame of its own. Whoever shows it adds who wrote it
// and what is not as usual about it.
func Word(m *okno.Message) *ui.Word {
	w := &ui.Word{
		Anchor: Anchor(m), Side: string(m.Side), Note: m.Kind == okno.Note, At: m.At, Deleted: m.Deleted,
	}
	if !w.Deleted.IsZero() {
		return w
	}
	w.Quoted = m.Quoted
	switch {
	case m.HTML == "":
		w.HTML = safehtml.FromText(m.Text)
	case safehtml.Simple(m.HTML):
		w.HTML = safehtml.Inline(m.HTML)
	default:
		w.Frame = "/messages/" + string(m.Ref)
	}
	for _, f := range m.Files {
		if !ShownWithin(m, f) {
			w.Files = append(w.Files, Tile(f))
		}
	}
	return w
}

// Anchor is the id of a message's element.
func Anchor(m *okno.Message) string { return "m-" + string(m.Ref) }

// ShownWithin reports whether the file is a picture that the letter's own HTML
// shows.
func ShownWithin(m *okno.Message, f okno.File) bool {
	return f.ContentID != "" && strings.Contains(m.HTML, safehtml.FilesPath+string(f.Ref))
}

// Tile is a file as pages show it.
func Tile(f okno.File) ui.File {
	t := ui.File{Ref: string(f.Ref), URL: safehtml.FilesPath + string(f.Ref), Name: f.Name, Size: f.Size}
	if f.Picture() {
		t.Thumb, t.View = t.URL+"/thumb", t.URL+"/picture"
	} else if f.Type == pdf {
		t.View = t.URL + "/view"
	}
	return t
}
