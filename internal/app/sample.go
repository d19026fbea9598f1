package app

import (
	"context"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/demo"
	"github.com/oknodesk/okno/internal/desk"
)

// sample fills a demo's empty desk. It is made by a clock of its own and has
// no consequences: nobody is told what happened weeks ago.
func (h *House) sample(ctx context.Context) error {
	needs, err := h.Desk.NeedsSetup(ctx)
	if err != nil || !needs {
		return err
	}
	clock := &demo.Clock{At: h.Now()}
	d := desk.New(desk.Config{
		DB: h.DB, Blob: h.Blob, Key: h.Key, Now: clock.Now, Log: h.Log, Lang: h.Config.Lang,
		Consequences: func(okno.Event) []string { return nil },
	})
	defer d.Close()
	return demo.Seed(ctx, d, clock, h.Config.Lang, h.Now())
}
