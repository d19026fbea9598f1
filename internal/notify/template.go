package notify

import (
	"slices"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/locale"
)

// template is what of the catalogue an installation may say otherwise, and a
// letter that shows it.
type template struct {
	name  string
	keys  []string
	kind  okno.LetterKind
	agent bool
}

// templates are all of them, as the page lists them.
var templates = []template{
	{name: "confirmation", kind: okno.LetterConfirmation, keys: []string{"letter.confirmation.text", "letter.confirmation.link", "letter.confirmation.request"}},
	{name: "answer", kind: okno.LetterAnswer, keys: []string{"letter.answer.by", "letter.answer.someone"}},
	{name: "message", kind: okno.LetterMessage, keys: []string{"letter.message.by", "letter.message.someone"}},
	{name: "access", kind: okno.LetterAccess, keys: []string{"letter.access.text", "letter.open", "letter.access.lasts"}},
	{name: "done", kind: okno.LetterDone, keys: []string{"letter.done.text", "letter.done.question", "letter.done.yes", "letter.done.no", "letter.done.means", "letter.done.closes"}},
	{name: "reminder", kind: okno.LetterReminder, keys: []string{"letter.reminder.text"}},
	{name: "closed", kind: okno.LetterClosed, keys: []string{"letter.closed.text", "letter.closed.deadline", "letter.closed.reopen"}},
	{name: "button", kind: okno.LetterCloseButton, keys: []string{"letter.button.text", "letter.button.close"}},
	{name: "callmissed", kind: okno.LetterCallMissed, keys: []string{"letter.call.missed"}},
	{name: "invitation", kind: okno.LetterInvitation, keys: []string{"letter.invitation.subject", "letter.invitation.text", "letter.invitation.login", "letter.invitation.password", "letter.invitation.issued", "letter.invitation.enter", "letter.invitation.lasts"}},
	{name: "join", kind: okno.LetterJoin, keys: []string{"letter.join.subject", "letter.join.text", "letter.join.look", "letter.join.lasts"}},
	{name: "reset", kind: okno.LetterReset, keys: []string{"letter.reset.subject", "letter.reset.text", "letter.reset.choose", "letter.reset.lasts"}},
	{name: "registration", kind: okno.LetterRegistration, keys: []string{"letter.registration.subject", "letter.registration.text", "letter.registration.confirm", "letter.registration.lasts"}},
	{name: "registered", kind: okno.LetterRegistered, keys: []string{"letter.registered.subject", "letter.registered.text", "letter.registered.enter", "letter.registered.reset", "letter.registered.other"}},
	{name: "address", kind: okno.LetterAddress, keys: []string{"letter.address.subject", "letter.address.text", "letter.address.confirm", "letter.address.taken", "letter.address.changed"}},
	{name: "every", kind: okno.LetterAnswer, keys: []string{"letter.hello", "letter.subject", "letter.online", "letter.online.link", "letter.reply", "letter.switches", "letter.switches.link", "letter.automatic", "letter.sender.unproven", "letter.unproven.subject", "letter.files", "letter.files.left"}},
	{name: "agents", kind: okno.LetterOpened, agent: true, keys: []string{"letter.opened.text", "letter.assigned.text", "letter.requester", "letter.reply.agent", "letter.closed.agent", "letter.confirmed.text", "letter.notsolved.text", "letter.reopened.text", "letter.apart.text"}},
}

// needed are the places without which a letter would not do what it is for; a
// text that has one of them keeps it.
var needed = []string{"Link", "Login", "Password", "Date"}

// TemplateNames are the letter templates that can be changed.
func TemplateNames() []string {
	names := make([]string, len(templates))
	for i, t := range templates {
		names[i] = t.name
	}
	return names
}

func templateOf(name string) *template {
	i := slices.IndexFunc(templates, func(t template) bool { return t.name == name })
	if i < 0 {
		return nil
	}
	return &templates[i]
}

// Phrase is one text of a template.
type Phrase struct {
	Key     string
	Builtin string
	Places  []string // that it may name
	OneLine bool     // a subject, or the words of a link or a button
}

// Phrases are a template's texts in a language; none: there is no such template.
func Phrases(name, lang string) []Phrase {
	t := templateOf(name)
	if t == nil {
		return nil
	}
	l := locale.New(lang, nil)
	phrases := make([]Phrase, len(t.keys))
	for i, key := range t.keys {
		p := Phrase{Key: key, Builtin: l.Written(key)}
		p.Places, _ = locale.Places(p.Builtin)
		last := key[strings.LastIndexByte(key, '.')+1:]
		p.OneLine = slices.Contains([]string{"subject", "link", "yes", "no", "enter", "choose", "confirm", "close", "look", "open", "reset"}, last)
		phrases[i] = p
	}
	return phrases
}

