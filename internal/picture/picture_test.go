package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
)

var (
	red  = color.RGBA{R: 255, A: 255}
	blue = color.RGBA{B: 255, A: 255}
)

// marked is blue with a red square in its top left corner, as seen upright.
func marked(width, height int) *image.RGBA {
	made := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			made.Set(x, y, blue)
			if x < width/4 && y < height/4 {
				made.Set(x, y, red)
			}
		}
	}
	return made
}

func encoded(t *testing.T, from image.Image, format string) []byte {
	t.Helper()
	var out bytes.Buffer
	var err error
	switch format {
	case "png":
		err = png.Encode(&out, from)
	case "jpeg":
		err = jpeg.Encode(&out, from, nil)
	case "gif":
		err = gif.Encode(&out, from, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// chunk is a chunk of a RIFF file.
func chunk(name string, body []byte) []byte {
	out := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(body)))
	out = append(out, body...)
	return append(out, make([]byte, len(body)%2)...)
}

func riff(chunks ...[]byte) []byte {
	body := append([]byte("WEBP"), bytes.Join(chunks, nil)...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

// lossless is a VP8L chunk of one colour: each of its five prefix codes has one
// symbol, so that the pixels take no bits.
func lossless(width, height int, c color.RGBA) []byte {
	var body []byte
	used := 0
	put := func(value uint32, bits int) {
		for range bits {
			if used%8 == 0 {
				body = append(body, 0)
			}
			body[used/8] |= byte(value&1) << (used % 8)
			value >>= 1
			used++
		}
	}
	put(0x2f, 8)
	put(uint32(width-1), 14)
	put(uint32(height-1), 14)
	put(1, 1) // alpha is used
	put(0, 3) // version
	put(0, 3) // no transform, no colour cache, no meta codes
	for _, symbol := range []byte{c.G, c.R, c.B, c.A} {
		put(0b101, 3) // simple, one symbol, of eight bits
		put(uint32(symbol), 8)
	}
	put(0b0001, 4) // distance: simple, one symbol, of one bit: 0
	return chunk("VP8L", append(body, 0, 0, 0, 0))
}

// extended is a VP8X chunk that promises a size.
func extended(width, height int) []byte {
	body := make([]byte, 10)
	body[4], body[5], body[6] = byte(width-1), byte((width-1)>>8), byte((width-1)>>16)
	body[7], body[8], body[9] = byte(height-1), byte((height-1)>>8), byte((height-1)>>16)
	return chunk("VP8X", body)
}

// withEXIF puts an orientation, and a place that must not get out, into a JPEG.
func withEXIF(t *testing.T, raw []byte, orientation uint16, order binary.AppendByteOrder) []byte {
	t.Helper()
	tiff := []byte("MM\x00\x2a")
	if order.String() == binary.LittleEndian.String() {
		tiff = []byte("II\x2a\x00")
	}
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 2)
	for _, entry := range [][2]uint16{{0x0100, 77}, {0x0112, orientation}} {
		tiff = order.AppendUint16(tiff, entry[0])
		tiff = order.AppendUint16(tiff, 3)
		tiff = order.AppendUint32(tiff, 1)
		tiff = order.AppendUint16(tiff, entry[1])
		tiff = order.AppendUint16(tiff, 0)
	}
	body := append([]byte("Exif\x00\x00"), append(tiff, "taken at Nezavisimosti 1"...)...)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2))
	return bytes.Join([][]byte{raw[:2], segment, body, raw[2:]}, nil)
}

func at(t *testing.T, p Picture, x, y int) color.RGBA {
	t.Helper()
	decoded, format, err := image.Decode(bytes.NewReader(p.Bytes))
	if err != nil {
		t.Fatal(err)
	}
	if size := decoded.Bounds().Size(); p.Type != "image/"+format || size != image.Pt(p.Width, p.Height) {
		t.Errorf("said %s %dx%d, is %s %v", p.Type, p.Width, p.Height, format, size)
	}
	return color.RGBAModel.Convert(decoded.At(x, y)).(color.RGBA)
}

func near(a, b color.RGBA) bool {
	off := func(x, y uint8) bool { return max(x, y)-min(x, y) > 12 }
	return !off(a.R, b.R) && !off(a.G, b.G) && !off(a.B, b.B) && !off(a.A, b.A)
}

