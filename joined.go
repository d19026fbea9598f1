package okno

import (
	"slices"
	"strings"
)

// LetterJoined tells an agent several facts about one ticket at once.
const LetterJoined LetterKind = "joined"

// LetterDigest lists new tickets to an agent to whom many were told just before.
const LetterDigest LetterKind = "digest"

// DigestFrom is how many letters of new tickets an agent gets within the time in
// which his notices are joined; those that follow come as a list.
const DigestFrom = 20

// Minutes within which an agent's further notices of one ticket are joined.
const (
	DefaultJoin = 2
	MaxJoin     = 60
)

// apartly is the switch of whoever wants each notice in a letter of its own.
const apartly = "join=off"

// Joins reports whether letters that follow each other closely, about one ticket
// or about many new ones, may come as one; at first they may.
func (s Switches) Joins() bool { return !slices.Contains(strings.Fields(string(s)), apartly) }

// SetJoins is the switches with that turned on or off.
func (s Switches) SetJoins(on bool) Switches {
	rest := slices.DeleteFunc(strings.Fields(string(s)), func(chosen string) bool { return chosen == apartly })
	if !on {
		rest = append(rest, apartly)
	}
	return Switches(strings.Join(rest, " "))
}
