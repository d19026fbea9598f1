package picture

import (
	"encoding/binary"
	"errors"
	"io"
	"slices"
)

// Blot is a place in a file and what is to stand there instead: Put, then zeros
// up to Size bytes.
type Blot struct {
	At, Size int64
	Put      []byte
}

// Bounds of what is read to find what a photo says beside its pixels.
const (
	maxParts = 4096    // directories, boxes, items and extents of one photo
	maxMeta  = 4 << 20 // bytes of a HEIF's description
)

// Blottable reports whether a file that begins so is a TIFF or HEIF, which are
// made bare in place and are not shown.
func Blottable(head []byte) bool {
	return tiffOrder(head) != nil || heifBrand(head)
}

// Blots finds what a TIFF or HEIF says beside its pixels and how they are to be
// shown: places, times, cameras, names, XMP, thumbnails' own. With them put in,
// the file is as long as before, and every pixel where it was. What is neither,
// is damaged or a camera's raw file: ErrFormat.
func Blots(r io.ReadSeeker) ([]Blot, error) {
	size, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	b := &blotter{r: r, size: size}
	head, err := b.read(0, min(12, size))
	if err != nil {
		return nil, err
	}
	switch order := tiffOrder(head); {
	case order != nil:
		err = b.tiff(order)
	case heifBrand(head):
		err = b.heif()
	default:
		return nil, ErrFormat
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = ErrFormat
	}
	if err != nil {
		return nil, err
	}
	slices.SortFunc(b.blots, func(a, b Blot) int { return int(max(-1, min(1, a.At-b.At))) })
	for i := 1; i < len(b.blots); i++ {
		before, x := b.blots[i-1], b.blots[i]
		if x.At < before.At+before.Size && (before.Put != nil || x.Put != nil) {
			return nil, ErrFormat // one place said to be two things
		}
	}
	return b.blots, nil
}

// blotter collects what is to be blotted out.
type blotter struct {
	r     io.ReadSeeker
	size  int64
	parts int
	blots []Blot
}

// read returns n bytes of the file.
func (b *blotter) read(at, n int64) ([]byte, error) {
	if at < 0 || n < 0 || n > maxMeta || at > b.size-n {
		return nil, ErrFormat
	}
	if _, err := b.r.Seek(at, io.SeekStart); err != nil {
		return nil, err
	}
	bytes := make([]byte, n)
	_, err := io.ReadFull(b.r, bytes)
	return bytes, err
}

// blot has n bytes replaced.
func (b *blotter) blot(at, n int64, put []byte) error {
	if at < 0 || n < int64(len(put)) || at > b.size-n {
		return ErrFormat
	}
	if n > 0 {
		b.blots = append(b.blots, Blot{at, n, put})
	}
	return b.part()
}

// part counts one part of the file more.
func (b *blotter) part() error {
	if b.parts++; b.parts > maxParts {
		return ErrFormat
	}
	return nil
}

// Blotted reads r with blots, in their order, put in.
func Blotted(r io.Reader, blots []Blot) io.Reader { return &blotted{r: r, blots: blots} }

type blotted struct {
	r     io.Reader
	at    int64
	blots []Blot
}

// Read implements io.Reader.
func (b *blotted) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	from, to := b.at, b.at+int64(n)
	for _, x := range b.blots {
		if x.At >= to {
			break
		}
		for i := max(from, x.At); i < min(to, x.At+x.Size); i++ {
			p[i-from] = 0
			if at := i - x.At; at < int64(len(x.Put)) {
				p[i-from] = x.Put[at]
			}
		}
	}
	for len(b.blots) > 0 && b.blots[0].At+b.blots[0].Size <= to {
		b.blots = b.blots[1:]
	}
	b.at = to
	return n, err
}

// tiffOrder is the order of a TIFF's bytes; nil: it is none.
func tiffOrder(head []byte) binary.ByteOrder {
	if len(head) >= 8 {
		switch string(head[:4]) {
		case "II*\x00":
			return binary.LittleEndian
		case "MM\x00*":
			return binary.BigEndian
		}
	}
	return nil
}
