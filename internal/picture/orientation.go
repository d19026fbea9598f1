package picture

import (
	"bytes"
	"encoding/binary"
	"image"

	"golang.org/x/image/draw"
)

// orientation returns how a JPEG's camera was held (EXIF 2.3, tag 0x0112), 1 to
// 8, and 1 for whatever says nothing or nonsense.
func orientation(raw []byte) int {
	if !bytes.HasPrefix(raw, []byte{0xff, 0xd8}) {
		return 1
	}
	for raw = raw[2:]; len(raw) >= 4 && raw[0] == 0xff; {
		marker, size := raw[1], int(binary.BigEndian.Uint16(raw[2:]))
		if marker == 0xda || size < 2 || 2+size > len(raw) {
			break // the pixels begin, or it is cut short
		}
		if exif, found := bytes.CutPrefix(raw[4:2+size], []byte("Exif\x00\x00")); marker == 0xe1 && found {
			return exifOrientation(exif)
		}
		raw = raw[2+size:]
	}
	return 1
}

// exifOrientation looks through the first directory of a TIFF structure.
func exifOrientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	const entrySize, tag, short = 12, 0x0112, 3
	start := uint64(order.Uint32(tiff[4:]))
	if start+2 > uint64(len(tiff)) {
		return 1
	}
	entries := tiff[start+2:]
	for range order.Uint16(tiff[start:]) {
		if len(entries) < entrySize {
			break
		}
		value := int(order.Uint16(entries[8:]))
		if order.Uint16(entries) == tag && order.Uint16(entries[2:]) == short && value >= 1 && value <= 8 {
			return value
		}
		entries = entries[entrySize:]
	}
	return 1
}

// upright turns and mirrors a picture as its orientation asks.
func upright(from image.Image, orientation int) image.Image {
	if orientation == 1 {
		return from
	}
	bounds := from.Bounds()
	width, height := bounds.Dx(), bounds.Dy()
	pixels, ok := from.(*image.RGBA)
	if !ok || bounds.Min != (image.Point{}) {
		pixels = image.NewRGBA(image.Rect(0, 0, width, height))
		draw.Draw(pixels, pixels.Bounds(), from, bounds.Min, draw.Src)
	}
	to := image.NewRGBA(image.Rect(0, 0, width, height))
	if orientation >= 5 {
		to = image.NewRGBA(image.Rect(0, 0, height, width))
	}
	for y := range height {
		for x := range width {
			tx, ty := place(x, y, width, height, orientation)
			copy(to.Pix[to.PixOffset(tx, ty):], pixels.Pix[pixels.PixOffset(x, y):][:4])
		}
	}
	return to
}

// place returns where a stored pixel is seen.
func place(x, y, width, height, orientation int) (int, int) {
	right, bottom := width-1-x, height-1-y
	switch orientation {
	case 2:
		return right, y
	case 3:
		return right, bottom
	case 4:
		return x, bottom
	case 5:
		return y, x
	case 6:
		return bottom, x
	case 7:
		return bottom, right
	case 8:
		return y, right
	}
	return x, y
}
