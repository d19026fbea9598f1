package okno

import (
	"slices"
	"strings"
)

// LetterJoined tells an agent several facts about one ticket at once.
const LetterJoined LetterKind = "joined"

// Minutes within which an agent's further notices of one ticket are joined.
const (
	DefaultJoin = 2
	MaxJoin     = 60
)

// apartly is the switch of whoever wants each notice in a letter of its own.
const apartly = "join=off"

// Joins reports whether letters about one ticket that follow each other closely
// may come as one; at first they may.
func (s Switches) Joins() bool { return !slices.Contains(strings.Fields(string(s)), apartly) }

// SetJoins is the switches with that turned on or off.
func (s Switches) SetJoins(on bool) Switches {
	rest := slices.DeleteFunc(strings.Fields(string(s)), func(chosen string) bool { return chosen == apartly })
	if !on {
		rest = append(rest, apartly)
	}
	return Switches(strings.Join(rest, " "))
}
