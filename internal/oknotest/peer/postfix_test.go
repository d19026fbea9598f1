package peer_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/app"
	setup "github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/mail"
	"github.com/oknodesk/okno/internal/oknotest/peer"
	"github.com/oknodesk/okno/internal/oknotest/program"
	"github.com/oknodesk/okno/internal/oknotest/traffic"
)

const piped = "piped@desk.example"

// office is the program, run as somebody without rights, between a Postfix
// that brings it letters by LMTP and by a pipe and takes its letters away, and
// a Dovecot that has the customers' mailboxes.
type office struct {
	*program.Program
	postfix *peer.Postfix
	dovecot *peer.Dovecot
	ledger  *program.Ledger
	t       *testing.T
}

func newOffice(t *testing.T) *office {
	t.Helper()
	peer.Need(t)
	d, err := theDovecot()
	must(t, err)
	dir := filepath.Join(home, "office")
	must(t, os.Mkdir(dir, 0o755))
	bin, err := program.Build(t.Context(), dir)
	must(t, err)
	o := &office{dovecot: d, t: t}
	data, socket := filepath.Join(dir, "data"), filepath.Join(dir, "run", "lmtp")
	mailboxes := peer.Way{Transport: "lmtp:inet:" + net.JoinHostPort("127.0.0.1", strconv.Itoa(d.LMTP))}
	o.postfix, err = peer.StartPostfix(mkdir(t, dir, "postfix"), certificate, d, map[string]peer.Way{
		"customer.example": mailboxes,
		program.Admin:      mailboxes,
		"gone.example":     {As: "nobody", Pipe: []string{"/bin/false"}},
		program.Support:    {Transport: "lmtp:unix:" + socket},
		piped:              {As: "nobody", Pipe: []string{bin, "mail", "receive", "--data", data, "--mailbox", "${original_recipient}"}},
	})
	must(t, err)
	t.Cleanup(func() { must(t, o.postfix.Kill()) })
	relay := net.JoinHostPort(peer.Host, strconv.Itoa(o.postfix.Submission))
	o.Program, err = program.New(bin, data, filepath.Join(mkdir(t, dir, "log"), "okno"), relay,
		"--lmtp-listen", "unix:"+socket, "--smtp", fmt.Sprintf("smtp://okno:%s@%s?tls=require", peer.Password, relay))
	must(t, err)
	t.Cleanup(func() { must(t, o.Kill()) })
	nobody, postfix := userOf(t, "nobody"), userOf(t, "postfix")
	o.As = &syscall.Credential{Uid: nobody.uid, Gid: postfix.gid} // whose group may speak to the socket
	o.furnish()
	for _, at := range []string{data, mkdir(t, dir, "run"), filepath.Join(dir, "log")} {
		o.give(at, nobody)
	}
	must(t, o.Start(t.Context()))
	o.ledger, err = o.Ledger()
	must(t, err)
	t.Cleanup(func() { must(t, o.ledger.Close()) })
	return o
}

func mkdir(t *testing.T, dir, name string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	must(t, os.MkdirAll(path, 0o755))
	return path
}

type owner struct{ uid, gid uint32 }

func userOf(t *testing.T, name string) owner {
	t.Helper()
	u, err := user.Lookup(name)
	must(t, err)
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	must(t, err)
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	must(t, err)
	return owner{uint32(uid), uint32(gid)}
}

// give makes a directory with all in it somebody's.
func (o *office) give(dir string, to owner) {
	o.t.Helper()
	must(o.t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chown(path, int(to.uid), int(to.gid))
	}))
}

// furnish sets the installation up with two mailboxes.
func (o *office) furnish() {
	o.t.Helper()
	set := flag.NewFlagSet("okno", flag.ContinueOnError)
	flags := app.AddFlags(set)
	must(o.t, set.Parse([]string{"--data", o.Data, "--lang", "en"}))
	c, err := flags.Load(nil)
	must(o.t, err)
	h, err := app.Open(o.t.Context(), c, slog.New(slog.DiscardHandler), time.Now)
	must(o.t, err)
	defer h.Close()
	ctx := o.t.Context()
	must(o.t, h.Desk.SetUp(ctx, okno.Console(), "", setup.Setup{
		Name: "Ada", Address: program.Admin, Password: program.Password, Company: "Supplier", Support: program.Support, Lang: "en",
	}))
	departments, err := h.Desk.Departments(ctx)
	must(o.t, err)
	must(o.t, h.Desk.SaveMailbox(ctx, okno.Console(), "", okno.Mailbox{Address: piped, Lang: "en"}, departments[0].Ref))
}

// send hands a letter to Postfix, as a customer's program does.
func (o *office) send(to string, l traffic.Letter) {
	o.t.Helper()
	p := &traffic.Peer{To: net.JoinHostPort("127.0.0.1", strconv.Itoa(o.postfix.SMTP))}
	defer p.Close()
	must(o.t, p.Send(l.From, to, l.Bytes()))
}

// count is a number from the installation's database.
func (o *office) count(question string, args ...any) int {
	o.t.Helper()
	n, err := o.ledger.Count(o.t.Context(), question, args...)
	must(o.t, err)
	return n
}

