package notify

import (
	"sync"
	"testing"
)

func TestAnAddressIsCountedByOneAtATime(t *testing.T) {
	c := newCounting()
	counts := map[string]*int{"carl@customer.example": new(int), "dora@customer.example": new(int)}
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			both := []string{"carl@customer.example", "Dora@Customer.example"}
			if n%2 == 0 {
				both[0], both[1] = both[1], both[0]
			}
			for range 1000 {
				letGo := c.hold(both...)
				for _, n := range counts {
					*n++
				}
				letGo()
			}
		})
	}
	all.Wait()
	for address, n := range counts {
		if *n != 8000 {
			t.Errorf("%s: counted to %d, want 8000", address, *n)
		}
	}
}

func TestAnotherAddressIsNotWaitedFor(t *testing.T) {
	c := newCounting()
	defer c.hold("carl@customer.example")()
	got := make(chan struct{}, 4)
	for _, other := range []string{"dora@customer.example", "eve@customer.example", "frank@customer.example", "gina@customer.example"} {
		go func() {
			letGo := c.hold(other)
			got <- struct{}{}
			letGo()
		}()
	}
	<-got // by chance one may share Carl's place, hardly all four
}
