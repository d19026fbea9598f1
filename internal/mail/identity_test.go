package mail

import (
	"bytes"
	"testing"
	"time"
)

func TestIdentityIsThatOfTheLetterNotOfItsWay(t *testing.T) {
	const letter = "From: Ann <ann@client.example>\r\nDate: Wed, 18 Nov 2026 12:30:05 +0300\r\nSubject: x\r\n\r\nwords\r\n\r\nmore\r\n"
	want := IdentityHash([]byte(letter), time.Time{})
	for name, raw := range map[string][]byte{
		"trace fields":       []byte("Return-Path: <a@b>\r\nReceived: from x\r\n\tby y\r\nX-Spam: no\r\n" + letter),
		"LF line ends":       bytes.ReplaceAll([]byte(letter), []byte("\r\n"), []byte("\n")),
		"CR CR LF line ends": bytes.ReplaceAll([]byte(letter), []byte("\r\n"), []byte("\r\r\n")),
		"empty lines at end": []byte(letter + "\r\n\r\n"),
		"mbox line":          []byte("From ann Wed Nov 18\r\n" + letter),
		"folded From":        bytes.Replace([]byte(letter), []byte("Ann <"), []byte("Ann\r\n <"), 1),
	} {
		if IdentityHash(raw, time.Time{}) != want {
			t.Errorf("%s: another letter", name)
		}
	}
	for _, change := range [][2]string{{"words", "Words"}, {"Ann", "Bob"}, {"12:30:05", "12:30:06"}, {"words\r\n\r\nmore", "words\r\nmore"}, {"Date: ", "X-Date: "}} {
		if IdentityHash(bytes.Replace([]byte(letter), []byte(change[0]), []byte(change[1]), 1), time.Time{}) == want {
			t.Errorf("%q for %q: the same letter", change[1], change[0])
		}
	}
}

func TestLettersWithoutMessageIDAreToldApartBySubjectAndHour(t *testing.T) {
	bare := func(subject string, hour int) [32]byte {
		return IdentityHash([]byte("From: a@b.example\nSubject: "+subject+"\n\nIt broke.\n"), time.Date(2026, 11, 20, hour, 0, 0, 0, time.UTC))
	}
	if bare("One", 9) == bare("Two", 9) {
		t.Error("two subjects are one letter")
	}
	if bare("One", 9) == bare("One", 10) {
		t.Error("the same words an hour later are one letter")
	}
	if first, again := bare("One", 9), bare("One", 9); first != again {
		t.Error("one letter twice is two")
	}
}
