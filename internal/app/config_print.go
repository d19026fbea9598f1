package app

import (
	"fmt"
	"io"
	"net/url"
	"strings"
)

// Setting is one option as it came out.
type Setting struct {
	Name    string
	Env     string // its environment variable
	Meaning string
	Value   string // passwords masked
	From    string // "--name", "OKNO_NAME", "file:line" or "default"
}

// Settings are all options in the order of the table.
func (c *Config) Settings() []Setting { return c.settings }

// Print writes every option with its meaning, value and where it came from,
// passwords masked, in the form of an options file.
func (c *Config) Print(w io.Writer) error {
	var b strings.Builder
	for _, s := range c.settings {
		fmt.Fprintf(&b, "# %s\n# --%s, %s; now from %s\n", s.Meaning, s.Name, s.Env, s.From)
		mark := ""
		if s.From == "default" || s.Name == configOption.name {
			mark = "# "
		}
		fmt.Fprintf(&b, "%s%s = %s\n\n", mark, s.Name, s.Value)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

const masked = "********"

// mask hides the passwords of a URL: in its user part and in its query.
func mask(value string) string {
	if value == "" || strings.HasPrefix(value, "sqlite:") || !strings.Contains(value, ":") {
		return value
	}
	u, err := url.Parse(value)
	if err != nil {
		return masked
	}
	hidden := ""
	if u.User != nil {
		hidden = url.User(u.User.Username()).String()
		if _, has := u.User.Password(); has {
			hidden += ":" + masked
		}
		hidden += "@"
	}
	query := u.Query()
	for name := range query {
		if strings.Contains(name, "password") {
			query.Set(name, masked)
		}
	}
	shown := u.Scheme + "://" + hidden + u.Host + u.EscapedPath()
	if len(query) > 0 {
		shown += "?" + strings.ReplaceAll(query.Encode(), url.QueryEscape(masked), masked)
	}
	return shown
}
