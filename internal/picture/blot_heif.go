package picture

import (
	"encoding/binary"
	"slices"
)

// heifBrands are the files of ISO/IEC 23008-12 whose first brand is one of
// these: pictures of phones.
var heifBrands = []string{"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "mif2", "msf1", "avif", "avis"}

func heifBrand(head []byte) bool {
	return len(head) >= 12 && string(head[4:8]) == "ftyp" && slices.Contains(heifBrands, string(head[8:12]))
}

// box is one of ISO/IEC 14496-12: where it and what is in it begins, and its end.
type box struct {
	kind           string
	at, body, ends int64
}

// boxes are those side by side in a part of the file.
func (b *blotter) boxes(from, to int64) (all []box, err error) {
	for at := from; at < to; {
		if err := b.part(); err != nil {
			return nil, err
		}
		head, err := b.read(at, 8)
		if err != nil {
			return nil, err
		}
		x := box{kind: string(head[4:]), at: at, body: at + 8}
		size := int64(binary.BigEndian.Uint32(head))
		switch size {
		case 0: // up to the end
			size = to - at
		case 1:
			long, err := b.read(at+8, 8)
			if err != nil {
				return nil, err
			}
			x.body, size = at+16, int64(binary.BigEndian.Uint64(long))
		}
		if x.ends = at + size; size < x.body-at || x.ends > to || x.ends < at {
			return nil, ErrFormat
		}
		all, at = append(all, x), x.ends
	}
	return all, nil
}

// heif blots the items that are no picture, whatever of the file is not
// described, and what is said of films in it.
func (b *blotter) heif() error {
	all, err := b.boxes(0, b.size)
	if err != nil {
		return err
	}
	described := false
	for _, x := range all {
		switch x.kind {
		case "meta":
			err, described = b.described(x), true
		case "moov":
			err = b.film(x, 0)
		case "uuid", "udta":
			err = b.free(x)
		}
		if err != nil {
			return err
		}
	}
	if !described {
		return ErrFormat
	}
	return nil
}

// free makes a box one of no meaning.
func (b *blotter) free(x box) error {
	return b.blot(x.at+4, x.ends-x.at-4, freed(x))
}

// freed is the kind of such a box, with the long size that may stand behind it.
func freed(x box) []byte {
	put := []byte("free")
	if x.body-x.at == 16 {
		put = binary.BigEndian.AppendUint64(put, uint64(x.ends-x.at))
	}
	return put
}

func (b *blotter) film(x box, depth int) error {
	all, err := b.boxes(x.body, x.ends)
	for _, y := range all {
		switch {
		case err != nil:
			return err
		case y.kind == "udta", y.kind == "uuid", y.kind == "meta":
			err = b.free(y)
		case y.kind == "trak" && depth < 2:
			err = b.film(y, depth+1)
		}
	}
	return err
}

// described reads what items there are and where.
func (b *blotter) described(meta box) error {
	all, err := b.boxes(meta.body+4, meta.ends)
	if err != nil {
		return err
	}
	var told []uint32
	var data box
	for _, x := range all {
		switch x.kind {
		case "iinf":
			told, err = b.told(x)
		case "idat":
			data = x
		case "uuid", "udta":
			err = b.free(x)
		}
		if err != nil {
			return err
		}
	}
	for _, x := range all {
		if x.kind != "iloc" || len(told) == 0 {
			continue
		}
		if err := b.located(x, told, data); err != nil {
			return err
		}
		told = nil
	}
	if len(told) > 0 {
		return ErrFormat // there is something, and nobody says where
	}
	return nil
}

// told are the items that hold EXIF, XMP or anything else that is no picture.
func (b *blotter) told(iinf box) ([]uint32, error) {
	head, err := b.read(iinf.body, 8)
	if err != nil {
		return nil, err
	}
	from := iinf.body + 6
	if head[0] > 0 {
		from += 2
	}
	entries, err := b.boxes(from, iinf.ends)
	var told []uint32
	for _, e := range entries {
		if err != nil {
			return nil, err
		}
		var body []byte
		if body, err = b.read(e.body, min(14, e.ends-e.body)); err != nil {
			return nil, err
		}
		f := fields{body}
		version := f.number(1)
		f.number(3)
		width := 2
		if version == 3 {
			width = 4
		}
		if e.kind != "infe" || version < 2 || version > 3 {
			return nil, ErrFormat
		}
		item := f.number(width)
		f.number(2)
		switch kind := f.number(4); {
		case f.rest == nil:
			return nil, ErrFormat
		case kind == 0x45786966, kind == 0x6d696d65, kind == 0x75726920: // Exif, mime, uri
			told = append(told, uint32(item))
		}
	}
	return told, err
}

// fields reads numbers one after the other; rest is nil once there were too few
// bytes.
type fields struct{ rest []byte }

func (f *fields) number(bytes int) (n uint64) {
	if len(f.rest) < bytes || f.rest == nil {
		f.rest = nil
		return 0
	}
	for _, c := range f.rest[:bytes] {
		n = n<<8 | uint64(c)
	}
	if f.rest = f.rest[bytes:]; f.rest == nil {
		f.rest = []byte{}
	}
	return n
}

// located blots the extents of items (ISO/IEC 14496-12, 8.11.3).
func (b *blotter) located(iloc box, told []uint32, data box) error {
	body, err := b.read(iloc.body, iloc.ends-iloc.body)
	if err != nil {
		return err
	}
	f := fields{body}
	version := f.number(1)
	f.number(3)
	sizes := f.number(2)
	offset, length, base, index := int(sizes>>12), int(sizes>>8&15), int(sizes>>4&15), int(sizes&15)
	if version > 2 || offset > 8 || length > 8 || base > 8 || index > 8 {
		return ErrFormat
	}
	width := 2
	if version == 2 {
		width = 4
	}
	for items := f.number(width); items > 0; items-- {
		if err := b.part(); err != nil || f.rest == nil {
			return ErrFormat
		}
		item, way := uint32(f.number(width)), uint64(0)
		if version > 0 {
			way = f.number(2) & 15
		}
		f.number(2)
		from := int64(f.number(base))
		for extents := f.number(2); extents > 0; extents-- {
			if err := b.part(); err != nil || f.rest == nil {
				return ErrFormat
			}
			if version > 0 {
				f.number(index)
			}
			at, size := from+int64(f.number(offset)), int64(f.number(length))
			if f.rest == nil {
				return ErrFormat
			}
			if slices.Contains(told, item) {
				if err := b.extent(way, at, size, data); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// extent blots one: in the file, or in the description's own data.
func (b *blotter) extent(way uint64, at, size int64, data box) error {
	switch way {
	case 0:
		if size == 0 || at < 0 {
			return ErrFormat
		}
		return b.blot(at, size, nil)
	case 1:
		if at += data.body; at < data.body || size <= 0 || at > data.ends-size {
			return ErrFormat
		}
		return b.blot(at, size, nil)
	}
	return ErrFormat
}
