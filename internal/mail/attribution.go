package mail

import (
	"regexp"
	"strings"
)

// What programs put above a quotation, in Russian and English, with a few verbs
// of other languages.
var (
	attributionTime = regexp.MustCompile(`\b\d{1,2}[:.]\d{2}\b`)
	attributionDate = regexp.MustCompile(`(?i)\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{4}[-.]\d{2}[-.]\d{2}\b|\d{1,2}(?:st|nd|rd|th)?,?\s+(?:of\s+)?(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}`)
	attributionAddr = regexp.MustCompile(`[<("\[]?[^\s<>()"\[\]]+@[^\s<>()"\[\]]+\.[^\s<>()"\[\]]+`)
	attributionVerb = regexp.MustCompile(`(?i)(?:^|[\s>)"])(?:wrote|writes|said|написал\(а\)|написала?|написали|пишет|пишете|писала?|писали|пише|schrieb|a écrit|escribió|ha scritto|napisał|napisał\(a\)|skrev|schreef)\s*:$`)
	attributionHead = regexp.MustCompile(`(?i)^(?:on |am |le |el |il |op |den |w dniu |\d|вы писали|(?:пн|вт|ср|чт|пт|сб|вс|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|mon|tue|wed|thu|fri|sat|sun)[a-zа-я]*\.?[,\s])`)

	// Yandex puts these above its attribution.
	aboveAttribution = regexp.MustCompile(`(?i)^\s*(?:-{8,}|(?:кому|копия|тема|to|cc|subject):.{1,300};)\s*$`)

	originalMark = regexp.MustCompile(`(?i)^[\s*]*[-_]{2,}\s*(?:original message|original appointment|исходное сообщение|оригинальное сообщение|исходное письмо|вихідне повідомлення|ursprüngliche nachricht|message d'origine|mensaje original)\s*[-_]{2,}[\s*]*$`)
	forwardMark  = regexp.MustCompile(`(?i)^[\s*]*(?:-{2,}\s*(?:forwarded (?:message|by)|пересылаемое сообщение|пересланное сообщение|переадресованное сообщение|перенаправленное сообщение|начало пере\p{L}+ сообщения|weitergeleitete nachricht)\b?.*-{2,}|begin forwarded message:|beginning of forwarded message:?|начало (?:пересылаемого|переадресованного|пересланного|перенаправленного) сообщения:)[\s*]*$`)

	blockFrom    = regexp.MustCompile(`(?i)^[\s*>]*(?:from|от|от кого|von|de)\s*\*?\s*:\s*\*?\s*\S`)
	blockSent    = regexp.MustCompile(`(?i)^[\s*>]*(?:sent|date|отправлено|дата|gesendet|envoyé)\s*\*?\s*:`)
	blockSubject = regexp.MustCompile(`(?i)^[\s*>]*(?:subject|тема|betreff|objet)\s*\*?\s*:`)
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
	if !strings.HasSuffix(s, ":") || len(s) > 500 || strings.Count(s, "\n") > 4 {
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

// attributionEndingAt finds the attribution whose last line is lines[end]; it
// may be wrapped over up to three lines.
func attributionEndingAt(lines []string, end int) (start int, grade attribution) {
	joined := ""
	for s := end; s >= 0 && s > end-3; s-- {
		line := strings.TrimSpace(lines[s])
		if line == "" || (s < end && strings.HasSuffix(line, ":")) {
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
