package picture

import (
	"bytes"
	"fmt"
	"image"
	"io"
)

// Size returns how many pixels wide and high the picture in r is when it stands
// upright, by its headers only. Errors: ErrTooLarge, ErrFormat.
func Size(r io.Reader) (width, height int, err error) {
	var head bytes.Buffer
	config, _, err := image.DecodeConfig(io.TeeReader(io.LimitReader(r, maxBytes), &head))
	switch {
	case err != nil:
		return 0, 0, fmt.Errorf("%w: %w", ErrFormat, err)
	case config.Width <= 0 || config.Height <= 0:
		return 0, 0, ErrFormat
	case config.Width > maxSide || config.Height > maxSide || config.Width*config.Height > maxPixels:
		return 0, 0, ErrTooLarge
	case orientation(head.Bytes()) >= 5: // it lies on its side
		return config.Height, config.Width, nil
	}
	return config.Width, config.Height, nil
}
