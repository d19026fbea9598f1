package intake

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/oknodesk/okno/internal/mail"
	"github.com/oknodesk/okno/internal/safehtml"
)

// inspection is what is read of one letter, as the command and the
// administrator's page show it. Its field names are the command's output.
type inspection struct {
	From          inspectedAddress   `json:"from"` // both empty: the letter names nobody
	To            []inspectedAddress `json:"to"`
	Cc            []inspectedAddress `json:"cc"`
	Subject       string             `json:"subject"`
	MessageID     string             `json:"message_id"` // without angle brackets
	InReplyTo     string             `json:"in_reply_to"`
	References    []string           `json:"references"`
	Date          string             `json:"date"` // RFC 3339, UTC; empty if absent or absurd
	Text          string             `json:"text"`
	HTML          string             `json:"html"`       // made safe
	ReplyText     string             `json:"reply_text"` // only what is new
	Attachments   []inspectedFile    `json:"attachments"`
	AutoSubmitted bool               `json:"auto_submitted"` // a program wrote it
	Bounce        *inspectedBounce   `json:"bounce"`         // null: it is no delivery report
	Trace         []inspectedStep    `json:"trace"`
}

type inspectedAddress struct {
	Name    string `json:"name"`
	Address string `json:"address"`
}

type inspectedFile struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Size   int    `json:"size"` // bytes
	Inline bool   `json:"inline"`
	SHA256 string `json:"sha256"` // hexadecimal
}

type inspectedBounce struct {
	Permanent  bool               `json:"permanent"`
	Recipients []bouncedRecipient `json:"recipients"`
}

type bouncedRecipient struct {
	Address string `json:"address"`
	Status  string `json:"status"`
	Action  string `json:"action"`
}

type inspectedStep struct {
	Step    string `json:"step"`
	Verdict string `json:"verdict"`
	Reason  string `json:"reason"`
}

// Inspect says in JSON what is read of a raw letter, and why: the steps that
// need neither database nor network. Whatever the letter, something is said.
func Inspect(raw []byte) ([]byte, error) {
	l := mail.Read(raw)
	in := inspection{
		To: inspectedAddresses(l.To), Cc: inspectedAddresses(l.Cc), Subject: l.Subject, MessageID: l.MessageID, InReplyTo: l.InReplyTo,
		References: append([]string{}, l.References...), Text: l.Text, Attachments: []inspectedFile{}, Trace: []inspectedStep{},
	}
	if !l.Date.IsZero() {
		in.Date = l.Date.Format(time.RFC3339)
	}
	if l.HTML != "" {
		in.HTML = safehtml.Letter(l.HTML, func(string) (string, bool) { return "", false }).HTML
	}
	for _, a := range l.Attachments {
		sum := sha256.Sum256(a.Content)
		in.Attachments = append(in.Attachments, inspectedFile{a.Name, a.Type, len(a.Content), a.Inline, hex.EncodeToString(sum[:])})
	}
	in.read(l)
	in.machine(l)
	in.bounce(l)
	in.writer(l)
	in.quote(l)
	in.step("keepAttachments", "kept", fmt.Sprintf("%d files", len(in.Attachments)))
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(in)
	return out.Bytes(), err
}

func inspectedAddresses(list []mail.Address) []inspectedAddress {
	out := []inspectedAddress{}
	for _, a := range list {
		out = append(out, inspectedAddress{a.Name, a.Addr})
	}
	return out
}

func (in *inspection) step(step, verdict, reason string) {
	in.Trace = append(in.Trace, inspectedStep{step, verdict, reason})
}

func (in *inspection) read(l *mail.Letter) {
	if len(l.Faults) == 0 {
		in.step("read", "read", "")
		return
	}
	in.step("read", "mended", strings.Join(l.Faults, "; "))
}

func (in *inspection) machine(l *mail.Letter) {
	reason, is := l.AutoReply()
	verdict := "auto-reply"
	if !is {
		reason, is = l.Machine()
		verdict = "machine"
	}
	if !is {
		verdict = "person"
	}
	in.AutoSubmitted = is
	in.step("refuseLoops", verdict, reason)
}

func (in *inspection) bounce(l *mail.Letter) {
	report := l.Bounce()
	if report == nil {
		in.step("matchBounce", "no", "")
		return
	}
	in.AutoSubmitted = true
	in.Bounce = &inspectedBounce{Permanent: report.Permanent, Recipients: []bouncedRecipient{}}
	for _, r := range report.Recipients {
		in.Bounce.Recipients = append(in.Bounce.Recipients, bouncedRecipient{r.Address, r.Status, r.Action})
	}
	why, bad := trouble(report)
	switch {
	case report.Permanent:
		in.step("matchBounce", "bounced", why)
	case bad:
		in.step("matchBounce", "delayed", why)
	default:
		in.step("matchBounce", "success", "the report tells of no trouble")
	}
	if report.OriginalMessageID != "" {
		in.step("matchBounce", "references", "the letter that came back is "+report.OriginalMessageID)
	}
}

func (in *inspection) writer(l *mail.Letter) {
	from, field := l.Writer()
	in.From = inspectedAddress{from.Name, from.Addr}
	switch {
	case from == mail.Address{}:
		in.step("recogniseSender", "nobody", "no field names anyone")
	case from.Addr == "":
		in.step("recogniseSender", "nobody", field+" has a name but no address")
	case len(l.From) > 1:
		in.step("recogniseSender", "several", "it names more than one sender; the first stands for it")
	default:
		in.step("recogniseSender", "from", field)
	}
}

func (in *inspection) quote(l *mail.Letter) {
	cut := mail.CutQuote(l.Text, l.HTML)
	switch {
	case mail.IsForward(l.Subject):
		in.ReplyText = l.Text
		in.step("cutQuote", "whole", "it is forwarded")
	case cut.Quoted:
		in.ReplyText = cut.Text
		in.step("cutQuote", "cut", "")
	default:
		in.ReplyText = l.Text
		in.step("cutQuote", "whole", "it quotes nothing")
	}
}
