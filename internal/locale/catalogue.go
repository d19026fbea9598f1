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
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed catalogue/*/*.json
var files embed.FS

// catalogue holds the words of one language.
type catalogue struct {
	lang    string
	tag     language.Tag
	plain   map[string]string                 // texts that need neither a count nor values
	open    map[string]blanks                 // texts that need values alone
	counted map[string]map[plural.Form]blanks // the others, by the form of their count
}

// catalogues reads the embedded files once. They are part of the program, so
// one that cannot be read is a fault of the build and panics.
var catalogues = sync.OnceValue(func() map[string]*catalogue {
	bundle := i18n.NewBundle(language.English)
	all := map[string]*catalogue{}
	for _, l := range Languages() {
		all[l.Code] = &catalogue{lang: l.Code, tag: language.Make(l.Code), plain: map[string]string{}, open: map[string]blanks{}, counted: map[string]map[plural.Form]blanks{}}
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
	return all
})

func (c *catalogue) add(bundle *i18n.Bundle, name string) error {
	data, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	messages, err := bundle.ParseMessageBytes(c.tag, data, json.Unmarshal)
	if err != nil {
		return err
	}
	for _, m := range messages {
		switch {
		case m.One != "":
			c.counted[m.ID] = map[plural.Form]blanks{
				plural.One: newBlanks(m.One), plural.Few: newBlanks(m.Few), plural.Many: newBlanks(m.Many), plural.Other: newBlanks(m.Other),
			}
		case strings.Contains(m.Other, "{{"):
			c.open[m.ID] = newBlanks(m.Other)
		default:
			c.plain[m.ID] = m.Other
		}
	}
	return nil
}

// formOf is the plural form of a count (CLDR's cardinals).
func (c *catalogue) formOf(count int) plural.Form {
	if count < 0 {
		count = -count
	}
	return plural.Cardinal.MatchPlural(c.tag, count, 0, 0, 0, 0)
}
