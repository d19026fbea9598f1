package mail

import (
	"regexp"
	"slices"
	"strings"
)

const maxProse = 64 << 10 // bytes of a report's words that are read

// bounceProse is how the programs that do not follow RFC 3464 say that a letter
// did not arrive, or not yet: qmail, Exim, Postfix, Sendmail, DragonFly, Exchange,
// Gmail, Yandex, Mail.ru and others.
var bounceProse = regexp.MustCompile(`(?i)qmail-send program|wasn't able to deliver|created automatically by (?:the )?mail delivery software|dragonfly mail agent|error delivering your mail|` +
	`this is the mail system at host|could not be delivered|couldn't be delivered|cannot be delivered|can't be delivered|wasn't delivered|was not delivered|not been delivered|undeliverable|undelivered|` +
	`did not reach (?:some or all|the following)|delivery (?:to the following recipients?|has) (?:has been |have been )?(?:failed|delayed)|delivery (?:status notification|incomplete|failure|failed)|` +
	`permanent(?: fatal)? errors?|transient non-fatal errors|returned to sender|unable to deliver|message delayed|delivery delayed|following recipients? (?:cannot|could not|failed)|` +
	`не может быть (?:доставлено|отправлено)|не было доставлено|не доставлено|не удалось доставить|доставка .{0,40}(?:невозможна|не удалась|задерж)|недоставленн|сервером mail\.ru, отвечать`)

var bounceDelay = regexp.MustCompile(`(?i)warning message only|this is a warning|(?:has been|is|was) delayed|message delayed|delivery delayed|delivery incomplete|not yet been delivered|not been delivered .{0,60}yet|will (?:be retried|keep trying|continue to (?:try|be retried))|` +
	`still (?:being retried|trying|in the queue)|no action is required|transient non-fatal errors|could not send message for (?:the )?past|do not need to resend|gmail will retry|` +
	`попытки .{0,40}(?:продолж|будут)|временно не|задержк|задержив|пока не (?:удалось|доставлено)|повторная попытка`)

// returnedMark is where the letter that came back begins within the words.
var returnedMark = regexp.MustCompile(`(?mi)^[ \t]*(?:-+ (?:below this line is a copy|this is a copy of|original message|returned message|the body of the message)|message headers follow|original message(?: headers)? follows?|original message headers:|` +
	`----- ?original message ?-----|-{2,} ?(?:original message|unsent message|исходное (?:сообщение|письмо)|копия (?:письма|сообщения)).*|your original message|текст (?:вашего )?(?:письма|сообщения):|received: (?:from|by) )`)

var (
	bouncedFirst   = regexp.MustCompile(`^[ \t]*<([^<>\s]+@[^<>\s]+)>[ \t]*(?::|\(|$)(.*)`)                                                          // <bob@x>: host said …
	bouncedPlain   = regexp.MustCompile(`^[ \t*]*'?([^\s<>()'":;,]+@[^\s<>()'":;,]+?)'?\.?[ \t]*(?:$|:(.*)|(?: on \d.*)|(?:\(.{1,100}\))[ \t]*:?$)`) // bob@x on its own line
	bouncedNamed   = regexp.MustCompile(`^[^<>@]{1,100}[(<\[]([^\s<>()\[\]]+@[^\s<>()\[\]]+)[)>\]][ \t]*:?(?:<mailto:[^>]*>\)?)?$`)                  // Bob (bob@x)
	bouncedWithin  = regexp.MustCompile(`(?i)(?:your (?:message|mail|e-?mail)|delivery|deliver(?:ing)?(?: your mail)?|message|wasn't delivered|not (?:be )?delivered|не доставлено|доставить (?:письмо|сообщение)?|сообщение|письмо) (?:to|to the following recipients?:?|для|на адрес|адресату|получателю)[ \t]+<?([^\s<>()'":;,]+@[^\s<>()'":;,]+[^\s<>()'":;,.])>?`)
	bouncedLabel   = regexp.MustCompile(`(?i)^[ \t]*(?:failed |final |original )?(?:recipients?|recipient address|rcpt to|получател[ьи]|адресат)[ \t]*:[ \t]*(?:rfc822;)?[ \t]*<?([^\s<>()'":;,]+@[^\s<>()'":;,]+)>?`)
	enhancedStatus = regexp.MustCompile(`(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?:[^\d.]|\.?$|\.\s)`)
	smtpCode       = regexp.MustCompile(`(?:^|[\s:'"(-])([45])\d\d[\s-]`)
)

// fromDaemon says whether a mail server may have written the letter. A person
// who forwards its report is none.
func (l *Letter) fromDaemon() bool {
	if l.Header.Has("X-Failed-Recipients") {
		return true
	}
	if v := l.Header.rawValues("Return-Path"); len(v) > 0 && strings.Join(strings.Fields(v[0]), "") == "<>" {
		return true
	}
	who, _ := l.Writer()
	local, _, _ := strings.Cut(strings.ToLower(who.Addr), "@")
	name := strings.ToLower(who.Name)
	for _, daemon := range []string{"mailer-daemon", "mailerdaemon", "postmaster", "mail-daemon", "maildaemon", "microsoftexchange", "bounce"} {
		if strings.HasPrefix(local, daemon) || strings.HasPrefix(name, daemon) {
			return true
		}
	}
	for _, daemon := range []string{"mail delivery", "mailer-daemon", "mail administrator", "system administrator", "системный администратор", "почтовая система"} {
		if strings.Contains(name, daemon) {
			return true
		}
	}
	return reportSign(l) != "" || autoRepliedSign(l) != "" && bounceProse.MatchString(l.Subject)
}

// proseBounce reads a report by its words; nil if they tell of none.
func (l *Letter) proseBounce() *Bounce {
	text := clip(l.Text, maxProse)
	if !bounceProse.MatchString(text) && !bounceProse.MatchString(l.Subject) {
		return nil
	}
	if at := returnedMark.FindStringIndex(text); at != nil && at[0] > 0 {
		text = text[:at[0]]
	}
	r := proseReport{own: map[string]bool{}}
	for _, a := range slices.Concat(l.To, l.Cc, l.From) {
		r.own[Fold(a.Addr)] = true
	}
	for _, line := range strings.Split(text, "\n") {
		r.line(line)
	}
	failed, _ := parseAddresses(strings.Join(l.Header.rawValues("X-Failed-Recipients"), ","))
	for _, a := range failed {
		r.recipient(a.Addr)
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

// proseReport gathers recipients and what is said of each below them.
type proseReport struct {
	own   map[string]bool // addresses the report is from and for
	found []BouncedRecipient
	last  int // of found: whose reason the next lines tell
}

func (r *proseReport) line(line string) {
	if len(line) > 2000 {
		line = line[:2000]
	}
	for _, pattern := range []*regexp.Regexp{bouncedFirst, bouncedPlain, bouncedNamed, bouncedLabel, bouncedWithin} {
		if m := pattern.FindStringSubmatch(line); m != nil && r.recipient(strings.TrimRight(m[1], ".")) {
			if len(m) > 2 {
				r.reason(m[2])
			}
			return
		}
	}
	r.reason(line)
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
