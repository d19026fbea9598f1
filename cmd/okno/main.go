// Command okno is the help desk: the server and what is done to it from a console.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/oknodesk/okno/internal/app"
)

// command is one row of what okno understands. Every command takes every option.
type command struct {
	words string // "serve", "mail receive"
	line  string // what it does
	args  string // what it wants besides options, for the usage line
	// begin adds the command's own flags and returns what runs it; rest are the
	// arguments that are not flags.
	begin func(fs *flag.FlagSet) func(ctx context.Context, in invocation) error
}

// invocation is a command about to run.
type invocation struct {
	config *app.Config
	rest   []string
	io     stdio
}

type stdio struct {
	in       io.Reader
	out, err io.Writer
}

var commands = []command{
	{words: "serve", line: "run the help desk", begin: serve},
	{words: "setup", line: "make the first administrator and the support mailbox without a browser", begin: setup},
	{words: "mail receive", line: "take one letter from a mail server's pipe", begin: receive},
	{words: "mail inspect", line: "say in JSON what is read of a letter", args: "[FILE]", begin: inspect},
	{words: "person reset", line: "print a one-time link to a new password", args: "ADDRESS", begin: resetPerson},
	{words: "backup", line: "keep the whole installation in one file, also while it runs", begin: makeBackup},
	{words: "restore", line: "make an installation of such a file", begin: restore},
	{words: "seed", line: "fill an installation with sample tickets, to try it at size", begin: seed},
	{words: "db copy", line: "carry all rows from one database to another, SQLite or PostgreSQL", begin: copyDB},
	{words: "blob copy", line: "put every attachment of one store into another that lacks it", begin: copyFiles},
	{words: "doctor", line: "look at everything the installation needs, and say what to do", begin: doctor},
	{words: "ready", line: "ask the running server whether it can do its work", begin: ready},
	{words: "config", line: "print every option, its meaning, its value and where that came from", begin: config},
	{words: "version", line: "print the version", begin: version},
}

func main() {
	paceCollector()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	code := run(ctx, os.Args[1:], os.Environ(), stdio{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// run is the whole program but for the process around it; it returns the exit code.
func run(ctx context.Context, args, environ []string, io stdio) int {
	if len(args) == 0 || slices.Contains([]string{"help", "-h", "-help", "--help"}, args[0]) {
		usage(io.out)
		return 0
	}
	cmd, args, ok := find(args)
	if !ok {
		fmt.Fprintf(io.err, "okno: there is no command %q; okno help lists them\n", strings.Join(args, " "))
		return app.ExitUsage
	}
	fs := flag.NewFlagSet("okno "+cmd.words, flag.ContinueOnError)
	fs.SetOutput(io.err)
	fs.Usage = func() {
		fmt.Fprintf(io.err, "usage: okno %s [options] %s\n%s\n\n", cmd.words, cmd.args, cmd.line)
		fs.PrintDefaults()
	}
	options := app.AddFlags(fs)
	begun := cmd.begin(fs)
	rest, err := parse(fs, args)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		return app.ExitUsage
	}
	if cmd.args == "" && len(rest) > 0 {
		fmt.Fprintf(io.err, "okno %s: what is %q?\n", cmd.words, rest[0])
		return app.ExitUsage
	}
	cfg, err := options.Load(environ)
	if err != nil {
		fmt.Fprintf(io.err, "okno %s:\n%v\n", cmd.words, err)
		return app.ExitConfig
	}
	return exit(cmd, begun(ctx, invocation{cfg, rest, io}), io.err)
}

// exit turns what a command came to into words and the exit code.
func exit(cmd command, err error, w io.Writer) int {
	if err == nil {
		return 0
	}
	fmt.Fprintf(w, "okno %s: %v\n", cmd.words, err)
	var refusal *app.Refusal
	if errors.As(err, &refusal) {
		return refusal.Exit
	}
	return 1
}

// find takes the words of a command off the front of args.
func find(args []string) (command, []string, bool) {
	for _, cmd := range commands {
		words := strings.Fields(cmd.words)
		if len(args) >= len(words) && slices.Equal(args[:len(words)], words) {
			return cmd, args[len(words):], true
		}
	}
	return command{}, args, false
}

// parse lets flags and other arguments stand in any order.
func parse(fs *flag.FlagSet, args []string) (rest []string, err error) {
	for len(args) > 0 {
		if err := fs.Parse(args); err != nil {
			return nil, err
		}
		if fs.NArg() == 0 {
			break
		}
		rest = append(rest, fs.Arg(0))
		args = fs.Args()[1:]
	}
	return rest, nil
}

func usage(w io.Writer) {
	fmt.Fprint(w, "okno is a help desk.\n\nusage: okno COMMAND [options]\n\n")
	for _, cmd := range commands {
		fmt.Fprintf(w, "  %-14s %s\n", cmd.words, cmd.line)
	}
	fmt.Fprint(w, "\nokno COMMAND --help lists the options; each may also stand in the environment\nor in a file: see okno config.\n")
}
