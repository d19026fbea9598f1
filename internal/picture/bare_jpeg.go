package picture

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
)

// Markers of JPEG (ITU-T T.81, table B.1).
const (
	markerSOI  = 0xd8
	markerEOI  = 0xd9
	markerSOS  = 0xda
	markerRST0 = 0xd0
	markerRST7 = 0xd7
	markerTEM  = 0x01
	markerAPP0 = 0xe0
	markerAPPF = 0xef
	markerCOM  = 0xfe
)

// jpeg copies segment by segment up to the end of the image; what cameras put
// behind it (a second picture, a film) is left out.
func (c copier) jpeg() error {
	marker, err := c.marker(false)
	for err == nil && marker != markerEOI {
		switch {
		case marker == markerSOI, marker == markerTEM, marker >= markerRST0 && marker <= markerRST7:
			err = c.keep([]byte{0xff, marker}, 0)
		default:
			err = c.segment(marker)
		}
		scanned := marker == markerSOS
		if err == nil && scanned {
			err = c.scan()
		}
		if err == nil {
			marker, err = c.marker(scanned)
		}
	}
	if err != nil {
		return err
	}
	return c.keep([]byte{0xff, marker}, 0)
}

// marker reads the next marker, with any fill bytes before it; begun: its
// first 0xff was read already.
func (c copier) marker(begun bool) (byte, error) {
	b, err := c.in.ReadByte()
	if err == nil && b != 0xff && !begun {
		return 0, ErrFormat
	}
	for err == nil && b == 0xff {
		b, err = c.in.ReadByte()
	}
	if err == nil && b == 0 {
		return 0, ErrFormat
	}
	return b, err
}

func (c copier) segment(marker byte) error {
	length, err := c.read(2)
	if err != nil {
		return err
	}
	size := int(binary.BigEndian.Uint16(length)) - 2
	if size < 0 {
		return ErrFormat
	}
	body, err := c.read(size)
	if err != nil {
		return err
	}
	if marker == markerCOM || marker >= markerAPP0 && marker <= markerAPPF {
		if body = application(marker, body); body == nil {
			return nil
		}
	}
	head := binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(body)+2))
	return c.keep(append(head, body...), 0)
}

// application is what stays of an application's segment; nil: nothing.
func application(marker byte, body []byte) []byte {
	switch exif, isExif := bytes.CutPrefix(body, []byte("Exif\x00\x00")); {
	case marker == 0xe0 && bytes.HasPrefix(body, []byte("JFIF\x00")) && len(body) >= 14:
		return append(body[:12:12], 0, 0) // without its thumbnail
	case marker == 0xe1 && isExif:
		if turn := exifOrientation(exif); turn != 1 {
			return onlyOrientation(turn)
		}
	case marker == 0xe2 && bytes.HasPrefix(body, []byte("ICC_PROFILE\x00")), marker == 0xee && bytes.HasPrefix(body, []byte("Adobe")):
		return body
	}
	return nil
}

// onlyOrientation is an EXIF segment with one entry: how the camera was held.
func onlyOrientation(turn int) []byte {
	return append([]byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"), byte(turn), 0, 0, 0, 0, 0, 0)
}

// scan copies coded pixels up to the next marker that does not belong to them,
// whose 0xff it reads.
func (c copier) scan() error {
	for {
		coded, err := c.in.ReadSlice(0xff)
		if errors.Is(err, bufio.ErrBufferFull) {
			err = c.keep(coded, 0)
			if err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		if err := c.keep(coded[:len(coded)-1], 0); err != nil {
			return err
		}
		next, err := c.in.ReadByte()
		if err != nil {
			return err
		}
		if next != 0 && (next < markerRST0 || next > markerRST7) {
			return c.in.UnreadByte()
		}
		if err := c.keep([]byte{0xff, next}, 0); err != nil {
			return err
		}
	}
}
