package main

import (
	"context"
	"flag"
	"fmt"
	"runtime/debug"
)

func config(*flag.FlagSet) func(context.Context, invocation) error {
	return func(_ context.Context, in invocation) error { return in.config.Print(in.io.out) }
}

func version(*flag.FlagSet) func(context.Context, invocation) error {
	return func(_ context.Context, in invocation) error {
		text := "unknown"
		if info, ok := debug.ReadBuildInfo(); ok {
			text = info.Main.Version + " " + info.GoVersion
		}
		_, err := fmt.Fprintln(in.io.out, "okno", text)
		return err
	}
}
