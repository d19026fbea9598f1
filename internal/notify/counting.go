package notify

import (
	"hash/maphash"
	"slices"
	"sync"

	"github.com/oknodesk/okno/internal/mail"
)

// counting keeps duties apart that count the letters to one address and queue
// one more. Others do not wait for them, unless by chance.
type counting struct {
	seed   maphash.Seed
	places [256]sync.Mutex
}

func newCounting() *counting { return &counting{seed: maphash.MakeSeed()} }

// hold returns when nobody else counts the letters to any of the addresses,
// and keeps others waiting until letGo is called.
func (c *counting) hold(addresses ...string) (letGo func()) {
	var held []uint64
	for _, a := range addresses {
		held = append(held, maphash.String(c.seed, mail.Fold(a))%uint64(len(c.places)))
	}
	slices.Sort(held) // the same order everywhere, or two would wait for one another
	held = slices.Compact(held)
	for _, n := range held {
		c.places[n].Lock()
	}
	return func() {
		for _, n := range held {
			c.places[n].Unlock()
		}
	}
}
