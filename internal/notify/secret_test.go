package notify_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/mail"
)

func TestAnUnprovenFormGetsNoneOfItsTextMailed(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		o, err := r.OpenTicket(r.ctx(), okno.Nobody("en"), desk.Opening{
			Key: r.key(), Name: "Buy Pills", Address: "victim@elsewhere.example", Channel: okno.ChannelWeb, Subject: "Cheap pills", Text: "At https://pills.example/", Lang: "en",
		})
		must(t, err)
		l := to(t, r.letters(), "victim@elsewhere.example")
		for _, typed := range []string{"Pills", "pills"} {
			for part, text := range map[string]string{"header": l.raw[:strings.Index(l.raw, "\r\n\r\n")], "text": l.read.Text, "HTML": l.read.HTML, "subject": l.read.Subject, "name": l.read.To[0].Name} {
				if strings.Contains(text, typed) {
					t.Errorf("the %s repeats what was typed: %q", part, text)
				}
			}
		}
		if l.Subject != "[#100001] Your ticket" {
			t.Errorf("subject %q", l.Subject)
		}
		_, err = r.AddMessage(r.ctx(), r.ann, o.Number, desk.Words{Key: r.key(), Text: "We sell none.", Channel: okno.ChannelWeb})
		must(t, err)
		if answer := to(t, r.letters(), "victim@elsewhere.example"); answer.Subject != l.Subject {
			t.Errorf("the answer's subject is %q", answer.Subject)
		}
	})
}

func TestAnUnprovenAddressIsConfirmedThreeTimesAnHour(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		count := func() (n int) {
			for range 5 {
				r.byForm("en", "victim@elsewhere.example", "Lamp", "Dark.")
			}
			for _, l := range r.letters() {
				if l.Kind == okno.LetterConfirmation {
					n++
				}
			}
			return n
		}
		if n := count(); n != 3 {
			t.Errorf("%d letters, want 3", n)
		}
		r.pass(61 * time.Minute)
		if n := count(); n != 3 {
			t.Errorf("%d letters an hour later, want 3", n)
		}
	})
}

func TestR21TheRightPairGetsALink(t *testing.T) {
	each(t, "ru", func(t *testing.T, r *rig) {
		o := r.byForm("ru", "carl@customer.example", "Лампа", "Не горит.")
		r.letters()
		for range 4 {
			must(t, r.RequestAccess(r.ctx(), "ru", "Carl@Customer.example", string(o.Number)))
		}
		letters := r.letters()
		if len(letters) != 3 {
			t.Fatalf("%d letters, want 3 in an hour", len(letters))
		}
		l := letters[0]
		if l.Kind != okno.LetterAccess || !strings.Contains(l.read.Text, "#100001") {
			t.Errorf("%s: %q", l.Kind, l.read.Text)
		}
		trade, err := r.TradeLink(r.ctx(), tokenIn(t, l), "", "test")
		must(t, err)
		if trade.Number != o.Number {
			t.Errorf("the link leads to %s", trade.Number)
		}
		r.pass(time.Hour)
		if _, err := r.TradeLink(r.ctx(), tokenIn(t, l), "", "test"); err != desk.Expired {
			t.Errorf("after an hour: %v", err)
		}
	})
}

func TestR22AWrongPairGetsNoLetterAndIsNotNamed(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		o := r.byForm("en", "carl@customer.example", "Lamp", "Dark.")
		r.letters()
		must(t, r.RequestAccess(r.ctx(), "en", "eve@stranger.example", string(o.Number)))
		must(t, r.RequestAccess(r.ctx(), "en", "ann@desk.example", string(o.Number)))
		must(t, r.RequestAccess(r.ctx(), "en", "carl@customer.example", "999999"))
		if got := list(r.letters()); got != "" {
			t.Errorf("letters: %s", got)
		}
		log := r.logged()
		if !strings.Contains(log, "wrong pair") || strings.Contains(log, "stranger.example") || strings.Contains(log, "999999") {
			t.Errorf("the log says %s", log)
		}
	})
}

func TestSecretsStandOnlyInTheLetter(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		ctx := r.ctx()
		o := r.byForm("en", "carl@customer.example", "Lamp", "Dark.")
		confirmation := to(t, r.letters(), "carl@customer.example")
		must(t, r.RequestAccess(ctx, "en", "carl@customer.example", string(o.Number)))
		must(t, r.SetStatus(ctx, r.ann, o.Number, okno.StatusDone, okno.Hold{}, 0))
		roles, err := r.Roles(ctx, r.ada)
		must(t, err)
		must(t, r.AddAgent(ctx, r.ada, r.key(), desk.AgentForm{Name: "New Agent", Address: "new@desk.example", Role: roles[0].Ref}))
		letters := append(r.letters(), confirmation)
		if len(letters) != 4 {
			t.Fatalf("letters: %s", list(letters))
		}
		rows := r.everything()
		for _, l := range letters {
			token := tokenIn(t, l)
			if strings.Contains(l.Shown, token) || !strings.Contains(l.Shown, "/…") {
				t.Errorf("%s: shown is %q", l.Kind, l.Shown)
			}
			if strings.Contains(rows, token) {
				t.Errorf("%s: the token stands in the database", l.Kind)
			}
			if strings.Contains(r.logged(), token) {
				t.Errorf("%s: the token stands in the log", l.Kind)
			}
			if len(l.read.ReplyTo) > 0 && (strings.Contains(l.Shown, l.read.ReplyTo[0].Addr) || strings.Contains(rows, l.read.ReplyTo[0].Addr)) {
				t.Errorf("%s: the reply address stands outside the letter", l.Kind)
			}
		}
		if !strings.Contains(rows, "carl@customer.example") {
			t.Error("the rows were not read")
		}
	})
}

