package mail

import (
	"regexp"
	"strings"
)

// What programs put above a quotation: Russian and English, then German, French,
// Spanish, Polish, Chinese and what others there are.
var (
	attributionTime = regexp.MustCompile(`(?:^|[^\d:.])\d{1,2}(?:[:.：]|h)\d{2}`)
	attributionDate = regexp.MustCompile(`(?i)\b\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{2,4}\b|\b\d{4}[-./]\d{1,2}[-./]\d{1,2}\b|\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]|` +
		`\b\d{1,2}\.?\s+(?:de\s+)?\p{L}{3,14}\.?,?\s+(?:de\s+)?\d{4}\b|\b\d{4}\.?\s+(?:ж\.\s+)?(?:\d{1,2}\s+)?\p{L}{3,14}\.?,?\s+(?:\d{1,2}\b|\p{L}{2})|` +
		`\d{1,2}(?:st|nd|rd|th|er|º|\.)?,?\s+(?:of\s+|de\s+)?(?:` + monthNames + `)|(?:` + monthNames + `)[\p{L}]*\.?\s+\d{1,2}`)
	attributionAddr = regexp.MustCompile(`[<("\[]?[^\s<>()"\[\]]+@[^\s<>()"\[\]]+\.[^\s<>()"\[\]]+`)
	attributionVerb = regexp.MustCompile(`(?i)(?:^|[\s>)"'»”])(?:wrote|writes|said|написал\(а\)|написала?|написал/а|написали|пишет|пишете|писала?|писали|пише|написав(?:\(-?ла\))?|написа|напісаў(?:\(-?ла\))?|піша|жазды|schrieb|hat geschrieben|a écrit|escribi[óo]|escreveu|ha scritto|` +
		`napisał|napisała|napisał\(a\)|pisze|napsala?|napsal\(a\)|napísala?|napísal\(a\)|skrev|schreef|yazdı|kirjoitti|ezt írta|a scris|je napisala?o?|rašė|rakstīja|kirjutas|va escriure|έγραψε|đã viết|menulis|כתבה?|님이 (?:작성|씀))\s*[:：]$|[\s,]schrieb\s.{1,200}:$|(?:写道|寫道|wrote)\s*[:：]$|^(?:quoting|цитирование|zitat von|citando(?: a)?|citation de|cytowanie)\s.{1,200}:$`)
	attributionHead = regexp.MustCompile(`(?i)^(?:on |at \d|am |le |el |il |op |den |em |in data |în |на |w dniu |dnia |在|于|於|\d|вы писали|(?:пн|вт|ср|чт|пт|сб|вс|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|mon|tue|wed|thu|fri|sat|sun|pon|wt|śr|czw|pt|sob|niedz|lun|mar|mié|jue|vie|sáb|dom|mo|di|mi|do|fr|sa|so)[a-zа-я]*\.?[,\s])`)

	// Yandex puts these above its attribution.
	aboveAttribution = regexp.MustCompile(`(?i)^\s*(?:-{8,}|(?:кому|копия|тема|to|cc|subject):.{1,300};)\s*$`)

	originalMark = regexp.MustCompile(`(?i)^[\s*]*[-_]{2,}\s*(?:original message|original appointment|original e-?mail|исходное сообщение|оригинальное сообщение|исходное письмо|оригинал сообщения|вихідне повідомлення|` +
		`ursprüngliche nachricht|originalnachricht|original-nachricht|oprindelig (?:besked|meddelelse)|opprinnelig melding|ursprungligt meddelande|oorspronkelijk(?:e)? bericht|alkuperäinen viesti|původní zpráva|pôvodná správa|eredeti üzenet|mesaj(?:ul)? original|orijinal mesaj|зыходнае паведамленне|원본 (?:메시지|메일)|元のメッセージ|message d['’]origine|message original|mensaje original|messaggio originale|mensagem original|wiadomość oryginalna|oryginalna wiadomość|原始邮件|原始郵件|原邮件|邮件原件)\s*[-_]{2,}[\s*]*$`)
	forwardMark = regexp.MustCompile(`(?i)^[\s*]*(?:-{2,}\s*(?:forwarded (?:message|by)|forwarding messages|пересылаемое сообщение|пересланное сообщение|пересылаемое письмо|переадресованное сообщение|перенаправленное сообщение|начало пере\p{L}+ сообщения|` +
		`weitergeleitete nachricht|message transféré|mensaje reenviado|wiadomość przekazana|przekazana wiadomość|treść przekazanej wiadomości|messaggio inoltrato|mensagem encaminhada|переслане повідомлення|перасланае паведамленне|videresendt (?:besked|melding)|vidarebefordrat meddelande|doorgestuurd bericht|välitetty viesti|přeposlaná zpráva|preposlaná správa|továbbított üzenet|mesaj redirecționat|iletilen mesaj|전달된 메시지|転送(?:された)?メッセージ|转发的邮件|转发邮件信息|轉寄郵件)(?:[^\p{L}].*)?-{2,}|begin forwarded message:|beginning of forwarded message:?|` +
		`anfang der weitergeleiteten nachricht:|début du message (?:réexpédié|transféré) ?:|inicio del mensaje reenviado:|początek przekazywanej wiadomości:|начало (?:пересылаемого|переадресованного|пересланного|перенаправленного) сообщения:)[\s*]*$`)

	blockLine    = regexp.MustCompile(`^[\s*>]*\p{L}[\p{L} -]{0,20}\s*\*?\s*[:：]\s*\S`)
	blockFrom    = regexp.MustCompile(`(?i)^[\s*>]*(?:` + fromLabels + `)\s*\*?\s*[:：]\s*\*?\s*\S`)
	blockTo      = regexp.MustCompile(`(?i)^[\s*>]*(?:` + toLabels + `)\s*\*?\s*[:：]`)
	blockSent    = regexp.MustCompile(`(?i)^[\s*>]*(?:` + sentLabels + `)\s*\*?\s*[:：]`)
	blockSubject = regexp.MustCompile(`(?i)^[\s*>]*(?:` + subjectLabels + `)\s*\*?\s*[:：]`)
)

