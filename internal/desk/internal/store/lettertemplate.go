package store

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

const templateColumns = `name, lang, version, texts, person, at`

func scanTemplate(row db.Scanner) (okno.LetterTemplate, error) {
	var t okno.LetterTemplate
	err := row.Scan(&t.Name, &t.Lang, &t.Version, document{&t.Texts}, &t.Person, moment{&t.At})
	return t, err
}

// Templates are all letter templates as they hold.
func (tx Tx) Templates() ([]okno.LetterTemplate, error) {
	return db.Collect(tx.Tx, scanTemplate, `SELECT `+templateColumns+` FROM letter_template AS t
		WHERE version = (SELECT MAX(version) FROM letter_template AS other WHERE other.name = t.name AND other.lang = t.lang) ORDER BY name, lang LIMIT 1000`)
}

// TemplateVersions are a template's versions, the latest first.
func (tx Tx) TemplateVersions(name, lang string, limit int) ([]okno.LetterTemplate, error) {
	return db.Collect(tx.Tx, scanTemplate, `SELECT `+templateColumns+` FROM letter_template WHERE name = ? AND lang = ? ORDER BY version DESC LIMIT ?`, name, lang, limit)
}

// AddTemplate keeps a version; that it is there already is a stale change.
func (tx Tx) AddTemplate(t *okno.LetterTemplate) error {
	return stale(tx.Exec(`INSERT INTO letter_template (name, lang, version, texts, person, at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		t.Name, t.Lang, t.Version, toJSON(t.Texts), t.Person, micro(t.At)))
}
