package locale

import (
	"os"
	"strings"

	"golang.org/x/text/language"
)

// known returns lang when the product speaks it, else English.
func known(lang string) string {
	if _, ok := catalogues()[lang]; ok {
		return lang
	}
	return english
}

var matcher = language.NewMatcher([]language.Tag{language.English, language.Russian})

// Match chooses the language for an Accept-Language header (RFC 9110, 12.5.4).
// When the header is absent, malformed, over 1000 bytes long or names nothing
// near ours, it returns def.
func Match(acceptLanguage, def string) string {
	if acceptLanguage == "" || len(acceptLanguage) > 1000 {
		return known(def)
	}
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return known(def)
	}
	_, i, confidence := matcher.Match(tags...)
	if confidence == language.No {
		return known(def)
	}
	return Languages()[i].Code
}

// Environment is the language the operating system's environment asks for:
// the first set of LC_ALL, LC_MESSAGES and LANG decides (POSIX, 8.2). It is
// "ru" or "en".
func Environment() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		value := os.Getenv(name)
		if value == "" {
			continue
		}
		lang, _, _ := strings.Cut(value, ".")
		lang, _, _ = strings.Cut(lang, "@")
		lang, _, _ = strings.Cut(lang, "_")
		return known(strings.ToLower(lang))
	}
	return english
}
