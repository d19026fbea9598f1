package okno

import (
	"fmt"
	"regexp"
	"strings"
)

// Bounds of ticket numbers: digits, and characters before them.
const (
	MinDigits       = 6
	MaxDigits       = 12
	MaxNumberPrefix = 8
)

// numberPrefix is what letters' subjects, addresses and people can carry.
var numberPrefix = regexp.MustCompile(`^[A-Z][A-Z0-9]*-?$`)

// FirstNumber is where counting begins (spec R13).
const FirstNumber = 100001

// Number is how the installation writes a ticket's number: its prefix, then at
// least so many digits as it wishes. Numbers given before it wished otherwise
// stay as they are.
func (s Settings) Number(n int64) Number {
	return Number(fmt.Sprintf("%s%0*d", s.NumberPrefix, max(s.NumberDigits, MinDigits), n))
}

// CheckNumbers says what is wrong with the format of ticket numbers, or nil.
func (s Settings) CheckNumbers() error {
	var wrong Errors
	if s.NumberPrefix != "" && (len(s.NumberPrefix) > MaxNumberPrefix || !numberPrefix.MatchString(s.NumberPrefix)) {
		wrong = append(wrong, &Error{Reason: Invalid, Key: "error.number.prefix", Field: "prefix", Args: []any{"Max", MaxNumberPrefix}})
	}
	if s.NumberDigits != 0 && (s.NumberDigits < MinDigits || s.NumberDigits > MaxDigits) {
		wrong = append(wrong, &Error{Reason: Invalid, Key: "error.number.digits", Field: "digits", Args: []any{"Min", MinDigits, "Max", MaxDigits}})
	}
	return wrong.Err()
}

// TypedNumber is a ticket's number as people copy and type it: "#100001",
// "№ 100001", "sd-100001".
func TypedNumber(typed string) Number {
	return Number(strings.ToUpper(strings.Trim(typed, "#№ \u00a0\t")))
}
