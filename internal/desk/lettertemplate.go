package desk

import (
	"context"
	"unicode/utf8"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/locale"
)

// Bounds of letter templates.
const (
	maxTemplateTexts = 100
	maxTemplateName  = 50
	templateVersions = 50 // that are shown
)

// Templates are the letter templates as they hold, with the names of those who
// wrote them; one that nobody has changed is not among them.
func (d *Desk) Templates(ctx context.Context, by okno.Actor) ([]okno.LetterTemplate, map[okno.PersonID]okno.Person, error) {
	return d.templates(ctx, by, store.Tx.Templates)
}

// TemplateVersions are a letter template's versions, the latest first, with the
// names of those who wrote them.
func (d *Desk) TemplateVersions(ctx context.Context, by okno.Actor, name, lang string) ([]okno.LetterTemplate, map[okno.PersonID]okno.Person, error) {
	return d.templates(ctx, by, func(tx store.Tx) ([]okno.LetterTemplate, error) {
		return tx.TemplateVersions(name, lang, templateVersions)
	})
}

func (d *Desk) templates(ctx context.Context, by okno.Actor, read func(store.Tx) ([]okno.LetterTemplate, error)) (all []okno.LetterTemplate, people map[okno.PersonID]okno.Person, err error) {
	if !by.MayManage(okno.ManageSettings) {
		return nil, nil, okno.ErrForbidden
	}
	err = d.read(ctx, func(tx store.Tx) error {
		if all, err = read(tx); err != nil {
			return err
		}
		wanted := map[okno.PersonID]bool{}
		for _, t := range all {
			wanted[t.Person] = true
		}
		people, err = peopleOf(tx, wanted)
		return err
	})
	return all, people, err
}

// SaveTemplate keeps what letters say otherwise than built in, over the version
// that was seen; without texts they say what is built in. That the texts are
// good ones is for notify to judge, which writes the letters.
func (d *Desk) SaveTemplate(ctx context.Context, by okno.Actor, t okno.LetterTemplate) error {
	if len(t.Texts) > maxTemplateTexts || len(t.Name) > maxTemplateName || len(t.Lang) > maxTemplateName {
		return okno.Refuse(okno.Invalid, "error.choice")
	}
	for key, text := range t.Texts {
		if utf8.RuneCountInString(text) > okno.MaxTemplateText {
			return okno.Errors{okno.TooLong(key, okno.MaxTemplateText)}
		}
	}
	return d.manage(ctx, by, okno.ManageSettings, func(tx store.Tx) (int64, okno.Event, error) {
		before, err := tx.TemplateVersions(t.Name, t.Lang, 1)
		if err != nil {
			return 0, okno.Event{}, err
		}
		if len(before) > 0 && before[0].Version != t.Version || len(before) == 0 && t.Version != 0 {
			return 0, okno.Event{}, okno.Refuse(okno.Conflict, "error.stale")
		}
		next := t
		next.Version, next.Person, next.At = t.Version+1, by.Person, d.Now()
		return next.Version, okno.NewEvent(okno.TemplateEdited, okno.EventData{From: t.Name, To: t.Lang}), tx.AddTemplate(&next)
	})
}

// textsOf are the installation's own words for letters, by language.
func textsOf(all []okno.LetterTemplate) map[string]locale.Texts {
	own := map[string]map[string]string{}
	for _, t := range all {
		if own[t.Lang] == nil {
			own[t.Lang] = map[string]string{}
		}
		for key, text := range t.Texts {
			own[t.Lang][key] = text
		}
	}
	texts := map[string]locale.Texts{}
	for lang, by := range own {
		texts[lang] = locale.NewTexts(by)
	}
	return texts
}
