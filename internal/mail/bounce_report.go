package mail

import (
	"regexp"
	"slices"
	"strings"
)

// daemons begin the local parts and names of mail servers, without dots, dashes
// and the like.
var daemons = []string{"mailerdaemon", "postmaster", "maildaemon", "mdaemon", "maildelivery", "microsoftexchange", "bounce", "systemadministrator"}

var daemonName = regexp.MustCompile(`(?i)mail delivery|delivery subsystem|mailer[- ]daemon|mail administrator|system administrator|системный администратор|почтовая система`)

// daemonLocal is of programs on the way: E500_SMTP_Mail_Service@mx.example.
var daemonLocal = regexp.MustCompile(`(?i)(?:^|[_.-])smtp(?:[_.-]|$)|^imss$`)

// reportSubject begins the subjects of reports. A person answers ("Re:") or
// forwards ("Fwd:") one, or asks about it in words of his own.
var reportSubject = regexp.MustCompile(`(?i)^(?:undeliver(?:ed|able)\b|(?:mail |message |e-?mail |permanent )*delivery (?:status|failure|failed|has failed|error|problem|warning|report|delayed|incomplete)|` +
	`returned (?:mail|e-?mail)|(?:mail )?failure notice|failed mail|mail failed|mail system error|non-?delivery|automatically rejected|(?:mail|message|your message) (?:could not|was not|has not been) (?:be )?delivered|` +
	`warning: (?:message|could not|mail)|\[postmaster\]|недоставлен|ваше сообщение не доставлено|сообщение не доставлено|unzustellbar|投递失败|退信|邮件传输失败|系统退信)`)

var withoutMarks = strings.NewReplacer("-", "", "_", "", ".", "", " ", "", `"`, "")

func plainLocal(addr string) string {
	local, _, _ := strings.Cut(strings.ToLower(addr), "@")
	return withoutMarks.Replace(local)
}

func isDaemon(word string) bool {
	return slices.ContainsFunc(daemons, func(d string) bool { return strings.HasPrefix(word, d) })
}

// fromDaemon says whether a mail server may have written the letter. A person
// who forwards its report is none.
func (l *Letter) fromDaemon() bool {
	who, _ := l.Writer()
	local, _, _ := strings.Cut(who.Addr, "@")
	return l.impersonal() || isDaemon(plainLocal(who.Addr)) || isDaemon(plainLocal(who.Name)) || daemonLocal.MatchString(local) || daemonName.MatchString(who.Name)
}

// surelyDaemon knows reports well enough to guess whom one that names nobody is
// about: of those that are from postmaster a person may have written some.
func (l *Letter) surelyDaemon() bool {
	who, _ := l.Writer()
	local := plainLocal(who.Addr)
	switch {
	case l.nullReturnPath():
		return l.namedImpersonal() || isDaemon(local) || daemonName.MatchString(who.Name) || reportSubject.MatchString(l.Subject)
	case l.namedImpersonal():
		return true
	}
	return isDaemon(local) && reportSubject.MatchString(l.Subject)
}

// impersonal knows what no person's letter has.
func (l *Letter) impersonal() bool { return l.nullReturnPath() || l.namedImpersonal() }

func (l *Letter) namedImpersonal() bool {
	who, _ := l.Writer()
	local := plainLocal(who.Addr)
	return l.Header.Has("X-Failed-Recipients") || reportSign(l) != "" || autoRepliedSign(l) != "" && bounceProse.MatchString(l.Subject) ||
		strings.HasPrefix(local, "mailerdaemon") || strings.HasPrefix(local, "maildaemon") || strings.HasPrefix(local, "mdaemon")
}

// nullReturnPath knows the reverse-path of reports (RFC 5321, 4.5.5).
func (l *Letter) nullReturnPath() bool {
	v := l.Header.rawValues("Return-Path")
	return len(v) > 0 && strings.Join(strings.Fields(v[0]), "") == "<>"
}

// proseBounce reads a report by its words; nil if they tell of none.
func (l *Letter) proseBounce() *Bounce {
	text := clip(l.Text, maxProse)
	who, _ := l.Writer()
	switch {
	case bounceProse.MatchString(text), bounceProse.MatchString(l.Subject), reportSubject.MatchString(l.Subject):
	case isDaemon(plainLocal(who.Addr)) && bounceReason.MatchString(text):
	default:
		return nil
	}
	returned := ""
	if at := returnedMark.FindStringIndex(text); at != nil && at[0] > 0 {
		text, returned = text[:at[0]], text[at[0]:]
	}
	r := proseReport{own: map[string]bool{}}
	for _, a := range slices.Concat(l.To, l.Cc, l.From) {
		r.own[Fold(a.Addr)] = true
	}
	r.lines(text, r.stated)
	failed, _ := parseAddresses(strings.Join(l.Header.rawValues("X-Failed-Recipients"), ","))
	for _, a := range failed {
		r.recipient(a.Addr)
	}
	if len(r.found) == 0 && l.surelyDaemon() {
		r.guess(text, l.returnedHeader(text+"\n"+returned))
	}
	if len(r.found) == 0 {
		return nil
	}
	action := "failed"
	if bounceDelay.MatchString(text) || bounceDelay.MatchString(l.Subject) {
		action = "delayed"
	}
	return r.bounce(action, text)
}

// guess is for reports that name nobody as reports do: whoever is mentioned, else
// whom the letter that came back was for, else a recipient without an address.
func (r *proseReport) guess(text string, returned Header) {
	r.lines(text, r.mentioned)
	if len(r.found) == 0 {
		r.returnedTo(returned)
	}
	if len(r.found) == 0 {
		r.found = []BouncedRecipient{{}}
		r.lines(text, func(string) bool { return false })
	}
}

