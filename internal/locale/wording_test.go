package locale

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// Words that have another word in this product. Those that name something else
// here as well are not listed: account (for signing in), article, channel,
// sender (of a letter), title (of a job).
var avoided = map[string]*regexp.Regexp{
	english: regexp.MustCompile(`(?i)\b(issues?|cases?|conversations?|thread entry|thread entries|comments?|posts?|users?|clients?|staff|operators?|owners?|collaborators?|watchers?|subscribers?|performers?|organi[sz]ations?|superusers?|groups?|categor(y|ies)|summar(y|ies)|email accounts?|queues?|folders?|macros?|activit(y|ies)|log entr(y|ies)|callbacks?|mail items?|faqs?)\b`),
	russian: regexp.MustCompile(`(?i)(^|[^\p{L}])(тикет|кейс|инцидент|комментари|пользовател|оператор|владел|соавтор|подписчик|организаци|суперпользовател|групп|категори|папк|макрос)\p{L}*`),
}

// Captions the specification quotes and ordinary phrases, taken out of a text
// before its words are judged.
var permitted = map[string]*regexp.Regexp{
	english: regexp.MustCompile(`^User$|(?i)\b(in (any|this|that|no|either) case|in case|(upper|lower)[ -]case)\b|\b(IMAP folders?|mail clients?)\b|«[^»]*»`),
	russian: regexp.MustCompile(`^Пользователь$|[Тт]икет-систем\p{L}*|тикет систем[уе]|папк\p{L}+ IMAP|Ожидает вашего ответа|Для вас был создан аккаунт|Удовлетворены ли вы ответом специалиста технической поддержки\?`),
}

// Texts that are the same in both languages.
var international = regexp.MustCompile(`^(E-?mail( \*)?|API|IMAP|SMTP|POP3|TLS|STARTTLS|Okno|OK|URL|CSV|JSON|DKIM|SPF|DMARC|Message-ID|Webhook|PIN)$`)

var typing = []struct {
	lang  string // "" for both
	wrong *regexp.Regexp
	say   string
}{
	{"", regexp.MustCompile(`\.\.\.`), "three dots instead of …"},
	{"", regexp.MustCompile(`\s-\s`), "a hyphen instead of a dash"},
	{"", regexp.MustCompile(`</?[A-Za-z!]`), "markup"},
	{"", regexp.MustCompile(`^[ \n]|[ \n]$|  `), "a space too many"},
	{russian, regexp.MustCompile(`["“”]`), "quotation marks other than «»"},
	{russian, regexp.MustCompile(`(^|[^\p{L}])(вы|вас|вам|вами|ваш\p{L}*)($|[^\p{L}])`), "«вы» without a capital"},
	{russian, regexp.MustCompile(`(?i)(^|[^\p{L}])(еще|ее|нее|мое|твое|свое|причем|прием|идет|найдет|придет|пройдет|ведет|дает|решен|подтвержден|удален|сохранен|прочтен|включен|отключен|переведен|счет|(учет|отчет|расчет|объем|надежн|четк|партнер)\p{L}*)($|[^\p{L}])`), "е instead of ё"},
	{english, regexp.MustCompile(`\p{Cyrillic}`), "Russian in an English text outside «»"},
}

// wordingFaults says what a reader would find amiss in one text.
func wordingFaults(lang, text string) (faults []string) {
	judged := permitted[lang].ReplaceAllString(text, "_")
	if word := avoided[lang].FindString(judged); word != "" {
		faults = append(faults, "says "+strings.TrimSpace(word))
	}
	for _, rule := range typing {
		if (rule.lang == "" || rule.lang == lang) && rule.wrong.MatchString(judged) {
			faults = append(faults, rule.say)
		}
	}
	return faults
}

// untranslated reports that a Russian text only repeats the English one.
func untranslated(en, ru string) bool {
	words := strings.TrimSpace(placeholder.ReplaceAllString(en, ""))
	return en == ru && strings.ContainsFunc(words, unicode.IsLetter) && !international.MatchString(words)
}

func TestTextsUseTheWordsOfTheProduct(t *testing.T) {
	en, _ := readEntries(t, english)
	ru, _ := readEntries(t, russian)
	for lang, entries := range map[string]map[string]entry{english: en, russian: ru} {
		for key, e := range entries {
			for _, text := range e.forms {
				for _, fault := range wordingFaults(lang, text) {
					t.Errorf("%s: %s: %s: %s", e.file, key, fault, text)
				}
			}
		}
	}
	for key, e := range en {
		if untranslated(e.forms["other"], ru[key].forms["other"]) {
			t.Errorf("%s: %s: not translated: %s", ru[key].file, key, e.forms["other"])
		}
	}
}

func TestFaultyWordingIsFound(t *testing.T) {
	for _, c := range []struct{ lang, text, want string }{
		{"en", "Add a comment", "says comment"},
		{"en", "In case you need it", ""},
		{"en", "Users", "says Users"},
		{"en", "User", ""},
		{"en", "The letter is queued", ""},
		{"en", "Wait...", "three dots"},
		{"en", "Press «закрыть»", ""},
		{"en", "Press закрыть", "Russian"},
		{"en", "<b>Now</b>", "markup"},
		{"en", "<1 min", ""},
		{"ru", "Новый тикет", "says тикет"},
		{"ru", "Войти в тикет систему", ""},
		{"ru", "Группа", "says Группа"},
		{"ru", "Для вас есть ответ", "«вы»"},
		{"ru", "Для Вас есть ответ", ""},
		{"ru", "Ожидает вашего ответа", ""},
		{"ru", "Пригласить еще раз", "ё"},
		{"ru", "Пригласить ещё раз", ""},
		{"ru", `Нажмите "Да"`, "«»"},
		{"ru", "Да - нет", "hyphen"},
	} {
		got := strings.Join(wordingFaults(c.lang, c.text), "; ")
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.text, got, c.want)
		}
	}
	if !untranslated("Save", "Save") || untranslated("Email *", "Email *") || untranslated("{{.A}}, {{.B}}", "{{.A}}, {{.B}}") {
		t.Error("untranslated texts are not told from international ones")
	}
}