const (
	monthNames = `янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|` +
		`mär|mai|okt|dez|févr|avr|juin|juil|août|déc|ene|abr|ago|dic|sty|lut|kwi|maj|cze|lip|sie|wrz|paź|lis|gru`
	fromLabels = `from|от|от кого|von|de|de la|da|od|від|ад|van|från|fra|lähettäjä|feladó|kimden|από|кімнен|发件人|寄件者|寄件人|差出人|보낸 ?사람`
	sentLabels = `sent|date|отправлено|отправленные|дата|gesendet|datum|dato|envoyé|enviado(?: el)?|enviada(?: em)?|fecha|data|wysłan[oe]|inviato|надіслано|адпраўлена|изпратено|verzonden|skickat|sendt|lähetetty|odesláno|odoslané|küldve|trimis|gönderildi|στάλθηκε|жіберілді|` +
		`发送时间|日期|时间|寄件日期|送信日時|보낸 ?날짜`
	toLabels      = `to|кому|an|à|para|a|do|aan|till|til|komu|vastaanottaja|címzett|către|kime|收件人|收件者|宛先|받는 ?사람`
	subjectLabels = `subject|тема|тэма|betreff|objet|asunto|temat|oggetto|assunto|onderwerp|ämne|emne|aihe|předmět|predmet|tárgy|subiect|konu|относно|θέμα|тақырып|主题|主題|主旨|件名|제목`
)

// attribution grades a line (or several, joined) that may stand above a quotation.
type attribution int

const (
	noAttribution   attribution = iota
	weakAttribution             // only above lines that are marked as quoted
	fullAttribution             // date, time and address: no one writes so himself
)

const maxAttribution = 500 // bytes

