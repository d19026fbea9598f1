package desk_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"io"
	"testing"

	"github.com/oknodesk/okno"
)

// photo is a JPEG whose camera was held upright by turning it (orientation 6)
// and that says where it was taken.
func photo(t *testing.T, where string) []byte {
	t.Helper()
	var out bytes.Buffer
	must(t, jpeg.Encode(&out, image.NewRGBA(image.Rect(0, 0, 64, 32)), nil))
	exif := "Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00" + where
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(exif)+2))
	return bytes.Join([][]byte{out.Bytes()[:2], segment, []byte(exif), out.Bytes()[2:]}, nil)
}

func TestR47PhotosAreKeptWithoutWhereTheyWereTaken(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		const where = "taken at Nezavisimosti 1"
		sent := photo(t, where)
		byForm, _, err := r.KeepUpload(t.Context(), r.ann, "lamp.jpg", bytes.NewReader(sent), int64(len(sent)))
		must(t, err)
		byLetter, err := r.KeepFile(t.Context(), "lamp.jpg", "image/jpeg", "", sent)
		must(t, err)
		if byForm.Hash != byLetter.Hash {
			t.Error("a letter's photo is kept otherwise than a form's")
		}
		if byForm.Width != 32 || byForm.Height != 64 || byForm.Type != "image/jpeg" {
			t.Errorf("kept as %+v, want 32×64 pixels: it stands upright", byForm)
		}
		f, open, err := r.OpenFile(t.Context(), r.ann, byForm.Ref)
		must(t, err)
		kept, err := io.ReadAll(open)
		must(t, closeIt(open, err))
		if int64(len(kept)) != f.Size || bytes.Contains(kept, []byte("Nezavisimosti")) || !bytes.Contains(kept, []byte("\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06")) {
			t.Errorf("the photo that is given out: %d bytes of %d, %q", len(kept), f.Size, kept[:80])
		}
	})
}

func TestDamagedPictureStaysAFile(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		sent := photo(t, "")
		sent = sent[:len(sent)-20]
		f, _, err := r.KeepUpload(t.Context(), r.ann, "lamp.jpg", bytes.NewReader(sent), okno.MaxText)
		must(t, err)
		if f.Picture() || f.Size != int64(len(sent)) {
			t.Errorf("kept as %+v", f)
		}
	})
}
