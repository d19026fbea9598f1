package db

import "testing"

func TestPlaceholdersAreNumberedOutsideQuotes(t *testing.T) {
	for text, want := range map[string]string{
		`SELECT ?, ?`:                       `SELECT $1, $2`,
		`SELECT '?', "a?", ?`:               `SELECT '?', "a?", $1`,
		`SELECT 'it''s ?', ?`:               `SELECT 'it''s ?', $1`,
		"SELECT ? -- really?\n, ?":          "SELECT $1 -- really?\n, $2",
		`SELECT /* why? */ ?`:               `SELECT /* why? */ $1`,
		`SELECT ? - ?, '`:                   `SELECT $1 - $2, '`,
		`INSERT INTO a VALUES (?,?) -- ...`: `INSERT INTO a VALUES ($1,$2) -- ...`,
	} {
		if got := numberPlaceholders(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestKeyColumnsInAnyLanguage(t *testing.T) {
	for detail, want := range map[string]int{
		`Key (folded)=(a@b.example) already exists.`:           1,
		`Ключ "(person, folded)=(1, (x)=(y))" уже существует.`: 2,
		``: 0,
	} {
		if got := keyColumns(detail); len(got) != want {
			t.Errorf("%q has columns %q, want %d", detail, got, want)
		}
	}
}
