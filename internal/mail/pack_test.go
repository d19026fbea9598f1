package mail

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"
)

// What the package unpack takes apart, put together: for the letters of the kinds.

func uuEncoded(name string, content []byte, end string) []byte {
	out := []byte("begin 644 " + name + end)
	char := func(v byte) byte {
		if v == 0 {
			return '`'
		}
		return v + ' '
	}
	for len(content) > 0 {
		n := min(len(content), 45)
		line := append([]byte{}, content[:n]...)
		content = content[n:]
		out = append(out, char(byte(n)))
		for len(line)%3 != 0 {
			line = append(line, 0)
		}
		for i := 0; i < len(line); i += 3 {
			a, b, c := line[i], line[i+1], line[i+2]
			out = append(out, char(a>>2), char(a<<4&63|b>>4), char(b<<2&63|c>>6), char(c&63))
		}
		out = append(out, end...)
	}
	return append(out, ("`" + end + "end")...)
}

func yEncodedFile(name string, content []byte) []byte {
	out := fmt.Appendf(nil, "=ybegin line=128 size=%d name=%s\r\n", len(content), name)
	for _, c := range content {
		if c += 42; c == 0 || c == '\n' || c == '\r' || c == '=' {
			out = append(out, '=', c+64)
		} else {
			out = append(out, c)
		}
	}
	return fmt.Appendf(out, "\r\n=yend size=%d", len(content))
}

func binHexEncoded(name string, content []byte) []byte {
	raw := append([]byte{byte(len(name))}, name...)
	raw = append(raw, "\x00TEXTttxt\x00\x00"...)
	raw = binary.BigEndian.AppendUint32(raw, uint32(len(content)))
	raw = append(raw, 0, 0, 0, 0, 0, 0) // no resource fork; checksums are not looked at
	raw = append(append(raw, content...), 0, 0, 0, 0)
	raw = bytes.ReplaceAll(raw, []byte{0x90}, []byte{0x90, 0})
	raw = bytes.ReplaceAll(raw, bytes.Repeat([]byte{'='}, 40), []byte{'=', 0x90, 40})
	return append(append([]byte("(This file must be converted with BinHex 4.0)\r\n:"), binHexChars(append(raw, 0))...), ':')
}

func binHexChars(raw []byte) (out []byte) {
	const alphabet = "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"
	bits, have := uint32(0), 0
	for _, c := range raw {
		bits, have = bits<<8|uint32(c), have+8
		for have >= 6 {
			have -= 6
			out = append(out, alphabet[bits>>have&63])
			if len(out)%66 == 18 {
				out = append(out, "\r\n"...)
			}
		}
	}
	return out
}

func tnefAttribute(id uint16, data []byte) []byte {
	out := []byte{1}
	if id>>8 == 0x80 && id != 0x800c || id == 0x9002 || id == 0x9005 {
		out[0] = 2 // of a file, not of the letter; readers do not care
	}
	out = binary.LittleEndian.AppendUint16(out, id)
	out = binary.LittleEndian.AppendUint16(out, 6)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(data)))
	sum := uint16(0)
	for _, c := range data {
		sum += uint16(c)
	}
	return binary.LittleEndian.AppendUint16(append(out, data...), sum)
}

func mapiValue(kind, id uint16, value []byte) []byte {
	out := binary.LittleEndian.AppendUint16(nil, kind)
	out = binary.LittleEndian.AppendUint16(out, id)
	out = binary.LittleEndian.AppendUint32(out, 1)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(value)))
	for out = append(out, value...); len(out)%4 != 0; {
		out = append(out, 0)
	}
	return out
}

func mapiList(values ...[]byte) []byte {
	out := binary.LittleEndian.AppendUint32(nil, uint32(len(values)))
	return append(out, bytes.Join(values, nil)...)
}

func wide(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s + "\x00")) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}

// winmailOf makes a TNEF stream with one file of that text, called name; body
// adds words (text, html, rtf), letter puts it all into an attached letter, cut
// breaks the stream off.
func winmailOf(t *testing.T, options []string, text string) []byte {
	t.Helper()
	name, rest := options[0], strings.Join(options[1:], " ")
	out := binary.LittleEndian.AppendUint32(nil, 0x223e9f78)
	out = append(out, 1, 0)
	out = append(out, tnefAttribute(0x9007, []byte{0xe3, 4, 0, 0, 0, 0, 0, 0})...) // 1251
	switch {
	case strings.Contains(rest, "html"):
		out = append(out, tnefAttribute(0x9003, mapiList(mapiValue(0x102, 0x1013, inCharset(t, "windows-1251", "<p>Слова письма</p>"))))...)
	case strings.Contains(rest, "rtf"):
		rtf := `{\rtf1\ansi\ansicpg1251{\fonttbl{\f0 Arial;}}\uc1 \'d1\'eb\'ee\'e2\'e0 \u1087?\u1080?\u1089?\u1100?\u1084?\u1072?\par end}`
		packed := binary.LittleEndian.AppendUint32(nil, uint32(len(rtf)+12))
		packed = binary.LittleEndian.AppendUint32(packed, uint32(len(rtf)))
		packed = append(append(packed, "MELA\x00\x00\x00\x00"...), rtf...)
		out = append(out, tnefAttribute(0x9003, mapiList(mapiValue(0x102, 0x1009, packed)))...)
	case strings.Contains(rest, "body"):
		out = append(out, tnefAttribute(0x800c, inCharset(t, "windows-1251", "Слова письма\x00"))...)
	}
	out = append(out, tnefAttribute(0x9002, make([]byte, 14))...)
	out = append(out, tnefAttribute(0x8010, []byte("SHORT~1.DAT\x00"))...)
	out = append(out, tnefAttribute(0x800f, []byte(text))...)
	out = append(out, tnefAttribute(0x9005, mapiList(mapiValue(0x1f, 0x3707, wide(name)), mapiValue(0x1e, 0x370e, []byte("text/plain\x00"))))...)
	if strings.Contains(rest, "letter") {
		outer := append([]byte{}, out[:6]...)
		outer = append(outer, tnefAttribute(0x9002, make([]byte, 14))...)
		object := append(make([]byte, 16), out...)
		out = append(outer, tnefAttribute(0x9005, mapiList(mapiValue(0x0d, 0x3701, object), mapiValue(0x1f, 0x3001, wide("Вложенное письмо"))))...)
	}
	if strings.Contains(rest, "cut") {
		out = out[:len(out)-20]
	}
	return out
}

// signedOf puts text into a CMS signature without signers: in one OCTET STRING,
// or in pieces of indefinite length.
func signedOf(text string, pieces bool) []byte {
	der := func(tag byte, content []byte) []byte {
		return append(append([]byte{tag, 0x82}, byte(len(content)>>8), byte(len(content))), content...)
	}
	octets := der(0x04, []byte(text))
	if pieces {
		half := len(text) / 2
		octets = append([]byte{0x24, 0x80}, der(0x04, []byte(text[:half]))...)
		octets = append(append(octets, der(0x04, []byte(text[half:]))...), 0, 0)
	}
	data := append([]byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01}, der(0xa0, octets)...)
	signed := append([]byte{0x02, 0x01, 0x01, 0x31, 0x00}, der(0x30, data)...)
	inner := der(0xa0, der(0x30, append(signed, 0x31, 0x00)))
	return der(0x30, append([]byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02}, inner...))
}
