package mail

import (
	"regexp"
	"strings"
)

// autoSubjects begin the subjects of automatic answers; what follows is ":" or
// nothing, so that a person may still write about an automatic answer.
var autoSubjects = []string{
	"automatic reply", "auto reply", "auto-reply", "autoreply", "auto response", "autoresponse", "out of office", "out of the office",
	"out of office autoreply", "vacation", "on vacation", "away from my mail",
	"автоответ", "автоматический ответ", "автоматическое уведомление об отсутствии", "нет на работе", "нет на рабочем месте", "вне офиса",
	"отсутствую", "отсутствую на рабочем месте", "в отпуске", "я в отпуске", "отпуск",
	"автоматична відповідь", "автовідповідь", "аўтаматычны адказ",
	"automatische antwort", "abwesenheitsnotiz", "abwesend", "réponse automatique", "reponse automatique", "absence du bureau",
	"respuesta automática", "respuesta automatica", "risposta automatica", "fuori sede", "resposta automática", "automatisch antwoord",
	"réponse d'absence", "message d'absence", "fuera de la oficina", "respuesta de ausencia", "nieobecność", "odpowiedź automatyczna", "poza biurem",
	"自动回复", "自动答复", "外出自动回复", "自動回覆", "自動返信", "自動応答", "不在通知", "자동 회신", "부재중",
	"автоматическая рассылка", "уведомление об отсутствии", "сообщение об отсутствии", "ответ автоматический", "отсутствие на рабочем месте",
	"autosvar", "automaattinen vastaus", "automatická odpověď", "autoodpowiedź", "automatyczna odpowiedź", "otomatik yanıt",
}

// unreadAddresses are local parts nobody reads.
var unreadAddresses = map[string]bool{
	"mailer-daemon": true, "no-reply": true, "noreply": true, "no_reply": true, "donotreply": true, "do-not-reply": true, "do_not_reply": true,
	"bounce": true, "bounces": true,
}

// sign finds one sign of a program in a letter, "" if it is not there.
type sign func(*Letter) string

// Machine says whether a program wrote the letter, so that no automatic answer
// may go out to it (RFC 3834, 2), and by which sign.
func (l *Letter) Machine() (reason string, is bool) {
	return l.first(reportSign, autoSubmittedSign, calendarSign, challengeSign, autoReplySign, listSign, originSign, subjectSign)
}

// AutoReply says whether the letter is a program's answer to another letter (a
// vacation notice, a report, a receipt), and by which sign. What else a program
// writes (a list, a monitor, a shop) may ask for something.
func (l *Letter) AutoReply() (reason string, is bool) {
	return l.first(reportSign, autoRepliedSign, calendarSign, challengeSign, autoReplySign, subjectSign)
}

func (l *Letter) first(signs ...sign) (reason string, is bool) {
	for _, sign := range signs {
		if reason := sign(l); reason != "" {
			return reason, true
		}
	}
	return "", false
}

// reportSign knows bounces and read receipts (RFC 6522).
func reportSign(l *Letter) string {
	if l.mediaType == "multipart/report" {
		switch kind := strings.ToLower(l.params["report-type"]); kind {
		case "delivery-status":
			return "delivery report"
		case "disposition-notification":
			return "read receipt"
		default:
			return clip(strings.TrimSpace("report "+kind), 80)
		}
	}
	for _, a := range l.Attachments {
		switch a.Type {
		case "message/disposition-notification":
			return "read receipt"
		case "message/feedback-report":
			return "report feedback-report"
		}
	}
	return ""
}

// challengeFields are of programs that ask an unknown writer to prove himself.
var challengeFields = []string{"X-TMDA-Confirm", "X-TMDA-Fingerprint", "X-ASK-Auth", "X-SpamArrest-Challenge", "X-Boxbe-Challenge", "X-ChoiceMail-Registration", "X-Challenge-Response", "X-Qurb-Challenge"}

var challengeWords = regexp.MustCompile(`(?i)(?:confirm|verify|prove|подтверд)[^.!?]{0,120}(?:deliver|human|not (?:a )?spam|not spam|spammer|real person|не спам|не робот|доставлен)|(?:click|reply|перейдите|ответьте)[^.!?]{0,120}(?:to (?:deliver|release) your (?:message|e-?mail)|чтобы .{0,40}было доставлено)`)

var challengeSubject = regexp.MustCompile(`(?i)^(?:please confirm your (?:message|e-?mail)|confirm(?:ation)? (?:required|needed|of your (?:message|e-?mail))|your (?:message|e-?mail) (?:requires|needs|is (?:waiting|awaiting)|to .{1,80} is waiting)|verification required|sender (?:verification|confirmation)|action required: verify|` +
	`подтвердите (?:отправку|своё|ваше|доставку)|требуется подтверждение|ваше (?:письмо|сообщение) ожидает подтверждения)`)