// everything is what the database holds of letters, links, facts and duties.
func (r *rig) everything() string {
	r.t.Helper()
	var out strings.Builder
	for table, columns := range map[string]string{
		"letter": "sender recipient folded subject messageid origin trouble answer shown sealed", "link": "hash", "event": "data",
		"job": "payload reason", "thread": "messageid", "ticket": "subject", "message": "body html", "session": "hash",
	} {
		for column := range strings.FieldsSeq(columns) {
			out.WriteString(r.column(table, column))
		}
	}
	return out.String()
}

func TestR35R36R38TheInvitation(t *testing.T) {
	each(t, "ru", func(t *testing.T, r *rig) {
		roles, err := r.Roles(r.ctx(), r.ada)
		must(t, err)
		must(t, r.AddAgent(r.ctx(), r.ada, r.key(), desk.AgentForm{Name: "Новый", Address: "new@desk.example", Role: roles[0].Ref}))
		l := to(t, r.letters(), "new@desk.example")
		for _, words := range []string{
			"Добрый день!", "Для вас был создан аккаунт в тикет системе.", "Логин: new@desk.example", "Пароль: ",
			"Это автоматическое уведомление. Пожалуйста, не отвечайте на него.",
		} {
			if !strings.Contains(l.read.Text, words) || !strings.Contains(l.read.HTML, words) {
				t.Errorf("%q is missing in %q", words, l.read.Text)
			}
		}
		if !strings.Contains(l.read.HTML, ">Войти в тикет систему</a>") || !strings.Contains(linkIn(t, l), "/entry/") {
			t.Errorf("the link is missing: %s", l.read.HTML)
		}
		e, err := r.Entry(r.ctx(), tokenIn(t, l))
		must(t, err)
		if !e.First || e.Login != "new@desk.example" {
			t.Errorf("the link leads to %+v", e)
		}
	})
}

func TestWrittenAgainTheLetterKeepsItsNameAndIsQueuedOnce(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		r.byForm("en", "carl@customer.example", "Lamp", "Dark.")
		first := to(t, r.letters(), "carl@customer.example")
		must(t, r.again(first.Event))
		if got := list(r.letters()); got != "" {
			t.Errorf("told twice: %s", got)
		}
		if _, err := r.TradeLink(r.ctx(), tokenIn(t, first), "", "test"); err != nil {
			t.Errorf("the first letter's link: %v", err)
		}
	})
}

func TestFilesGoWithTheAnswerUnlessTheyAreTooLarge(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		ctx := r.ctx()
		ada := r.enter("ada@desk.example", okno.DoorWorkspace)
		o := r.byLetter(okno.Proven, "en", lampLetter)
		r.letters()
		var refs []okno.Ref
		for _, f := range []struct {
			name string
			size int
		}{{"bulb.txt", 10}, {"film.bin", 21 << 20}, {"plan.bin", 1 << 20}} {
			kept, _, err := r.KeepUpload(ctx, ada, f.name, strings.NewReader(strings.Repeat("x", f.size)), 50<<20)
			must(t, err)
			refs = append(refs, kept.Ref)
		}
		_, err := r.AddMessage(ctx, ada, o.Number, desk.Words{Key: r.key(), Text: "See here.", Channel: okno.ChannelWeb, Uploads: refs})
		must(t, err)
		l := to(t, r.letters(), "carl@customer.example")
		var names []string
		for _, a := range l.read.Attachments {
			names = append(names, fmt.Sprint(a.Name, " ", len(a.Content)))
		}
		if got := strings.Join(names, ", "); got != "bulb.txt 10, plan.bin 1048576" {
			t.Errorf("attached: %s", got)
		}
		if !strings.Contains(l.read.Text, "- film.bin (21\u00a0MB)") {
			t.Errorf("the large file is not named: %q", l.read.Text)
		}
	})
}

func TestAPictureInTheAnswerStandsInTheLetter(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		ctx := r.ctx()
		ada := r.enter("ada@desk.example", okno.DoorWorkspace)
		o := r.byLetter(okno.Proven, "en", lampLetter)
		r.letters()
		kept, _, err := r.KeepUpload(ctx, ada, "dot.gif", strings.NewReader("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"), 1<<20)
		must(t, err)
		page := `<p>Here: <img src="/files/` + string(kept.Ref) + `/inline" alt="dot"> and <img src="/files/unknown/inline"></p>`
		_, err = r.AddMessage(ctx, ada, o.Number, desk.Words{Key: r.key(), Text: "Here: dot", HTML: page, Channel: okno.ChannelWeb, Uploads: []okno.Ref{kept.Ref}})
		must(t, err)
		l := to(t, r.letters(), "carl@customer.example")
		if len(l.read.Attachments) != 1 || !l.read.Attachments[0].Inline {
			t.Fatalf("attachments: %+v", l.read.Attachments)
		}
		id := l.read.Attachments[0].ContentID
		if !strings.Contains(l.read.HTML, `src="cid:`+id+`"`) || strings.Contains(l.read.HTML, "/files/") {
			t.Errorf("the HTML is %s", l.read.HTML)
		}
	})
}

func TestOwnLettersAreKnownToBeAMachinesWhenTheyComeBack(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		r.byForm("en", "carl@customer.example", "Lamp", "Dark.")
		for _, l := range r.letters() {
			if _, machine := mail.Read([]byte(l.raw)).Machine(); !machine {
				t.Errorf("a %s letter would be answered", l.Kind)
			}
		}
	})
}
