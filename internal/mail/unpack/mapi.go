package unpack

import (
	"encoding/binary"
	"iter"
	"unicode/utf16"
)

// mapiProperty is one property of a letter or file; of several values the first.
type mapiProperty struct {
	id, kind uint16
	value    []byte
}

// mapiProperties yields the properties of an attribute (MS-OXTNEF, 2.1.3.4)
// until one does not fit.
func mapiProperties(b []byte) iter.Seq[mapiProperty] {
	return func(yield func(mapiProperty) bool) {
		r := mapiReader{b: b}
		for n := r.number(); n > 0 && !r.bad; n-- {
			head := r.take(4)
			if r.bad {
				return
			}
			p := mapiProperty{kind: binary.LittleEndian.Uint16(head), id: binary.LittleEndian.Uint16(head[2:])}
			if p.id >= 0x8000 {
				r.skipName()
			}
			p.value = r.value(p.kind)
			p.kind &^= 0x1000
			if r.bad || !yield(p) {
				return
			}
		}
	}
}

type mapiReader struct {
	b   []byte
	bad bool
}

func (r *mapiReader) take(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.bad = true
		return nil
	}
	v := r.b[:n]
	r.b = r.b[n:]
	return v
}

func (r *mapiReader) number() int {
	b := r.take(4)
	if r.bad {
		return 0
	}
	return int(binary.LittleEndian.Uint32(b))
}

// padded takes n bytes and those that fill them up to a multiple of four.
func (r *mapiReader) padded(n int) []byte {
	v := r.take(n)
	r.take(min((4-n%4)%4, len(r.b)))
	return v
}

func (r *mapiReader) skipName() {
	r.take(16)
	if r.number() == 0 {
		r.number()
		return
	}
	r.padded(r.number())
}

// value takes the value or values of a type (MS-OXCDATA, 2.11.1).
func (r *mapiReader) value(kind uint16) (first []byte) {
	base, count := kind&^0x1000, 1
	variable := base == 0x1e || base == 0x1f || base == 0x0102 || base == 0x0d
	if variable || kind&0x1000 != 0 {
		count = r.number()
	}
	for i := 0; i < count && !r.bad; i++ {
		var v []byte
		switch {
		case variable:
			v = r.padded(r.number())
		case base == 0x48:
			v = r.take(16)
		case base == 5 || base == 6 || base == 7 || base == 0x14 || base == 0x40:
			v = r.take(8)
		default:
			v = r.take(4)
		}
		if i == 0 {
			first = v
		}
	}
	return first
}

func utf16Text(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}