// challengeSign knows challenge-response filters: their fields, or a subject and
// words that together say that the letter waits for a proof.
func challengeSign(l *Letter) string {
	for _, name := range challengeFields {
		if l.Header.Has(name) {
			return "challenge: " + name
		}
	}
	if challengeSubject.MatchString(SubjectBase(l.Subject)) && challengeWords.MatchString(clip(l.Text, 4<<10)) {
		return "challenge: it asks the writer to prove himself"
	}
	return ""
}

func autoSubmittedSign(l *Letter) string {
	for _, v := range l.Header.Values("Auto-Submitted") {
		v, _, _ = strings.Cut(strings.ToLower(v), ";")
		if v = strings.TrimSpace(v); v != "" && v != "no" {
			return "Auto-Submitted: " + clip(v, 80)
		}
	}
	return ""
}

// autoRepliedSign is autoSubmittedSign for answers only (RFC 3834, 5).
func autoRepliedSign(l *Letter) string {
	if s := autoSubmittedSign(l); strings.HasPrefix(s, "Auto-Submitted: auto-replied") || strings.HasPrefix(s, "Auto-Submitted: auto-notified") {
		return s
	}
	return ""
}

// calendarSign knows answers to invitations (RFC 5546): "accepted" asks nothing.
// An invitation itself is a person's letter.
func calendarSign(l *Letter) string {
	for _, a := range l.Attachments {
		if a.Type != "text/calendar" {
			continue
		}
		head := strings.ToUpper(string(a.Content[:min(len(a.Content), 4<<10)]))
		for _, method := range []string{"REPLY", "COUNTER", "REFRESH"} {
			if strings.Contains(head, "METHOD:"+method) {
				return "calendar " + strings.ToLower(method)
			}
		}
	}
	return ""
}

func autoReplySign(l *Letter) string {
	h := l.Header
	for _, name := range []string{"X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply", "X-Autogenerated", "X-Mail-Autoreply", "X-Vacation", "X-Loop", "X-FC-MachineGenerated", "X-Autoreply-From", "X-AutoReply-From", "X-Cron-Env", "X-MS-Exchange-Generated-Message-Source"} {
		if v := strings.ToLower(h.Get(name)); h.Has(name) && v != "no" && v != "false" && v != "0" {
			return name
		}
	}
	for _, v := range strings.Split(strings.ToLower(h.Get("X-Auto-Response-Suppress")), ",") {
		switch strings.TrimSpace(v) {
		case "all", "dr", "oof", "autoreply", "rn", "nrn":
			return "X-Auto-Response-Suppress: " + strings.TrimSpace(v)
		}
	}
	for _, name := range []string{"Precedence", "X-Precedence"} {
		if v := strings.ToLower(h.Get(name)); v == "auto_reply" || v == "auto-reply" {
			return name + ": " + v
		}
	}
	for _, name := range []string{"Delivered-To", "X-POST-MessageClass", "X-Mailer", "X-Original-Mailer"} {
		v := strings.ToLower(h.Get(name))
		if strings.HasPrefix(v, "autoresponder") || strings.Contains(v, "; autoresponder") || v == "vacation" || strings.HasPrefix(v, "vacation/") {
			return name + ": autoresponder"
		}
	}
	return ""
}

func listSign(l *Letter) string {
	for _, name := range []string{"Precedence", "X-Precedence"} {
		switch v := strings.ToLower(l.Header.Get(name)); v {
		case "bulk", "list", "junk":
			return name + ": " + v
		}
	}
	for _, name := range []string{"List-Id", "List-Unsubscribe", "List-Post", "List-Help", "Feedback-ID", "X-Mailing-List"} {
		if l.Header.Has(name) {
			return name
		}
	}
	return ""
}

// originSign knows the null reverse-path of bounces (RFC 5321, 4.5.5) and
// addresses that are not read.
func originSign(l *Letter) string {
	if v := l.Header.Values("Return-Path"); len(v) > 0 && strings.Join(strings.Fields(v[0]), "") == "<>" {
		return "Return-Path: <>"
	}
	for _, a := range l.From {
		local, _, _ := strings.Cut(strings.ToLower(a.Addr), "@")
		base, _, _ := strings.Cut(local, "+")
		if unreadAddresses[local] || unreadAddresses[base] {
			return "sent by " + base
		}
	}
	return ""
}

func subjectSign(l *Letter) string {
	subject := strings.ToLower(strings.TrimSpace(strings.TrimLeft(l.Subject, "[*( ")))
	for _, begin := range autoSubjects {
		rest, found := strings.CutPrefix(subject, begin)
		rest = strings.TrimLeft(rest, "]*) ")
		if found && (strings.Trim(rest, ".! ") == "" || strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "：")) {
			return `subject begins with "` + begin + `"`
		}
	}
	return ""
}
