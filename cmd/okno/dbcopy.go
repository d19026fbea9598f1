package main

import (
	"context"
	"flag"

	"github.com/oknodesk/okno/internal/app"
)

func copyDB(fs *flag.FlagSet) func(context.Context, invocation) error {
	from := fs.String("from", "", "database to read: sqlite:PATH or postgres://…")
	to := fs.String("to", "", "empty database to fill: sqlite:PATH or postgres://…")
	replace := fs.Bool("replace", false, "empty the target first: an SQLite file is renamed, a PostgreSQL database's tables are dropped")
	return func(ctx context.Context, in invocation) error {
		return app.CopyDB(ctx, in.config, logTo(in.config, in.io.err), *from, *to, *replace, in.io.out)
	}
}

func copyFiles(fs *flag.FlagSet) func(context.Context, invocation) error {
	from := fs.String("from", "", "store to read: a directory, or s3://KEY:SECRET@host/bucket/prefix")
	to := fs.String("to", "", "store to fill, named alike")
	return func(ctx context.Context, in invocation) error {
		return app.CopyFiles(ctx, in.config, *from, *to, in.io.out)
	}
}