func TestPicturesAreScaledAndKeepTheirKind(t *testing.T) {
	opaque, clear := color.RGBA{R: 200, G: 100, B: 50, A: 255}, color.RGBA{A: 0}
	for name, c := range map[string]struct {
		raw           []byte
		kind          string
		width, height int
		corner        color.RGBA
	}{
		"png":         {encoded(t, marked(400, 200), "png"), "image/png", 100, 50, red},
		"jpeg":        {encoded(t, marked(200, 400), "jpeg"), "image/jpeg", 50, 100, red},
		"gif":         {encoded(t, marked(400, 400), "gif"), "image/png", 100, 100, red},
		"webp":        {riff(lossless(300, 150, opaque)), "image/jpeg", 100, 50, opaque},
		"webp, clear": {riff(lossless(300, 150, clear)), "image/png", 100, 50, clear},
		"webp, long":  {riff(extended(40, 20), lossless(40, 20, opaque)), "image/jpeg", 40, 20, opaque},
		"small":       {encoded(t, marked(40, 20), "png"), "image/png", 40, 20, red},
		"thin":        {encoded(t, marked(1000, 4), "png"), "image/png", 100, 1, red},
	} {
		got, err := Thumbnail(bytes.NewReader(c.raw), 100)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.Type != c.kind || got.Width != c.width || got.Height != c.height {
			t.Errorf("%s: %s %dx%d, want %s %dx%d", name, got.Type, got.Width, got.Height, c.kind, c.width, c.height)
		}
		if corner := at(t, got, 0, 0); name != "thin" && !near(corner, c.corner) {
			t.Errorf("%s: the corner is %v, want %v", name, corner, c.corner)
		}
	}
}

func TestFineLinesBecomeGreyNotGaps(t *testing.T) {
	lines := image.NewGray(image.Rect(0, 0, 800, 800))
	for y := range 800 {
		for x := range 800 {
			lines.SetGray(x, y, color.Gray{Y: uint8(255 * (x % 2))})
		}
	}
	got, err := Thumbnail(bytes.NewReader(encoded(t, lines, "png")), 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []int{1, 33, 98} {
		if c := at(t, got, x, 50); !near(c, color.RGBA{127, 127, 127, 255}) {
			t.Errorf("at %d: %v, want grey", x, c)
		}
	}
}

func TestPicturesStandUpright(t *testing.T) {
	upright := marked(80, 40)
	for orientation := 1; orientation <= 8; orientation++ {
		// How the camera stored it: where place sends a stored pixel, it is seen.
		width, height := 80, 40
		if orientation >= 5 {
			width, height = 40, 80
		}
		stored := image.NewRGBA(image.Rect(0, 0, width, height))
		for y := range height {
			for x := range width {
				sx, sy := seen(x, y, orientation)
				stored.Set(x, y, upright.At(sx, sy))
			}
		}
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			raw := withEXIF(t, encoded(t, stored, "jpeg"), uint16(orientation), order)
			got, err := Thumbnail(bytes.NewReader(raw), maxSide)
			if err != nil {
				t.Fatal(err)
			}
			if got.Width != 80 || got.Height != 40 {
				t.Errorf("orientation %d: %dx%d", orientation, got.Width, got.Height)
				continue
			}
			for _, corner := range []struct {
				x, y int
				want color.RGBA
			}{{3, 3, red}, {76, 3, blue}, {3, 36, blue}, {76, 36, blue}} {
				if c := at(t, got, corner.x, corner.y); !near(c, corner.want) {
					t.Errorf("orientation %d: at %d,%d is %v", orientation, corner.x, corner.y, c)
				}
			}
			if bytes.Contains(got.Bytes, []byte("Nezavisimosti")) || bytes.Contains(got.Bytes, []byte("Exif")) {
				t.Errorf("orientation %d: the metadata is still there", orientation)
			}
		}
	}
}

// seen says, from the words of the EXIF standard, which pixel of the upright
// 80x40 picture is stored at x, y: row 0 and column 0 are its top, left…
func seen(x, y, orientation int) (int, int) {
	rows := map[int][2]string{1: {"top", "left"}, 2: {"top", "right"}, 3: {"bottom", "right"}, 4: {"bottom", "left"},
		5: {"left", "top"}, 6: {"right", "top"}, 7: {"right", "bottom"}, 8: {"left", "bottom"}}[orientation]
	var sx, sy int
	for i, along := range []int{y, x} { // row number, then column number
		switch rows[i] {
		case "top":
			sy = along
		case "bottom":
			sy = 39 - along
		case "left":
			sx = along
		case "right":
			sx = 79 - along
		}
	}
	return sx, sy
}

// header is a PNG that promises a size and holds no pixels.
func header(width, height uint32) []byte {
	ihdr := binary.BigEndian.AppendUint32([]byte("IHDR"), width)
	ihdr = append(binary.BigEndian.AppendUint32(ihdr, height), 8, 6, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), ihdr...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(ihdr))
}

