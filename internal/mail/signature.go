package mail

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// What stands below a letter's words and is not of them. Each pattern is of a
// whole line, a disclaimer's of its first lines joined.
var (
	deviceLine = regexp.MustCompile(`(?i)^[-—\s]*(?:sent from (?:my|outlook|yahoo|mail|gmail|samsung|the|a )\b?.{0,60}|get outlook for .{1,60}|(?:получить|скачать|завантажити|отримати|атрымаць) outlook (?:для|на) .{1,40}|holen sie sich outlook für .{1,40}|outlook für .{1,30} beziehen|(?:télécharger|obtenir) outlook pour .{1,40}|obtener outlook para .{1,40}|(?:scarica|ottieni) outlook per .{1,40}|` +
		`pobierz (?:aplikację |program )?outlook dla .{1,40}|outlook voor .{1,30} downloaden|(?:hämta|skaffa) outlook för .{1,40}|hent outlook (?:til|for) .{1,40}|(?:获取|下载|取得).{0,10}outlook.{0,20}|outlook for .{1,20}を入手|sent (?:via|with|by) .{1,50}(?:mail|phone|app|android|ios)|` +
		`отправлено (?:с|со|из|при помощи|через) .{1,70}|послано с .{1,40}|с мобильного(?: телефона)?|отправлено\.? с телефона|надіслано з .{1,40}|` +
		`von meinem .{1,40} gesendet|gesendet (?:von|mit|aus) .{1,60}|diese nachricht wurde von meinem .{1,80}|envoyé (?:de|depuis|à partir) .{1,60}|enviado (?:desde|de|del) .{1,60}|obter o outlook .{1,40}|` +
		`wysłan[eo] z(?:e)? .{1,60}|inviato da .{1,50}|发自我的.{1,20}|從我的.{1,20}傳送|来自我的.{1,20}|发送自.{1,30})[.!]?(?:\s*<https?://[^>]*>)?$`)
	// device is what such a line speaks of.
	device = regexp.MustCompile(`(?i)i(?:phone|pad|pod)|android|galaxy|samsung|huawei|honor|xiaomi|redmi|pixel|nokia|blackberry|outlook|gmail|yahoo|mail|thunderbird|proton|phone|mobil|móvil|telefon|téléphone|device|tablet|gerät|appareil|dispositivo|windows|` +
		`телефон|мобильн|смартфон|планшет|почт|яндекс|приложени|устройств|手机|平板|邮箱|邮件`)
	valediction = regexp.MustCompile(`(?i)^\s*(?:с уважением|с ув\.?|с наилучшими пожеланиями|с искренним уважением|всего доброго|всего хорошего|з повагою|з павагай|` +
		`(?:with )?(?:best|kind|warm|kindest) (?:regards|wishes)|regards|best|sincerely(?: yours)?|yours (?:sincerely|faithfully|truly)|cheers|` +
		`(?:mit )?(?:freundlichen?|besten?|viele[nr]?|liebe|herzlichen?|schöne) grü(?:ß|ss)en?|mfg|hochachtungsvoll|(?:bien )?cordialement|bien à vous|sincères salutations|meilleures salutations|` +
		`(?:un )?(?:cordial )?saludos?(?: cordiales)?|atentamente|un abrazo|pozdrawiam|z poważaniem|z wyrazami szacunku|serdecznie pozdrawiam|此致(?:敬礼)?|顺祝商祺|祝好)\s*[,.!，。]*\s*(?:--.*|(?:(?-i:[\p{Lu}«"(])[\p{L}.'«»"()-]*,?\s*){0,5})$`)
	disclaimer = regexp.MustCompile(`(?i)^[\s*_=#-]{0,80}(?:(?:this|the) (?:e-?mail|message|communication|transmission)\b.{0,300}(?:confidential|privileged|intended (?:only|solely|exclusively))|(?:the )?(?:information|contents?) (?:contained |transmitted )?(?:in|by) this (?:e-?mail|message).{0,300}(?:confidential|intended)|` +
		`confidentiality (?:notice|note)|(?:legal )?disclaimer\s*[:.]|notice of confidentiality|please consider the environment|virus-free\.|this e-?mail (?:has been|was) (?:scanned|checked)|` +
		`(?:данное|это|настоящее|эта|данная|настоящая) (?:электронное |почтовое )?(?:сообщение|письмо|переписка|электронная почта).{0,300}(?:конфиденциальн|предназначен)|(?:вся )?информация,? (?:содержащаяся|изложенная|передаваемая) в (?:данном|этом|настоящем).{0,300}(?:конфиденциальн|предназнач)|` +
		`уведомление о конфиденциальности|конфиденциальность[:.]|пожалуйста, подумайте об (?:окружающей|экологии)|подумайте об окружающей среде|это (?:сообщение|письмо) (?:было )?проверено|` +
		`diese (?:e-?mail|nachricht).{0,300}vertraulich|der inhalt dieser (?:e-?mail|nachricht).{0,200}vertraulich|ce (?:message|courriel|courrier|mail|mél).{0,300}confidentiel|les informations contenues dans ce.{0,200}confidentiel|` +
		`este (?:mensaje|correo|e-?mail).{0,300}confidencial|la información contenida en este.{0,200}confidencial|(?:ta|niniejsza) (?:wiadomość|korespondencja|e-?mail).{0,300}poufn|treść tej wiadomości.{0,200}poufn|` +
		`本(?:电子)?邮件.{0,200}(?:机密|保密|秘密)|此(?:电子)?邮件.{0,200}(?:机密|保密|秘密))`)
	postscript = regexp.MustCompile(`(?i)^\s*(?:p\.?\s?s\.?|п\.?\s?с\.?|з\.?\s?ы\.?|постскриптум)(?:[\s:.,]|$)`)
)

