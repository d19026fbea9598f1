package portal

import (
	"crypto/sha256"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/web"
)

// Who tries passwords at one login from one address: a few at once, then
// slowly. Others, the login's owner among them, are not held up. Whoever tries
// one login from very many addresses is held up too; with him every stranger,
// but no browser in which that login was signed in before. (The owner at a new
// browser has «Забыли пароль?».)
const (
	attemptsAtOnce  = 5
	attemptEvery    = 15 * time.Second
	strangersAtOnce = 50
	strangerEvery   = time.Minute
	attemptPairs    = 10_000 // remembered in each of two generations
)

// attempt names who tries at which login without keeping either.
type attempt [sha256.Size]byte

// attemptIn is an attempt in a browser that is known.
func attemptIn(mark string) attempt { return sha256.Sum256([]byte(mark)) }

// attemptAt is any stranger's attempt at a login.
func attemptAt(login string) attempt { return sha256.Sum256([]byte(desk.FoldLogin(login))) }

func attemptOf(from netip.Addr, login string) attempt {
	if from.Is6() {
		if p, err := from.Prefix(64); err == nil {
			from = p.Addr() // one customer has the whole of it
		}
	}
	return sha256.Sum256([]byte(from.String() + "\n" + desk.FoldLogin(login)))
}

// attempts slows down guessing. Its memory is bounded: when one generation is
// full, the one before it is forgotten. It is safe for concurrent use.
type attempts struct {
	what   string
	atOnce int
	every  time.Duration

	mu           sync.Mutex
	young, older map[attempt]*rate.Limiter
}

func newAttempts(what string, atOnce int, every time.Duration) *attempts {
	return &attempts{what: what, atOnce: atOnce, every: every, young: map[attempt]*rate.Limiter{}}
}

// attempt counts one attempt, here and over all programs that serve the
// installation, or refuses it.
func (p *Portal) attempt(q *web.Request, of *attempts, which attempt) error {
	wait := of.wait(which, q.Now)
	if wait == 0 {
		var err error
		if wait, err = p.desk.Try(q.Context(), of.what, string(which[:]), of.atOnce, of.every); err != nil {
			return err
		}
	}
	if wait > 0 {
		return slower(wait)
	}
	return nil
}

// succeed begins anew after an attempt that went well.
func (p *Portal) succeed(q *web.Request, of *attempts, which attempt) error {
	of.forget(which)
	return p.desk.ForgetTries(q.Context(), of.what, string(which[:]))
}

// wait counts one attempt; 0: go on, else how long to wait first.
func (a *attempts) wait(which attempt, now time.Time) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	limiter := a.young[which]
	if limiter == nil {
		if limiter = a.older[which]; limiter == nil {
			limiter = rate.NewLimiter(rate.Every(a.every), a.atOnce)
		}
		if len(a.young) >= attemptPairs {
			a.young, a.older = map[attempt]*rate.Limiter{}, a.young
		}
		a.young[which] = limiter
	}
	r := limiter.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now) // who is refused does not wait the longer for having asked
	}
	return wait
}

// forget begins anew after a sign-in that went well.
func (a *attempts) forget(which attempt) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.young, which)
	delete(a.older, which)
}
