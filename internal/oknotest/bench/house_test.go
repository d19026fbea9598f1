package main

import (
	"context"
	"flag"
	"net/http/cookiejar"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/oknotest"
	"github.com/oknodesk/okno/internal/oknotest/program"
	"github.com/oknodesk/okno/internal/oknotest/traffic"
)

// These run the house in this process, to be looked into with -cpuprofile. A
// ticket is one with all its letters written and gone, but for the lists that
// agents get later.

var database = flag.String("database", "sqlite", "what the house stands on: sqlite or postgres")

func start(b *testing.B) *oknotest.Rig {
	o := oknotest.Options{Args: []string{"--trusted-relay", program.Relay + "=127.0.0.1/32", "--trusted-proxies", "127.0.0.1/32"}}
	if *database == "postgres" {
		o.DB = dbtest.Postgres(b)
	}
	return oknotest.Start(b, o)
}

func BenchmarkTicketByForm(b *testing.B)   { benchmarkTickets(b, ways[0]) }
func BenchmarkTicketByLetter(b *testing.B) { benchmarkTickets(b, ways[1]) }

// BenchmarkTicketByLargeLetter is for letters with a file of 200 KB.
func BenchmarkTicketByLargeLetter(b *testing.B) {
	benchmarkTickets(b, way{"SMTP", func(w *world) (func(context.Context) error, func()) {
		peer := &traffic.Peer{To: w.SMTP}
		return func(context.Context) error {
			l := letterWith(serial.Add(1), withFile)
			return peer.Send(l.From, program.Support, l.Bytes())
		}, peer.Close
	}})
}

func benchmarkTickets(b *testing.B, by way) {
	r := start(b)
	s, err := r.Desk.Settings(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	s.JoinMinutes = okno.DefaultJoin // as it is at first: agents get lists of so many tickets
	if err := r.Desk.SaveSettings(b.Context(), okno.Console(), s); err != nil {
		b.Fatal(err)
	}
	w := &world{Program: &program.Program{Pages: r.URL[len("http://"):], SMTP: r.SMTP}}
	b.ResetTimer()
	b.SetParallelism(8)
	b.RunParallel(func(p *testing.PB) {
		do, end := by.sender(w)
		defer end()
		for p.Next() {
			if err := do(context.Background()); err != nil {
				b.Error(err)
			}
		}
	})
	r.Settle()
}

func BenchmarkAgentList(b *testing.B)   { benchmarkPage(b, "/desk") }
func BenchmarkAgentTicket(b *testing.B) { benchmarkPage(b, "/desk/tickets/100060") }

// benchmarkPage has an agent look at a page of a desk with sixty tickets.
func benchmarkPage(b *testing.B, path string) {
	r := start(b)
	w := &world{Program: &program.Program{Pages: r.URL[len("http://"):], SMTP: r.SMTP}}
	do, end := ways[0].sender(w)
	defer end()
	for range 60 {
		if err := do(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	r.Settle()
	browser := traffic.NewBrowser(r.URL, 1)
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	browser.HTTP.Jar = jar
	form := traffic.Form{Fields: [][2]string{{"login", oknotest.Ann}, {"password", oknotest.Password}}}
	if status, page, err := browser.Submit(b.Context(), "/login", form, ""); err != nil || status != 303 {
		b.Fatalf("%d %v\n%s", status, err, page)
	}
	for b.Loop() {
		if status, _, err := browser.Get(b.Context(), path); err != nil || status != 200 {
			b.Fatal(status, err)
		}
	}
}