// CheckTemplate leaves of texts what differs from the built-in ones and says
// what is wrong with it, by key and line.
func CheckTemplate(name, lang string, texts map[string]string) (own map[string]string, err error) {
	var wrong okno.Errors
	own = map[string]string{}
	for _, p := range Phrases(name, lang) {
		text := strings.TrimSpace(strings.ReplaceAll(texts[p.Key], "\r\n", "\n"))
		if text == "" || text == p.Builtin {
			continue
		}
		own[p.Key] = text
		if e := p.check(text); e != nil {
			wrong = append(wrong, e)
		}
	}
	return own, wrong.Err()
}

func (p Phrase) check(text string) *okno.Error {
	refuse := func(key string, args ...any) *okno.Error {
		return &okno.Error{Reason: okno.Invalid, Key: key, Field: p.Key, Args: args}
	}
	if p.OneLine && strings.Contains(text, "\n") {
		return refuse("error.line")
	}
	for i, line := range strings.Split(text, "\n") {
		names, rest := locale.Places(line)
		if rest {
			return refuse("error.template.braces", "Line", i+1)
		}
		for _, name := range names {
			if !slices.Contains(p.Places, name) {
				return refuse("error.template.unknown", "Line", i+1, "Place", "{{."+name+"}}", "Places", placeList(p.Places))
			}
		}
	}
	there, _ := locale.Places(text)
	for _, name := range needed {
		if slices.Contains(p.Places, name) && !slices.Contains(there, name) {
			return refuse("error.template.missing", "Line", strings.Count(text, "\n")+1, "Place", "{{."+name+"}}")
		}
	}
	if strings.Count(text, "{{.Link}}") > 1 {
		return refuse("error.template.twice", "Place", "{{.Link}}")
	}
	return nil
}

func placeList(names []string) string {
	if len(names) == 0 {
		return "—"
	}
	return "{{." + strings.Join(names, "}}, {{.") + "}}"
}

// Preview is a letter as it would read, about things made up.
type Preview struct{ Subject, Text, HTML string }

// PreviewTemplate writes a letter with a template's texts. Its links lead
// nowhere.
func (w *Notifier) PreviewTemplate(name, lang string, texts map[string]string, s okno.Settings) Preview {
	t := templateOf(name)
	if t == nil {
		return Preview{}
	}
	words := locale.New(lang, nil)
	words = words.With(locale.NewTexts(texts))
	d := draft{
		n: sample(words, s), recipient: recipient{person: okno.Person{ID: 1, Name: words.T("letter.sample.customer"), Address: "customer@example.com"}, letter: t.kind, agent: t.agent},
		words: words, links: w.links, link: desk.LinkToken{Token: sampleToken},
	}
	subject := d.subject()
	p := d.body(subject)
	return Preview{Subject: subject, Text: p.text(), HTML: p.html()}
}

// sampleToken stands where a letter has a secret.
const sampleToken = "sample"

// sample is a fact about made-up people.
func sample(l *locale.Locale, s okno.Settings) *desk.Notice {
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	said := okno.Message{ID: 2, Author: 2, Claim: okno.Proven, Text: l.T("letter.sample.answer"), At: at}
	return &desk.Notice{
		Settings: s, Zone: time.UTC, Login: "customer", Password: l.T("letter.sample.password"), Company: okno.Company{ID: 1, Name: l.T("letter.sample.company")},
		Event: okno.Event{ID: 1, Kind: okno.MessageAdded},
		Ticket: okno.Ticket{ID: 1, Number: "100001", Subject: l.T("letter.sample.subject"), Requester: 1, Assignee: 2, Channel: okno.ChannelWeb, Kind: okno.StatusDone,
			Closing: okno.Closing{At: at.AddDate(0, 0, 4)}},
		Message: said, First: okno.Message{ID: 1, Author: 1, Claim: okno.Proven, Text: l.T("letter.sample.request"), At: at},
		People: map[okno.PersonID]okno.Person{1: {ID: 1, Name: l.T("letter.sample.customer")}, 2: {ID: 2, Name: l.T("letter.sample.agent")}},
	}
}
