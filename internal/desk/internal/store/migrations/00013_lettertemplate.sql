-- +goose Up

-- Words of letters in the place of the built-in ones; the last version counts.
CREATE TABLE letter_template (
  name    TEXT NOT NULL,
  lang    TEXT NOT NULL,
  version {{int}} NOT NULL,
  texts   TEXT NOT NULL, -- JSON by key
  person  {{int}} NOT NULL,
  at      {{int}} NOT NULL,
  PRIMARY KEY (name, lang, version)
) {{strict}};

-- +goose Down
SELECT 1;
