package secret

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
)

var encode = base64.RawStdEncoding.EncodeToString

func TestCheckPassword(t *testing.T) {
	for pw, want := range map[string]error{
		"":                             TooShort,
		"семь зн":                      TooShort,
		"восемь з":                     nil,
		"мои\u0306 дом":                TooShort, // 8 code points, 7 characters
		strings.Repeat("я", 128):       nil,
		strings.Repeat("я", 129):       TooLong,
		strings.Repeat("e\u0301", 128): nil,
		strings.Repeat("x", 1<<20):     TooLong,
		"password":                     Common,
		"PassWord123":                  Common,
		"12345678":                     Common,
		"йцукенгш":                     Common,
		"Gfhjkm123":                    Common, // «пароль123» on the English layout
		"зфыыцщкв":                     Common, // "password" on the Russian layout
		"НАТАША2024":                   Common,
		"        ":                     nil,
		"window to the yard":           nil,
		"🔑🔑🔑🔑🔑🔑🔑🔑":                     nil,
	} {
		if got := CheckPassword(pw); !errors.Is(got, want) {
			t.Errorf("CheckPassword(%.40q) = %v, want %v", pw, got, want)
		}
	}
}

func TestCommonListHoldsOnlyWhatCanMatch(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(commonText, "\n"), "\n")
	if len(lines) < 2000 || len(lines) != len(commonPasswords()) {
		t.Fatalf("%d lines, %d passwords", len(lines), len(commonPasswords()))
	}
	for _, line := range lines {
		if line != strings.ToLower(line) || CheckPassword(line) != Common {
			t.Errorf("%q can never match", line)
		}
	}
}

func TestGeneratedPasswordIsAcceptedAndReadable(t *testing.T) {
	for range 200 {
		pw := GeneratePassword()
		if err := CheckPassword(pw); err != nil {
			t.Fatalf("%q: %v", pw, err)
		}
		if len(pw) != 17 || strings.ContainsAny(pw, "0Oo1lI") {
			t.Fatalf("%q cannot be read from paper", pw)
		}
	}
}
