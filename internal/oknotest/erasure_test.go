package oknotest_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest"
)

// The traces by which a person who wishes to be forgotten is looked for: no
// other word in the test holds one of them.
const (
	oksana  = "oksana.qzvk@qzvk.example"
	renamed = "qzvk-new@qzvk.example"
	phone   = "+375 29 777 13 31"
)

// traces are what must be nowhere afterwards, in small letters.
var traces = []string{"qzvk", "7771331", "777 13 31", "wxjh"}

// forgotten is an installation in which Oksana left traces wherever one can.
type forgotten struct {
	*oknotest.Rig
	t                  *testing.T
	ada, ann, by, dora okno.Actor
	person             okno.Person
	own, others        okno.Number
	letters            int
}

func (f *forgotten) ok(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *forgotten) key() string {
	f.letters++
	return fmt.Sprint("a key of those who are forgotten ", f.letters)
}

// send brings a letter in; its Message-ID says nothing of its writer.
func (f *forgotten) send(from, to string, lines ...string) {
	f.t.Helper()
	f.letters++
	head := []string{"To: " + to, fmt.Sprintf("Message-ID: <letter%d@mail.example>", f.letters), "Date: Fri, 20 Nov 2026 12:00:00 +0000"}
	f.ok(oknotest.Send(f.SMTP, from, to, []byte(strings.Join(append(head, lines...), "\r\n")+"\r\n")))
	f.Settle()
}

func (f *forgotten) upload(by okno.Actor, name, text string) okno.Ref {
	f.t.Helper()
	file, _, err := f.Desk.KeepUpload(f.t.Context(), by, name, strings.NewReader(text), 1<<20)
	f.ok(err)
	return file.Ref
}

// signedIn is a customer who has registered.
func (f *forgotten) signedIn(name, address, phone, browser string) okno.Actor {
	f.t.Helper()
	ctx := f.t.Context()
	f.ok(f.Desk.Register(ctx, desk.Registration{Key: f.key(), Name: name, Address: address, Phone: phone, Password: oknotest.Password, Lang: "en"}))
	link := f.Sink.Letter(address, "/register/").Link(f.t, "/register/")
	token, err := f.Desk.ConfirmRegistration(ctx, link[strings.LastIndex(link, "/")+1:], oknotest.Password, "", browser)
	f.ok(err)
	a, _, err := f.Desk.ActorOf(ctx, token, okno.DoorPortal)
	f.ok(err)
	return a
}

func forget(t *testing.T, r *oknotest.Rig) *forgotten {
	f := &forgotten{Rig: r, t: t, ann: r.Agent(oknotest.Ann), ada: r.Agent(oknotest.Ada)}
	f.ada.Door = okno.DoorAdmin
	ctx := t.Context()
	f.send(oksana, oknotest.Support, "From: Oksana Qzvk <"+oksana+">", "Subject: The wxjh lamp", "MIME-Version: 1.0", `Content-Type: multipart/mixed; boundary="b"`, "",
		"--b", "Content-Type: text/plain", "", "My wxjh lamp is dark.", "", "--b", `Content-Type: text/plain; name="wxjh.txt"`, `Content-Disposition: attachment; filename="wxjh.txt"`, "Content-Transfer-Encoding: base64", "",
		base64.StdEncoding.EncodeToString([]byte("the wxjh list")), "--b--")
	f.own = "100001"
	// A large letter lies as a file, beside those that a row holds.
	f.send(oksana, oknotest.Support, "From: Oksana Qzvk <"+oksana+">", "Subject: Another wxjh", "", strings.Repeat("wxjh "+strings.Repeat("x", 60)+"\r\n", 50))
	// A machine's letter in her name becomes no message; a bounce names her.
	f.send(oksana, oknotest.Support, "From: Oksana Qzvk <"+oksana+">", "Subject: Away wxjh", "Auto-Submitted: auto-replied", "", "I am away.")
	f.by = f.signedIn("Oksana Qzvk", oksana, phone, "Wxjh Browser")
	f.dora = f.signedIn("Dora", oknotest.Dora, "", "Browser")
	f.person = f.whois(oksana)
	f.say(ctx)
	f.Settle()
	f.ok(f.Desk.IndexAll(ctx))
	return f
}

