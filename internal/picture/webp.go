package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"

	"golang.org/x/image/webp"
)

var errNoFrame = errors.New("no frame")

// webpFrame returns the size of the frame within a WebP file. The size in an
// extended header is a promise that the frame need not keep.
func webpFrame(raw []byte) (image.Config, error) {
	const fileHeader, chunkHeader = 12, 8
	for at := fileHeader; at+chunkHeader <= len(raw); {
		size := int(binary.LittleEndian.Uint32(raw[at+4:]))
		switch string(raw[at : at+4]) {
		case "VP8 ", "VP8L":
			// The frame alone is a simple WebP file.
			alone := append([]byte("RIFF\x00\x00\x00\x00WEBP"), raw[at:]...)
			binary.LittleEndian.PutUint32(alone[4:], uint32(len(alone)-8))
			return webp.DecodeConfig(bytes.NewReader(alone))
		}
		at += chunkHeader + size + size%2
	}
	return image.Config{}, errNoFrame
}
