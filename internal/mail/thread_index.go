package mail

import (
	"encoding/base64"
	"encoding/binary"
	"time"
)

// Sizes of Outlook's conversation index (MS-OXOMSG, 2.2.1.3), in bytes.
const (
	threadHeader = 22
	threadBlock  = 5
	threadMax    = threadHeader + 100*threadBlock
)

// ThreadIndex begins an Outlook conversation: a Thread-Index field's value.
func ThreadIndex(guid [16]byte, at time.Time) string {
	index := binary.BigEndian.AppendUint64(nil, fileTime(at))[:6]
	return base64.StdEncoding.EncodeToString(append(index, guid[:]...))
}

// ExtendThreadIndex makes the index of a reply to a letter that had the index
// parent. "" if parent is no index; parent itself once it has 100 replies.
func ExtendThreadIndex(parent string, at time.Time) string {
	index, err := base64.StdEncoding.DecodeString(parent)
	if err != nil || len(index) < threadHeader || len(index) > threadMax || (len(index)-threadHeader)%threadBlock != 0 {
		return ""
	}
	if len(index) == threadMax {
		return parent
	}
	var start [8]byte
	copy(start[:], index[:6])
	elapsed := uint64(0)
	if now, began := fileTime(at), binary.BigEndian.Uint64(start[:]); now > began {
		elapsed = now - began
	}
	// Under 1.7 years the time is told to 26 ms, beyond that to 0.8 s, with the
	// first bit set.
	delta := uint32(elapsed >> 18 & 0x7fffffff)
	if elapsed>>49 != 0 {
		delta = uint32(elapsed>>23&0x7fffffff) | 1<<31
	}
	index = binary.BigEndian.AppendUint32(index, delta)
	index = append(index, byte((len(index)-threadHeader)/threadBlock))
	return base64.StdEncoding.EncodeToString(index)
}

// fileTime counts 100 ns from 1601, as Windows does.
func fileTime(at time.Time) uint64 {
	const to1970 = 116444736000000000
	return uint64(at.Unix()*10_000_000+int64(at.Nanosecond()/100)) + to1970
}