// say has everyone write to both tickets, at the pages.
func (f *forgotten) say(ctx context.Context) {
	add := func(by okno.Actor, n okno.Number, w desk.Words) desk.Written {
		f.t.Helper()
		w.Key, w.Channel = f.key(), okno.ChannelWeb
		m, err := f.Desk.AddMessage(ctx, by, n, w)
		f.ok(err)
		return m
	}
	f.ok(f.Desk.QueueLetters(ctx, []desk.Outgoing{{Letter: okno.Letter{
		Kind: okno.LetterDigest, Origin: "digest", Person: f.ann.Person, From: oknotest.Support, To: oknotest.Ann, MessageID: "digest@desk.example",
		Subject: "New tickets", Shown: "#100001 The wxjh lamp", Bytes: []byte("Subject: New tickets\r\n\r\n#100001 The wxjh lamp\r\n"),
	}}}))
	add(f.ann, f.own, desk.Words{Text: "Is it plugged in?"})
	m := add(f.by, f.own, desk.Words{Text: "It is, says wxjh.", Uploads: []okno.Ref{f.upload(f.by, "wxjh2.txt", "another wxjh list"), f.upload(f.by, "same.txt", "a list that both have")}})
	f.ok(f.Desk.EditMessage(ctx, f.by, f.own, m.Ref, "It really is, says wxjh.", "", 1))
	f.ok(f.Desk.AskCall(ctx, f.by, f.own, desk.CallForm{Key: f.key(), Phone: phone, When: "wxjh o'clock", About: "wxjh"}))
	_, err := f.Desk.AddNote(ctx, f.ann, f.own, desk.Words{Key: f.key(), Text: "A loose plug.", Channel: okno.ChannelWeb})
	f.ok(err)

	o, err := f.Desk.OpenTicket(ctx, f.dora, desk.Opening{Key: f.key(), Channel: okno.ChannelWeb, Subject: "Chair", Text: "It is hard.", Lang: "en", Uploads: []okno.Ref{f.upload(f.dora, "same.txt", "a list that both have")}})
	f.ok(err)
	f.others = o.Number
	add(f.ann, f.others, desk.Words{Text: "Sit on the other one.", Participants: []string{oksana}})
	f.Settle()
	add(f.by, f.others, desk.Words{Text: "Mine is wxjh too."})
	add(f.dora, f.others, desk.Words{Text: "So do I."})
	f.Settle()
	reply := f.Sink.Letter(oknotest.Ann, ", says wxjh").Letter
	f.send(oknotest.Ann, reply.ReplyTo[0].Addr, "From: Ann Agent <"+oknotest.Ann+">", "Subject: Re: [#"+string(f.own)+"] The wxjh lamp", "In-Reply-To: <"+reply.MessageID+">", "", "A new cable is on its way.", "", "On Friday Oksana Qzvk <"+oksana+"> wrote:", "> My wxjh lamp is dark.")

	f.ok(f.Desk.AskAddress(ctx, f.by, oknotest.Password, renamed))
	f.ok(f.Desk.Register(ctx, desk.Registration{Key: f.key(), Name: "Oksana Qzvk", Address: oksana, Password: "another long one", Lang: "en"}))
	f.upload(f.by, "wxjh3.txt", "a wxjh list that waits")
}

func (f *forgotten) whois(address string) okno.Person {
	f.t.Helper()
	found, _, err := f.Desk.People(f.t.Context(), f.ada, address, "")
	f.ok(err)
	if len(found) == 0 {
		return okno.Person{}
	}
	return found[0]
}

// columns are every table's, as "table.column".
func (f *forgotten) columns(tx *db.Tx) []string {
	f.t.Helper()
	sql := `SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`
	if f.DB.Dialect() == db.Postgres {
		sql = `SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = current_schema()`
	}
	all, err := db.Collect(tx, func(row db.Scanner) (s string, err error) { return s, row.Scan(&s) }, sql)
	f.ok(err)
	return all
}

// found are the places, "table.column" or the hash of a file, where a trace is.
func (f *forgotten) found() map[string]int {
	f.t.Helper()
	at := map[string]int{}
	look := func(where string, content []byte) {
		plain, err := unpack.DecodeAll(content, nil) // kept letters are packed
		if err == nil {
			content = plain
		}
		for _, trace := range traces {
			if bytes.Contains(bytes.ToLower(content), []byte(trace)) {
				at[where]++
				return
			}
		}
	}
	f.ok(f.DB.Read(f.t.Context(), func(tx *db.Tx) error {
		clear(at)
		for _, column := range f.columns(tx) {
			table, name, _ := strings.Cut(column, ".")
			cells, err := db.Collect(tx, func(row db.Scanner) ([]byte, error) {
				var cell any
				err := row.Scan(&cell)
				if b, ok := cell.([]byte); ok {
					return b, err
				}
				return fmt.Append(nil, cell), err
			}, `SELECT "`+name+`" FROM "`+table+`"`)
			if err != nil {
				return err
			}
			for _, cell := range cells {
				look(column, cell)
			}
		}
		return nil
	}))
	f.ok(f.Blob.Walk(f.t.Context(), func(b blob.Blob, _ time.Time) error {
		file, err := f.Blob.Open(f.t.Context(), b.Hash)
		if err != nil {
			return err
		}
		defer file.Close()
		content, err := io.ReadAll(file)
		look("file", content)
		return err
	}))
	return at
}

var unpack, _ = zstd.NewReader(nil)

