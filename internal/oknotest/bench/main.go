// Command bench measures the running program from outside, beside what the
// machine itself can do in the same sitting, and prints tables in Markdown. It
// stands on two feet: the program is a process of its own, and this one is all
// the world around it, whose processor time is told apart.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/oknotest/program"
)

// plan is what is measured, for how long.
type plan struct {
	burst, sustained, pages time.Duration
	tickets                 []int
	keep                    string // where seeded installations are kept; "": nowhere
	atOnce                  []int
	clients                 int  // that read the pages of sizes at once
	writing                 bool // while forms are sent

	live                        time.Duration
	customers, agents, messages int // messages a second
}

func main() {
	p := plan{atOnce: []int{1, 8, 64}, tickets: []int{10_000}}
	flag.DurationVar(&p.burst, "burst", 10*time.Second, "length of a burst")
	flag.DurationVar(&p.sustained, "sustained", time.Minute, "length of a run in which letters leave as fast as requests come")
	flag.DurationVar(&p.pages, "pages", 5*time.Second, "length of a run over pages")
	flag.Func("senders", "senders or readers at once (with commas between; 1,8,64)", numbers(&p.atOnce))
	flag.Func("tickets", "tickets there when pages are measured (with commas between for several installations; 10000)", numbers(&p.tickets))
	flag.StringVar(&p.keep, "keep", "", "directory that keeps seeded installations, and PostgreSQL's server, from one sitting to the next, with what is added to them")
	flag.IntVar(&p.clients, "clients", 1, "clients at once that read the pages of the sizes")
	flag.BoolVar(&p.writing, "writing", false, "read the pages of the sizes while 8 senders fill in forms as fast as they are answered")
	flag.DurationVar(&p.live, "live", 30*time.Second, "length of a conversation while very many pages are open")
	flag.IntVar(&p.customers, "customers", 9900, "customers with an open page")
	flag.IntVar(&p.agents, "agents", 100, "agents with an open page")
	flag.IntVar(&p.messages, "messages", 20, "messages a second in that conversation")
	database := flag.String("db", "sqlite", "what is measured on: sqlite, or postgres on a server of its own")
	only := flag.String("only", "", "measure only this: tickets, letters, pages, sizes, backup or live (with commas between; nothing: all)")
	plain := flag.Int("plain", 0, "only serve so many bytes with net/http, for comparison")
	write := flag.String("write", "", "file that takes the tables too, below its line \""+figures+"\"")
	flag.Parse()
	debug.SetGCPercent(400) // our own part of the processors is missing to the program
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, p, *database, *only, *plain, *write)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// numbers reads a list with commas between.
func numbers(into *[]int) func(string) error {
	return func(s string) error {
		*into = nil
		for one := range strings.SplitSeq(s, ",") {
			n, err := strconv.Atoi(one)
			if err != nil || n < 1 {
				return fmt.Errorf("%q is no number", one)
			}
			*into = append(*into, n)
		}
		return nil
	}
}

func run(ctx context.Context, p plan, database, only string, plain int, write string) (err error) {
	if plain > 0 {
		return servePlain(ctx, plain)
	}
	dir, err := os.MkdirTemp("", "okno-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{plan: p, dir: dir}
	switch database {
	case "sqlite":
	case "postgres":
		if p.keep != "" {
			b.keep = filepath.Join(p.keep, "postgres")
		}
		if b.server, err = dbtest.StartDurable(b.keep); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, b.server.Stop()) }()
	default:
		return fmt.Errorf("%q is no database: sqlite or postgres", database)
	}
	if b.bin, err = program.Build(ctx, dir); err != nil {
		return err
	}
	var out io.Writer = os.Stdout
	if write != "" {
		page, err := openFigures(write)
		if err != nil {
			return err
		}
		defer page.Close()
		out = io.MultiWriter(os.Stdout, page)
	}
	b.out = out
	if err := b.machine(ctx); err != nil {
		return err
	}
	parts := []struct {
		name string
		run  func(context.Context) error
	}{{"tickets", b.creations}, {"letters", b.letters}, {"pages", b.readings}, {"sizes", b.sizes}, {"backup", b.backups}, {"live", b.liveness}}
	for _, part := range parts {
		if only != "" && !slices.Contains(strings.Split(only, ","), part.name) {
			continue
		}
		if err := part.run(ctx); err != nil {
			return err
		}
	}
	return nil
}

// bench is one sitting.
type bench struct {
	plan
	dir, bin string
	out      io.Writer
	fsyncs   float64         // a second
	server   *dbtest.Durable // nil: SQLite
	worlds   int
	made     *atomic.Int64 // tickets that were made while pages are read; nil: nobody writes
}

func (b *bench) say(format string, args ...any) { fmt.Fprintf(b.out, format+"\n", args...) }
