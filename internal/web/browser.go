package web

import "strings"

// Names by which browsers and systems are known, in the order in which their
// marks must be looked for: many a browser also names others.
var (
	browsers = [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"YaBrowser", "Yandex Browser"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}}
	systems  = [][2]string{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Mac OS", "macOS"}, {"Linux", "Linux"}}
)

// BrowserName is a browser and its system as people know them, "Firefox,
// Windows"; what is neither stands as it calls itself. Empty: it gave no name.
func BrowserName(agent string) string {
	var words []string
	for _, marks := range [][][2]string{browsers, systems} {
		for _, m := range marks {
			if strings.Contains(agent, m[0]) {
				words = append(words, m[1])
				break
			}
		}
	}
	if len(words) == 0 {
		return agent
	}
	return strings.Join(words, ", ")
}
