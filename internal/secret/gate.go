package secret

import "context"

// gate lets a few work at once and a few more wait; the rest are turned away.
type gate struct {
	seats chan struct{} // held while waiting and working
	slots chan struct{} // held while working
}

func newGate(atOnce, waiting int) *gate {
	return &gate{
		seats: make(chan struct{}, atOnce+waiting),
		slots: make(chan struct{}, atOnce),
	}
}

// do runs work when its turn comes, or returns ErrBusy or ctx's error unrun.
func (g *gate) do(ctx context.Context, work func()) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case g.seats <- struct{}{}:
		defer func() { <-g.seats }()
	default:
		return ErrBusy
	}
	select {
	case g.slots <- struct{}{}:
		defer func() { <-g.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	work()
	return nil
}