func gradeAttribution(s string) attribution {
	if len(s) > 2*maxAttribution {
		return noAttribution
	}
	s = plainLine(s)
	if !endsAttribution(s) || len(s) > maxAttribution || strings.Count(s, "\n") > 4 {
		return noAttribution
	}
	at, date := attributionTime.MatchString(s), attributionDate.MatchString(s)
	addr, verb := attributionAddr.MatchString(s), attributionVerb.MatchString(s)
	switch {
	case date && at && addr:
		return fullAttribution
	case verb, date && (at || addr), at && addr:
		return weakAttribution
	}
	return noAttribution
}

// plainLine takes spaces that do not break, and the marks of writing from right
// to left, out of a line.
func plainLine(line string) string {
	if strings.ContainsAny(line, "\u00a0\u202f\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") {
		line = directionMarks.Replace(line)
	}
	return strings.TrimSpace(line)
}

var directionMarks = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u200e", "", "\u200f", "", "\u202a", "", "\u202b", "", "\u202c", "", "\u202d", "", "\u202e", "",
	"\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "")

// dashedAttribution knows Zoho's "---- On 18 Nov 2026 12:30, bob@x wrote ----".
func dashedAttribution(line string) bool {
	if len(line) > 2*maxAttribution {
		return false
	}
	line = plainLine(line)
	words := strings.Trim(line, "-")
	return strings.HasPrefix(line, "--") && strings.HasSuffix(line, "--") && gradeAttribution(strings.TrimSpace(words)+":") == fullAttribution
}

// endsAttribution says whether the line may be the last of an attribution.
func endsAttribution(line string) bool {
	line = strings.TrimSpace(line)
	line = plainLine(line[max(0, len(line)-40):])
	return strings.HasSuffix(line, ":") || strings.HasSuffix(line, "：")
}

// attributionEndingAt finds the attribution whose last line is lines[end]; it
// may be wrapped over up to three lines.
func attributionEndingAt(lines []string, end int) (start int, grade attribution) {
	joined := ""
	for s := end; s >= 0 && s > end-3; s-- {
		line := strings.TrimSpace(lines[s])
		if line == "" || (s < end && endsAttribution(line)) {
			break
		}
		joined = strings.TrimSpace(line + " " + joined)
		g := gradeAttribution(joined)
		head := attributionHead.MatchString(line) || attributionAddr.MatchString(line) && attributionVerb.MatchString(joined)
		head = head || g == fullAttribution && attributionDate.MatchString(line)
		if g > grade && (grade == noAttribution || head) || (g == grade && g > noAttribution && head) {
			start, grade = s, g
		}
	}
	for grade > noAttribution && start > 0 && aboveAttribution.MatchString(lines[start-1]) {
		start--
	}
	return start, grade
}

// isHeaderBlock says whether Outlook's "From: Sent: To: Subject:" begins at i, or
// the same in another order, as GMX and Hotmail have it. Of a letter without a
// subject there are the first three.
func isHeaderBlock(lines []string, i int) bool {
	if blockFrom.MatchString(lines[i]) {
		sent, subject := false, false
		for _, line := range lines[i+1 : min(len(lines), i+12)] {
			sent = sent || blockSent.MatchString(line)
			subject = subject || blockSubject.MatchString(line)
		}
		return sent && (subject || i+2 < len(lines) && blockSent.MatchString(lines[i+1]) && blockTo.MatchString(lines[i+2]) && attributionTime.MatchString(lines[i+1]))
	}
	return blockSent.MatchString(lines[i]) && isReorderedBlock(lines[i:min(len(lines), i+6)])
}

// isReorderedBlock knows a block that begins with the date: its lines stand
// together, the writer's has his address, and the day has its hour: what a form
// on a site sends looks much the same.
func isReorderedBlock(lines []string) bool {
	from, to, subject := false, false, false
	for _, line := range lines[1:] {
		if !blockLine.MatchString(line) {
			break
		}
		from = from || blockFrom.MatchString(line) && strings.Contains(line, "@")
		to = to || blockTo.MatchString(line)
		subject = subject || blockSubject.MatchString(line)
	}
	return from && to && subject && attributionDate.MatchString(lines[0]) && attributionTime.MatchString(lines[0])
}
