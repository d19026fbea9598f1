package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"
)

//go:embed catalogue/*/*.json
var files embed.FS

// catalogue holds the words of one language.
type catalogue struct {
	lang      string
	localizer *i18n.Localizer
	plain     map[string]string   // texts that need neither a count nor values
	open      map[string]blanks   // texts that need values alone
	counted   map[string]struct{} // keys of the others
}

// A placeholder without a value is an error rather than "<no value>" on screen.
var placeholders = &template.TextParser{Option: "missingkey=error"}

// catalogues reads the embedded files once. They are part of the program, so
// one that cannot be read is a fault of the build and panics.
var catalogues = sync.OnceValue(func() map[string]*catalogue {
	bundle := i18n.NewBundle(language.English)
	all := map[string]*catalogue{}
	for _, l := range Languages() {
		all[l.Code] = &catalogue{lang: l.Code, plain: map[string]string{}, open: map[string]blanks{}, counted: map[string]struct{}{}}
	}
	names, err := fs.Glob(files, "catalogue/*/*.json")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		lang := path.Base(path.Dir(name))
		if err := all[lang].add(bundle, name); err != nil {
			panic(fmt.Errorf("%s: %w", name, err))
		}
	}
	for _, c := range all {
		c.localizer = i18n.NewLocalizer(bundle, c.lang)
	}
	return all
})

func (c *catalogue) add(bundle *i18n.Bundle, name string) error {
	data, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	messages, err := bundle.ParseMessageBytes(language.Make(c.lang), data, json.Unmarshal)
	if err != nil {
		return err
	}
	for _, m := range messages {
		switch {
		case m.One != "":
			c.counted[m.ID] = struct{}{}
		case strings.Contains(m.Other, "{{"):
			c.open[m.ID] = newBlanks(m.Other)
		default:
			c.plain[m.ID] = m.Other
		}
	}
	return nil
}

func (c *catalogue) fill(config *i18n.LocalizeConfig) string {
	config.TemplateParser = placeholders
	text, err := c.localizer.Localize(config)
	if err != nil {
		return missing(config.MessageID)
	}
	return text
}
