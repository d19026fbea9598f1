package desk_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"strings"
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

// A TIFF is not shown; its maker's words go all the same.
func TestFilesThatAreNotShownDoNotSayWhereTheyWereTaken(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		tiff := "MM\x00*\x00\x00\x00\x08\x00\x01\x01\x0e\x00\x02\x00\x00\x00\x10\x00\x00\x00\x1a\x00\x00\x00\x00Nezavisimosti 1\x00PIXELS"
		for name, raw := range map[string]string{"photo.tiff": tiff, "damaged.tiff": tiff[:20] + "Nezavisimosti 1"} {
			f, _, err := r.KeepUpload(t.Context(), r.ann, name, strings.NewReader(raw), 1000)
			must(t, err)
			_, kept, err := r.OpenFile(t.Context(), r.ann, f.Ref)
			must(t, err)
			content, err := io.ReadAll(kept)
			must(t, errors.Join(err, kept.Close()))
			if name == "damaged.tiff" && string(content) != raw {
				t.Errorf("what is damaged is now %q", content)
			}
			if name == "photo.tiff" && (len(content) != len(raw) || strings.Contains(string(content), "Neza") || !strings.HasSuffix(string(content), "PIXELS")) {
				t.Errorf("kept is %q", content)
			}
		}
	})
}
