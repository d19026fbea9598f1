package picture

import (
	"encoding/binary"
	"slices"
)

// Tags of TIFF 6.0 and its supplements.
const (
	tagPhotometric = 262
	tagSubIFDs     = 330
	tagCFA         = 32803 // as a value of tagPhotometric: a camera's raw pixels
	tagDNG         = 50706
)

// tiffKept are the tags that say where the pixels are and how they look. All
// others go: EXIF and GPS directories, XMP, IPTC, names, times, makers.
var tiffKept = []uint16{
	254, 255, 256, 257, 258, 259, tagPhotometric, 263, 264, 265, 266, 273, 274, 277, 278, 279, 280, 281, 282, 283, 284, 286, 287, 288, 289, 290, 291, 292, 293, 296, 297,
	301, 317, 318, 319, 320, 321, 322, 323, 324, 325, 326, 327, 328, tagSubIFDs, 332, 333, 334, 336, 338, 339, 340, 341, 342, 343, 344, 345, 346, 347, 351,
	512, 513, 514, 515, 517, 518, 519, 520, 521, 529, 530, 531, 532, 559, 34675, 34732,
}

// tiffSizes are the bytes of one value of each type.
var tiffSizes = []int64{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4}

// tiff goes through the directories, each of which it closes up over what it
// leaves out. (RFC 3302; TIFF 6.0, section 2.)
func (b *blotter) tiff(order binary.ByteOrder) error {
	head, err := b.read(0, 12)
	if err != nil {
		return err
	}
	if string(head[8:10]) == "CR" { // Canon's raw files
		return ErrFormat
	}
	seen := []int64{}
	for next := []int64{int64(order.Uint32(head[4:]))}; len(next) > 0; {
		at := next[0]
		next = next[1:]
		if at == 0 {
			continue
		}
		if slices.Contains(seen, at) {
			return ErrFormat // it goes in a circle
		}
		if seen = append(seen, at); len(seen) > 64 {
			return ErrFormat
		}
		more, err := b.directory(order, at)
		if err != nil {
			return err
		}
		next = append(next, more...)
	}
	return nil
}

// directory blots one, and returns where those are that it leads to.
func (b *blotter) directory(order binary.ByteOrder, at int64) (next []int64, err error) {
	count, err := b.read(at, 2)
	if err != nil {
		return nil, err
	}
	n := int64(order.Uint16(count))
	whole, err := b.read(at, 2+12*n+4)
	if err != nil {
		return nil, err
	}
	kept := make([]byte, 2)
	for i := range n {
		if err := b.part(); err != nil {
			return nil, err
		}
		entry := whole[2+12*i : 14+12*i]
		tag := order.Uint16(entry)
		at, size, err := b.value(order, entry, at+2+12*i)
		if err != nil {
			return nil, err
		}
		switch {
		case tag == tagDNG, tag == tagPhotometric && order.Uint16(entry[8:]) == tagCFA:
			return nil, ErrFormat // its maker's data is needed to see it
		case tag == tagSubIFDs:
			offsets, err := b.read(at, size)
			if err != nil || size%4 != 0 || size > 256 {
				return nil, ErrFormat
			}
			for ; len(offsets) > 0; offsets = offsets[4:] {
				next = append(next, int64(order.Uint32(offsets)))
			}
		}
		if slices.Contains(tiffKept, tag) {
			kept = append(kept, entry...)
			continue
		}
		if size > 4 { // it stands elsewhere
			if err := b.blot(at, size, nil); err != nil {
				return nil, err
			}
		}
		if err := b.subdirectory(order, tag, entry); err != nil {
			return nil, err
		}
	}
	order.PutUint16(kept, uint16((len(kept)-2)/12))
	kept = append(kept, whole[len(whole)-4:]...)
	return append(next, int64(order.Uint32(whole[len(whole)-4:]))), b.blot(at, int64(len(whole)), kept)
}

// value is where the value of an entry stands and how long it is.
func (b *blotter) value(order binary.ByteOrder, entry []byte, at int64) (from, size int64, err error) {
	kind, count := order.Uint16(entry[2:]), int64(order.Uint32(entry[4:]))
	if int(kind) >= len(tiffSizes) || kind == 0 {
		return 0, 0, ErrFormat
	}
	if size = tiffSizes[kind] * count; size > 4 {
		if from = int64(order.Uint32(entry[8:])); from > b.size-size {
			return 0, 0, ErrFormat
		}
		return from, size, nil
	}
	return at + 8, size, nil
}

// subdirectory blots the directory of EXIF, GPS or interoperability that an
// entry leads to, with all that its own entries lead to.
func (b *blotter) subdirectory(order binary.ByteOrder, tag uint16, entry []byte) error {
	if tag != 34665 && tag != 34853 && tag != 40965 {
		return nil
	}
	at := int64(order.Uint32(entry[8:]))
	count, err := b.read(at, 2)
	if err != nil {
		return err
	}
	n := int64(order.Uint16(count))
	whole, err := b.read(at, 2+12*n+4)
	if err != nil {
		return err
	}
	for i := range n {
		inner := whole[2+12*i : 14+12*i]
		from, size, err := b.value(order, inner, at+2+12*i)
		if err == nil && size > 4 {
			err = b.blot(from, size, nil)
		}
		if err == nil {
			if err = b.part(); err == nil {
				err = b.subdirectory(order, order.Uint16(inner), inner)
			}
		}
		if err != nil {
			return err
		}
	}
	return b.blot(at, int64(len(whole)), nil)
}
