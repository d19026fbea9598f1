package unpack

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// Attributes of a TNEF stream (MS-OXTNEF, 2.1.3.3), the low 16 bits.
const (
	tnefSignature   = 0x223e9f78
	attBody         = 0x800c
	attAttachData   = 0x800f
	attAttachTitle  = 0x8010
	attMsgProps     = 0x9003
	attAttachRender = 0x9002
	attAttachment   = 0x9005
	attOEMCodepage  = 0x9007
)

const maxTNEFDepth = 3 // letters within letters

// TNEF is what Outlook's winmail.dat holds.
type TNEF struct {
	Text, HTML string
	RTF        []byte // the words in Rich Text, unpacked; nil if there are none
	Files      []File
	Damaged    bool
}

// ReadTNEF takes a TNEF stream apart (MS-OXTNEF). words turns bytes of a Windows
// code page (0 if unknown) into text. false if the bytes are no such stream.
func ReadTNEF(b []byte, words func(codepage int, b []byte) string) (TNEF, bool) {
	r := tnefReader{words: words}
	ok := r.read(b, 0)
	return r.TNEF, ok
}

type tnefReader struct {
	TNEF
	words    func(int, []byte) string
	codepage int
}

func (r *tnefReader) read(b []byte, depth int) bool {
	if len(b) < 6 || binary.LittleEndian.Uint32(b) != tnefSignature || depth > maxTNEFDepth {
		return false
	}
	var file *File
	for b = b[6:]; len(b) > 0; {
		if len(b) < 11 {
			r.Damaged = len(bytes.Trim(b, "\x00\r\n")) > 0 || r.Damaged
			break
		}
		id, length := binary.LittleEndian.Uint16(b[1:]), binary.LittleEndian.Uint32(b[5:])
		b = b[9:]
		if uint64(length)+2 > uint64(len(b)) {
			r.Damaged = true
			length = uint32(max(len(b)-2, 0))
		}
		data := b[:length]
		b = b[length+2:]
		if id == attAttachRender {
			if len(r.Files) >= maxFiles {
				r.Damaged = true
				break
			}
			r.Files = append(r.Files, File{})
			file = &r.Files[len(r.Files)-1]
		}
		if r.attribute(id, data, file, depth) {
			file = nil // it was a letter; what was in it stands in its place
		}
	}
	return true
}

// attribute takes one attribute; true if the file it belongs to was a letter
// that is taken apart.
func (r *tnefReader) attribute(id uint16, data []byte, file *File, depth int) bool {
	switch {
	case id == attOEMCodepage && len(data) >= 4:
		r.codepage = int(binary.LittleEndian.Uint32(data))
	case id == attBody && r.Text == "":
		r.Text = r.words(r.codepage, bytes.TrimRight(data, "\x00"))
	case id == attMsgProps:
		r.body(data)
	case file == nil:
	case id == attAttachTitle && file.Name == "":
		file.Name = r.words(r.codepage, bytes.TrimRight(data, "\x00"))
	case id == attAttachData:
		file.Content = data
	case id == attAttachment:
		return r.file(data, file, depth)
	}
	return false
}

func (r *tnefReader) body(data []byte) {
	for p := range mapiProperties(data) {
		switch p.id {
		case 0x1000:
			if text := r.text(p); text != "" {
				r.Text = text
			}
		case 0x1013:
			r.HTML = r.words(r.codepage, bytes.TrimRight(p.value, "\x00"))
		case 0x1009:
			r.RTF = unpackRTF(p.value)
		}
	}
}

// file takes the properties of an attached file, or takes the attached letter
// apart and says so.
func (r *tnefReader) file(data []byte, file *File, depth int) (letter bool) {
	var object []byte
	for p := range mapiProperties(data) {
		switch p.id {
		case 0x3707:
			file.Name = r.text(p)
		case 0x3704, 0x3001:
			if file.Name == "" {
				file.Name = r.text(p)
			}
		case 0x370e:
			file.Type = r.text(p)
		case 0x3712:
			file.ContentID = strings.Trim(r.text(p), "<> ")
			file.Inline = file.ContentID != ""
		case 0x3701:
			if p.kind != 0x0d || len(p.value) < 16 {
				if len(file.Content) == 0 {
					file.Content = p.value
				}
				continue
			}
			object = p.value[16:] // after the interface's identifier
		}
	}
	inner := tnefReader{words: r.words, codepage: r.codepage}
	if letter = inner.read(object, depth+1); letter {
		r.takeIn(file, inner.TNEF)
	} else if len(file.Content) == 0 {
		file.Content = object
	}
	return letter
}

// takeIn puts what an attached letter held in the place of its file.
func (r *tnefReader) takeIn(file *File, inner TNEF) {
	name := file.Name
	if name == "" {
		name = "letter"
	}
	switch {
	case inner.HTML != "":
		*file = File{Name: name + ".html", Type: "text/html", Content: []byte(inner.HTML)}
	case inner.Text != "" || inner.RTF == nil:
		*file = File{Name: name + ".txt", Type: "text/plain", Content: []byte(inner.Text)}
	default:
		*file = File{Name: name + ".rtf", Type: "text/rtf", Content: inner.RTF}
	}
	r.Files = append(r.Files, inner.Files[:min(len(inner.Files), maxFiles-min(maxFiles, len(r.Files)))]...)
	r.Damaged = r.Damaged || inner.Damaged
}

func (r *tnefReader) text(p mapiProperty) string {
	if p.kind != 0x1f {
		return r.words(r.codepage, bytes.TrimRight(p.value, "\x00"))
	}
	return strings.TrimRight(utf16Text(p.value), "\x00")
}
