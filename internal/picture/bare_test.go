package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"testing"
)

func bare(t *testing.T, raw []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Bare(&out, bytes.NewReader(raw)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const secret = "Nezavisimosti 1"

// pngChunk is a chunk of a PNG.
func pngChunk(name, body string) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	out = append(out, name+body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE([]byte(name+body)))
}

// told are pictures of each format that say where they were taken.
func told(t *testing.T) map[string][]byte {
	segment := func(marker byte, body string) []byte {
		return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(body)+2)), body...)
	}
	jpeg := withEXIF(t, encoded(t, marked(64, 32), "jpeg"), 6, binary.LittleEndian)
	jpeg = bytes.Join([][]byte{jpeg[:2], segment(0xfe, "comment: "+secret), segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00"+secret), segment(0xed, "Photoshop 3.0\x00"+secret), jpeg[2:], []byte("MotionPhoto" + secret)}, nil)
	png := encoded(t, marked(64, 32), "png")
	png = bytes.Join([][]byte{png[:33], pngChunk("tEXt", "Comment\x00"+secret), pngChunk("eXIf", "MM"+secret), pngChunk("prVt", secret), png[33:], []byte(secret)}, nil)
	gif := encoded(t, marked(64, 32), "gif")
	end := len(gif) - 1
	gif = bytes.Join([][]byte{gif[:end], {0x21, 0xfe, byte(len(secret))}, []byte(secret), {0, 0x21, 0xff, 11}, []byte("XMP DataXMP"), {byte(len(secret))}, []byte(secret), {0}, gif[end:], []byte(secret)}, nil)
	wide := extended(5, 7)
	wide[8] |= webpHasEXIF | webpHasXMP
	webp := riff(wide, lossless(5, 7, red), chunk("EXIF", []byte("MM"+secret)), chunk("XMP ", []byte(secret)))
	return map[string][]byte{"jpeg": jpeg, "png": png, "gif": gif, "webp": append(webp, secret...)}
}

func TestBarePicturesSayNothingBesideTheirPixels(t *testing.T) {
	for format, raw := range told(t) {
		t.Run(format, func(t *testing.T) {
			if !bytes.Contains(raw, []byte(secret)) {
				t.Fatal("there is nothing to leave out")
			}
			left := bare(t, raw)
			if bytes.Contains(left, []byte(secret)) || bytes.Contains(left, []byte("adobe")) {
				t.Errorf("it still says where: %q", left)
			}
			before, _, err := image.Decode(bytes.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			after, _, err := image.Decode(bytes.NewReader(left))
			if err != nil {
				t.Fatal(err)
			}
			for y := range before.Bounds().Dy() {
				for x := range before.Bounds().Dx() {
					if before.At(x, y) != after.At(x, y) {
						t.Fatalf("the pixel at %d, %d has changed", x, y)
					}
				}
			}
			if again := bare(t, left); !bytes.Equal(again, left) {
				t.Error("a bare picture is not left as it is")
			}
		})
	}
}

func TestBareJPEGKeepsHowTheCameraWasHeld(t *testing.T) {
	for turn := 1; turn <= 8; turn++ {
		left := bare(t, withEXIF(t, encoded(t, marked(64, 32), "jpeg"), uint16(turn), binary.BigEndian))
		if got := orientation(left); got != turn {
			t.Errorf("orientation %d becomes %d", turn, got)
		}
		if turn == 1 && bytes.Contains(left, []byte("Exif")) {
			t.Error("there is EXIF that says nothing")
		}
	}
}

func TestDamagedPicturesAreNotMadeBare(t *testing.T) {
	for format, raw := range told(t) {
		whole := bare(t, raw)
		for _, cut := range []int{2, 11, len(whole) / 2, len(whole) - 1} {
			if err := Bare(&bytes.Buffer{}, bytes.NewReader(whole[:cut])); !errors.Is(err, ErrFormat) {
				t.Errorf("%s of %d bytes: %v", format, cut, err)
			}
		}
	}
	for _, other := range []string{"", "no picture", "%PDF-1.7", "RIFF\x00\x00\x00\x00WAVE"} {
		if err := Bare(&bytes.Buffer{}, bytes.NewReader([]byte(other))); !errors.Is(err, ErrFormat) {
			t.Errorf("%q: %v", other, err)
		}
	}
}

func FuzzBare(f *testing.F) {
	for _, raw := range [][]byte{[]byte("\xff\xd8\xff\xe1\x00\x08Exif\x00\x00\xff\xd9"), []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00\x21\xfe\x01a\x00\x3b"), []byte(pngSignature), []byte("RIFF\x0c\x00\x00\x00WEBPEXIF\x00\x00\x00\x00")} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var once, twice bytes.Buffer
		if Bare(&once, bytes.NewReader(raw)) != nil {
			return
		}
		if once.Len() > len(raw)+64 {
			t.Errorf("%d bytes became %d", len(raw), once.Len())
		}
		if err := Bare(&twice, bytes.NewReader(once.Bytes())); err != nil || !bytes.Equal(once.Bytes(), twice.Bytes()) {
			t.Errorf("a bare picture is not left as it is: %v", err)
		}
	})
}
