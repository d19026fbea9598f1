package unpack

import (
	"bytes"
	"encoding/binary"
)

const binHexAlphabet = "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"

// BinHexDecode decodes a body that is one BinHex 4.0 file (RFC 1741): its data
// fork, of at most limit bytes. false if it is none.
func BinHexDecode(body []byte, limit int) (File, bool) {
	f, _, ok := binHexed(body, 0, limit)
	return f, ok
}

// binHexed decodes from the first colon after pos to the next one.
func binHexed(text []byte, pos, limit int) (f File, end int, ok bool) {
	start := bytes.IndexByte(text[pos:min(len(text), pos+1000)], ':')
	if start < 0 {
		return File{}, 0, false
	}
	start += pos + 1
	length := bytes.IndexByte(text[start:], ':')
	if length < 0 {
		length = len(text) - start
		f.Damaged = true
	}
	end = min(len(text), start+length+1)
	raw := expandRuns(sixBits(text[start:start+length]), limit+100)
	if len(raw) < 1 || len(raw) < int(raw[0])+22 || raw[0] > 63 {
		return File{}, 0, false
	}
	n := int(raw[0])
	f.Name = string(raw[1 : 1+n])
	size := binary.BigEndian.Uint32(raw[n+12:])
	data := raw[n+22:]
	if uint64(size) > uint64(len(data)) {
		f.Damaged = true
		size = uint32(len(data))
	}
	f.Content = data[:size]
	return f, end, true
}

// sixBits joins the six bits of each character; others are passed over.
func sixBits(text []byte) []byte {
	out := make([]byte, 0, len(text)*3/4)
	bits, have := uint32(0), 0
	for _, c := range text {
		v := bytes.IndexByte([]byte(binHexAlphabet), c)
		if v < 0 {
			continue
		}
		bits, have = bits<<6|uint32(v), have+6
		if have >= 8 {
			have -= 8
			out = append(out, byte(bits>>have))
		}
	}
	return out
}

// expandRuns undoes "byte 0x90 count"; "0x90 0" is 0x90 itself. It ends a little
// beyond limit.
func expandRuns(packed []byte, limit int) []byte {
	out := make([]byte, 0, min(len(packed), max(limit, 0)))
	for i := 0; i < len(packed) && len(out) < limit; i++ {
		c := packed[i]
		if c != 0x90 || i+1 >= len(packed) {
			out = append(out, c)
			continue
		}
		i++
		switch n := int(packed[i]); {
		case n == 0:
			out = append(out, 0x90)
		case len(out) > 0:
			out = append(out, bytes.Repeat(out[len(out)-1:], n-1)...)
		}
	}
	return out
}
