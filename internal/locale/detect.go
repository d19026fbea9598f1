package locale

import (
	"strings"
	"unicode"

	"github.com/abadojack/whatlanggo"
)

const (
	detectBytes    = 4000 // what is read of a text
	enoughLetters  = 3    // fewer say nothing
	trigramLetters = 120  // from here on trigrams are to be trusted
	plainShare     = 6    // a text with one common English word in so many is English
)

// Detect tells the language a person wrote in, "ru" or "en", or def when the
// text does not say. It reads the first 4000 bytes. A fifth of Cyrillic
// letters makes a text Russian, since machine words stand in Latin everywhere;
// a short Latin text is English only by a common English word.
func Detect(text, def string) string {
	if len(text) > detectBytes {
		text = strings.ToValidUTF8(text[:detectBytes], "")
	}
	cyrillic, latin := 0, 0
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Cyrillic, r):
			cyrillic++
		case unicode.Is(unicode.Latin, r):
			latin++
		}
	}
	switch {
	case cyrillic+latin < enoughLetters:
		return known(def)
	case cyrillic*5 >= cyrillic+latin:
		return russian
	case cyrillic == 0 && isEnglish(text, latin):
		return english
	}
	return known(def)
}

// isEnglish asks the trigrams, which cost much, only where a longer text's words
// do not say it plainly.
func isEnglish(text string, letters int) bool {
	words, common := 0, 0
	for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }) {
		words++
		if _, ok := commonEnglish[word]; ok {
			common++
		}
	}
	if letters < trigramLetters {
		return common > 0
	}
	return common > 0 && common*plainShare >= words || whatlanggo.Detect(text).Lang == whatlanggo.Eng
}

// commonEnglish holds words frequent in short English letters that no other
// Latin-script language writes alike.
var commonEnglish = func() map[string]struct{} {
	words := map[string]struct{}{}
	for _, w := range strings.Fields(`the this that is are was have has not don't doesn't can't cannot
		my your our with from please hello thanks thank you help how what why when where
		broken working does would could need want and`) {
		words[w] = struct{}{}
	}
	return words
}()
