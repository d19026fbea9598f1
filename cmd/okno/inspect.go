package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"github.com/oknodesk/okno/internal/app"
)

// inspect shows what is read of the letter in a file, else of the one on the
// standard input.
func inspect(*flag.FlagSet) func(context.Context, invocation) error {
	return func(_ context.Context, in invocation) error {
		switch len(in.rest) {
		case 0:
			return app.Inspect(in.config, in.io.in, in.io.out)
		case 1:
		default:
			return &app.Refusal{Exit: app.ExitUsage, Text: "name one file, or none"}
		}
		file, err := os.Open(in.rest[0])
		if err != nil {
			return fmt.Errorf("open the letter: %w", err)
		}
		defer file.Close()
		return app.Inspect(in.config, file, in.io.out)
	}
}
