package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/oknodesk/okno/internal/desk/seed"
)

// SeedOptions is what "okno seed" asks for.
type SeedOptions = seed.Options

// Seed fills an installation that is set up and not running with tickets, to
// try it at size.
func Seed(ctx context.Context, c *Config, log *slog.Logger, o SeedOptions) (made *seed.Result, err error) {
	lock, err := LockData(c.Data, time.Now())
	if errors.Is(err, ErrLocked) {
		return nil, &Refusal{Exit: ExitTempFail, Text: err.Error()}
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	err = alone(ctx, c, log, func(h *House) (err error) {
		made, err = seed.Fill(ctx, h.DB, h.Blob, o)
		return err
	})
	if errors.Is(err, seed.ErrNotEmpty) {
		return nil, &Refusal{Exit: ExitConfig, Text: err.Error() + "; --more adds to them"}
	}
	return made, err
}
