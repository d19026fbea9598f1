package secret

import (
	_ "embed"
	"strings"
	"sync"
)

// A password's length in characters (code points after composition), spec "Better than both".
const (
	MinPassword = 8
	MaxPassword = 128
)

// Weakness is why a password is refused.
type Weakness string

// What CheckPassword refuses.
const (
	TooShort Weakness = "too short"
	TooLong  Weakness = "too long"
	Common   Weakness = "common"
)

func (w Weakness) Error() string { return "secret: the password is " + string(w) }

// common.txt holds one lower-case password a line, none shorter than MinPassword:
// words with the usual tails, keyboard walks, dates, Russian words typed on the
// English layout and the other way round.
//
//go:embed common.txt
var commonText string

var commonPasswords = sync.OnceValue(func() map[string]struct{} {
	lines := strings.Fields(commonText)
	set := make(map[string]struct{}, len(lines))
	for _, line := range lines {
		set[line] = struct{}{}
	}
	return set
})

// CheckPassword returns nil or a Weakness. Any characters are allowed; the
// length is 8 to 128 of them; the most common passwords are refused in any case.
func CheckPassword(pw string) error {
	pw, fits := normalise(pw)
	if !fits {
		return TooLong
	}
	if len([]rune(pw)) < MinPassword {
		return TooShort
	}
	if _, found := commonPasswords()[strings.ToLower(pw)]; found {
		return Common
	}
	return nil
}
