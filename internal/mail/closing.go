package mail

import (
	"regexp"
	"strings"
	"unicode"
)

const maxClosing = 500 // bytes of a text that may say only "solved"

// DefaultClosingPhrases are the words by which a customer says that a ticket may
// be closed, in "ru" or "en"; nil for other languages.
func DefaultClosingPhrases(lang string) []string {
	switch lang {
	case "ru":
		return []string{
			"закрыть", "закройте", "закрывайте", "можно закрыть", "можно закрывать", "можете закрыть", "можете закрывать",
			"закрыть заявку", "закройте заявку", "закрывайте заявку", "заявку закрыть", "заявку можно закрыть", "заявку можно закрывать",
			"можно закрыть заявку", "можно закрывать заявку", "можете закрыть заявку", "прошу закрыть", "прошу закрыть заявку",
			"закройте тикет", "тикет можно закрыть", "можно закрыть тикет",
			"решено", "вопрос решен", "вопрос решился", "вопрос снят", "вопрос закрыт", "вопрос закрыть", "вопрос можно закрыть",
			"проблема решена", "проблема решилась", "проблема устранена", "проблема исправлена", "заявка решена", "заявка выполнена", "все решено", "все решилось",
		}
	case "en":
		return []string{
			"close", "close it", "please close", "close this", "close ticket", "close the ticket", "close this ticket", "you can close it",
			"you can close this", "you can close the ticket", "you can close this ticket", "you may close the ticket", "you may close this ticket",
			"the ticket can be closed", "this ticket can be closed", "this can be closed",
			"solved", "it is solved", "it's solved", "resolved", "it is resolved", "it's resolved", "issue solved", "issue resolved", "issue is solved", "issue is resolved",
			"the issue is solved", "the issue is resolved", "the issue has been resolved", "problem solved", "problem resolved", "problem is solved", "problem is resolved",
			"the problem is solved", "the problem is resolved", "the problem has been solved", "the problem has been resolved",
		}
	}
	return nil
}

var (
	// politeness may stand beside a closing phrase and changes nothing.
	politeness = normalPhrases(
		"большое спасибо", "спасибо большое", "огромное спасибо", "спасибо огромное", "спасибо за помощь", "спасибо за оперативность", "спасибо вам", "спасибо",
		"благодарю за помощь", "благодарю", "пожалуйста", "здравствуйте", "добрый день", "доброе утро", "добрый вечер", "привет", "да", "отлично", "супер", "хорошо",
		"отправлено с iphone", "отправлено с ipad", "отправлено из мобильной почты", "отправлено из мобильной яндекс почты", "отправлено из почты mail ru",
		"many thanks", "thank you very much", "thank you so much", "thank you for your help", "thanks for your help", "thanks for the help", "thank you", "thanks a lot", "thanks",
		"please", "hello", "hi", "good morning", "good afternoon", "good evening", "yes", "great", "perfect", "sent from my iphone", "sent from my ipad",
	)
	greeting = regexp.MustCompile(`(?i)^(?:здравствуйте|добрый день|доброе утро|добрый вечер|приветствую|привет|уважаем\p{L}+|hello|hi|dear|good morning|good afternoon|good evening)(?:[\s,]+([^.!?;:]*))?$`)
	farewell = regexp.MustCompile(`(?i)^\s*(?:с уважением|с наилучшими пожеланиями|всего доброго|всего хорошего|best regards|kind regards|regards|best wishes|best|sincerely|cheers)\s*[,.!]?(?:\s|$)`)
	sentence = regexp.MustCompile(`[^.!?\n]+[.!?]*`)
)

// Closes says whether the text (after CutQuote) says nothing but that the ticket
// is solved, in one of the phrases; greeting, thanks and a farewell with a name
// may stand beside. Case, punctuation and ё do not count. A question closes
// nothing, and thanks alone do not either. The subject counts only where the
// text is empty and the subject is no reply's.
func Closes(text, subject string, phrases []string) bool {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\u00a0", " "))
	if text == "" && SubjectBase(subject) == strings.TrimSpace(subject) {
		text = strings.TrimSpace(ticketTag.ReplaceAllString(subject, ""))
	}
	if text == "" || len(text) > maxClosing {
		return false
	}
	closing := normalPhrases(phrases...)
	said := false
	for _, s := range sentence.FindAllString(withoutFarewell(text), -1) {
		switch only := closingSentence(s, closing); only {
		case saysClosed:
			said = true
		case saysMore:
			return false
		}
	}
	return said
}

type saying int

const (
	saysNothing saying = iota
	saysClosed
	saysMore
)

// closingSentence judges one sentence.
func closingSentence(s string, closing map[string]bool) saying {
	s = strings.TrimSpace(s)
	words := strings.Fields(normal(s))
	if len(words) == 0 {
		return saysNothing
	}
	if strings.Contains(s, "?") {
		return saysMore
	}
	if isGreeting(strings.TrimRight(s, ".!, ")) {
		return saysNothing
	}
	return consume(words, closing)
}

// consume says whether the words are a row of known phrases, however they are
// parted, and whether one of those closes.
func consume(words []string, closing map[string]bool) saying {
	const longest = 12 // words of a phrase
	from := make([]saying, len(words)+1)
	for i := len(words) - 1; i >= 0; i-- {
		from[i] = saysMore
		for end := i + 1; end <= min(len(words), i+longest); end++ {
			phrase := strings.Join(words[i:end], " ")
			switch {
			case from[end] == saysMore:
			case closing[phrase]:
				from[i] = saysClosed
			case politeness[phrase] && from[i] != saysClosed:
				from[i] = from[end]
			}
		}
	}
	return from[0]
}

// isGreeting knows a greeting with at most three words after it, each of which is
// written as a name is.
func isGreeting(s string) bool {
	m := greeting.FindStringSubmatch(s)
	if m == nil {
		return false
	}
	names := strings.FieldsFunc(m[1], func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
	if len(names) > 3 {
		return false
	}
	for _, name := range names {
		if first := []rune(name)[0]; !unicode.IsUpper(first) || strings.ContainsAny(name, "0123456789") {
			return false
		}
	}
	return true
}

// withoutFarewell cuts at a line that takes leave, with at most five lines after
// it: name, post, telephone.
func withoutFarewell(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if farewell.MatchString(line) && len(lines)-i <= 6 {
			return strings.Join(lines[:i], "\n")
		}
	}
	return text
}

func normalPhrases(phrases ...string) map[string]bool {
	set := make(map[string]bool, len(phrases))
	for _, p := range phrases {
		if p = normal(p); p != "" {
			set[p] = true
		}
	}
	return set
}

// normal gives words in lower case, ё as е, one space between, no punctuation.
func normal(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r = unicode.ToLower(r); {
		case r == 'ё':
			return 'е'
		case r == '\'' || r == '’':
			return '\''
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return r
		}
		return ' '
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