// inbox are the letters that a customer has at the Dovecot.
func (o *office) inbox(user string) []*mail.Letter {
	o.t.Helper()
	c, err := o.dovecot.Open(user)
	must(o.t, err)
	defer c.Close()
	chosen, err := c.Select("INBOX", nil).Wait()
	must(o.t, err)
	if chosen.NumMessages == 0 {
		return nil
	}
	var all imap.SeqSet
	all.AddRange(1, 0)
	body := &imap.FetchItemBodySection{Peek: true}
	found, err := c.Fetch(all, &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{body}}).Collect()
	must(o.t, err)
	var letters []*mail.Letter
	for _, m := range found {
		letters = append(letters, mail.Read(m.FindBodySection(body)))
	}
	return letters
}

// The program's whole life with a mail server: letters come by LMTP, its own
// leave over STARTTLS with a password, and the answer to them comes back.
// What cannot be taken just now waits in the mail server's queue.
func TestPostfixBringsAndTakesLetters(t *testing.T) {
	o := newOffice(t)
	t.Run("there and back", o.thereAndBack)
	t.Run("by the pipe", o.byThePipe)
	t.Run("what comes back is told", o.bounced)
	t.Run("what cannot be taken is put off", o.putOff)
	if t.Failed() {
		log, err := os.ReadFile(o.postfix.Log())
		must(t, err)
		lines := bytes.Split(log, []byte("\n"))
		t.Logf("Postfix said last:\n%s", bytes.Join(lines[max(0, len(lines)-40):], []byte("\n")))
	}
}

func (o *office) thereAndBack(t *testing.T) {
	o.send(program.Support, traffic.Letter{From: "carl@customer.example", ID: "first@customer.example", Subject: "Printer", Text: "It does not print."})
	var confirmation *mail.Letter
	until(t, "Carl has the confirmation", func() bool {
		letters := o.inbox("carl")
		if len(letters) > 0 {
			confirmation = letters[0]
		}
		return confirmation != nil
	})
	if len(confirmation.ReplyTo) != 1 || !strings.HasPrefix(confirmation.ReplyTo[0].Addr, "support+") {
		t.Fatalf("Reply-To %v", confirmation.ReplyTo)
	}
	o.send(confirmation.ReplyTo[0].Addr, traffic.Letter{From: "carl@customer.example", ID: "second@customer.example", Subject: "Re: Printer", Answers: confirmation.MessageID, Text: "Still not."})
	until(t, "his answer has joined", func() bool { return o.count(`SELECT count(*) FROM message WHERE letter > 0`) == 2 })
	if n := o.count(`SELECT count(*) FROM ticket`); n != 1 {
		t.Errorf("%d tickets", n)
	}
}

func (o *office) byThePipe(t *testing.T) {
	// Lines that begin with a point or with "From " reach the pipe as they are.
	o.send(piped, traffic.Letter{From: "dora@customer.example", ID: "piped@customer.example", Subject: "Scanner", Text: "It does not scan.\r\n..two points\r\nFrom here on it is silent."})
	until(t, "the piped letter is a ticket", func() bool {
		return o.count(`SELECT count(*) FROM kept_letter WHERE messageid = 'piped@customer.example' AND source = 'pipe' AND ticket > 0`) == 1
	})
	if n := o.count(`SELECT count(*) FROM kept_letter WHERE source = 'pipe' AND envelopefrom = 'dora@customer.example'`); n != 1 {
		t.Error("the envelope's sender is lost")
	}
}

func (o *office) bounced(t *testing.T) {
	o.send(program.Support, traffic.Letter{From: "fred@gone.example", ID: "gone@gone.example", Subject: "Door", Text: "It squeaks."})
	until(t, "what Postfix says of the confirmation stands on it", func() bool {
		return o.count(`SELECT count(*) FROM letter WHERE recipient = 'fred@gone.example' AND state = 'bounced' AND trouble LIKE '%5.3.0%'`) == 1
	})
}

func (o *office) putOff(t *testing.T) {
	must(t, o.Kill())
	lock, err := app.LockData(o.Data, time.Now()) // as a server does that is just starting
	must(t, err)
	for to, id := range map[string]string{program.Support: "late1@customer.example", piped: "late2@customer.example"} {
		o.send(to, traffic.Letter{From: "erik@customer.example", ID: id, Subject: "Late " + id, Text: "Is anybody there?"})
	}
	until(t, "both letters wait at Postfix", func() bool {
		n, err := o.postfix.Waiting()
		must(t, err)
		return n == 2
	})
	must(t, lock.Release())
	must(t, o.Start(context.WithoutCancel(t.Context())))
	until(t, "both are tickets", func() bool {
		return o.count(`SELECT count(*) FROM kept_letter WHERE messageid LIKE 'late%' AND ticket > 0`) == 2
	})
	until(t, "Erik has his confirmations", func() bool { return len(o.inbox("erik")) == 2 })
	for _, l := range o.inbox("erik") {
		if strings.Contains(l.Subject, "Undelivered") {
			t.Errorf("Erik was told %q", l.Subject)
		}
	}
}
