package oknotest_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"

	"github.com/oknodesk/okno/internal/oknotest"
)

const pdfDocument = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

// placed is a photo of a camera that was turned, with the place in it.
func placed(t *testing.T) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 640, 320))
	for x := range 640 {
		for y := range 320 {
			m.Set(x, y, color.RGBA{uint8(x / 3), uint8(y / 2), 120, 255})
		}
	}
	var out bytes.Buffer
	must(t, jpeg.Encode(&out, m, nil))
	exif := "Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00taken at Nezavisimosti 1"
	return bytes.Join([][]byte{out.Bytes()[:2], {0xff, 0xe1, 0, byte(len(exif) + 2)}, []byte(exif), out.Bytes()[2:]}, nil)
}

// opens checks what stands in a visitor's page after a photo and a document
// were attached at the other side.
func opens(t *testing.T, v *oknotest.Visitor, message string) {
	t.Helper()
	v.Sees(message)
	in := `[...document.querySelectorAll(".word")].find(w => w.innerText.includes("` + message + `"))`
	v.Draws(".word .file-thumb")
	fetched := func(link string) string {
		return oknotest.Ask[string](v, `(() => { const x = new XMLHttpRequest(); x.open("GET", `+in+`.querySelector('`+link+`').href, false); x.overrideMimeType("text/plain; charset=x-user-defined"); x.send(); return x.status + " " + x.getResponseHeader("Content-Disposition").split(";")[0] + " " + x.responseText })()`)
	}
	if got := fetched(`a[href$="/view"]`); got != "200 inline "+pdfDocument {
		t.Errorf("the document: %.80q", got)
	}
	photo := fetched(`a[download]`)
	if !bytes.HasPrefix([]byte(photo), []byte("200 attachment ")) || bytes.Contains([]byte(photo), []byte("Nezavisimosti")) {
		t.Errorf("the photo says where it was taken, or is not saved: %.80q", photo)
	}
	if got := oknotest.Ask[float64](v, in+`.querySelector(".file-thumb").naturalHeight`); got != 360 {
		t.Errorf("the photo lies on its side: %v pixels high", got)
	}
}

func TestR46R47BothSidesOpenPhotosAndDocuments(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	b := r.Browser(t)
	folder := t.TempDir()
	lamp, invoice := filepath.Join(folder, "lamp.jpg"), filepath.Join(folder, "invoice.pdf")
	must(t, os.WriteFile(lamp, placed(t), 0o600))
	must(t, os.WriteFile(invoice, []byte(pdfDocument), 0o600))

	carl := b.Person("Carl").Open("/open")
	carl.Fill("E-mail", oknotest.Carl).Fill("Name", "Carl Customer").Fill("Subject", "A lamp that flickers")
	carl.Fill("Description", "The photo shows it.").Attach("Files", lamp, invoice).Sees("lamp.jpg").Sees("invoice.pdf").Press("Send the request").At("/open/done")
	carl.Open(r.Sink.Letter(oknotest.Carl, "#100001").Link(t, "/t/")).At("/tickets/").Sees("A lamp that flickers")
	opens(t, carl, "The photo shows it.")
	ann := b.Person("Ann").SignIn(oknotest.Ann).Open("/desk/tickets/100001").Sees("A lamp that flickers")
	opens(t, ann, "The photo shows it.")

	carl.Fill(message, "And another one.").Attach("Files", lamp, invoice).Sees("lamp.jpg").Press("Send")
	opens(t, ann, "And another one.")
	ann.Fill(answer, "It looks like this here.").Attach("Files", lamp, invoice).Sees("lamp.jpg").Press("Send").Sees("Your answer is in the ticket.")
	opens(t, carl, "It looks like this here.")
	ann.NoFaults()
	carl.NoFaults()
}