var returnedTo = regexp.MustCompile(`(?mi)^[ \t]*to:`)

// returnedHeader is the header of the letter that came back: a part of the
// report, else what stands in its words.
func (l *Letter) returnedHeader(within string) Header {
	for _, a := range l.Attachments {
		if strings.HasPrefix(a.Type, "message/") || a.Type == "text/rfc822-headers" {
			h, _, _ := splitHeader(a.Content)
			return h
		}
	}
	if at := returnedTo.FindStringIndex(within); at != nil {
		h, _, _ := splitHeader([]byte(strings.TrimLeft(within[at[0]:], " \t\n")))
		return h
	}
	return Header{}
}

// proseReport gathers recipients and what is said of each below them.
type proseReport struct {
	own   map[string]bool // addresses the report is from and for
	found []BouncedRecipient
	last  int // of found: whose reason the next lines tell
}

// lines goes through the words; find notes the recipients that a line names and
// says whether it did.
func (r *proseReport) lines(text string, find func(line string) bool) {
	for _, line := range strings.Split(text, "\n") {
		line = clip(line, 2000)
		if !find(line) {
			r.reason(line)
		}
	}
}

// stated knows the lines by which reports name a recipient.
func (r *proseReport) stated(line string) bool {
	if m := bouncedOrigin.FindStringSubmatch(line); m != nil && len(r.found) > 0 && Fold(m[1]) != "" && !r.own[Fold(m[1])] {
		r.found[r.last].Address = m[1] // as our letter was addressed
		return true
	}
	for _, pattern := range []*regexp.Regexp{bouncedFirst, bouncedPlain, bouncedTwice, bouncedNamed, bouncedLabel, bouncedX400, bouncedWithin} {
		m := pattern.FindStringSubmatch(line)
		if m == nil || pattern != bouncedFirst && pattern != bouncedLabel && isDaemon(plainLocal(m[1])) || pattern == bouncedNamed && contactLine.MatchString(line) && !r.known(m[1]) {
			continue
		}
		if r.recipient(strings.TrimRight(m[1], ".")) {
			for _, said := range m[2:] {
				r.reason(said)
			}
			return true
		}
	}
	return false
}

var (
	failureLine = regexp.MustCompile(`(?i)unknown|user|recipient|mailbox|address|rcpt|deliver|fail|return|reject|quota|unavailable|denied|invalid|exceed|не найден|не существует|ящик|получател|адрес`)
	contactLine = regexp.MustCompile(`(?i)contact|question|assistance|support|admin|help|try|from|sender|обратитесь|свяжитесь|обращайтесь|вопрос`)
)

// returnedField begins lines about the letter that came back, not about what
// became of it.
var returnedField = regexp.MustCompile(`(?i)^[ \t]*(?:to|cc|from|subject|sent|date|тема|кому|копия):`)

// mentioned notes the addresses in a line that speaks of a failure, or that
// says no more than one.
func (r *proseReport) mentioned(line string) bool {
	if contactLine.MatchString(line) && !bouncedOrigin.MatchString(line) || messageIDInText.MatchString(line) || returnedField.MatchString(line) {
		return false
	}
	noted := false
	for _, addr := range anyAddress.FindAllString(line, 5) {
		addr = strings.TrimRight(addr, ".!?")
		if !isDaemon(plainLocal(addr)) && (failureLine.MatchString(strings.ReplaceAll(line, addr, "")) || bouncedOrigin.MatchString(line)) {
			noted = r.recipient(addr) || noted
		}
	}
	if noted {
		r.reason(line)
	}
	return noted
}

// returnedTo notes whom the letter that came back was for, if that was one.
func (r *proseReport) returnedTo(h Header) {
	if to, _ := parseAddresses(h.Raw("To")); len(to) == 1 && !h.Has("Cc") {
		r.recipient(to[0].Addr)
	}
}

func (r *proseReport) known(addr string) bool {
	return slices.ContainsFunc(r.found, func(b BouncedRecipient) bool { return Fold(b.Address) == Fold(addr) })
}

// recipient notes an address once; false if it is none that a report tells of.
func (r *proseReport) recipient(addr string) bool {
	folded := Fold(addr)
	if folded == "" || r.own[folded] || len(r.found) >= maxBounced {
		return false
	}
	for i, b := range r.found {
		if Fold(b.Address) == folded {
			r.last = i
			return true
		}
	}
	r.last = len(r.found)
	r.found = append(r.found, BouncedRecipient{Address: addr})
	return true
}

func (r *proseReport) reason(line string) {
	if len(r.found) == 0 || strings.TrimSpace(line) == "" {
		return
	}
	b := &r.found[r.last]
	if b.Status == "" {
		if m := enhancedStatus.FindStringSubmatch(line); m != nil {
			b.Status = m[1]
		}
	}
	if len(b.Diagnostic) < 500 {
		b.Diagnostic = clip(strings.TrimSpace(b.Diagnostic+" "+strings.TrimSpace(line)), 1000)
	}
}

// bounce gives every recipient the action, and a status if nothing told one.
func (r *proseReport) bounce(action, text string) *Bounce {
	b := &Bounce{Permanent: action == "failed"}
	for _, one := range r.found {
		one.Action = action
		if one.Status == "" {
			one.Status = statusOf(action, one.Diagnostic, text)
		}
		b.Recipients = append(b.Recipients, one)
	}
	return b
}

func statusOf(action, reason, text string) string {
	for _, words := range []string{reason, text} {
		if m := enhancedStatus.FindStringSubmatch(words); m != nil {
			return m[1]
		}
		if m := smtpCode.FindStringSubmatch(words); m != nil {
			return m[1] + ".0.0"
		}
	}
	if action == "delayed" {
		return "4.0.0"
	}
	return "5.0.0"
}
