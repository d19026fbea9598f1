// Package picture makes small, safe pictures of what people send: measured
// before it is decoded, turned the right way up, with nothing in it but
// pixels.
package picture

import (
	"bytes"
	"errors"
	"image"
	_ "image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"
)

// maxPixels is the largest picture ever decoded.
const maxPixels = 50_000_000

// ErrTooLarge refuses a picture of more than 50 megapixels before decoding it.
var ErrTooLarge = errors.New("picture: more than 50 megapixels")

// slots bounds how many pictures are decoded at once.
var slots = make(chan struct{}, 2)

// Picture is a re-encoded picture.
type Picture struct {
	Bytes         []byte
	Type          string // image/png or image/jpeg
	Width, Height int
}

// Size is how large a picture is, in pixels as it is shown, without decoding
// it. Errors: ErrTooLarge, image.ErrFormat.
func Size(r io.Reader) (width, height int, err error) {
	c, _, err := image.DecodeConfig(r)
	if err != nil {
		return 0, 0, err
	}
	if int64(c.Width)*int64(c.Height) > maxPixels || c.Width <= 0 || c.Height <= 0 {
		return 0, 0, ErrTooLarge
	}
	return c.Width, c.Height, nil
}

// Thumbnail is the picture with its longest side at most max pixels.
func Thumbnail(r io.Reader, max int) (Picture, error) {
	var head bytes.Buffer
	if _, _, err := Size(io.TeeReader(r, &head)); err != nil {
		return Picture{}, err
	}
	slots <- struct{}{}
	defer func() { <-slots }()
	m, format, err := image.Decode(io.MultiReader(&head, r))
	if err != nil {
		return Picture{}, err
	}
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	if long := maxOf(w, h); long > max {
		w, h = maxOf(1, w*max/long), maxOf(1, h*max/long)
		small := image.NewNRGBA(image.Rect(0, 0, w, h))
		draw.ApproxBiLinear.Scale(small, small.Bounds(), m, m.Bounds(), draw.Src, nil)
		m = small
	}
	var out bytes.Buffer
	p := Picture{Type: "image/png", Width: w, Height: h}
	if format == "jpeg" {
		p.Type, err = "image/jpeg", jpeg.Encode(&out, m, &jpeg.Options{Quality: 85})
	} else {
		err = png.Encode(&out, m)
	}
	p.Bytes = out.Bytes()
	return p, err
}

func maxOf(a, b int) int {
	if a > b {
		return a
	}
	return b
}
