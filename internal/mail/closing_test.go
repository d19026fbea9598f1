package mail

import "testing"

func TestCloses(t *testing.T) {
	phrases := append(DefaultClosingPhrases("ru"), DefaultClosingPhrases("en")...)
	for text, want := range map[string]bool{
		"Вопрос решён.":                true,
		"вопрос решен":                 true,
		"ВОПРОС РЕШЁН!!!":              true,
		"Закройте заявку, пожалуйста.": true,
		"Здравствуйте, Анна Сергеевна!\nСпасибо за помощь, вопрос решён. Заявку можно закрыть.":                  true,
		"Добрый день!\nПроблема решена, спасибо!\n\nС уважением,\nИван Петров\nООО «Ромашка»\n+375 29 000-00-00": true,
		"Да, закрывайте.":                                                 true,
		"Hi Ann,\nplease close the ticket. Thanks!\n\nBest regards,\nBob": true,
		"It's solved":                   true,
		"It’s resolved, thank you.":     true,
		"Close.\n\nSent from my iPhone": true,

		"Спасибо!": false,
		"Большое спасибо за помощь":         false,
		"Отлично, хорошо.":                  false,
		"Вопрос решён?":                     false,
		"Вопрос не решён":                   false,
		"Не закрывайте":                     false,
		"Не закрывайте, пожалуйста.":        false,
		"Вопрос решён частично":             false,
		"Вопрос решён, но появился новый":   false,
		"Вопрос решён.\nНет":                false,
		"Закройте доступ Петрову":           false,
		"Закрыть период не получается":      false,
		"Здравствуйте, не работает. Решено": false,
		"Добрый день, вопрос":               false,
		"Please do not close":               false,
		"Close to solved":                   false,
		"Solved? No.":                       false,
		"С уважением,\nИван":                false,
		"":                                  false,
		" \n":                               false,
	} {
		if got := Closes(text, "Re: Печать", phrases); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}

func TestClosesBySubjectOnlyWhereItIsNewAndTheTextEmpty(t *testing.T) {
	phrases := DefaultClosingPhrases("ru")
	for _, c := range []struct {
		text, subject string
		want          bool
	}{
		{"", "Закройте заявку", true},
		{"", "[#100001] закрыть", true},
		{"", "Re: Закройте заявку", false},
		{"Ещё вопрос", "Закройте заявку", false},
		{"", "Печать", false},
	} {
		if got := Closes(c.text, c.subject, phrases); got != c.want {
			t.Errorf("%q under %q: %t", c.text, c.subject, got)
		}
	}
}

func TestClosesOnlyByThePhrasesGiven(t *testing.T) {
	if Closes("Вопрос решён", "", []string{"Готово!"}) || !Closes("готово", "", []string{"Готово!"}) || Closes("готово", "", nil) {
		t.Error("the phrases are not those given")
	}
	if DefaultClosingPhrases("de") != nil {
		t.Error("phrases of an unknown language")
	}
}
