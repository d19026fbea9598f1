package locale

import (
	"strings"
	"testing"
)

func TestAcceptLanguageChoosesTheLanguage(t *testing.T) {
	for _, c := range []struct{ header, def, want string }{
		{"", "ru", "ru"},
		{"", "fr", "en"},
		{"ru-RU,ru;q=0.9,en-US;q=0.8", "en", "ru"},
		{"en-GB,en;q=0.9,ru;q=0.8", "ru", "en"},
		{"fr;q=0.9,ru;q=0.2", "en", "ru"},
		{"ru;q=0.1,en;q=0.9", "ru", "en"},
		{"fr,de", "ru", "ru"},
		{"*", "ru", "ru"},
		{"-;;q", "ru", "ru"},
		{"en" + strings.Repeat(",en", 400), "ru", "ru"},
	} {
		if got := Match(c.header, c.def); got != c.want {
			t.Errorf("Match(%.40q, %q) = %q, want %q", c.header, c.def, got, c.want)
		}
	}
}

func TestEnvironmentNamesTheLanguage(t *testing.T) {
	for _, c := range []struct{ all, messages, lang, want string }{
		{"", "", "", "en"},
		{"", "", "ru_RU.UTF-8", "ru"},
		{"", "ru_BY", "en_US.UTF-8", "ru"},
		{"C.UTF-8", "ru_RU", "ru_RU", "en"},
		{"", "", "de_DE@euro", "en"},
		{"ru", "", "en", "ru"},
	} {
		t.Setenv("LC_ALL", c.all)
		t.Setenv("LC_MESSAGES", c.messages)
		t.Setenv("LANG", c.lang)
		if got := Environment(); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

func TestTextTellsItsLanguage(t *testing.T) {
	for _, c := range []struct{ text, def, want string }{
		{"", "ru", "ru"},
		{"123 !!! 45", "ru", "ru"},
		{"ok", "ru", "ru"},
		{"Не работает", "en", "ru"},
		{"Не работает VPN: ERROR_CONNECTION_TIMED_OUT at C:\\Program", "en", "ru"},
		{"My printer is broken", "ru", "en"},
		{"Test", "ru", "ru"},
		{"Zdravstvuyte, u menya ne rabotaet printer", "ru", "ru"},
		{"Please look at the file «отчёт» on drive D, which I cannot open any longer since yesterday", "en", "en"},
		{"Guten Tag, unser Drucker im zweiten Stock druckt seit gestern Abend leider nicht mehr, und niemand weiß, was wir nun tun sollen. Bitte melden Sie sich bei uns.", "ru", "ru"},
		{"Good morning, since yesterday evening nobody on our floor can reach the network printer, and we have tried restarting everything we could think of without any luck.", "ru", "en"},
		{strings.Repeat("я", 5000), "en", "ru"},
	} {
		if got := Detect(c.text, c.def); got != c.want {
			t.Errorf("Detect(%.60q, %q) = %q, want %q", c.text, c.def, got, c.want)
		}
	}
}
