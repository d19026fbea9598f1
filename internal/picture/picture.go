// Package picture makes pictures from strangers fit to be shown: decoded under
// limits, turned upright, scaled, and encoded anew, so that nothing but their
// pixels is left (no place where they were taken, no second file hidden within).
package picture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // its first frame is read
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // read only; written as JPEG or PNG
	"golang.org/x/sync/semaphore"
)

// Refusals.
var (
	// ErrTooLarge says that a picture has more than 50 megapixels, a side over
	// 30,000 or more than 32 MB. It was not decoded.
	ErrTooLarge = errors.New("picture: too large")
	// ErrFormat says that the bytes are not a whole PNG, JPEG, GIF or still WebP.
	ErrFormat = errors.New("picture: unknown format or damaged")
)

const (
	maxPixels = 50_000_000
	maxSide   = 30_000
	maxBytes  = 32 << 20
	// jpegQuality is where people stop seeing the difference.
	jpegQuality = 85
)

// decoding lets two pictures be worked on at once, and a large one alone: fifty
// megapixels of a progressive JPEG take some 800 MB.
var decoding = semaphore.NewWeighted(maxPixels)

// Picture is an encoded picture.
type Picture struct {
	Bytes         []byte
	Type          string // image/jpeg or image/png
	Width, Height int    // pixels
}

// Thumbnail returns the picture in r, upright, no side longer than side pixels;
// it is never enlarged. It waits until fewer than two others are worked on.
// Errors: ErrTooLarge, ErrFormat, r's.
func Thumbnail(r io.Reader, side int) (Picture, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return Picture{}, err
	}
	if len(raw) > maxBytes {
		return Picture{}, ErrTooLarge
	}
	width, height, err := Size(bytes.NewReader(raw))
	if err != nil {
		return Picture{}, err
	}
	turn := max(int64(width)*int64(height), maxPixels/2)
	if err := decoding.Acquire(context.Background(), turn); err != nil {
		return Picture{}, err
	}
	defer decoding.Release(turn)
	decoded, format, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return Picture{}, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return encode(upright(fit(decoded, side), orientation(raw)), format)
}

// fit scales the picture down until no side is longer than side: by halves, in
// which each four pixels become their mean, and a last step smaller than that.
// That looks as good as a wide filter, which would need 16 bytes a pixel more.
func fit(from image.Image, side int) image.Image {
	for {
		width, height := from.Bounds().Dx(), from.Bounds().Dy()
		longest := max(width, height)
		if longest <= side {
			return from
		}
		next := max(side, longest/2)
		to := image.NewRGBA(image.Rect(0, 0, max(width*next/longest, 1), max(height*next/longest, 1)))
		draw.ApproxBiLinear.Scale(to, to.Bounds(), from, from.Bounds(), draw.Src, nil)
		from = to
	}
}

// encode writes what came as JPEG or opaque WebP as JPEG, all else as PNG:
// screenshots keep their letters sharp.
func encode(from image.Image, format string) (Picture, error) {
	made := Picture{Type: "image/png", Width: from.Bounds().Dx(), Height: from.Bounds().Dy()}
	var out bytes.Buffer
	var err error
	opaque, ok := from.(interface{ Opaque() bool })
	if format == "jpeg" || format == "webp" && ok && opaque.Opaque() {
		made.Type = "image/jpeg"
		err = jpeg.Encode(&out, from, &jpeg.Options{Quality: jpegQuality})
	} else {
		err = png.Encode(&out, from)
	}
	made.Bytes = out.Bytes()
	return made, err
}
