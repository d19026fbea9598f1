package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/oknodesk/okno/internal/app"
)

// logTo is the program's log: standard error, never with a secret in it.
func logTo(c *app.Config, w io.Writer) *slog.Logger {
	o := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

func serve(*flag.FlagSet) func(context.Context, invocation) error {
	return func(ctx context.Context, in invocation) error {
		return app.Serve(ctx, in.config, logTo(in.config, in.io.err), time.Now, in.io.out)
	}
}

func setup(fs *flag.FlagSet) func(context.Context, invocation) error {
	var s app.SetupOptions
	fs.StringVar(&s.Name, "name", "", "the administrator's name")
	fs.StringVar(&s.Address, "email", "", "the administrator's address, also the login")
	file := fs.String("password-file", "", "file whose first line is the administrator's password; - is standard input")
	fs.StringVar(&s.Company, "company", "", "name of the company that answers")
	fs.StringVar(&s.Product, "product", "", "name that pages and letters bear")
	fs.StringVar(&s.Support, "support-address", "", "address of the first mailbox")
	return func(ctx context.Context, in invocation) error {
		password, err := firstLine(*file, in.io.in)
		if err != nil {
			return &app.Refusal{Exit: app.ExitUsage, Text: "--password-file: " + err.Error()}
		}
		s.Password, s.Lang = password, in.config.Lang
		if err := app.Setup(ctx, in.config, logTo(in.config, in.io.err), s); err != nil {
			return err
		}
		fmt.Fprintf(in.io.out, "%s may sign in; letters to %s become tickets.\n", s.Address, s.Support)
		return nil
	}
}

// firstLine reads a secret that must not stand on a command line.
func firstLine(file string, stdin io.Reader) (string, error) {
	if file == "" {
		return "", fmt.Errorf("name the file, or - for standard input")
	}
	from := stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return "", err
		}
		defer f.Close()
		from = f
	}
	b, err := io.ReadAll(io.LimitReader(from, 64<<10))
	line, _, _ := strings.Cut(string(b), "\n")
	return strings.TrimSuffix(line, "\r"), err
}

func receive(fs *flag.FlagSet) func(context.Context, invocation) error {
	mailbox := fs.String("mailbox", "", "address the letter is for: a mailbox, or one of its reply addresses")
	return func(ctx context.Context, in invocation) error {
		if *mailbox == "" {
			return &app.Refusal{Exit: app.ExitUsage, Text: "--mailbox is missing"}
		}
		exit, err := app.Receive(ctx, in.config, logTo(in.config, in.io.err), *mailbox, in.io.in)
		if exit != 0 {
			return &app.Refusal{Exit: exit, Text: err.Error()}
		}
		return nil
	}
}

func resetPerson(*flag.FlagSet) func(context.Context, invocation) error {
	return func(ctx context.Context, in invocation) error {
		if len(in.rest) != 1 {
			return &app.Refusal{Exit: app.ExitUsage, Text: "name one address or login"}
		}
		link, err := app.ResetPerson(ctx, in.config, logTo(in.config, in.io.err), in.rest[0])
		if err != nil {
			return err
		}
		fmt.Fprintln(in.io.out, link)
		return nil
	}
}
