package mail

import (
	"regexp"
	"strings"
)

// What programs put above a quotation: Russian and English, then German, French,
// Spanish, Polish, Chinese and what others there are.
var (
	attributionTime = regexp.MustCompile(`(?:^|[^\d:.])\d{1,2}(?:[:.：]|h)\d{2}`)
	attributionDate = regexp.MustCompile(`(?i)\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{4}[-./]\d{1,2}[-./]\d{1,2}\b|\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日|` +
		`\d{1,2}(?:st|nd|rd|th|er|º|\.)?,?\s+(?:of\s+|de\s+)?(?:` + monthNames + `)|(?:` + monthNames + `)[\p{L}]*\.?\s+\d{1,2}`)
	attributionAddr = regexp.MustCompile(`[<("\[]?[^\s<>()"\[\]]+@[^\s<>()"\[\]]+\.[^\s<>()"\[\]]+`)
	attributionVerb = regexp.MustCompile(`(?i)(?:^|[\s>)"'»”])(?:wrote|writes|said|написал\(а\)|написала?|написал/а|написали|пишет|пишете|писала?|писали|пише|написав(?:\(ла\))?|напісаў|schrieb|hat geschrieben|a écrit|escribi[óo]|escreveu|ha scritto|` +
		`napisał|napisała|napisał\(a\)|pisze|napsal\(a\)|skrev|schreef|yazdı)\s*[:：]$|[\s,]schrieb\s.{1,200}:$|(?:写道|寫道|wrote)\s*[:：]$`)
	attributionHead = regexp.MustCompile(`(?i)^(?:on |at \d|am |le |el |il |op |den |em |w dniu |dnia |在|于|於|\d|вы писали|(?:пн|вт|ср|чт|пт|сб|вс|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|mon|tue|wed|thu|fri|sat|sun|pon|wt|śr|czw|pt|sob|niedz|lun|mar|mié|jue|vie|sáb|dom|mo|di|mi|do|fr|sa|so)[a-zа-я]*\.?[,\s])`)

	// Yandex puts these above its attribution.
	aboveAttribution = regexp.MustCompile(`(?i)^\s*(?:-{8,}|(?:кому|копия|тема|to|cc|subject):.{1,300};)\s*$`)

	originalMark = regexp.MustCompile(`(?i)^[\s*]*[-_]{2,}\s*(?:original message|original appointment|original e-?mail|исходное сообщение|оригинальное сообщение|исходное письмо|оригинал сообщения|вихідне повідомлення|` +
		`ursprüngliche nachricht|originalnachricht|original-nachricht|message d['’]origine|message original|mensaje original|messaggio originale|mensagem original|wiadomość oryginalna|oryginalna wiadomość|原始邮件|原始郵件|原邮件|邮件原件)\s*[-_]{2,}[\s*]*$`)
	forwardMark = regexp.MustCompile(`(?i)^[\s*]*(?:-{2,}\s*(?:forwarded (?:message|by)|forwarding messages|пересылаемое сообщение|пересланное сообщение|пересылаемое письмо|переадресованное сообщение|перенаправленное сообщение|начало пере\p{L}+ сообщения|` +
		`weitergeleitete nachricht|message transféré|mensaje reenviado|wiadomość przekazana|przekazana wiadomość|treść przekazanej wiadomości|messaggio inoltrato|mensagem encaminhada|转发的邮件|转发邮件信息|轉寄郵件)(?:[^\p{L}].*)?-{2,}|begin forwarded message:|beginning of forwarded message:?|` +
		`anfang der weitergeleiteten nachricht:|début du message (?:réexpédié|transféré) ?:|inicio del mensaje reenviado:|początek przekazywanej wiadomości:|начало (?:пересылаемого|переадресованного|пересланного|перенаправленного) сообщения:)[\s*]*$`)

	blockFrom    = regexp.MustCompile(`(?i)^[\s*>]*(?:` + fromLabels + `)\s*\*?\s*[:：]\s*\*?\s*\S`)
	blockSent    = regexp.MustCompile(`(?i)^[\s*>]*(?:` + sentLabels + `)\s*\*?\s*[:：]`)
	blockSubject = regexp.MustCompile(`(?i)^[\s*>]*(?:` + subjectLabels + `)\s*\*?\s*[:：]`)
)

const (
	monthNames = `янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|` +
		`mär|mai|okt|dez|févr|avr|juin|juil|août|déc|ene|abr|ago|dic|sty|lut|kwi|maj|cze|lip|sie|wrz|paź|lis|gru`
	fromLabels    = `from|от|от кого|von|de|da|od|від|van|发件人|寄件者|寄件人|差出人`
	sentLabels    = `sent|date|отправлено|дата|gesendet|datum|envoyé|enviado(?: el)?|fecha|data|wysłano|inviato|надіслано|verzonden|发送时间|日期|时间|寄件日期|送信日時`
	subjectLabels = `subject|тема|betreff|objet|asunto|temat|oggetto|assunto|onderwerp|主题|主題|主旨|件名`
)

// attribution grades a line (or several, joined) that may stand above a quotation.
type attribution int

const (
	noAttribution   attribution = iota
	weakAttribution             // only above lines that are marked as quoted
	fullAttribution             // date, time and address: no one writes so himself
)

func gradeAttribution(s string) attribution {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\u00a0", " "))
	if !endsAttribution(s) || len(s) > 500 || strings.Count(s, "\n") > 4 {
		return noAttribution
	}
	at, date := attributionTime.MatchString(s), attributionDate.MatchString(s)
	addr, verb := attributionAddr.MatchString(s), attributionVerb.MatchString(s)
	switch {
	case date && at && addr:
		return fullAttribution
	case verb, date && (at || addr):
		return weakAttribution
	}
	return noAttribution
}

// endsAttribution says whether the line may be the last of an attribution.
func endsAttribution(line string) bool {
	line = strings.TrimSpace(line)
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
		head := attributionHead.MatchString(line)
		if g > grade && (grade == noAttribution || head) || (g == grade && g > noAttribution && head) {
			start, grade = s, g
		}
	}
	for grade > noAttribution && start > 0 && aboveAttribution.MatchString(lines[start-1]) {
		start--
	}
	return start, grade
}

// isHeaderBlock says whether Outlook's "From: Sent: To: Subject:" begins at i.
func isHeaderBlock(lines []string, i int) bool {
	if !blockFrom.MatchString(lines[i]) {
		return false
	}
	sent, subject := false, false
	for _, line := range lines[i+1 : min(len(lines), i+12)] {
		sent = sent || blockSent.MatchString(line)
		subject = subject || blockSubject.MatchString(line)
	}
	return sent && subject
}
