package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"testing"
)

const secretPlace = "Nezavisimosti 1, Minsk"

// entry is one of a TIFF directory; a long value stands behind the directory.
type entry struct {
	tag, kind uint16
	count     uint32
	value     []byte
}

// tiffOf writes a TIFF of directories, one after the other; a value that names
// a later directory by its number is put in for its offset.
func tiffOf(order binary.AppendByteOrder, pixels []byte, directories ...[]entry) []byte {
	type fixed interface{ PutUint32([]byte, uint32) }
	out := []byte("II*\x00")
	if order.(binary.ByteOrder) == binary.BigEndian {
		out = []byte("MM\x00*")
	}
	out = order.AppendUint32(out, uint32(8+len(pixels)))
	out = append(out, pixels...)
	var starts []int
	type pending struct{ at, directory int }
	var later []pending
	for _, entries := range directories {
		start := len(out)
		starts = append(starts, start)
		values := []byte{}
		behind := start + 2 + 12*len(entries) + 4
		out = order.AppendUint16(out, uint16(len(entries)))
		for _, e := range entries {
			out = order.AppendUint16(out, e.tag)
			out = order.AppendUint16(out, e.kind)
			out = order.AppendUint32(out, e.count)
			switch {
			case e.value == nil: // of the directory count says
				later = append(later, pending{len(out), int(e.count)})
				order.(fixed).PutUint32(out[len(out)-4:], 1)
				out = append(out, 0, 0, 0, 0)
			case len(e.value) <= 4:
				out = append(out, append(slices.Clone(e.value), make([]byte, 4-len(e.value))...)...)
			default:
				out = order.AppendUint32(out, uint32(behind+len(values)))
				values = append(values, e.value...)
			}
		}
		out = append(order.AppendUint32(out, 0), values...)
	}
	for _, p := range later {
		order.(fixed).PutUint32(out[p.at:], uint32(starts[p.directory]))
	}
	return out
}

func placedTIFF(order binary.AppendByteOrder) []byte {
	short := func(n uint16) []byte { return order.AppendUint16(nil, n) }
	text := []byte(secretPlace + "\x00")
	long := func(tag uint16) entry { return entry{tag, 2, uint32(len(text)), text} }
	return tiffOf(order, []byte("PIXELS"),
		[]entry{{256, 3, 1, short(2)}, {257, 3, 1, short(1)}, {262, 3, 1, short(2)}, long(270), {273, 4, 1, order.AppendUint32(nil, 8)}, {274, 3, 1, short(6)}, {279, 4, 1, order.AppendUint32(nil, 6)},
			long(315), {700, 1, uint32(len(text)), text}, {34665, 4, 1, nil}, {34853, 4, 2, nil}},
		[]entry{long(36867), long(37500)}, []entry{{1, 2, 2, []byte("N\x00")}, {2, 5, 3, bytes.Repeat([]byte("PLACED!!"), 3)}})
}

// boxOf is a box of ISO/IEC 14496-12.
func boxOf(kind string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(8+len(body))), kind...), body...)
}

func infe(item byte, kind string) []byte {
	return boxOf("infe", []byte{2, 0, 0, 0, 0, item, 0, 0}, []byte(kind), []byte("\x00"))
}

// placedHEIF has a picture, EXIF in the file and XMP in the description.
func placedHEIF() []byte {
	exif, xmp := []byte("\x00\x00\x00\x00II*\x00"+secretPlace), []byte("<x:xmpmeta>"+secretPlace)
	make1 := func(at uint32) []byte {
		extent := func(item, way byte, at, size uint32) []byte {
			return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte{0, item, 0, way, 0, 0, 0, 1}, at), size)
		}
		iloc := boxOf("iloc", []byte{1, 0, 0, 0, 0x44, 0, 0, 3}, extent(1, 0, at, 6), extent(2, 0, at+6, uint32(len(exif))), extent(3, 1, 0, uint32(len(xmp))))
		iinf := boxOf("iinf", []byte{0, 0, 0, 0, 0, 3}, infe(1, "hvc1"), infe(2, "Exif"), infe(3, "mime"))
		meta := boxOf("meta", []byte{0, 0, 0, 0}, iinf, iloc, boxOf("idat", xmp))
		return append(boxOf("ftyp", []byte("heic\x00\x00\x00\x00mif1heic")), meta...)
	}
	head := make1(0)
	head = make1(uint32(len(head) + 8))
	out := append(head, boxOf("mdat", []byte("PIXELS"), exif)...)
	return append(out, boxOf("uuid", []byte("0123456789abcdef"+secretPlace))...)
}

