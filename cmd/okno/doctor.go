package main

import (
	"context"
	"flag"

	"github.com/oknodesk/okno/internal/app"
)

func doctor(fs *flag.FlagSet) func(context.Context, invocation) error {
	asJSON := fs.Bool("json", false, "a line of JSON for each finding")
	whole := fs.Bool("read-files", false, "read every attachment, too, and see that it is what it was")
	recount := fs.Bool("recount", false, "first set the counters of tickets right")
	return func(ctx context.Context, in invocation) error {
		if *recount {
			if err := app.Recount(ctx, in.config, logTo(in.config, in.io.err)); err != nil {
				return err
			}
		}
		return app.Doctor(ctx, in.config, logTo(in.config, in.io.err), *asJSON, *whole, in.io.out)
	}
}
