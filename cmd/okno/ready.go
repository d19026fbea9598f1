package main

import (
	"context"
	"flag"
	"fmt"

	"github.com/oknodesk/okno/internal/app"
)

func ready(*flag.FlagSet) func(context.Context, invocation) error {
	return func(ctx context.Context, in invocation) error {
		said, err := app.Ready(ctx, in.config)
		fmt.Fprint(in.io.out, said)
		return err
	}
}