// Bounds of what may be a signature: more is somebody's words.
const (
	maxSignature  = 10  // lines with words after "-- "
	maxFarewell   = 8   // lines with words after a valediction
	maxFarewellIn = 80  // characters of such a line
	maxDisclaimer = 40  // lines
	maxFooters    = 4   // footers below one another
	maxParagraph  = 800 // bytes looked at of what may be a disclaimer
)

// cutSignature parts the lines where the words end and a signature begins: "-- ",
// a valediction with name and address, what a telephone adds, a disclaimer. Some
// words must stand before it, here or (wordsAbove) above.
func cutSignature(lines []string, wordsAbove bool) (words, signature []string) {
	end := len(lines)
	for range maxFooters {
		at := footerStart(lines[:end])
		if at < 0 || !wordsAbove && strings.TrimSpace(strings.Join(lines[:at], "")) == "" {
			break
		}
		end = at
	}
	return lines[:end:end], lines[end:len(lines):len(lines)]
}

// footerStart is the line where the last footer begins, -1 if there is none.
func footerStart(lines []string) int {
	if at := dashes(lines); at >= 0 {
		return at
	}
	if at := disclaimerStart(lines); at >= 0 {
		return at
	}
	last := len(lines) - 1
	for last >= 0 && strings.TrimSpace(lines[last]) == "" {
		last--
	}
	if last >= 0 && len(lines[last]) < 200 && deviceLine.MatchString(strings.TrimSpace(lines[last])) && device.MatchString(lines[last]) {
		return last
	}
	return farewellStart(lines[:last+1])
}

// dashes finds "-- " with at most ten lines with words after it.
func dashes(lines []string) int {
	below := 0
	for i := len(lines) - 1; i >= 0 && below <= maxSignature; i-- {
		switch line := lines[i]; {
		case (line == "-- " || line == "--" || line == "--\u00a0") && below > 0:
			return i
		case strings.TrimSpace(line) != "":
			below++
		}
	}
	return -1
}

// farewellStart finds a valediction below which only the lines of a signature
// stand: short ones, none of them a question or a postscript.
func farewellStart(lines []string) int {
	below := 0
	for i := len(lines) - 1; i >= 0 && below <= maxFarewell; i-- {
		line := strings.TrimSpace(lines[i])
		switch {
		case line == "":
			continue
		case utf8.RuneCountInString(line) > maxFarewellIn, strings.HasSuffix(line, "?"), isSentence(line), postscript.MatchString(line):
			return -1
		case valediction.MatchString(line):
			return i
		}
		below++
	}
	return -1
}

// isSentence knows words that somebody wrote, not a name, a post or an address.
func isSentence(line string) bool {
	return strings.ContainsAny(line[len(line)-1:], ".!") && len(strings.Fields(line)) >= 4
}

// disclaimerStart finds a paragraph that begins as disclaimers do, near the end.
func disclaimerStart(lines []string) int {
	for i := max(0, len(lines)-maxDisclaimer); i < len(lines); i++ {
		begins := i == 0 || strings.TrimSpace(lines[i-1]) == "" || isRule(lines[i-1])
		if !begins || strings.TrimSpace(lines[i]) == "" {
			continue
		}
		paragraph := ""
		for _, line := range lines[i:] {
			if strings.TrimSpace(line) == "" || len(paragraph) > maxParagraph {
				break
			}
			paragraph += clip(strings.TrimSpace(line), maxParagraph) + " "
		}
		if disclaimer.MatchString(paragraph) {
			if i > 0 && isRule(lines[i-1]) {
				return i - 1
			}
			return i
		}
	}
	return -1
}

// isRule knows a line of dashes or the like.
func isRule(line string) bool {
	line = strings.TrimSpace(line)
	return len(line) >= 3 && strings.Trim(line, "-_=*") == ""
}
