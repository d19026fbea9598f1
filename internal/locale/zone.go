package locale

import (
	_ "embed"
	"strings"
)

// zones are UTC, then those of the IANA database's zone.tab, one a line.
//
//go:embed zones.txt
var zones string

// Zones are the IANA names of the time zones to choose from.
func Zones() []string { return strings.Fields(zones) }
