package unpack

import "bytes"

// oidSignedData is 1.2.840.113549.1.7.2, oidData 1.2.840.113549.1.7.1 (RFC 5652).
var (
	oidSignedData = []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02}
	oidData       = []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01}
)

const maxCMSDepth = 20

// SignedContent gives what stands within a CMS signature: the signed MIME part
// (S/MIME signed-data, RFC 8551). The signature is not checked. false if the
// bytes are no signature, or only one beside its content.
func SignedContent(der []byte) ([]byte, bool) {
	at := bytes.Index(der[:min(len(der), 64)], oidSignedData)
	if at < 0 {
		return nil, false
	}
	content := bytes.Index(der[at:], oidData)
	if content < 0 || content > 4096 {
		return nil, false
	}
	b := ber{bytes: der[at+content+len(oidData):]}
	if b.peek() != 0xa0 {
		return nil, false
	}
	b.header()
	out := b.octets(nil, 0)
	return out, len(out) > 0
}

// ber reads BER, definite lengths and indefinite (X.690).
type ber struct{ bytes []byte }

func (b *ber) peek() byte {
	if len(b.bytes) == 0 {
		return 0
	}
	return b.bytes[0]
}

// header reads tag and length; -1 is an indefinite length.
func (b *ber) header() (tag byte, length int) {
	if len(b.bytes) < 2 {
		b.bytes = nil
		return 0, 0
	}
	tag, length = b.bytes[0], int(b.bytes[1])
	b.bytes = b.bytes[2:]
	if length == 0x80 {
		return tag, -1
	}
	if length > 0x80 {
		n := length - 0x80
		if n > 4 || n > len(b.bytes) {
			b.bytes = nil
			return 0, 0
		}
		length = 0
		for _, c := range b.bytes[:n] {
			length = length<<8 | int(c)
		}
		b.bytes = b.bytes[n:]
	}
	return tag, min(length, len(b.bytes))
}

// octets reads an OCTET STRING: whole, or in pieces within one another.
func (b *ber) octets(out []byte, depth int) []byte {
	if depth > maxCMSDepth {
		return out
	}
	tag, length := b.header()
	switch {
	case tag == 0x04 && length >= 0:
		out = append(out, b.bytes[:length]...)
		b.bytes = b.bytes[length:]
	case tag == 0x24 && length >= 0:
		inner := ber{bytes: b.bytes[:length]}
		b.bytes = b.bytes[length:]
		for len(inner.bytes) > 0 {
			out = inner.octets(out, depth+1)
		}
	case tag == 0x24:
		for len(b.bytes) > 0 && b.peek() != 0 {
			out = b.octets(out, depth+1)
		}
		b.header()
	default:
		b.bytes = nil
	}
	return out
}
