package picture

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// Bare copies a picture without what it says beside its pixels and colours: no
// EXIF (but how the camera was held), XMP, IPTC, comments, places, thumbnails,
// or bytes behind its end. The pixels are not touched. It reads PNG, JPEG, GIF
// and WebP as a stream; else, or when damaged: ErrFormat, after which what was
// written is of no use. Other errors are w's or r's.
func Bare(w io.Writer, r io.Reader) error {
	in, out := bufio.NewReaderSize(r, 64<<10), bufio.NewWriterSize(w, 64<<10)
	head, err := in.Peek(12)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	c := copier{in, out}
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xd8")):
		err = c.jpeg()
	case bytes.HasPrefix(head, []byte(pngSignature)):
		err = c.png()
	case bytes.HasPrefix(head, []byte("GIF8")):
		err = c.gif()
	case len(head) == 12 && string(head[:4]) == "RIFF" && string(head[8:]) == "WEBP":
		err = c.webp()
	default:
		return ErrFormat
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrFormat
	}
	if err != nil {
		return err
	}
	return out.Flush()
}

// copier copies some parts of a picture and passes over others.
type copier struct {
	in  *bufio.Reader
	out *bufio.Writer
}

// read takes the next n bytes out of the picture.
func (c copier) read(n int) ([]byte, error) {
	b := make([]byte, n)
	_, err := io.ReadFull(c.in, b)
	return b, err
}

// keep copies the next n bytes, which were read as a head before.
func (c copier) keep(head []byte, n int64) error {
	if _, err := c.out.Write(head); err != nil {
		return err
	}
	_, err := io.CopyN(c.out, c.in, n)
	return err
}

// drop passes over the next n bytes.
func (c copier) drop(n int64) error {
	_, err := io.CopyN(io.Discard, c.in, n)
	return err
}
