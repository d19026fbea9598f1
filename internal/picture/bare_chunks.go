package picture

import (
	"bytes"
	"encoding/binary"
	"slices"
)

const pngSignature = "\x89PNG\r\n\x1a\n"

// pngKept are the chunks that say how the pixels look (PNG, third edition).
var pngKept = []string{
	"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "cHRM", "gAMA", "iCCP", "sBIT", "sRGB", "cICP", "mDCV", "cLLI", "bKGD", "hIST", "pHYs", "sPLT",
	"acTL", "fcTL", "fdAT",
}

func (c copier) png() error {
	if err := c.keep(nil, int64(len(pngSignature))); err != nil {
		return err
	}
	for {
		head, err := c.read(8)
		if err != nil {
			return err
		}
		size, name := int64(binary.BigEndian.Uint32(head)), string(head[4:])
		if size > 1<<31-1 {
			return ErrFormat
		}
		if slices.Contains(pngKept, name) {
			err = c.keep(head, size+4)
		} else {
			err = c.drop(size + 4)
		}
		if err != nil || name == "IEND" {
			return err
		}
	}
}

// webpKept are the chunks that hold pixels and colours (RFC 9649).
var webpKept = []string{"VP8 ", "VP8L", "VP8X", "ANIM", "ANMF", "ALPH", "ICCP"}

// Flags of VP8X.
const (
	webpHasXMP  = 0x04
	webpHasEXIF = 0x08
)

// webp keeps the length of every chunk, since the file's stands at its
// beginning: what is left out becomes zeros of no meaning.
func (c copier) webp() error {
	head, err := c.read(12)
	if err != nil {
		return err
	}
	if err := c.keep(head, 0); err != nil {
		return err
	}
	for left := int64(binary.LittleEndian.Uint32(head[4:])) - 4; left > 0; {
		head, err := c.read(8)
		if err != nil {
			return err
		}
		size := int64(binary.LittleEndian.Uint32(head[4:]))
		size += size % 2
		if left -= 8 + size; left < 0 {
			return ErrFormat
		}
		if err := c.webpChunk(head, size); err != nil {
			return err
		}
	}
	return nil
}

func (c copier) webpChunk(head []byte, size int64) error {
	name := string(head[:4])
	switch {
	case name == "VP8X" && size == 10:
		body, err := c.read(10)
		if err != nil {
			return err
		}
		body[0] &^= webpHasXMP | webpHasEXIF
		return c.keep(append(head, body...), 0)
	case slices.Contains(webpKept, name):
		return c.keep(head, size)
	}
	if err := c.keep(append([]byte("JUNK"), head[4:]...), 0); err != nil {
		return err
	}
	zeros := make([]byte, 4096)
	for rest := size; rest > 0; rest -= int64(len(zeros)) {
		if _, err := c.out.Write(zeros[:min(rest, int64(len(zeros)))]); err != nil {
			return err
		}
	}
	return c.drop(size)
}

// gif copies block by block (GIF89a): pictures and their controls, of
// applications' blocks only the one that says how often to repeat.
func (c copier) gif() error {
	head, err := c.read(13)
	if err != nil {
		return err
	}
	if err := c.keep(head, colourTable(head[10])); err != nil {
		return err
	}
	for {
		kind, err := c.in.ReadByte()
		if err != nil {
			return err
		}
		switch kind {
		case 0x3b: // trailer
			return c.keep([]byte{kind}, 0)
		case 0x2c: // picture
			err = c.gifPicture()
		case 0x21: // extension
			err = c.gifExtension()
		default:
			return ErrFormat
		}
		if err != nil {
			return err
		}
	}
}

// colourTable is how many bytes a table takes by its packed field.
func colourTable(packed byte) int64 {
	if packed&0x80 == 0 {
		return 0
	}
	return 3 << (packed&7 + 1)
}

func (c copier) gifPicture() error {
	head, err := c.read(9)
	if err != nil {
		return err
	}
	if err := c.keep(append([]byte{0x2c}, head...), colourTable(head[8])+1); err != nil {
		return err
	}
	return c.gifBlocks(true)
}

func (c copier) gifExtension() error {
	head, err := c.in.Peek(13)
	if len(head) < 2 {
		return err
	}
	label := head[0]
	kept := label == 0xf9 || label == 0xff && (bytes.HasPrefix(head[1:], []byte("\x0bNETSCAPE2.0")) || bytes.HasPrefix(head[1:], []byte("\x0bANIMEXTS1.0")))
	if kept {
		err = c.keep([]byte{0x21}, 1)
	} else {
		err = c.drop(1)
	}
	if err != nil {
		return err
	}
	return c.gifBlocks(kept)
}

// gifBlocks copies, or passes over, the blocks up to the empty one.
func (c copier) gifBlocks(kept bool) error {
	for {
		size, err := c.in.ReadByte()
		if err != nil {
			return err
		}
		if kept {
			err = c.keep([]byte{size}, int64(size))
		} else {
			err = c.drop(int64(size))
		}
		if err != nil || size == 0 {
			return err
		}
	}
}
