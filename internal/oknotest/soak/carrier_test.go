package soak

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/oknodesk/okno/internal/oknotest/program"
	"github.com/oknodesk/okno/internal/oknotest/traffic"
)

// deliver hands letters over by LMTP, some of which answer the one before.
func (m *mixed) deliver() {
	first := m.next.Add(1)
	random := rand.New(rand.NewPCG(uint64(first), 2))
	at := int(first)
	var to traffic.LMTP
	defer to.Close()
	var before piece
	for m.stopped.Err() == nil {
		p, raw := m.letter("lmtp", before, random)
		if !m.insist(func() error {
			to.To = m.lmtp[m.processes[at%len(m.processes)]]
			err := to.Send(p.from, program.Support, raw)
			if err != nil {
				at++
			}
			return err
		}) {
			return
		}
		m.keep(p)
		before = p
		m.rest()
	}
}

// append lays letters into the mailbox that is fetched.
func (m *mixed) append() {
	box, err := m.dovecot.Open("box")
	if err != nil {
		m.Error(err)
		return
	}
	defer box.Close()
	random := rand.New(rand.NewPCG(uint64(m.next.Add(1)), 3))
	var before piece
	for m.stopped.Err() == nil {
		p, raw := m.letter("imap", before, random)
		if err := lay(box, raw); err != nil {
			m.Error(err)
			return
		}
		m.keep(p)
		before = p
		m.rest()
	}
}

func lay(box *imapclient.Client, raw []byte) error {
	put := box.Append("INBOX", int64(len(raw)), nil)
	_, err := put.Write(raw)
	if err = errors.Join(err, put.Close()); err != nil {
		return err
	}
	_, err = put.Wait()
	return err
}

// letter is the next one of its way: every third answers the one before.
func (m *mixed) letter(way string, before piece, random *rand.Rand) (piece, []byte) {
	n := m.next.Add(1)
	p := piece{token: fmt.Sprint(way, n), from: fmt.Sprintf("%s.%d@customer.example", way, n), opens: true}
	l := traffic.Letter{Subject: fmt.Sprintf("Router %d", n), ID: fmt.Sprintf("%s.%d@customer.example", way, n)}
	if before.letter != "" && random.IntN(3) == 0 {
		p.opens, p.from, l.Answers, l.Subject = false, before.from, before.letter, "Re: router"
	}
	if random.IntN(20) == 0 {
		p.file = noise(random)
		l.File, l.FileName = p.file, "trace.bin"
	}
	p.letter, l.From, l.Text = l.ID, p.from, p.token+" blinks red."
	return p, l.Bytes()
}