func blot(t *testing.T, raw []byte) []byte {
	t.Helper()
	blots, err := Blots(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(Blotted(pieces{bytes.NewReader(raw)}, blots))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// iotest reads in small pieces.
type pieces struct{ r io.Reader }

func (i pieces) Read(p []byte) (int, error) { return i.r.Read(p[:min(len(p), 7)]) }

func TestPhotosThatAreNotShownSayNothingBesideTheirPixels(t *testing.T) {
	for name, raw := range map[string][]byte{"little-endian TIFF": placedTIFF(binary.LittleEndian), "big-endian TIFF": placedTIFF(binary.BigEndian), "HEIF": placedHEIF()} {
		if !Blottable(raw[:12]) || !bytes.Contains(raw, []byte(secretPlace)) {
			t.Fatalf("%s: it is none, or says nothing", name)
		}
		bare := blot(t, raw)
		if bytes.Contains(bare, []byte(secretPlace)) || bytes.Contains(bare, []byte("PLACED")) {
			t.Errorf("%s says where it was taken: %q", name, bare)
		}
		if len(bare) != len(raw) || bytes.Index(bare, []byte("PIXELS")) != bytes.Index(raw, []byte("PIXELS")) {
			t.Errorf("%s: the pixels stand elsewhere", name)
		}
		if again := blot(t, bare); !bytes.Equal(again, bare) {
			t.Errorf("%s: a bare one is not left as it is", name)
		}
	}
}

func TestBareTIFFKeepsHowTheCameraWasHeld(t *testing.T) {
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		bare := blot(t, placedTIFF(order))
		if got := exifOrientation(bare); got != 6 {
			t.Errorf("held %d", got)
		}
		read := order.(binary.ByteOrder)
		at := read.Uint32(bare[4:])
		var tags []uint16
		for i := range uint32(read.Uint16(bare[at:])) {
			tags = append(tags, read.Uint16(bare[at+2+12*i:]))
		}
		if !slices.Equal(tags, []uint16{256, 257, 262, 273, 274, 279}) {
			t.Errorf("left are %v", tags)
		}
	}
}

func TestDamagedPhotosAndRawFilesAreLeftAsTheyCame(t *testing.T) {
	circle := placedTIFF(binary.LittleEndian)
	at := binary.LittleEndian.Uint32(circle[4:])
	binary.LittleEndian.PutUint32(circle[int(at)+2+12*11:], at)
	for name, raw := range map[string][]byte{
		"a circle": circle, "a raw file": tiffOf(binary.LittleEndian, nil, []entry{{50706, 1, 4, []byte{1, 4, 0, 0}}}),
		"a short TIFF": placedTIFF(binary.BigEndian)[:60], "a short HEIF": placedHEIF()[:90], "no item's place": append(boxOf("ftyp", []byte("heic\x00\x00\x00\x00")), boxOf("meta", []byte{0, 0, 0, 0}, boxOf("iinf", []byte{0, 0, 0, 0, 0, 1}, infe(2, "Exif")))...),
		"nothing": {}, "another": []byte("no picture at all"),
	} {
		if _, err := Blots(bytes.NewReader(raw)); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzBlots(f *testing.F) {
	for _, raw := range [][]byte{placedTIFF(binary.LittleEndian), placedTIFF(binary.BigEndian), placedHEIF()} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		blots, err := Blots(bytes.NewReader(raw))
		if err != nil {
			return
		}
		out, err := io.ReadAll(Blotted(bytes.NewReader(raw), blots))
		if err != nil || len(out) != len(raw) {
			t.Errorf("%d bytes became %d, %v", len(raw), len(out), err)
		}
	})
}
