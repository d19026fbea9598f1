package main

import (
	"context"
	"flag"

	"github.com/oknodesk/okno/internal/app"
)

func makeBackup(fs *flag.FlagSet) func(context.Context, invocation) error {
	to := fs.String("to", "", "file to make; one that is there is not touched")
	withoutKey := fs.Bool("without-key", false, "leave the installation's key out: it has to be kept apart, a restore needs it")
	return func(ctx context.Context, in invocation) error {
		if *to == "" {
			return &app.Refusal{Exit: app.ExitUsage, Text: "--to is missing"}
		}
		return app.Backup(ctx, in.config, logTo(in.config, in.io.err), *to, *withoutKey, in.io.out)
	}
}

func restore(fs *flag.FlagSet) func(context.Context, invocation) error {
	from := fs.String("from", "", "file that okno backup made")
	replace := fs.Bool("replace", false, "put what the data directory holds aside; the tables of a PostgreSQL database are dropped")
	return func(ctx context.Context, in invocation) error {
		if *from == "" {
			return &app.Refusal{Exit: app.ExitUsage, Text: "--from is missing"}
		}
		return app.Restore(ctx, in.config, logTo(in.config, in.io.err), *from, *replace, in.io.out)
	}
}
