package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"github.com/oknodesk/okno/internal/app"
)

func seed(fs *flag.FlagSet) func(context.Context, invocation) error {
	var o app.SeedOptions
	fs.IntVar(&o.Tickets, "tickets", 10_000, "how many tickets are made")
	fs.IntVar(&o.Messages, "messages", 3, "messages of a ticket, on average")
	fs.Uint64Var(&o.Seed, "seed", 1, "the same number makes the same content")
	fs.BoolVar(&o.More, "more", false, "add to the tickets that are there")
	return func(ctx context.Context, in invocation) error {
		begun := time.Now()
		o.Now = begun.UTC().Truncate(time.Hour)
		said := begun
		o.Progress = func(tickets int) {
			if time.Since(said) > 5*time.Second {
				said = time.Now()
				fmt.Fprintf(in.io.err, "%d tickets, %.0f a second\n", tickets, float64(tickets)/time.Since(begun).Seconds())
			}
		}
		made, err := app.Seed(ctx, in.config, logTo(in.config, in.io.err), o)
		if err != nil && made != nil {
			fmt.Fprintf(in.io.err, "cut short; %d tickets with %d messages were made\n", made.Tickets, made.Messages)
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(in.io.out, "%d tickets with %d messages, %.0f tickets a second\n", made.Tickets, made.Messages, float64(made.Tickets)/time.Since(begun).Seconds())
		fmt.Fprintf(in.io.out, "Who may come in, once okno person reset has made him a link:\n  agent                         %s\n  agent of a small department   %s\n  customer with most tickets    %s\n  customer with fewer           %s\n",
			made.Agents[0], made.Agents[len(made.Agents)-1], made.Customers[0], made.Customers[len(made.Customers)-1])
		return nil
	}
}