func TestBombsAreRefusedBeforeTheyAreDecoded(t *testing.T) {
	for name, c := range map[string]struct {
		raw  []byte
		want error
	}{
		"gigapixel PNG":         {header(40_000, 25_000), ErrTooLarge},
		"gigapixel square":      {header(29_999, 29_999), ErrTooLarge},
		"51 megapixels":         {header(10_000, 5_100), ErrTooLarge},
		"one row":               {header(50_000, 1), ErrTooLarge},
		"size overflow":         {header(1<<31-1, 1<<31-1), ErrFormat},
		"webp":                  {riff(lossless(16_384, 16_384, red)), ErrTooLarge},
		"webp that lies":        {riff(extended(1, 1), lossless(16_384, 16_384, red)), ErrFormat},
		"webp that lies more":   {riff(extended(1<<24, 1<<24), lossless(4, 4, red)), ErrFormat},
		"webp with large alpha": {riff(extended(29_000, 29_000), lossless(4, 4, red)), ErrTooLarge},
		"too many bytes":        {append(encoded(t, marked(4, 4), "png"), make([]byte, maxBytes)...), ErrTooLarge},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Thumbnail(bytes.NewReader(c.raw), 100)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > uint64(8<<20) && name != "too many bytes" {
			t.Errorf("%s: allocated %d bytes", name, used)
		}
	}
}

func TestWhatIsNoPictureIsRefused(t *testing.T) {
	whole := encoded(t, marked(40, 40), "jpeg")
	for name, raw := range map[string][]byte{
		"nothing":        nil,
		"text":           []byte("GIF of a cat"),
		"svg":            []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`),
		"cut short":      whole[:len(whole)/2],
		"no pixels":      header(10, 10),
		"webp, no frame": riff(extended(10, 10)),
		"huge chunk":     append(riff(extended(10, 10)), "XXXX\xff\xff\xff\xff"...),
	} {
		if _, err := Thumbnail(bytes.NewReader(raw), maxSide); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v, want ErrFormat", name, err)
		}
	}
	lost := errors.New("connection lost")
	if _, err := Thumbnail(iotest.ErrReader(lost), maxSide); !errors.Is(err, lost) {
		t.Errorf("a broken source: %v", err)
	}
}

func TestTwoAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		small := encoded(t, marked(4, 4), "png")
		if !decoding.TryAcquire(maxPixels / 2) {
			t.Fatal("the first does not get its turn")
		}
		if _, err := Thumbnail(bytes.NewReader(small), maxSide); err != nil {
			t.Errorf("the second: %v", err)
		}
		if !decoding.TryAcquire(maxPixels / 2) {
			t.Fatal("the second did not give its turn back")
		}
		third := make(chan error, 1)
		go func() {
			_, err := Thumbnail(bytes.NewReader(small), maxSide)
			third <- err
		}()
		synctest.Wait()
		if len(third) > 0 {
			t.Error("the third did not wait")
		}
		decoding.Release(maxPixels)
		if err := <-third; err != nil {
			t.Errorf("the third, when its turn came: %v", err)
		}
	})
}

func TestSizeIsAsSeen(t *testing.T) {
	raw := encoded(t, marked(80, 40), "jpeg")
	for name, c := range map[string]struct {
		raw           []byte
		width, height int
	}{
		"png":                {encoded(t, marked(30, 20), "png"), 30, 20},
		"jpeg":               {raw, 80, 40},
		"jpeg on its head":   {withEXIF(t, raw, 3, binary.BigEndian), 80, 40},
		"jpeg on its side":   {withEXIF(t, raw, 6, binary.BigEndian), 40, 80},
		"jpeg with nonsense": {withEXIF(t, raw, 9, binary.LittleEndian), 80, 40},
		"cut short":          {raw[:len(raw)-50], 80, 40},
	} {
		if width, height, err := Size(bytes.NewReader(c.raw)); width != c.width || height != c.height || err != nil {
			t.Errorf("%s: %dx%d, %v; want %dx%d", name, width, height, err, c.width, c.height)
		}
	}
}

func BenchmarkThumbnailOf12Megapixels(b *testing.B) {
	var raw bytes.Buffer
	if err := jpeg.Encode(&raw, marked(4000, 3000), nil); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Thumbnail(bytes.NewReader(raw.Bytes()), 400); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzReencode(f *testing.F) {
	f.Add(riff(extended(4, 4), lossless(4, 4, red)))
	f.Add(header(4, 4))
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		orientation(raw)
		if width, height, err := Size(bytes.NewReader(raw)); err != nil || width*height > 1_000_000 {
			return
		}
		got, err := Thumbnail(bytes.NewReader(raw), 50)
		if err == nil && (got.Width > 50 || got.Height > 50 || !strings.HasPrefix(got.Type, "image/")) {
			t.Errorf("%s %dx%d", got.Type, got.Width, got.Height)
		}
	})
}