// TestErasingAPersonLeavesNoTraceAndOthersWhole looks into every column of every
// table and every file, before and after.
func TestErasingAPersonLeavesNoTraceAndOthersWhole(t *testing.T) {
	oknotest.Each(t, oknotest.Options{}, func(t *testing.T, r *oknotest.Rig) {
		f := forget(t, r)
		before := f.found()
		for _, where := range []string{"person.name", "address.folded", "registration.folded", "address_change.folded", "message.body", "message_version.body", "file.name", "file",
			"call.phone", "ticket.subject", "ticket.lastword", "kept_letter.raw", "kept_letter.envelopefrom", "letter.recipient", "letter.shown", "session.agent", "search_word.word"} {
			if before[where] == 0 {
				t.Errorf("the test leaves no trace in %s", where)
			}
		}
		history := f.history()
		f.ok(f.Desk.ErasePerson(t.Context(), f.ada, f.person.Ref, strings.ToUpper(oksana), f.whois(oksana).Version))
		if p := f.whois(oksana); p.ID != 0 {
			t.Error("she is found while her words are being erased")
		}
		f.Settle()
		r.Clock.Advance(desk.SecondLook + time.Minute)
		f.Settle()
		if after := f.found(); len(after) > 0 {
			t.Errorf("traces are left: %v", after)
		}
		f.overwritten()
		f.othersAreWhole(history)
		f.isForgotten()
	})
}

// overwritten waits until SQLite's file itself, freed pages too, has no trace;
// its log is written over as writing goes on.
func (f *forgotten) overwritten() {
	f.t.Helper()
	if f.DB.Dialect() != db.SQLite {
		return
	}
	left := ""
	for begun := time.Now(); time.Since(begun) < time.Minute; {
		file, err := os.ReadFile(filepath.Join(f.Config.Data, "okno.db"))
		f.ok(err)
		file, left = bytes.ToLower(file), ""
		for _, trace := range traces {
			if bytes.Contains(file, []byte(trace)) {
				left = trace
			}
		}
		if left == "" {
			return
		}
	}
	f.t.Errorf("%s stands in the database's file", left)
}

// history is how the event tables stood.
func (f *forgotten) history() (events int) {
	f.t.Helper()
	f.ok(f.DB.Read(f.t.Context(), func(tx *db.Tx) (err error) {
		events, err = db.First(tx, func(row db.Scanner) (n int, err error) { return n, row.Scan(&n) }, `SELECT COUNT(*) FROM event`)
		return err
	}))
	return events
}

func (f *forgotten) othersAreWhole(before int) {
	f.t.Helper()
	ctx := f.t.Context()
	if now := f.history(); now <= before {
		f.t.Errorf("%d facts of %d are left", now, before)
	}
	own, err := f.Desk.Ticket(ctx, f.ann, f.own, 0)
	f.ok(err)
	said := ""
	for _, m := range own.Messages {
		if said += m.Text + "|"; m.Side == okno.SideCustomer && m.Deleted.IsZero() {
			f.t.Errorf("her message stands: %q", m.Text)
		}
	}
	for _, words := range []string{"Is it plugged in?", "A loose plug.", "A new cable is on its way."} {
		if !strings.Contains(said, words) {
			f.t.Errorf("an agent's words are gone: %q is not in %q", words, said)
		}
	}
	if own.Person(f.person.ID).Erased.IsZero() || own.Ticket.Subject != "" {
		f.t.Errorf("her ticket says %q and does not say that she was erased", own.Ticket.Subject)
	}
	if own.OpenCall() != nil {
		f.t.Error("somebody is to phone her")
	}
	others, err := f.Desk.Ticket(ctx, f.dora, f.others, 0)
	f.ok(err)
	if others.Ticket.Subject != "Chair" || others.Ticket.LastWord != "So do I." || others.Messages[0].Text != "It is hard." {
		f.t.Errorf("Dora's ticket says %q, %q, %q", others.Ticket.Subject, others.Ticket.LastWord, others.Messages[0].Text)
	}
	_, file, err := f.Desk.OpenFile(ctx, f.dora, others.Messages[0].Files[0].Ref)
	f.ok(err)
	defer file.Close()
	if content, err := io.ReadAll(file); err != nil || string(content) != "a list that both have" {
		f.t.Errorf("the file that both had is %q, %v", content, err)
	}
}

// isForgotten tries every way in; a letter from her makes a new person.
func (f *forgotten) isForgotten() {
	f.t.Helper()
	ctx := f.t.Context()
	if _, err := f.Desk.SignIn(ctx, oksana, oknotest.Password, "", "test"); okno.ReasonOf(err) == "" {
		f.t.Errorf("she signs in: %v", err)
	}
	f.Sink.Forget()
	f.send(oksana, oknotest.Support, "From: Oksana Qzvk <"+oksana+">", "Subject: Once more", "", "It is dark again.")
	f.Sink.Letter(oksana, "100004")
	if p := f.whois(oksana); p.ID == 0 || p.ID == f.person.ID {
		f.t.Errorf("her later letter is person %d's, who was %d", p.ID, f.person.ID)
	}
	if err := f.Desk.ErasePerson(ctx, f.ada, f.person.Ref, oksana, 1); okno.ReasonOf(err) != okno.Conflict {
		f.t.Errorf("erased once more: %v", err)
	}
}
