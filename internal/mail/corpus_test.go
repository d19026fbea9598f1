package mail

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
)

// The files testdata/kinds/*.txt hold letters as they are easily written: each
// begins with "=== name", its lines end as the words after the name say (lf,
// crcrlf, cr; else CR LF), "@std" stands for the usual fields, and ⟦kind|text⟧
// for bytes: see special. With -update they become testdata/letters/*.eml.

const usualFields = "From: Ann <ann@client.example>\nTo: support@desk.example\nDate: Wed, 18 Nov 2026 12:30:05 +0300\nMessage-ID: <%s@mail.example>\nMIME-Version: 1.0"

func TestLettersOfTheKindsAreAsWritten(t *testing.T) {
	files, err := filepath.Glob("testdata/kinds/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	seen := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, letter := range strings.Split("\n"+string(text), "\n=== ")[1:] {
			head, body, _ := strings.Cut(letter, "\n")
			words := strings.Fields(head)
			if seen[words[0]] {
				t.Errorf("%s stands twice", words[0])
			}
			seen[words[0]] = true
			raw := written(t, words[0], body, words[1:])
			path := "testdata/letters/" + words[0] + ".eml"
			if *update {
				if err := os.WriteFile(path, raw, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if kept, err := os.ReadFile(path); err != nil || !bytes.Equal(kept, raw) {
				t.Errorf("%s is not as %s has it: %v", path, file, err)
			}
		}
	}
}

var specials = regexp.MustCompile(`(?s)⟦(.*?)⟧`)

// written makes the bytes of one letter.
func written(t *testing.T, name, body string, ends []string) []byte {
	t.Helper()
	body = strings.TrimRight(body, "\n") + "\n"
	body = strings.ReplaceAll(body, "@std", fmt.Sprintf(usualFields, name))
	end := "\r\n"
	for _, word := range ends {
		end = map[string]string{"lf": "\n", "crcrlf": "\r\r\n", "cr": "\r"}[word]
	}
	var out []byte
	pos := 0
	plain := func(s string) { out = append(out, strings.ReplaceAll(s, "\n", end)...) }
	for _, m := range specials.FindAllStringSubmatchIndex(body, -1) {
		plain(body[pos:m[0]])
		pos = m[1]
		kind, text, _ := strings.Cut(body[m[2]:m[3]], "|")
		out = append(out, special(t, strings.Fields(kind), text, end)...)
	}
	plain(body[pos:])
	return out
}

// special makes the bytes of ⟦kind|text⟧.
func special(t *testing.T, kind []string, text, end string) []byte {
	t.Helper()
	charset := func(s string) []byte { return inCharset(t, kind[1], s) }
	switch kind[0] {
	case "c":
		return charset(strings.ReplaceAll(text, "\n", end))
	case "b":
		return []byte("=?" + kind[1] + "?B?" + base64.StdEncoding.EncodeToString(charset(text)) + "?=")
	case "q":
		return []byte("=?" + kind[1] + "?Q?" + hexed(charset(text), "=") + "?=")
	case "64":
		return wrapped(charset(strings.ReplaceAll(text, "\n", "\r\n")), end)
	case "qp":
		return []byte(strings.ReplaceAll(hexed(charset(text), "="), "=0A", end))
	case "pct":
		return []byte(hexed(charset(text), "%"))
	case "x":
		b, err := hex.DecodeString(strings.Join(kind[1:], ""))
		if err != nil {
			t.Fatal(err)
		}
		return b
	case "rep":
		n, err := strconv.Atoi(kind[1])
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Repeat([]byte(strings.ReplaceAll(text, "\n", end)), n)
	case "uu":
		return uuEncoded(strings.Join(kind[1:], " "), []byte(text), end)
	case "yenc":
		return yEncodedFile(strings.Join(kind[1:], " "), []byte(text))
	case "binhex":
		return binHexEncoded(strings.Join(kind[1:], " "), []byte(text))
	case "tnef":
		return wrapped(winmailOf(t, kind[1:], text), end)
	case "cms":
		return wrapped(signedOf(strings.ReplaceAll(text, "\n", "\r\n"), kind[1] == "pieces"), end)
	}
	t.Fatalf("⟦%s⟧ is unknown", kind[0])
	return nil
}

func inCharset(t *testing.T, label, s string) []byte {
	t.Helper()
	if label == "utf-8" {
		return []byte(s)
	}
	enc, _ := findCharset(cleanLabel(label))
	if label == "utf-16le" {
		enc = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	}
	if enc == nil {
		t.Fatalf("%s is unknown", label)
	}
	b, err := encoding.ReplaceUnsupported(enc.NewEncoder()).Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// hexed writes all but letters and digits as mark and two digits.
func hexed(b []byte, mark string) string {
	var out strings.Builder
	for _, c := range b {
		if c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' {
			out.WriteByte(c)
		} else {
			fmt.Fprintf(&out, "%s%02X", mark, c)
		}
	}
	return out.String()
}

func wrapped(b []byte, end string) []byte {
	s := base64.StdEncoding.EncodeToString(b)
	var out []byte
	for len(s) > 76 {
		out = append(append(out, s[:76]...), end...)
		s = s[76:]
	}
	return append(out, s...)
}
