package mail

import (
	"regexp"
	"strings"
)

// replyPrefix is what programs put before a subject when answering or
// forwarding: English, Russian («НА:» is Outlook's), German, French, Spanish,
// Scandinavian, Polish, Italian; "RE[2]:" and "Re^2:" count as well.
var (
	replyPrefix   = regexp.MustCompile(`(?i)^\s*(?:re|ре|fwd|fw|aw|wg|sv|vs|vb|antw|tr|rv|odp|pd|rif|ответ|отв|на|ha|пер|пересл|переслано)\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s*[:：]\s*`)
	forwardPrefix = regexp.MustCompile(`(?i)^\s*(?:fwd|fw|wg|vb|tr|rv|pd|пер|пересл|переслано)\s*(?:\[\d{1,3}\]|\(\d{1,3}\))?\s*[:：]`)
	ticketTag     = regexp.MustCompile(`\[(?:\p{L}{1,20} )?#\s?([0-9A-Za-z][0-9A-Za-z-]{0,31})\]`)
)

// SubjectBase is the subject without the prefixes of replies and forwards.
func SubjectBase(subject string) string {
	subject = strings.TrimSpace(subject)
	for range 50 {
		rest := replyPrefix.ReplaceAllString(subject, "")
		if rest == subject {
			break
		}
		subject = rest
	}
	return strings.TrimSpace(subject)
}

// SubjectReply is the subject of an answer: "Re: " and the customer's own.
func SubjectReply(subject string) string {
	return strings.TrimSpace("Re: " + SubjectBase(subject))
}

// IsForward says whether the subject begins as programs begin a forwarded
// letter's; such a letter's quotation is its content.
func IsForward(subject string) bool { return forwardPrefix.MatchString(subject) }

// TicketTag returns the ticket numbers the subject names as "[#100001]", each
// once, at most ten.
func TicketTag(subject string) []string {
	var numbers []string
	seen := map[string]bool{}
	for _, m := range ticketTag.FindAllStringSubmatch(subject, 10) {
		if !seen[m[1]] {
			seen[m[1]] = true
			numbers = append(numbers, m[1])
		}
	}
	return numbers
}
