package web

import (
	"container/list"
	"sync"
)

// recent keeps values by key within a bound; the one not asked for longest is
// forgotten first. It is safe for concurrent use.
type recent[K comparable, V any] struct {
	mu      sync.Mutex
	room    int // what all values may weigh together
	weight  func(V) int
	weighs  int
	entries map[K]*list.Element
	order   *list.List // of recentEntry, the latest in front
}

type recentEntry[K comparable, V any] struct {
	key   K
	value V
}

func newRecent[K comparable, V any](room int, weight func(V) int) *recent[K, V] {
	return &recent[K, V]{room: room, weight: weight, entries: make(map[K]*list.Element), order: list.New()}
}

func (r *recent[K, V]) get(key K) (value V, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, ok := r.entries[key]
	if !ok {
		return value, false
	}
	r.order.MoveToFront(e)
	return e.Value.(recentEntry[K, V]).value, true
}

// add keeps value, unless the key has one already; it returns the one kept.
func (r *recent[K, V]) add(key K, value V) V {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e, ok := r.entries[key]; ok {
		r.order.MoveToFront(e)
		return e.Value.(recentEntry[K, V]).value
	}
	r.entries[key] = r.order.PushFront(recentEntry[K, V]{key, value})
	r.weighs += r.weight(value)
	for r.weighs > r.room && r.order.Len() > 1 {
		oldest := r.order.Remove(r.order.Back()).(recentEntry[K, V])
		delete(r.entries, oldest.key)
		r.weighs -= r.weight(oldest.value)
	}
	return value
}
